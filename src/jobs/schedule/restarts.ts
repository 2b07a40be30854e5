/** Begins work again that the cluster dropped half-way: a point in time does not outlive the node that held it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../../../translators/errors.ts';
import { ClusterError } from '../../cluster/cluster-error.ts';
import { isPassing } from '../../cluster/overload.ts';

const MOST_TRIES = 8;
const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 15_000;

export async function withRestarts<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || attempt + 1 >= MOST_TRIES || !clusterLost(error)) throw error;
    }
    const pause = Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** attempt);
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

function clusterLost(error: unknown): boolean {
  if (!(error instanceof SqlError)) return false;
  if (error.code === 'clusterUnreachable' || error.code === 'clusterTimeout') return true;
  if (!(error instanceof ClusterError)) return false;
  return (
    isPassing(error.status) || error.hasCause('search_context_missing_exception', 'no_shard_available_action_exception')
  );
}
