/** TLS on both sides of a real server process: what it listens with, reads again at SIGHUP, and shows the cluster. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, makeAuthority, type Pair } from '../support/certificates.ts';
import { getEngine } from '../support/engine.ts';
import { type Env, type ServerProcess, startServerProcess } from '../support/server-process.ts';

let authority: Authority;
let strangers: Authority;
let server: Pair;
let client: Pair;
const folders: string[] = [];
const processes: ServerProcess[] = [];

beforeAll(() => {
  authority = makeAuthority('ours');
  strangers = makeAuthority('strangers');
  server = authority.issue('server');
  client = authority.issue('client');
});

afterAll(async () => {
  for (const one of processes) await one.kill();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  authority.remove();
  strangers.remove();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  folders.push(folder);
  return folder;
}

async function start(env: Env): Promise<ServerProcess> {
  const started = await startServerProcess({ OPENSEARCH_URL: getEngine().url, DATA_DIR: newFolder(), ...env });
  processes.push(started);
  return started;
}

interface Seen {
  readonly status: number;
  readonly text: string;
  readonly subject: string;
}

/** With a connection of its own, so that each sees the certificate of the moment. */
function get(url: string, more: RequestOptions): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const asked = httpsRequest(url, { agent: false, ca: authority.cert, ...more }, (response) => {
      const { subject } = (response.socket as TLSSocket).getPeerCertificate() as PeerCertificate;
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode!, text, subject: String(subject.CN) }));
    });
    asked.on('error', reject).end();
  });
}

describe('the listening side', () => {
  it('answers HTTPS with its certificate, and reads another one at SIGHUP; a bad one keeps the old', async () => {
    const files = newFolder();
    const [cert, key] = [join(files, 'cert.pem'), join(files, 'key.pem')];
    const put = (pair: Pair): void => {
      copyFileSync(pair.certFile, cert);
      copyFileSync(pair.keyFile, key);
    };
    put(server);
    const { url, pid, log } = await start({ TLS_CERT: cert, TLS_KEY: key });
    expect(url).toMatch(/^https:/);
    const first = await get(`${url}/_proxy/health`, {});
    expect(first).toMatchObject({ status: 200, subject: 'server' });
    await expect(get(`${url}/`, { ca: strangers.cert })).rejects.toThrow();
    await expect(fetch(url.replace('https:', 'http:'))).rejects.toThrow();

    const hangup = async (said: RegExp): Promise<void> => {
      const before = log.length;
      process.kill(pid, 'SIGHUP');
      for (let tries = 0; !log.slice(before).some((one) => said.test(one.message)); tries++) {
        expect(tries, JSON.stringify(log.slice(before))).toBeLessThan(100);
        await sleep(50);
      }
    };
    put(authority.issue('renewed'));
    await hangup(/TLS_CERT was read again/);
    expect((await get(`${url}/`, {})).subject).toBe('renewed');

    writeFileSync(cert, 'no certificate');
    await hangup(/TLS_CERT .* holds no PEM/);
    expect((await get(`${url}/`, {})).subject).toBe('renewed');
    copyFileSync(server.certFile, cert);
    await hangup(/cannot be used: .*mismatch/i);
    expect((await get(`${url}/`, {})).subject).toBe('renewed');
  });

  it('lets in only clients with a certificate of TLS_CLIENT_CA', async () => {
    const { url } = await start({
      TLS_CERT: server.certFile,
      TLS_KEY: server.keyFile,
      TLS_CLIENT_CA: authority.file,
    });
    expect((await get(`${url}/`, { cert: client.cert, key: client.key })).status).toBe(200);
    await expect(get(`${url}/`, {})).rejects.toThrow();
    const other = strangers.issue('stranger');
    await expect(get(`${url}/`, { cert: other.cert, key: other.key })).rejects.toThrow();
  });

  const refusals: readonly (readonly [string, () => Env, RegExp])[] = [
    ['a certificate alone', () => ({ TLS_CERT: server.certFile }), /TLS_CERT and TLS_KEY go together/],
    ['a key alone', () => ({ TLS_KEY: server.keyFile }), /TLS_CERT and TLS_KEY go together/],
    ['an authority alone', () => ({ TLS_CLIENT_CA: authority.file }), /TLS_CLIENT_CA is set without/],
    [
      'a file that is not there',
      () => ({ TLS_CERT: '/nowhere', TLS_KEY: server.keyFile }),
      /TLS_CERT cannot be read: ENOENT/,
    ],
    [
      'the key of another',
      () => ({ TLS_CERT: server.certFile, TLS_KEY: client.keyFile }),
      /cannot be used: .*mismatch/i,
    ],
    ['a client key alone', () => ({ OPENSEARCH_CLIENT_KEY: client.keyFile }), /OPENSEARCH_CLIENT_KEY go together/],
  ];
  it.each(refusals)('refuses to start with %s', async (_, env, said) => {
    await expect(start(env())).rejects.toThrow(said);
  });
});

describe('towards the cluster', () => {
  it('shows its certificate on its own calls and on those that it passes on', async () => {
    const shown: (string | undefined)[] = [];
    const agent = new Agent();
    const front = createServer(
      { cert: server.cert, key: server.key, ca: authority.cert, requestCert: true },
      (incoming, response) => {
        shown.push((incoming.socket as TLSSocket).getPeerCertificate().subject?.CN?.toString());
        void request(getEngine().url + incoming.url!, { dispatcher: agent, method: 'GET' }).then(async (answer) => {
          response.writeHead(answer.statusCode, { 'content-type': 'application/json' });
          response.end(await answer.body.text());
        });
      },
    );
    await new Promise<void>((resolve) => void front.listen(0, '127.0.0.1', resolve));
    const upstream = `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const ca = { OPENSEARCH_URL: upstream, OPENSEARCH_CA: authority.file };
    const { url } = await start({
      ...ca,
      OPENSEARCH_CLIENT_CERT: client.certFile,
      OPENSEARCH_CLIENT_KEY: client.keyFile,
    });
    expect((await fetch(`${url}/_cluster/health`)).status).toBe(200);
    expect(new Set(shown)).toEqual(new Set(['client']));
    await expect(start(ca)).rejects.toThrow(/does not answer|cannot be reached|Check OPENSEARCH_URL/);
    await agent.close();
    front.closeAllConnections();
    front.close();
  });
});

describe('DATA_DIR', () => {
  it('is for its user alone: what was there before, and what SQLite and the store make', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'jobs'), { mode: 0o755 });
    writeFileSync(join(folder, 'jobs', 'old'), 'x', { mode: 0o644 });
    mkdirSync(join(folder, 'objects', 'bucket'), { recursive: true });
    const { url } = await start({ DATA_DIR: folder });
    const submitted = await fetch(`${url}/v1.0/p/jobs/submit-job`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'SELECT 1 AS n' }),
    });
    expect(submitted.status).toBe(200);
    const modes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
      const found = statSync(join(folder, name));
      return [name, (found.mode & 0o777).toString(8), found.isDirectory() ? '700' : '600'] as const;
    });
    expect(modes.length).toBeGreaterThan(4);
    expect(modes.filter(([, mode, wanted]) => mode !== wanted)).toEqual([]);
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  });

  it('leaves a store elsewhere as open as it was', async () => {
    const store = join(newFolder(), 'shared');
    const { url } = await start({ STORAGE_URL: `file:${store}` });
    const call = async (path: string, body: object): Promise<{ job_id?: string; status?: string }> => {
      const method = path.endsWith('status') ? 'GET' : 'POST';
      const answer = await fetch(`${url}/v1.0/p/jobs/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as { job_id?: string };
    };
    const ended = async (id: string): Promise<void> => {
      for (let tries = 0; (await call(`${id}/status`, {})).status !== 'FINISHED'; tries++) {
        expect(tries).toBeLessThan(200);
        await sleep(50);
      }
    };
    const query = (await call('submit-job', { sql: 'SELECT 1 AS n' })).job_id!;
    await ended(query);
    const exported = await call(`${query}/export-result`, { data_path: 'obs://bucket/out', data_type: 'csv' });
    await ended(exported.job_id!);
    const mode = (path: string): number => statSync(join(store, path)).mode & 0o777 & process.umask();
    const [file] = readdirSync(join(store, 'bucket', 'out'));
    const umask = process.umask();
    expect(statSync(store).mode & 0o777).toBe(0o777 & ~umask);
    expect(statSync(join(store, 'bucket', 'out')).mode & 0o777).toBe(0o777 & ~umask);
    expect(statSync(join(store, 'bucket', 'out', file!)).mode & 0o777).toBe(0o644 & ~umask);
    expect(mode('bucket')).toBe(0);
  });
});
