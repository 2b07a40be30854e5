/** `/_proxy/health`: whether this server can answer, and what it stands in front of. */
import { SqlError } from '../../translators/errors.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Identity } from '../cluster/context.ts';
import type { Handler } from './passthrough.ts';
import { JSON_TYPE } from './render-error.ts';

interface HealthDeps {
  readonly cluster: Cluster;
  readonly identity: Identity;
  readonly version: string;
  /** What the job service tells of itself, where there is one. */
  readonly jobs?: () => Promise<Readonly<Record<string, unknown>>>;
  readonly now?: () => number;
}

interface Health {
  readonly ready: boolean;
  readonly version: string;
  readonly node: string;
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly jobs?: Readonly<Record<string, unknown>>;
}

/** Probes ask often; the cluster is asked at most this often. */
const TRUST_MILLISECONDS = 1_000;
const PATIENCE_MILLISECONDS = 5_000;

export function createHealth({ cluster, identity, version, jobs, now = Date.now }: HealthDeps): Handler {
  let last: { readonly health: Promise<Health>; readonly at: number } | undefined;
  return (request, response) => {
    request.resume();
    if (last === undefined || now() - last.at > TRUST_MILLISECONDS) {
      last = { health: withJobs(check(cluster, identity, version), jobs?.()), at: now() };
    }
    void last.health.then((health) => {
      const body = JSON.stringify(health, null, 2);
      response.writeHead(health.ready ? 200 : 503, {
        'content-type': JSON_TYPE,
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
      });
      response.end(body);
    });
  };
}

/** Jobs that cannot be reached do not keep statements from being answered. */
async function withJobs(health: Promise<Health>, jobs: ReturnType<NonNullable<HealthDeps['jobs']>> | undefined) {
  return jobs === undefined ? health : { ...(await health), jobs: await jobs };
}

async function check(cluster: Cluster, identity: Identity, version: string): Promise<Health> {
  const own = { version, node: process.version };
  try {
    const context = { identity, calls: [], signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) };
    const info = (await cluster.info(context)) as {
      readonly cluster_name?: string;
      readonly version?: { readonly number?: string; readonly distribution?: string };
    };
    const { number, distribution = 'elasticsearch' } = info.version ?? {};
    return {
      ready: true,
      ...own,
      cluster: { reachable: true, name: info.cluster_name, distribution, version: number },
    };
  } catch (error) {
    // Callers bring their own credentials: a cluster that refuses ours, or none, still answers them.
    if (error instanceof SqlError && (error.status === 401 || error.status === 403)) {
      return { ready: true, ...own, cluster: { reachable: true, status: error.status } };
    }
    const reason = error instanceof Error ? error.message : String(error);
    return { ready: false, ...own, cluster: { reachable: false, reason } };
  }
}
