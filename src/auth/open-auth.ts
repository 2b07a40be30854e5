/** Opens authentication as configured, and refuses what would let strangers in unasked. */
import { BlockList, isIP } from 'node:net';
import type { Config } from '../config.ts';
import { type AuthFile, loadAuthFile } from './auth-file.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import { keyTable } from './key-table.ts';

export interface OpenAuth extends Authenticator {
  /** Reads AUTH_FILE again; throws and keeps what it had when the file has problems. Answers warnings. */
  reload(): readonly string[];
}

export class AuthConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AuthConfigError';
  }
}

export type AuthSettings = Pick<Config, 'authFile' | 'allowAnonymous' | 'host' | 'forwardHeaders'> &
  Partial<Pick<Config, 'bceSignedBody'>>;

export function openAuth(config: AuthSettings): {
  readonly auth: OpenAuth;
  readonly warnings: readonly string[];
} {
  const { authFile, host } = config;
  if (authFile === undefined && !config.allowAnonymous && !isLoopback(host)) {
    throw new AuthConfigError(
      `HOST is ${host}, so others than this machine may reach the object store and the jobs. ` +
        'Declare keys in AUTH_FILE, or let everybody in with ALLOW_ANONYMOUS=true.',
    );
  }
  let table: ReturnType<typeof keyTable> | undefined;
  const read = (): readonly string[] => {
    if (authFile === undefined) return [];
    const { file, warnings } = loadAuthFile(authFile);
    table = keyTable(file);
    return [...warnings, ...openToAll(file, host)];
  };
  const warnings = read();
  const authenticator = createAuthenticator({
    keys: () => table,
    forwardHeaders: config.forwardHeaders,
    bceSignedBody: config.bceSignedBody === 'required',
  });
  return { auth: { ...authenticator, reload: read }, warnings };
}

function openToAll({ anonymous }: AuthFile, host: string): string[] {
  const writes = Object.values(anonymous?.buckets ?? {}).some((rights) => rights.includes('write'));
  return writes && !isLoopback(host) ? ['AUTH_FILE lets requests without a key write to buckets'] : [];
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** A name other than localhost may lead anywhere. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
