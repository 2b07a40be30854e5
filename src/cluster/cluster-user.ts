/** Asks the cluster who a caller is: a cheap call that only good credentials get an answer to, kept for some seconds. */

import { SqlError } from '../../translators/errors.ts';
import type { Capabilities } from './capabilities.ts';
import { clusterError } from './cluster-error.ts';
import type { CallContext } from './context.ts';
import { identityKey } from './credentials.ts';
import { isPassing } from './overload.ts';
import type { ClusterAnswer } from './request.ts';

/** One text for each user, to be compared only. Undefined: the cluster names no user, as one without a security plugin. */
export type ClusterUser = string | undefined;

interface ClusterUserDeps {
  /** A GET that answers with whatever status came, tried again where the cluster is busy. */
  readonly get: (path: string, context: CallContext) => Promise<Pick<ClusterAnswer, 'status' | 'text' | 'headers'>>;
  readonly engine: (context: CallContext) => Promise<Capabilities['engine']>;
  readonly now?: () => number;
}

const KEPT_MILLISECONDS = 5_000;
const MOST_KEPT = 1_000;
/** For so long a cluster without such routes is asked for one of them only. */
const ABSENT_MILLISECONDS = 60_000;

const ROUTES: Readonly<Record<Capabilities['engine'], readonly string[]>> = {
  opensearch: ['/_plugins/_security/authinfo', '/_security/_authenticate', '/_opendistro/_security/authinfo'],
  elasticsearch: ['/_security/_authenticate', '/_opendistro/_security/authinfo', '/_plugins/_security/authinfo'],
};
/** How clusters and services in front of them say that they have no such route, which tells nothing about the caller. */
const ABSENT: readonly ((status: number, text: string) => boolean)[] = [
  (status) => status === 404 || status === 405,
  (status, text) => status === 400 && text.includes('no handler found'),
  // Elasticsearch 7 with a basic licence, where security is neither on nor off.
  (_, text) => text.includes('Security must be explicitly enabled'),
  // A managed service without the plugin.
  (_, text) => /Your request: '[^']*' is not allowed/.test(text),
];

interface ClusterUsers {
  /** Throws the cluster's error where it does not accept the credentials. */
  of(context: CallContext): Promise<ClusterUser>;
}

export function createClusterUsers({ get, engine, now = Date.now }: ClusterUserDeps): ClusterUsers {
  const kept = new Map<string, { readonly user: Promise<ClusterUser>; readonly until: number }>();
  let absentUntil: number | undefined;

  async function ask(context: CallContext): Promise<ClusterUser> {
    const routes = ROUTES[await engine(context)];
    for (const path of absentUntil !== undefined && absentUntil > now() ? routes.slice(0, 1) : routes) {
      const { status, text, headers } = await get(path, context);
      if (status < 400) {
        absentUntil = undefined;
        return nameIn(text);
      }
      if (!ABSENT.some((says) => says(status, text))) throw clusterError(status, text, headers);
    }
    if (absentUntil === undefined || absentUntil <= now()) absentUntil = now() + ABSENT_MILLISECONDS;
    return undefined;
  }

  return {
    of({ identity, calls }) {
      const key = identityKey(identity);
      const found = kept.get(key);
      if (found !== undefined && found.until > now()) return found.user;
      // Several callers wait for one answer: none of them may end it for the others.
      const user = ask({ identity, calls }).catch((error: unknown) => {
        kept.delete(key);
        // Where nobody has a name there is nothing to check while the cluster is away.
        if (absentUntil !== undefined && isAway(error)) return undefined;
        throw error;
      });
      kept.delete(key);
      kept.set(key, { user, until: now() + KEPT_MILLISECONDS });
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      return user;
    },
  };
}

export const isAway = (error: unknown): boolean =>
  error instanceof SqlError &&
  (error.code === 'clusterUnreachable' || error.code === 'clusterTimeout' || isPassing(error.status));

interface AuthInfo {
  /** The security plugin's. */
  readonly user_name?: unknown;
  /** Elasticsearch's; users of two realms may have one name, and an API key may do less than its owner. */
  readonly username?: unknown;
  readonly authentication_realm?: { readonly name?: unknown; readonly type?: unknown };
  readonly api_key?: { readonly id?: unknown };
}

function nameIn(text: string): ClusterUser {
  let info: AuthInfo;
  try {
    info = Object(JSON.parse(text)) as AuthInfo;
  } catch {
    return undefined;
  }
  if (typeof info.user_name === 'string') return JSON.stringify([info.user_name]);
  if (typeof info.api_key?.id === 'string') return JSON.stringify(['api key', info.api_key.id]);
  if (typeof info.username !== 'string') return undefined;
  const { name, type } = info.authentication_realm ?? {};
  return JSON.stringify([info.username, String(type ?? ''), String(name ?? '')]);
}
