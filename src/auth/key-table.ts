/** The keys of AUTH_FILE, by what requests and stored jobs bring. */
import { createHash } from 'node:crypto';
import type { Identity } from '../cluster/context.ts';
import { basic } from '../cluster/credentials.ts';
import type { AuthFile, Buckets, DeclaredKey, Grants } from './auth-file.ts';
import type { Principal, Right } from './principal.ts';

export interface KeyTable {
  secretOf(accessKey: string): string | undefined;
  byAccessKey(accessKey: string): Principal | undefined;
  byToken(token: string): Principal | undefined;
  byName(name: string): Principal | undefined;
  /** What AUTH_FILE grants to requests without a key. */
  readonly anonymous: Grants | undefined;
}

export function keyTable({ keys, anonymous }: AuthFile): KeyTable {
  const byName = new Map(keys.map((key) => [key.name, principalOf(key)]));
  const byAccessKey = new Map(
    keys.flatMap((key) => (key.accessKey === undefined ? [] : [[key.accessKey, key] as const])),
  );
  // Looked up by hash: the time that takes tells nothing of a token.
  const byToken = new Map(keys.flatMap((key) => key.tokens.map((token) => [hash(token), key.name] as const)));
  return {
    secretOf: (accessKey) => byAccessKey.get(accessKey)?.secretKey,
    byAccessKey: (accessKey) => byName.get(byAccessKey.get(accessKey)?.name ?? ''),
    byToken: (token) => byName.get(byToken.get(hash(token)) ?? ''),
    byName: (name) => byName.get(name),
    anonymous,
  };
}

function principalOf(key: DeclaredKey): Principal {
  return {
    keyId: key.name,
    user: key.user ?? key.name,
    project: key.project,
    identity: declaredIdentity(key),
    rawIdentity: false,
    may: (right, bucket) => grants(key.buckets, right, bucket),
  };
}

export function declaredIdentity({ cluster }: Grants): Identity {
  if (cluster === undefined) return {};
  return 'authorization' in cluster ? cluster : basic(cluster.username, cluster.password);
}

/** All patterns that fit count together. */
export function grants(buckets: Buckets, right: Right, bucket: string): boolean {
  return Object.entries(buckets).some(
    ([pattern, rights]) =>
      rights.includes(right) && (pattern.endsWith('*') ? bucket.startsWith(pattern.slice(0, -1)) : bucket === pattern),
  );
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
