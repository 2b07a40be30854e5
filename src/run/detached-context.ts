/** The context of work that no HTTP request waits for: a job, or a statement behind a select. */
import { randomUUID } from 'node:crypto';
import type { Identity } from '../cluster/context.ts';
import type { RequestContext } from '../contract/sql-service.ts';
import type { Metrics } from '../metrics.ts';

export function detachedContext(
  identity: Identity,
  signal: AbortSignal,
  metrics: Pick<Metrics, 'rows' | 'stage'>,
): RequestContext {
  return {
    id: randomUUID(),
    identity,
    signal,
    calls: [],
    stage: (stage, milliseconds) => metrics.stage(stage, milliseconds / 1000),
    rows: (format, count) => metrics.rows(format, count),
  };
}
