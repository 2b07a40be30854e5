/** The life of a select request: who asks, what for, over object or cluster, streamed or stored, and one record in the log. */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SqlError } from '../../../translators/errors.ts';
import { demandProof, type Principal, type Right } from '../../auth/principal.ts';
import type { Config } from '../../config.ts';
import type { Pace } from '../../contract/sql-service.ts';
import { type Log, maskLiterals } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { ObjectStore } from '../../objects/store.ts';
import { detachedContext } from '../../run/detached-context.ts';
import type { StatementService } from '../../run/statement-service.ts';
import { openClusterRun } from '../../select/cluster-run.ts';
import { SelectError } from '../../select/errors.ts';
import { selectErrorOf } from '../../select/fault.ts';
import { type SelectFrames, STREAM_TIMING, type StreamTiming, streamSelect } from '../../select/frames/stream.ts';
import { readsObject } from '../../select/object-source.ts';
import type { SelectDialect, SelectEngine, SelectRequest, SelectRun } from '../../select/requests/request.ts';
import { openStoreRun } from '../../select/store-run.ts';
import { orAborted } from '../or-aborted.ts';
import type { Outflows } from '../outflow.ts';
import type { Handler } from '../passthrough.ts';
import { readSelectBody } from './select-body.ts';
import { SELECT_PROTOCOLS } from './select-protocols.ts';
import { responseSink } from './select-sink.ts';
import { type SelectTarget, selectTarget } from './select-target.ts';

export interface SelectAuth {
  /** Throws an AuthError. The body as it came over the wire is what signatures are over. */
  authenticate(request: IncomingMessage, body: Uint8Array): Principal;
}

interface SelectDeps {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly store: ObjectStore;
  readonly engine: SelectEngine;
  readonly statements: StatementService;
  readonly auth: SelectAuth;
  readonly outflows: Outflows;
  readonly timing?: StreamTiming;
}

/** What the log and the metrics will say, as far as it is known. */
interface Account {
  readonly id: string;
  readonly target: SelectTarget;
  readonly calls: string[];
  principal: Principal | undefined;
  request: SelectRequest | undefined;
  source: 'object' | 'cluster' | 'none';
  run: SelectRun | undefined;
  frames: SelectFrames | undefined;
  records: number;
  /** `success`, a code of the table, or `gone`. */
  outcome: string;
}

/** Undefined for a request that is no select, which is left alone. */
type SelectRoute = (request: IncomingMessage) => Handler | undefined;

/** Long because its steps share the request's limits and the running statements; each of them is short. */
export function createSelectRoute(deps: SelectDeps): SelectRoute {
  const { config, log } = deps;
  let running = 0;

  async function admitted<T>(dialect: SelectDialect, work: () => Promise<T>): Promise<T> {
    if (running >= config.maxConcurrentSelects) {
      throw new SelectError(
        dialect === 'bos' ? 'ServiceUnavailable' : 'SlowDown',
        `${running} selects are being answered already (MAX_CONCURRENT_SELECTS); try again.`,
      );
    }
    running++;
    try {
      return await work();
    } finally {
      running--;
    }
  }

  async function work(
    request: IncomingMessage,
    response: ServerResponse,
    account: Account,
    controller: AbortController,
  ): Promise<void> {
    const { target } = account;
    const { signal } = controller;
    const protocol = SELECT_PROTOCOLS[target.dialect];
    if (request.method !== 'POST') throw new SelectError('MethodNotAllowed');
    const body = await readSelectBody(request, protocol.bodyLimit, config.selectBodyTimeout);
    const principal = deps.auth.authenticate(request, body);
    account.principal = principal;
    if (target.object === undefined) {
      throw new SelectError('InvalidURI', 'The path is not percent-encoded UTF-8.');
    }
    const select = protocol.read(target.object, target, request, body);
    account.request = select;
    account.source = readsObject(select.expression) ? 'object' : 'cluster';
    if (account.source === 'cluster' || select.location !== undefined) demandProof(principal);
    // Also over the cluster, where the key is only a label: the right to read the bucket is the right to select there.
    demand(principal, 'read', select.object.bucket);
    if (select.location !== undefined) demand(principal, 'write', select.location.bucket);
    await admitted(target.dialect, async () => {
      const flow = deps.outflows.of(response);
      flow.limitStall(config.selectStallTimeout);
      const run = await orAborted(openRun(select, account, principal, controller, flow), signal);
      account.run = run;
      account.frames = protocol.frames({ progress: select.progress, header: run.header });
      const sink = responseSink(response, flow, protocol.headers(account.id));
      ({ records: account.records } = await streamSelect(
        run,
        account.frames,
        sink,
        signal,
        deps.timing ?? STREAM_TIMING,
      ));
    });
    response.end();
  }

  function openRun(
    select: SelectRequest,
    account: Account,
    principal: Principal,
    controller: AbortController,
    flow: Pace,
  ): Promise<SelectRun> {
    const { signal } = controller;
    const open = (): Promise<SelectRun> => {
      if (account.source === 'cluster') return openCluster(select, account, principal, controller, flow);
      refuseHeader(select);
      return deps.engine.open(select, signal);
    };
    return select.location === undefined ? open() : openStoreRun(select.location, deps.store, signal, open);
  }

  /** The time limit of queries holds until the first rows are there, as on the SQL routes. */
  async function openCluster(
    select: SelectRequest,
    account: Account,
    principal: Principal,
    controller: AbortController,
    flow: Pace,
  ): Promise<SelectRun> {
    const limit = config.queryTimeout;
    const late = new SqlError(
      'clusterTimeout',
      `The query had no answer after ${limit / 1000} seconds (QUERY_TIMEOUT).`,
    );
    const timer = limit === 0 ? undefined : setTimeout(() => controller.abort(late), limit).unref();
    const context = {
      ...detachedContext(principal.identity, controller.signal, deps.metrics),
      calls: account.calls,
      flow,
    };
    try {
      const run = await openClusterRun(select, deps.statements, context);
      return { ...run, records: untilFirst(run.records, () => clearTimeout(timer)) };
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse, target: SelectTarget): Promise<void> {
    const started = performance.now();
    const controller = new AbortController();
    const onClose = (): void => {
      if (!response.writableFinished) controller.abort(new SqlError('cancelled', 'The client went away.'));
    };
    response.on('close', onClose);
    const account: Account = {
      id: randomUUID(),
      target,
      calls: [],
      principal: undefined,
      request: undefined,
      source: 'none',
      run: undefined,
      frames: undefined,
      records: 0,
      outcome: 'success',
    };
    try {
      await work(request, response, account, controller);
    } catch (error) {
      account.outcome = response.destroyed ? 'gone' : fail(deps, request, response, account, error);
    } finally {
      tell(deps, response, account, performance.now() - started);
    }
  }

  return (request) => {
    const target = selectTarget(request);
    if (target === undefined) return undefined;
    return (_request, response) => {
      answer(request, response, target).catch((error: unknown) => {
        log.error('a select could not be ended', { error: error instanceof Error ? error.stack : String(error) });
        response.destroy();
      });
    };
  };
}

function demand(principal: Principal, right: Right, bucket: string): void {
  if (!principal.may(right, bucket)) {
    throw new SelectError('AccessDenied', `${principal.user} may not ${right} in the bucket ${bucket}.`);
  }
}

/** The names of a csv are known only where its header line is used (bos-select 2). */
function refuseHeader({ dialect, input, output }: SelectRequest): void {
  if (output.kind === 'csv' && output.header && input.kind === 'csv' && input.fileHeaderInfo !== 'USE') {
    throw new SelectError(
      dialect === 'bos' ? 'InvalidArgument' : 'InvalidRequestParameter',
      'A header in the answer needs fileHeaderInfo USE.',
    );
  }
}

async function* untilFirst<T>(items: AsyncIterable<T>, then: () => void): AsyncGenerator<T> {
  try {
    for await (const item of items) {
      then();
      yield item;
    }
  } finally {
    then();
  }
}

/** Before the first message a status and a body say it, after it the last message; never a bare cut. */
function fail(
  { log, metrics }: SelectDeps,
  request: IncomingMessage,
  response: ServerResponse,
  { id, target, frames }: Account,
  error: unknown,
): string {
  const protocol = SELECT_PROTOCOLS[target.dialect];
  const known = selectErrorOf(error, target.dialect);
  if (known === undefined || known.status === 500) {
    log.error('select failed', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
  const told =
    known ??
    new SelectError('InternalError', `An unexpected error occurred; the server's log has it under the id ${id}.`);
  metrics.error(told.code);
  if (response.headersSent) {
    response.end(frames!.failure(told.code, told.message));
    return told.code;
  }
  const { contentType, body } = protocol.error(told, id, target);
  response.writeHead(told.status, {
    ...protocol.headers(id),
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    // The rest of an unread body would be taken for the next request.
    ...(request.complete ? {} : { connection: 'close' }),
    ...(told.status === 405 ? { allow: 'POST' } : {}),
    ...(told.status === 503 ? { 'retry-after': '1' } : {}),
  });
  response.end(body);
  return told.code;
}

function tell({ log, metrics }: SelectDeps, response: ServerResponse, account: Account, milliseconds: number): void {
  const { id, target, principal, request, source, run, frames, records, outcome, calls } = account;
  const { scanned, processed } = run?.progress() ?? { scanned: 0, processed: 0 };
  const returned = frames?.returned ?? 0;
  metrics.select({ protocol: target.dialect, source, outcome, scanned, returned });
  log.info('select', {
    id,
    protocol: target.dialect,
    source,
    path: target.path,
    location: request?.location,
    key: principal?.keyId,
    status: outcome === 'gone' ? 499 : response.statusCode,
    outcome,
    ms: Math.round(milliseconds * 100) / 100,
    records,
    scanned,
    processed,
    returned,
    calls: calls.length === 0 ? undefined : calls,
    sql: request === undefined ? undefined : maskLiterals(request.expression),
  });
}
