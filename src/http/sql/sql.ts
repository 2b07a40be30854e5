/** The SQL routes: query, explain, close and stats, under the plugin's present and former path. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cluster } from '../../cluster/cluster.ts';
import { callerIdentity } from '../../cluster/credentials.ts';
import type { Config } from '../../config.ts';
import type { SqlRequest } from '../../contract/sql-request.ts';
import type { SqlService } from '../../contract/sql-service.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { stringifyJson } from '../../rows/longs.ts';
import {
  type CoreAnswer,
  contentTypeNotSupported,
  methodNotAllowed,
  sendCore,
  unrecognisedParameters,
} from '../core-answers.ts';
import { endText } from '../end-text.ts';
import type { Outflows } from '../outflow.ts';
import type { Handler } from '../passthrough.ts';
import { JSON_TYPE, type RenderedError, renderError } from '../render-error.ts';
import { sendAnswer } from './send-answer.ts';
import { createExchanges, type Exchange } from './sql-exchange.ts';
import { readCursor, readSqlRequest, URL_PARAMETERS, unknownParameters } from './sql-request.ts';
import { createStats } from './stats.ts';

export const SQL_ROOTS = ['/_plugins/_sql', '/_opendistro/_sql'] as const;

interface SqlRouteDeps {
  readonly config: Config;
  readonly cluster: Pick<Cluster, 'user'>;
  readonly service: SqlService;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly outflows: Outflows;
}

interface SqlHandlers {
  readonly query: Handler;
  readonly explain: Handler;
  readonly close: Handler;
  readonly stats: Handler;
}

const JSON_MEDIA = /^application\/(json|x-ndjson|[\w.-]+\+json)\s*(;|$)/i;

export function createSqlHandlers({ config, cluster, service, metrics, log, outflows }: SqlRouteDeps): SqlHandlers {
  const stats = createStats({ window: () => config.statsWindow });
  const exchanges = createExchanges({ config, metrics, log, stats, outflows });

  function read(exchange: Exchange): SqlRequest {
    const { request, body } = exchange;
    exchange.sql = readSqlRequest({ query: queryOf(request), body, accept: request.headers.accept }, config);
    return exchange.sql;
  }

  const query = exchanges('sql', async (exchange) => {
    const { response, context } = exchange;
    const answering = service.query(read(exchange), context);
    // An answer that comes after its request is over is closed unread.
    answering.then((late) => (context.signal.aborted ? release(late.body) : undefined)).catch(() => undefined);
    const answer = await context.orAborted(answering);
    await sendAnswer(response, answer, context.flow, context);
  });

  const explain = exchanges('explain', async (exchange) => {
    const { response, context } = exchange;
    sendJson(response, await context.orAborted(service.explain(read(exchange), context)), 2);
  });

  const close = exchanges('close', async ({ response, context, body }) => {
    sendJson(response, { succeeded: await context.orAborted(service.close(readCursor(body), context)) });
  });

  return {
    query: checked(['POST'], query),
    explain: checked(['POST'], explain),
    close: checked(['POST'], close),
    stats: checked(['GET', 'POST'], (request, response) => {
      request.resume();
      // Figures of this server: whoever the cluster lets in may see them, as with the plugin.
      cluster.user({ identity: callerIdentity(request.headers, config.forwardHeaders), calls: [] }).then(
        () => sendJson(response, stats.read(), 2),
        (error: unknown) => sendError(response, renderError(error, log)),
      );
    }),
  };
}

/** The checks that the cluster makes before a plugin sees a request, in its order. */
function checked(allowed: readonly string[], handler: Handler): Handler {
  return (request, response) => {
    const opaque = request.headers['x-opaque-id'];
    if (typeof opaque === 'string') response.setHeader('X-Opaque-Id', opaque);
    const refusal = refusalOf(request, allowed);
    if (refusal === undefined) {
      handler(request, response);
      return;
    }
    // Its body is not wanted, but the connection is.
    request.resume();
    sendCore(response, refusal);
  };
}

function refusalOf(request: IncomingMessage, allowed: readonly string[]): CoreAnswer | undefined {
  const { method = '', url = '/', headers } = request;
  if (method === 'OPTIONS') return { status: 200, headers: { Allow: allowed.join(',') }, body: undefined };
  if (!allowed.includes(method)) return methodNotAllowed(url, method, allowed);
  const type = headers['content-type'];
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody && (type === undefined || !JSON_MEDIA.test(type))) return contentTypeNotSupported(type);
  const unknown = unknownParameters(queryOf(request));
  return unknown.length > 0 ? unrecognisedParameters(url.split('?', 1)[0]!, unknown, URL_PARAMETERS) : undefined;
}

async function release(body: AsyncIterable<unknown>): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}

function sendJson(response: ServerResponse, value: unknown, indent?: number): void {
  const body = stringifyJson(value, indent);
  response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body) });
  endText(response, body);
}

function sendError(response: ServerResponse, { status, headers, body }: RenderedError): void {
  const shown = Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]);
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...Object.fromEntries(shown), 'content-type': JSON_TYPE, 'content-length': length });
  response.end(body);
}

function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '/';
  const at = url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
}
