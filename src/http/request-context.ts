/** Opens the context of a SQL request and ends it: when the client goes away, or when its time is over. */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SqlError } from '../../translators/errors.ts';
import { callerIdentity } from '../cluster/credentials.ts';
import type { Config } from '../config.ts';
import type { RequestContext } from '../contract/sql-service.ts';
import type { Metrics, Stage } from '../metrics.ts';
import type { Admission } from '../run/admission.ts';
import { orAborted } from './or-aborted.ts';
import type { Outflow } from './outflow.ts';
import { RequestSlot } from './request-slot.ts';

export interface OpenContext extends RequestContext {
  readonly flow: Outflow;
  readonly slot: RequestSlot;
  /** For the log: milliseconds by stage. */
  readonly stages: Partial<Record<Stage, number>>;
  /** The answer has begun: from here on only the client sets the pace. */
  answering(): void;
  /** Rejects as soon as the request is over, with the reason. */
  orAborted<T>(work: Promise<T>): Promise<T>;
  close(): void;
  rowCount: number;
}

export function openContext(
  request: IncomingMessage,
  response: ServerResponse,
  config: Pick<Config, 'queryTimeout' | 'forwardHeaders'>,
  metrics: Metrics,
  flow: Outflow,
  admission: Admission,
): OpenContext {
  const controller = new AbortController();
  const { signal } = controller;
  const onClose = (): void => {
    if (!response.writableFinished) controller.abort(new SqlError('cancelled', 'The client went away.'));
  };
  response.on('close', onClose);
  const limit = config.queryTimeout;
  const timer =
    limit === 0
      ? undefined
      : setTimeout(() => {
          controller.abort(
            new SqlError('clusterTimeout', `The query had no answer after ${limit / 1000} seconds (QUERY_TIMEOUT).`),
          );
        }, limit);
  const stages: Partial<Record<Stage, number>> = {};
  return {
    id: randomUUID(),
    identity: callerIdentity(request.headers, config.forwardHeaders),
    signal,
    flow,
    slot: new RequestSlot(admission, signal),
    calls: [],
    stages,
    rowCount: 0,
    stage(stage, milliseconds) {
      stages[stage] = (stages[stage] ?? 0) + milliseconds;
    },
    rows(format, count) {
      this.rowCount += count;
      metrics.rows(format, count);
    },
    answering: () => clearTimeout(timer),
    orAborted: (work) => orAborted(work, signal),
    close() {
      clearTimeout(timer);
      response.off('close', onClose);
    },
  };
}
