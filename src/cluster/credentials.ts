/** Whose rights a call has: the caller's headers for everything a caller causes, our own user only for our own calls. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config.ts';
import type { Identity } from './context.ts';

/** For whom a trusted proxy asks; of other peers they are gone by now (src/http/forwarded.ts). */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'x-real-ip'];
/** Credentials, the security plugin's tenant, and what ties a task on the cluster to the request that caused it. */
const CARRIED = ['authorization', 'cookie', 'securitytenant', 'x-opaque-id', 'traceparent', ...FORWARDED];
/** Not part of who somebody is: they change with each request, or with the way that it took. */
const NOT_IDENTITY = new Set(['x-opaque-id', 'traceparent', ...FORWARDED]);

/**
 * Headers by which a client could claim to be somebody else, where the cluster trusts this server's address
 * (proxy authentication, impersonation of the security plugin and of Elasticsearch).
 */
export function claimsIdentity(lowerCaseName: string): boolean {
  return (
    lowerCaseName.startsWith('x-proxy-') ||
    lowerCaseName === 'opendistro_security_impersonate_as' ||
    lowerCaseName === 'plugins_security_impersonate_as' ||
    lowerCaseName === 'es-security-runas-user'
  );
}

export function callerIdentity(headers: IncomingHttpHeaders, more: readonly string[] = []): Identity {
  const identity: Record<string, string> = {};
  for (const name of new Set([...CARRIED, ...more])) {
    const value = headers[name];
    if (value === undefined || claimsIdentity(name)) continue;
    identity[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return identity;
}

/** The identity of this server's own calls: the configured user, else the one written into the URL, else nobody. */
export function serviceIdentity(config: Config): Identity {
  const url = config.opensearchUrl.map((text) => new URL(text)).find((one) => one.username !== '');
  const user = config.opensearchUsername ?? (url === undefined ? undefined : decodeURIComponent(url.username));
  if (user === undefined) return {};
  const password =
    config.opensearchUsername === undefined ? decodeURIComponent(url?.password ?? '') : config.opensearchPassword;
  return basic(user, password ?? '');
}

export function basic(user: string, password: string): Identity {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** A key for caches: who the caller is, without holding the secret. */
export function identityKey(identity: Identity): string {
  const parts = Object.entries(identity).filter(([name]) => !NOT_IDENTITY.has(name));
  if (parts.length === 0) return '';
  return createHash('sha256').update(JSON.stringify(parts.sort())).digest('base64url');
}
