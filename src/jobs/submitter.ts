/** Who a job belongs to: the cluster's user that submitted it, as the cluster itself says it. */
import { createHash } from 'node:crypto';
import { SqlError } from '../../translators/errors.ts';
import type { Principal } from '../auth/principal.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { isAway } from '../cluster/cluster-user.ts';
import { identityKey } from '../cluster/credentials.ts';

/** What counts of a principal; a stored job tells the same of the one that submitted it. */
type Caller = Pick<Principal, 'identity' | 'keyId' | 'rawIdentity'>;

/** One text for each user. Rejects where the cluster does not accept the credentials. */
export type SubmitterOf = (caller: Caller) => Promise<string>;

/** Everybody, where the cluster names no user. */
const NOBODY = 'nobody';

export function createSubmitterOf(cluster: Pick<Cluster, 'user'>): SubmitterOf {
  /** Of users that AUTH_FILE declares: the key is the proof, the cluster only knows the name. */
  const known = new Map<string, string>();

  return async (caller) => {
    const { identity, keyId, rawIdentity } = caller;
    const key = identityKey(identity);
    try {
      const user = await cluster.user({ identity, calls: [] });
      const submitter = user === undefined ? unnamed(caller) : `user ${user}`;
      if (!rawIdentity) known.set(key, submitter);
      return submitter;
    } catch (error) {
      // A key that stands for no user of a cluster that has users is not refused for that: it has AUTH_FILE's word.
      if (keyId !== undefined && key === '' && isRefusal(error)) return NOBODY;
      const before = rawIdentity || !isAway(error) ? undefined : known.get(key);
      if (before === undefined) throw error;
      return before;
    }
  };
}

/** Keys may stand for users of something in front of the cluster that has no names to give. */
function unnamed({ identity, rawIdentity }: Caller): string {
  const key = identityKey(identity);
  if (rawIdentity || key === '') return NOBODY;
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(identity.authorization ?? '') ?? [];
  const name = encoded && Buffer.from(encoded, 'base64').toString('utf8').split(':')[0];
  return `declared ${name ?? createHash('sha256').update(key).digest('base64url')}`;
}

const isRefusal = (error: unknown): boolean =>
  error instanceof SqlError && (error.status === 401 || error.status === 403);
