/** Statements that DuckDB computes a part of, on a real node: a queue of their own, in front of which light ones pass. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { getEngine } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const url = getEngine().url;
const index = 'heavy_queue';
/** Takes a while in DuckDB, within MAX_JOIN_ROWS: it is interrupted by those who wait for it no more. */
const ROWS = 2_100;
const LONG = `SELECT COUNT(*) FROM ${index} a, ${index} b, ${index} c WHERE a.n + b.n + c.n < 0 LIMIT 1`;
const QUICK = `SELECT a.n FROM ${index} a JOIN ${index} b ON a.n = b.n WHERE a.n = 7`;
const LIGHT = `SELECT n FROM ${index} WHERE n = 5`;

const open: SqlProxy[] = [];
async function start(env: Record<string, string>): Promise<SqlProxy> {
  const proxy = await startSqlProxy(url, env);
  open.push(proxy);
  return proxy;
}

beforeAll(async () => {
  const lines = Array.from({ length: ROWS }, (_, n) => `{"index":{}}\n{"n":${n}}\n`).join('');
  await fetch(`${url}/${index}`, { method: 'DELETE' });
  await fetch(`${url}/${index}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mappings: { properties: { n: { type: 'integer' } } } }),
  });
  await fetch(`${url}/${index}/_bulk?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines,
  });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await fetch(`${url}/${index}`, { method: 'DELETE' });
});

function post(proxy: SqlProxy, query: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${proxy.url}/_plugins/_sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const count = (proxy: SqlProxy, which: 'running' | 'waiting'): Promise<number> =>
  proxy.metrics.value(`heavy_queries_${which}`);

it('lets light ones pass, the next wait, and refuses the rest', async () => {
  const proxy = await start({ MAX_HEAVY_QUERIES: '1', MAX_HEAVY_WAITING: '2', MAX_CONCURRENT_QUERIES: '1' });
  const controller = new AbortController();
  const running = post(proxy, LONG, controller.signal).catch(() => undefined);
  await expect.poll(() => count(proxy, 'running'), { timeout: 10_000 }).toBe(1);
  const leaving = new AbortController();
  const left = post(proxy, QUICK, leaving.signal).catch(() => 'left');
  await expect.poll(() => count(proxy, 'waiting'), { timeout: 10_000 }).toBe(1);
  const waiting = post(proxy, QUICK);
  await expect.poll(() => count(proxy, 'waiting'), { timeout: 10_000 }).toBe(2);

  const refused = await post(proxy, QUICK);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await refused.json()).toMatchObject({ error: { details: expect.stringContaining('MAX_HEAVY_QUERIES') } });
  // Neither those that run nor those that wait take the one place of light statements.
  expect((await proxy.query(LIGHT)).datarows).toEqual([[5]]);

  leaving.abort();
  expect(await left).toBe('left');
  await expect.poll(() => count(proxy, 'waiting'), { timeout: 10_000 }).toBe(1);
  controller.abort();
  await running;
  const answer = await waiting;
  expect([answer.status, await answer.json()]).toMatchObject([200, { datarows: [[7]] }]);
  expect([await count(proxy, 'running'), await count(proxy, 'waiting')]).toEqual([0, 0]);
});

it('counts the waiting in QUERY_TIMEOUT', async () => {
  const proxy = await start({ MAX_HEAVY_QUERIES: '1', QUERY_TIMEOUT: '2s' });
  const first = post(proxy, LONG);
  await expect.poll(() => count(proxy, 'running'), { timeout: 10_000 }).toBe(1);
  await sleep(500);
  const controller = new AbortController();
  const second = post(proxy, LONG, controller.signal);
  expect((await first).status).toBe(504);
  expect((await second).status).toBe(504);
  await expect.poll(() => count(proxy, 'running'), { timeout: 10_000 }).toBe(0);
});

it('holds no place for a cursor whose first page is out', async () => {
  const proxy = await start({ MAX_HEAVY_QUERIES: '1', MAX_HEAVY_WAITING: '0' });
  const query = `SELECT a.n FROM ${index} a JOIN ${index} b ON a.n = b.n ORDER BY a.n`;
  const first = (await proxy.query(query, { fetch_size: 100 })) as unknown as { cursor: string };
  expect(first.cursor).toBeTruthy();
  expect(await count(proxy, 'running')).toBe(0);
  expect((await proxy.query(QUICK)).datarows).toEqual([[7]]);
});

it('holds one place for a statement with several such parts', async () => {
  const proxy = await start({ MAX_HEAVY_QUERIES: '1', MAX_HEAVY_WAITING: '0' });
  const sql = `SELECT COUNT(*) FROM ${index} x JOIN (SELECT n, ROW_NUMBER() OVER (ORDER BY n) r FROM ${index}) y ON x.n = y.n WHERE x.n IN (SELECT a.n FROM ${index} a JOIN ${index} b ON a.n = b.n)`;
  expect((await proxy.query(sql)).datarows).toEqual([[ROWS]]);
  expect(await count(proxy, 'running')).toBe(0);
});
