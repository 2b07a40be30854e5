/** A server with the select routes alone: a real directory store, and an engine of the test's making for faults of the source. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config.ts';
import { Outflows } from '../../../src/http/outflow.ts';
import { createSelectRoute, type SelectAuth } from '../../../src/http/select/select.ts';
import type { Log, LogData } from '../../../src/log.ts';
import { createMetrics, type Metrics } from '../../../src/metrics.ts';
import { openDirectoryStore } from '../../../src/objects/directory.ts';
import type { ObjectStore } from '../../../src/objects/store.ts';
import type { StatementService } from '../../../src/run/statement-service.ts';
import type { StreamTiming } from '../../../src/select/frames/stream.ts';
import type { RecordsChunk, SelectEngine, SelectRequest, SelectRun } from '../../../src/select/requests/request.ts';
import { type Served, serve } from '../../http/proxy-under-test.ts';
import { ANYBODY } from '../../support/principals.ts';

export const NO_STATEMENTS: StatementService = { open: () => Promise.reject(new Error('no statements')) };

export interface SelectServer extends Served {
  readonly store: ObjectStore;
  readonly metrics: Metrics;
  readonly logged: LogData[];
  /** The last request that reached the engine. */
  seen(): SelectRequest | undefined;
}

export interface SelectServerOptions {
  readonly run?: (request: SelectRequest, signal: AbortSignal) => Promise<SelectRun> | SelectRun;
  readonly statements?: StatementService;
  readonly auth?: SelectAuth;
  readonly env?: Readonly<Record<string, string>>;
  readonly timing?: StreamTiming;
  readonly store?: (real: ObjectStore) => ObjectStore;
}

/** Requests that are no select are answered 418. */
export async function startSelectServer(options: SelectServerOptions = {}): Promise<SelectServer> {
  const folder = mkdtempSync(join(tmpdir(), 'select-test-'));
  for (const bucket of ['demo', 'out']) mkdirSync(join(folder, bucket), { recursive: true });
  const real = await openDirectoryStore(folder);
  const store = options.store?.(real) ?? real;
  const metrics = createMetrics();
  const logged: LogData[] = [];
  const log: Log = {
    writes: () => true,
    error: () => undefined,
    warn: () => undefined,
    debug: () => undefined,
    info: (_message, data) => void logged.push(data ?? {}),
  };
  let seen: SelectRequest | undefined;
  const engine: SelectEngine = {
    async open(request, signal) {
      seen = request;
      return (await options.run?.(request, signal)) ?? runOf([]);
    },
  };
  const route = createSelectRoute({
    config: loadConfig({ OPENSEARCH_URL: 'http://127.0.0.1:9', DATA_DIR: folder, ...options.env }),
    log,
    metrics,
    store,
    engine,
    statements: options.statements ?? NO_STATEMENTS,
    auth: options.auth ?? { authenticate: () => ANYBODY },
    outflows: new Outflows({ limits: () => ({ stall: 0, most: 256 * 1024 * 1024 }) }),
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  });
  const served = await serve((request, response) => {
    const handler = route(request);
    if (handler !== undefined) return handler(request, response);
    request.resume();
    response.writeHead(418).end();
  });
  return {
    ...served,
    store,
    metrics,
    logged,
    seen: () => seen,
    close: async () => {
      await served.close();
      await real.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const chunk = (text: string, records = text.split('\n').length - 1): RecordsChunk => ({
  bytes: Buffer.from(text),
  records,
});

export function runOf(
  chunks: Iterable<RecordsChunk> | AsyncIterable<RecordsChunk>,
  more: { readonly header?: string; readonly scanned?: number } = {},
): SelectRun {
  const { header, scanned = 0 } = more;
  return {
    records: (async function* () {
      yield* chunks;
    })(),
    header: header === undefined ? undefined : Buffer.from(header),
    progress: () => ({ scanned, processed: scanned }),
  };
}

export const bosBody = (sql: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    selectRequest: {
      expression: Buffer.from(sql).toString('base64'),
      expressionType: 'SQL',
      inputSerialization: {},
      outputSerialization: {},
      ...more,
    },
  });

export const s3Body = (sql: string, more = ''): string =>
  `<SelectObjectContentRequest><Expression>${sql}</Expression><ExpressionType>SQL</ExpressionType>` +
  '<InputSerialization><CSV/></InputSerialization><OutputSerialization><CSV/></OutputSerialization>' +
  `${more}</SelectObjectContentRequest>`;

export const BOS = '/v1/demo/people.csv?select&type=csv';
export const S3 = '/demo/people.csv?select&select-type=2';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

export function send(
  url: string,
  body: string | Buffer,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method: options.method ?? 'POST', headers: options.headers ?? {} },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (bytes: Buffer) => chunks.push(bytes));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, bytes: Buffer.concat(chunks) }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
