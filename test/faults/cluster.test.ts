/** A cluster that fails, met by every route: before the first byte its own status, or 502, after it a broken answer; never a fault of this server, never half a result. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../cluster/export-kit.ts';
import { FULL, getEngine, uniqueName } from '../support/engine.ts';
import { CLUSTER_FAULTS, type FaultName, type FaultyCluster, startFaultyCluster } from '../support/faulty-cluster.ts';
import { jobsClient, type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { readBosMessages, readEvents } from '../unit/select/read-messages.ts';

const ROWS = 3_000;
const index = uniqueName('cluster-faults');
const folder = mkdtempSync(join(tmpdir(), 'cluster-faults-'));
const SEARCHES = /_search(\?|$)/;
const FAULTS = Object.keys(CLUSTER_FAULTS) as FaultName[];

let cluster: FaultyCluster;
let server: ServerProcess;

beforeAll(async () => {
  const body = {
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: { properties: { n: { type: 'long' }, t: { type: 'keyword' } } },
  };
  await call('PUT', `/${index}`, body);
  const lines = Array.from({ length: ROWS }, (_, n) => `{"index":{}}\n{"n":${n},"t":"${String(n).repeat(150)}"}\n`);
  await call('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
  cluster = await startFaultyCluster(getEngine().url);
  // Pages are small and not read ahead, so that an answer has begun when the third of them fails.
  server = await startServerProcess({
    OPENSEARCH_URL: cluster.url,
    DATA_DIR: folder,
    PAGE_ROWS: '500',
    JOB_ATTEMPTS: '1',
    JOB_POLL: '100ms',
    JOB_REREAD_ROWS: '100',
  });
}, 120_000);
afterEach(() => cluster.set(undefined));
afterAll(async () => {
  await server?.stop();
  await cluster?.close();
  await call('DELETE', `/${index}`);
  rmSync(folder, { recursive: true, force: true });
});

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  /** Ended as its protocol says that it does. */
  readonly whole: boolean;
}

async function send(method: string, path: string, body?: object | string): Promise<Got> {
  const sent = request(server.url + path, { method, headers: { 'content-type': 'application/json' } });
  sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  let whole = true;
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    whole = false;
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, bytes: Buffer.concat(chunks), whole: whole && response.complete };
}

const sql = (query: string, parameters = '', more: object = {}): Promise<Got> =>
  send('POST', `/_plugins/_sql${parameters}`, { query, ...more });
const ALL = `SELECT n, t FROM ${index}`;
/** More than one search answers. */
const PAGED = `${ALL} LIMIT 100000`;
const FORMATS = ['jdbc', 'csv', 'raw', 'json'];

const errorOf = ({ status, bytes }: Got): readonly unknown[] => {
  const { error, status: told } = JSON.parse(bytes.toString()) as { error: { type: string }; status: number };
  expect(told).toBe(status);
  return [status, error.type];
};

/** What SQL clients are told before the first byte. */
const TOLD: Readonly<Record<FaultName, readonly [number, string]>> = {
  'is overloaded': [429, 'OpenSearchRejectedExecutionException'],
  'forbids it': [403, 'OpenSearchSecurityException'],
  'is not ready': [503, 'ClusterBlockException'],
  'has a fault': [500, 'NullPointerException'],
  'is behind a gateway that has lost it': [502, 'OpenSearchException'],
  'is behind a gateway that asks for a login': [502, 'ClusterAnswerException'],
  'breaks off its answer': [502, 'ClusterUnreachableException'],
  'gives a part of its answer': [502, 'ClusterAnswerException'],
  'closes the connection': [502, 'ClusterUnreachableException'],
};

const STATEMENTS: readonly (readonly [string, string, string, object])[] = [
  ...FORMATS.map((format) => [`rows as ${format}`, ALL, `?format=${format}`, {}] as const),
  ['the first rows', `${ALL} LIMIT 5`, '?format=json', {}],
  ['groups', `SELECT t, COUNT(*) FROM ${index} GROUP BY t`, '', {}],
  ['one number', `SELECT MAX(n), COUNT(DISTINCT t) FROM ${index}`, '?format=csv', {}],
  ['a join', `SELECT a.n FROM ${index} a JOIN ${index} b ON a.n = b.n`, '', {}],
  ['a page', ALL, '', { fetch_size: 100 }],
  ['a page of a computed result', `${ALL} ORDER BY n % 7`, '', { fetch_size: 100 }],
];

describe.each(FAULTS)('a cluster that %s', (name) => {
  const fault = CLUSTER_FAULTS[name];
  const told = TOLD[name];

  it.each(STATEMENTS)('is told before the first byte of %s', async (_, query, parameters, more) => {
    cluster.set({ fault, paths: SEARCHES });
    const got = await sql(query, parameters, more);
    expect(errorOf(got)).toEqual(told);
    expect(got.headers['retry-after']).toBe(name === 'is overloaded' ? '7' : undefined);
    cluster.set(undefined);
    expect((await sql(query, parameters, more)).status).toBe(200);
  });

  it('is told for a later page, which is there when that has passed', async () => {
    const first = JSON.parse((await sql(ALL, '', { fetch_size: 1_000 })).bytes.toString()) as { cursor: string };
    const next = (): Promise<Got> => send('POST', '/_plugins/_sql', { cursor: first.cursor });
    cluster.set({ fault, paths: SEARCHES });
    expect(errorOf(await next())).toEqual(told);
    cluster.set(undefined);
    const again = await next();
    // What will not pass by waiting ends the cursor.
    if (['forbids it', 'has a fault'].includes(name)) return expect(again.status).toBe(404);
    const got = JSON.parse(again.bytes.toString()) as { datarows: unknown[]; cursor: string };
    expect(got.datarows).toHaveLength(1_000);
    expect((await send('POST', '/_plugins/_sql/close', { cursor: got.cursor })).status).toBe(200);
  });

  it('is told where mappings are asked for', async () => {
    cluster.set({ fault });
    const got = await send('POST', '/_plugins/_sql/_explain', {
      query: `SELECT * FROM ${index}_${FAULTS.indexOf(name)}*`,
    });
    expect(errorOf(got)).toEqual(told);
  });

  it.each(FORMATS)('breaks off rows as %s that have begun', async (format) => {
    cluster.set({ fault, paths: SEARCHES, after: 3 });
    const got = await sql(PAGED, `?format=${format}`);
    expect([got.status, got.whole]).toEqual([200, false]);
    expect(cluster.failed()).toBeGreaterThan(0);
    if (format === 'jdbc' || format === 'json') expect(() => JSON.parse(got.bytes.toString())).toThrow();
  });

  it('resets connections without chunks, where the end would read as the end of the rows', async () => {
    cluster.set({ fault, paths: SEARCHES, after: 3 });
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const body = JSON.stringify({ query: PAGED });
    const head = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(`POST /_plugins/_sql?format=csv HTTP/1.0\r\n${head}${body}`);
    socket.resume();
    const [failure] = (await once(socket, 'close').catch((error: unknown) => [error])) as [unknown];
    expect(failure).toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([
    ['bos', `/v1/demo/label?select&type=csv`],
    ['s3', `/demo/label?select&select-type=2`],
  ])('is told by select of %s, before its first rows and after', async (protocol, path) => {
    const body = selectBody(protocol);
    const codes = {
      'is overloaded': 'SlowDown',
      'forbids it': 'AccessDenied',
    } as Readonly<Partial<Record<FaultName, string>>>;
    const code = codes[name] ?? (protocol === 'bos' ? 'ServiceUnavailable' : 'Busy');
    cluster.set({ fault, paths: SEARCHES });
    const early = await send('POST', path, body);
    const statuses = { AccessDenied: 403 } as Readonly<Record<string, number>>;
    expect([early.status, early.bytes.toString()]).toEqual([statuses[code] ?? 503, expect.stringContaining(code)]);
    cluster.set({ fault, paths: SEARCHES, after: 4 });
    const late = await send('POST', path, body);
    expect([late.status, late.whole]).toEqual([200, true]);
    const last = (protocol === 'bos' ? readBosMessages : readEvents)(late.bytes).at(-1)!;
    expect(last.headers[protocol === 'bos' ? 'error-code' : ':error-code']).toBe(code);
  });

  // Others are tried again for half a minute, since nobody waits for a job.
  const atOnce: readonly FaultName[] = [
    'forbids it',
    'has a fault',
    'is behind a gateway that asks for a login',
    'gives a part of its answer',
  ];
  const jobs = it.runIf(FULL || atOnce.includes(name));

  jobs('fails a job with its code, and nothing of it is kept', { timeout: 120_000 }, async () => {
    const client = jobsClient(() => server.url);
    const codes = { 'forbids it': 'DLI.0003' } as Readonly<Partial<Record<FaultName, string>>>;
    cluster.set({ fault, paths: SEARCHES, after: 1 });
    const ended = await client.end(await client.submit(`${ALL} ORDER BY n % 7`), 100_000);
    expect(ended).toMatchObject({ status: 'FAILED', message: expect.stringMatching(codes[name] ?? 'DLI.0012') });
    const preview = await client.call('GET', `/${ended.job_id}/preview`);
    expect(preview).toMatchObject({ status: 400, body: { error_code: 'DLI.0007' } });
  });

  jobs('fails an export with its code, and leaves no file', { timeout: 120_000 }, async () => {
    const client = jobsClient(() => server.url);
    const source = await client.submit(ALL);
    expect(await client.end(source)).toMatchObject({ status: 'FINISHED' });
    cluster.set({ fault, paths: SEARCHES, after: 3 });
    const path = `s3a://faults/export-${FAULTS.indexOf(name)}`;
    const ended = await client.end(await client.export(source, { data_path: path, data_type: 'csv' }), 100_000);
    const code = name === 'forbids it' ? 'DLI.0003' : 'DLI.0012';
    expect(ended).toMatchObject({ status: 'FAILED', message: expect.stringMatching(code) });
    const listed = await send('GET', '/v1/faults?prefix=export');
    expect(listed.bytes.toString()).not.toContain('"key"');
  });

  it('is passed on as it is', async () => {
    cluster.set({ fault });
    const got = await send('GET', `/${index}/_search?size=50`);
    if (typeof fault === 'object') {
      expect([got.status, got.bytes.toString(), got.whole]).toEqual([fault.status, fault.body, true]);
    } else if (fault === 'reset') expect(errorOf(got)).toEqual(told);
    else expect([got.status, got.whole]).toEqual([200, fault === 'half']);
  });
});

it('is never a fault of this server in its log', () => {
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
});

function selectBody(protocol: string): object | string {
  if (protocol === 's3') {
    return `<SelectObjectContentRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Expression>${ALL}</Expression><ExpressionType>SQL</ExpressionType><InputSerialization><CSV/></InputSerialization><OutputSerialization><CSV/></OutputSerialization></SelectObjectContentRequest>`;
  }
  return {
    selectRequest: {
      expression: Buffer.from(ALL).toString('base64'),
      expressionType: 'SQL',
      inputSerialization: { csv: {} },
      outputSerialization: { csv: {} },
    },
  };
}
