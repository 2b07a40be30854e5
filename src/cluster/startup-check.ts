/** Asks the cluster at start whether it is there and lets us in; the answer is a sentence for whoever started the server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../../translators/errors.ts';
import type { Cluster } from './cluster.ts';
import type { Identity } from './context.ts';

export class StartupError extends Error {
  override readonly name = 'StartupError';
}

export interface ClusterFound {
  /** Such as `OpenSearch 3.8.0 (my-cluster)`; what can be said when it may not be asked. */
  readonly title: string;
}

export interface StartupCheck {
  readonly cluster: Cluster;
  readonly identity: Identity;
  readonly urls: readonly string[];
  /** How long to go on trying while nothing answers. */
  readonly wait: number;
  readonly onWaiting?: (reason: string) => void;
  readonly signal?: AbortSignal;
}

export async function checkCluster(check: StartupCheck): Promise<ClusterFound> {
  const deadline = Date.now() + check.wait;
  for (let told = false; ; ) {
    try {
      return found(
        await check.cluster.info({
          identity: check.identity,
          calls: [],
          ...(check.signal ? { signal: check.signal } : {}),
        }),
      );
    } catch (error) {
      if (!(error instanceof SqlError) || error.code === 'clusterUnreadable')
        throw new StartupError(`${where(check)} does not answer as a search cluster.`);
      if (error.status === 401 || error.status === 403) return refused(check, error);
      if (error.code === 'cancelled' || Date.now() >= deadline) {
        throw new StartupError(`${sentenceOf(check, error)} Check OPENSEARCH_URL.`);
      }
      if (!told) check.onWaiting?.(sentenceOf(check, error));
      told = true;
      await sleep(1_000, undefined, check.signal ? { signal: check.signal } : {});
    }
  }
}

function found(info: unknown): ClusterFound {
  const { cluster_name: name, version } = (info ?? {}) as {
    readonly cluster_name?: string;
    readonly version?: { readonly number?: string; readonly distribution?: string };
  };
  if (version?.number === undefined)
    throw new StartupError('The address in OPENSEARCH_URL answers, but not as a search cluster.');
  const engine = version.distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch';
  return { title: `${engine} ${version.number} (${name})` };
}

/** Without a user of our own a refusal is as it should be: each caller brings credentials. */
function refused(check: StartupCheck, error: SqlError): ClusterFound {
  if (Object.keys(check.identity).length === 0) return { title: 'a cluster that wants credentials' };
  const what = error.status === 401 ? 'does not accept' : 'gives too few rights to';
  throw new StartupError(
    `${where(check)} ${what} OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD (status ${error.status}).`,
  );
}

function where(check: StartupCheck): string {
  return `The cluster at ${check.urls.join(', ')}`;
}

function sentenceOf(check: StartupCheck, error: SqlError): string {
  if (error.code !== 'cluster') return `${error.details}.`;
  return `${where(check)} answers with status ${error.status}.`;
}
