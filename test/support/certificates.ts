/** Certificates for tests, made by openssl as they are needed: an authority, and what it has signed for servers and clients. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pair {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly folder: string;
  readonly file: string;
  readonly cert: string;
  /** Signed for localhost and 127.0.0.1. */
  issue(name: string): Pair;
  remove(): void;
}

const openssl = (...args: readonly string[]): void =>
  void execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });

export function makeAuthority(name = 'test authority'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const at = (file: string): string => join(folder, file);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-days', '2', '-subj', `/CN=${name}`, '-keyout', at('ca.key'), '-out', at('ca.pem'));
  return {
    folder,
    file: at('ca.pem'),
    cert: readFileSync(at('ca.pem'), 'utf8'),
    issue(common) {
      const [certFile, keyFile, request, more] = [
        `${common}.pem`,
        `${common}.key`,
        `${common}.csr`,
        `${common}.ext`,
      ].map(at);
      writeFileSync(more!, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
      openssl('req', ...key, '-subj', `/CN=${common}`, '-keyout', keyFile!, '-out', request!);
      const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', more!];
      openssl('x509', '-req', '-in', request!, ...signing, '-out', certFile!);
      return {
        certFile: certFile!,
        keyFile: keyFile!,
        cert: readFileSync(certFile!, 'utf8'),
        key: readFileSync(keyFile!, 'utf8'),
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
