/** Certificate, key and client authority of the listening side, read from files and checked before anybody depends on them. */
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { type Config, ConfigError } from '../config.ts';

export type TlsSettings = Pick<Config, 'tlsCert' | 'tlsKey' | 'tlsClientCa'>;

export interface TlsFiles {
  readonly context: SecureContextOptions;
  /** Clients must show a certificate of the authority. */
  readonly asksClients: boolean;
}

/** Undefined: plain HTTP. Throws a ConfigError for files that cannot be read or do not belong together. */
export function readTlsFiles({ tlsCert, tlsKey, tlsClientCa }: TlsSettings): TlsFiles | undefined {
  // loadConfig has refused one without the other.
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const context = {
    cert: readPem('TLS_CERT', tlsCert),
    key: readPem('TLS_KEY', tlsKey),
    ...(tlsClientCa === undefined ? {} : { ca: readPem('TLS_CLIENT_CA', tlsClientCa) }),
  };
  checkTogether('TLS_CERT, TLS_KEY and TLS_CLIENT_CA', context);
  return { context: { ...context, minVersion: 'TLSv1.2' }, asksClients: tlsClientCa !== undefined };
}

export function readPem(name: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  // OpenSSL passes over what it does not know, so that an authority without certificates would let nobody in.
  if (!text.includes('-----BEGIN ')) throw new ConfigError([`${name} ${path} holds no PEM`]);
  return text;
}

export function checkTogether(names: string, context: SecureContextOptions): void {
  try {
    createSecureContext(context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`${names} cannot be used: ${why}`]);
  }
}
