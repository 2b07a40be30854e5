/** The life of one SQL request: body in, work done, failure told in the plugin's words, one record in the log. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, SqlError } from '../../../translators/errors.ts';
import type { Config } from '../../config.ts';
import type { SqlRequest } from '../../contract/sql-request.ts';
import { type Log, maskLiterals } from '../../log.ts';
import type { Metrics, Stage } from '../../metrics.ts';
import { Admission } from '../../run/admission.ts';
import { breakOff } from '../break-off.ts';
import { endText } from '../end-text.ts';
import type { Outflows } from '../outflow.ts';
import type { Handler } from '../passthrough.ts';
import { readBody } from '../read-body.ts';
import { JSON_TYPE, renderError } from '../render-error.ts';
import { type OpenContext, openContext } from '../request-context.ts';
import type { RequestSlot } from '../request-slot.ts';
import type { SqlStats } from './stats.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: OpenContext;
  readonly body: string;
  /** For the log: set as soon as it is known. */
  sql: SqlRequest | undefined;
}

interface ExchangeDeps {
  readonly config: Config;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly stats: SqlStats;
  readonly outflows: Outflows;
}

/** Makes handlers of pieces of work; all of them share one limit of requests at a time. */
export function createExchanges(
  deps: ExchangeDeps,
): (route: string, work: (exchange: Exchange) => Promise<void>) => Handler {
  const { config, metrics, log, outflows } = deps;
  const admission = new Admission(
    () => ({ most: config.maxConcurrentQueries, mostWaiting: 0 }),
    (running) =>
      new SqlError(
        'tooManyRequests',
        `${running} SQL requests are being answered already (MAX_CONCURRENT_QUERIES); try again.`,
      ),
  );

  async function admitted(slot: RequestSlot, work: () => Promise<void>): Promise<void> {
    await slot.enter();
    try {
      await work();
    } finally {
      slot.end();
    }
  }

  async function run(
    route: string,
    request: IncomingMessage,
    response: ServerResponse,
    work: (exchange: Exchange) => Promise<void>,
  ): Promise<void> {
    const started = performance.now();
    const flow = outflows.of(response);
    const context = openContext(request, response, config, metrics, flow, admission);
    flow.slot = context.slot;
    let exchange: Exchange | undefined;
    let errorType: string | undefined;
    try {
      const body = await readBody(request, config.maxBodyBytes);
      const opened: Exchange = { request, response, context, body, sql: undefined };
      exchange = opened;
      await admitted(context.slot, () => work(opened));
    } catch (error) {
      errorType = fail(deps, request, response, error);
    } finally {
      context.close();
      tell(deps, route, request, response, context, exchange?.sql, errorType, performance.now() - started);
    }
  }

  return (route, work) => (request, response) => {
    run(route, request, response, work).catch((error: unknown) => {
      log.error('a request could not be ended', { error: error instanceof Error ? error.stack : String(error) });
      response.destroy();
    });
  };
}

const CANCELLED = ERRORS.cancelled.type;

/** After the first byte only a broken connection can say that the answer is not whole. */
function fail(
  { log, metrics }: ExchangeDeps,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): string {
  if (response.destroyed) {
    // Whatever ends when nobody is left to be answered is no fault of the server.
    log.debug('work ended after its client', { error: error instanceof Error ? error.message : String(error) });
    metrics.error(CANCELLED);
    return CANCELLED;
  }
  const rendered = renderError(error, log);
  metrics.error(rendered.type);
  if (response.headersSent) {
    log.warn('answer broken off', {
      type: rendered.type,
      error: error instanceof Error ? error.message : String(error),
    });
    breakOff(response);
    return rendered.type;
  }
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(rendered.headers)) {
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  if (rendered.status === 429) headers['retry-after'] ??= '1';
  // The rest of an unread body would be taken for the next request.
  if (!request.complete) headers.connection = 'close';
  const length = Buffer.byteLength(rendered.body);
  response.writeHead(rendered.status, { ...headers, 'content-type': JSON_TYPE, 'content-length': length });
  endText(response, rendered.body, headers);
  return rendered.type;
}

function tell(
  { config, log, metrics, stats }: ExchangeDeps,
  route: string,
  request: IncomingMessage,
  response: ServerResponse,
  context: OpenContext,
  sql: SqlRequest | undefined,
  errorType: string | undefined,
  milliseconds: number,
): void {
  const status = response.writableEnded ? response.statusCode : 499;
  stats.record({
    status,
    paged: sql?.kind === 'cursor' || (sql?.kind === 'query' && sql.fetchSize > 0),
    breaker: errorType === 'CircuitBreakingException',
  });
  const stages: Record<string, number> = {};
  for (const stage in context.stages) {
    const spent = context.stages[stage as Stage]!;
    metrics.stage(stage as Stage, spent / 1000);
    stages[stage] = round(spent);
  }
  metrics.stage('total', milliseconds / 1000);
  const slow = config.sqlSlowlog > 0 && milliseconds >= config.sqlSlowlog;
  if (!log.writes(slow ? 'warn' : 'info')) return;
  log[slow ? 'warn' : 'info'](slow ? 'slow sql' : 'sql', {
    id: context.id,
    route,
    path: (request.url ?? '').split('?', 1)[0],
    status,
    ms: round(milliseconds),
    rows: context.rowCount,
    calls: context.calls,
    stages,
    format: sql?.format,
    sql: sql === undefined ? undefined : sql.kind === 'query' ? maskLiterals(sql.query) : '(cursor)',
    error: errorType,
  });
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
