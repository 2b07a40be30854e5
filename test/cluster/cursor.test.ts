/** Paging against the real node: whole results in pages, one snapshot, nothing left open. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterError } from '../../src/cluster/cluster-error.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type PageAnswer, type PagingProxy, startPagingProxy } from './paging-proxy.ts';

const index = uniqueName('cursor');
const small = `${index}-window`;
const ROWS = 257;
const LONG = 9007199254740993n;

let proxy: PagingProxy;
let native: boolean;

async function send(method: string, path: string, body?: string): Promise<void> {
  const response = await fetch(`${getEngine().url}/${path}`, {
    method,
    headers: { 'content-type': 'application/x-ndjson' },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok || /"errors":true/.test(text)) throw new Error(text);
}

/** Ties in `k`, gaps in `maybe`, integers beyond 2^53 in `big`. */
function document(n: number): string {
  const maybe = n % 4 === 0 ? '' : `,"maybe":${n % 13}`;
  return `{"n":${n},"k":"k${n % 10}","big":${LONG + BigInt(n)},"at":"2026-01-01T00:00:${String(n % 60).padStart(2, '0')}Z","tags":["a","t${n % 3}"]${maybe}}`;
}

async function load(name: string, settings: object): Promise<void> {
  const properties = {
    n: { type: 'integer' },
    k: { type: 'keyword' },
    big: { type: 'long' },
    at: { type: 'date' },
    tags: { type: 'keyword' },
    maybe: { type: 'double' },
  };
  const body = JSON.stringify({ settings: { number_of_replicas: 0, ...settings }, mappings: { properties } });
  const response = await fetch(`${getEngine().url}/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!response.ok) throw new Error(await response.text());
  const lines = Array.from({ length: ROWS }, (_, n) => `{"index":{"_id":"${n}"}}\n${document(n)}\n`);
  await send('POST', `${name}/_bulk?refresh=true`, lines.join(''));
}

beforeAll(async () => {
  await load(index, { number_of_shards: 3 });
  await load(small, { number_of_shards: 2, 'index.max_result_window': 100 });
  proxy = await startPagingProxy(getEngine().url);
  const { pointInTime, shardDocSort } = await proxy.cluster.capabilities({ identity: {}, calls: [] });
  native = pointInTime !== 'none' && shardDocSort;
});
afterAll(async () => {
  await proxy?.close();
  await send('DELETE', `${index}*`);
});

const rowsOf = (pages: readonly PageAnswer[]): unknown[] => pages.flatMap((page) => page.datarows);
const texts = (rows: readonly unknown[]): string[] =>
  rows.map((row) => JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v)));

function checkPages(pages: readonly PageAnswer[], fetchSize: number): void {
  // What the cluster reads page by page tells the rows of each; what was computed before, those of all (totals.test.ts).
  const all = rowsOf(pages).length;
  const computed = pages[0]!.total === all;
  for (const page of pages) {
    expect(page.datarows.length).toBeLessThanOrEqual(fetchSize);
    const total = computed ? all : page.size;
    expect(page).toMatchObject({ schema: pages[0]!.schema, size: page.datarows.length, total, status: 200 });
    // A driver stops at an empty page, so only an empty result has one.
    if (pages.length > 1) expect(page.datarows.length).toBeGreaterThan(0);
  }
}

describe('a result in pages is the result', () => {
  it.each([
    ['SELECT * FROM $ ORDER BY n', 100],
    ['SELECT n, big, at FROM $ ORDER BY n DESC', 64],
    [`SELECT n FROM $ ORDER BY k DESC, maybe, n`, 50],
    ['SELECT n FROM $ ORDER BY maybe DESC NULLS FIRST, n', 50],
    ['SELECT n, n * 2 AS twice, UPPER(k) FROM $ WHERE n < 200 ORDER BY n', 7],
    ['SELECT n FROM $ ORDER BY n LIMIT 70', 20],
    ['SELECT n FROM $ ORDER BY n LIMIT 60 OFFSET 30', 20],
    ['SELECT n FROM $ ORDER BY n LIMIT 21', 20],
    ['SELECT n FROM $ ORDER BY n LIMIT 1000 OFFSET 250', 3],
    ['SELECT n FROM $ ORDER BY n LIMIT 5 OFFSET 300', 3],
    ["SELECT n FROM $ WHERE SUBSTRING(CAST(big AS STRING), 16, 1) = '3' ORDER BY n", 5],
    ['SELECT k, COUNT(*) AS c, SUM(big) AS s FROM $ GROUP BY k ORDER BY k', 3],
    ['SELECT k, n FROM $ GROUP BY k, n ORDER BY n', 100],
    ['SELECT DISTINCT maybe FROM $ ORDER BY maybe', 4],
    ['SELECT n, ROW_NUMBER() OVER (ORDER BY n) AS r FROM $ ORDER BY n', 100],
    ['SELECT a.n, b.k FROM $ a JOIN $ b ON a.n = b.n ORDER BY a.n', 100],
    ['SELECT n FROM $ WHERE n < 30 UNION ALL SELECT n FROM $ WHERE n < 5 ORDER BY n', 10],
    ['SELECT n FROM $ ORDER BY n * -1', 100],
    ['SELECT n FROM $ WHERE n IN (SELECT n FROM $ WHERE n > 40 AND n < 60) ORDER BY n', 6],
    ['SELECT * FROM (SELECT n, big FROM $ WHERE n > 200) t ORDER BY n', 10],
  ])('%s by %i', async (sql, fetchSize) => {
    const query = sql.replaceAll('$', index);
    const pages = await proxy.pages(query, fetchSize);
    checkPages(pages, fetchSize);
    const { json: whole } = await proxy.post({ query });
    expect(pages[0]!.schema).toEqual(whole.schema);
    expect(texts(rowsOf(pages))).toEqual(texts(whole.datarows));
    expect(pages).toHaveLength(Math.max(1, Math.ceil(whole.datarows.length / fetchSize)));
  });

  it.each([ROWS - 1, ROWS, ROWS + 1, 1])('without an order, %i rows a page', async (fetchSize) => {
    const query = fetchSize === 1 ? `SELECT n FROM ${index} WHERE n < 12` : `SELECT n FROM ${index}`;
    const pages = await proxy.pages(query, fetchSize);
    checkPages(pages, fetchSize);
    const numbers = rowsOf(pages).map((row) => (row as number[])[0]!);
    const count = fetchSize === 1 ? 12 : ROWS;
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
    expect(pages).toHaveLength(Math.ceil(count / fetchSize));
  });

  it('with a filter and parameters', async () => {
    const body = {
      filter: { terms: { k: ['k1', 'k2'] } },
      parameters: [{ type: 'long', value: 50 }],
    };
    const pages = await proxy.pages(`SELECT n FROM ${index} WHERE n < ? ORDER BY n`, 3, body);
    expect(rowsOf(pages)).toEqual([1, 2, 11, 12, 21, 22, 31, 32, 41, 42].map((n) => [n]));
  });

  it('where the default limit of rows would cut it', async () => {
    const few = await startPagingProxy(getEngine().url, { QUERY_SIZE_LIMIT: '10' });
    try {
      for (const query of [`SELECT n FROM ${index}`, `SELECT n FROM ${index} ORDER BY n + 1`]) {
        expect(rowsOf(await few.pages(query, 100))).toHaveLength(ROWS);
      }
    } finally {
      await few.close();
    }
  });

  it('where the index allows small searches only', async () => {
    for (const [sql, rows] of [
      ['SELECT n FROM $ ORDER BY n', 257],
      ['SELECT n FROM $ ORDER BY n LIMIT 20 OFFSET 220', 20],
    ] as const) {
      const pages = await proxy.pages(sql.replace('$', small), 150);
      checkPages(pages, 150);
      const numbers = rowsOf(pages).map((row) => (row as number[])[0]!);
      expect(numbers).toEqual(Array.from({ length: rows }, (_, i) => (rows === 20 ? 220 + i : i)));
    }
  });

  it('or metadata, or nothing', async () => {
    expect(await proxy.pages('SELECT 1', 5)).toMatchObject([{ datarows: [[1]] }]);
    expect(await proxy.pages(`SELECT n FROM ${index} WHERE n > 1000`, 5)).toMatchObject([{ datarows: [], size: 0 }]);
    const described = await proxy.pages(`DESCRIBE TABLES LIKE '${index}'`, 4);
    expect(described.map((page) => page.size)).toEqual([4, 2]);
    checkPages(described, 4);
  });
});

describe('calls of the cluster', () => {
  const calls = async (body: object): Promise<{ kinds: string[]; cursor: string | undefined }> => {
    const { json } = await proxy.post(body);
    await sleep(20);
    return { kinds: proxy.lastCalls().filter((kind) => kind !== 'mapping' && kind !== 'info'), cursor: json.cursor };
  };

  it('are one search where the first page holds all', async () => {
    const query = `SELECT n FROM ${index} WHERE n < 20 ORDER BY n`;
    if (!native) return;
    expect((await calls({ query, fetch_size: 20 })).kinds).toEqual(['search']);
    expect((await calls({ query, fetch_size: 1000 })).kinds).toEqual(['search']);
    expect((await calls({ query: `${query} LIMIT 5`, fetch_size: 5 })).kinds).toEqual(['search']);
  });

  it('open one point in time for the pages, and close it with the last', async () => {
    if (!native) return;
    const first = await calls({ query: `SELECT n FROM ${index} ORDER BY n`, fetch_size: 100 });
    expect(first.kinds).toEqual(['search', 'open_pit', 'search']);
    const second = await calls({ cursor: first.cursor });
    expect(second.kinds).toEqual(['search']);
    const third = await calls({ cursor: second.cursor });
    expect([third.kinds, third.cursor]).toEqual([['search', 'close_pit'], undefined]);
  });

  it('are none for the later pages of a computed result', async () => {
    const query = `SELECT k, n FROM ${index} GROUP BY k, n`;
    const first = await calls({ query, fetch_size: 100 });
    expect((await calls({ cursor: first.cursor })).kinds).toEqual([]);
  });
});

describe('a cursor', () => {
  const open = async (query: string, fetchSize = 100): Promise<string> => {
    const { json } = await proxy.post({ query, fetch_size: fetchSize });
    return json.cursor!;
  };
  const plain = `SELECT n FROM ${index} ORDER BY n`;
  const grouped = `SELECT k, n FROM ${index} GROUP BY k, n`;
  const close = (cursor: string) => proxy.post({ cursor }, { path: '/_plugins/_sql/close' });
  const gone = {
    status: 404,
    json: { status: 404, error: { type: 'SearchPhaseExecutionException', reason: /all shards failed$/ } },
  };
  const expectGone = async (cursor: string): Promise<void> => {
    const { status, json } = await proxy.post({ cursor });
    expect([status, json.status, json.error.type]).toEqual([404, 404, gone.json.error.type]);
    expect(json.error.reason).toMatch(gone.json.error.reason);
    expect(json.error.details).toContain('SearchContextMissingException[No search context found');
  };

  it.each([plain, grouped])('can be read twice, and not after it was closed: %s', async (query) => {
    const cursor = await open(query);
    const one = await proxy.post({ cursor });
    expect((await proxy.post({ cursor })).json.datarows).toEqual(one.json.datarows);
    expect(await close(one.json.cursor!)).toMatchObject({ status: 200, json: { succeeded: true } });
    await expectGone(cursor);
    expect(await close(cursor)).toMatchObject({ status: 200, json: { succeeded: true } });
  });

  it.each([plain, grouped])('is there for its own caller only: %s', async (query) => {
    const cursor = await open(query);
    const headers = { cookie: 'session=other' };
    for (const path of ['/_plugins/_sql', '/_plugins/_sql/close']) {
      expect(await proxy.post({ cursor }, { path, headers })).toMatchObject({ status: 404 });
    }
    expect(await proxy.post({ cursor }, { headers: { 'x-opaque-id': 'other' } })).toMatchObject({ status: 200 });
    await close(cursor);
  });

  it.each(['n:zzz', 'd:zzz', 'garbage', 's1.AAAA'])('that is none is refused: %s', async (cursor) => {
    for (const path of ['/_plugins/_sql', '/_plugins/_sql/close']) {
      expect(await proxy.post({ cursor }, { path })).toMatchObject({
        status: 400,
        json: { error: { details: 'Malformed cursor: unable to extract cursor information' } },
      });
    }
  });

  it('is not explained; a statement with a fetch size is', async () => {
    const path = '/_plugins/_sql/_explain';
    expect(await proxy.post({ cursor: 'x' }, { path })).toMatchObject({
      status: 400,
      json: { error: { details: 'Invalid request. Cannot explain cursor' } },
    });
    expect(await proxy.post({ query: plain, fetch_size: 5 }, { path })).toMatchObject({
      status: 200,
      json: { root: {} },
    });
    expect(proxy.lastCalls()).not.toContain('open_pit');
  });

  it('is not made for csv', async () => {
    const response = await fetch(`${proxy.url}/_plugins/_sql?format=csv`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: plain, fetch_size: 5 }),
    });
    expect((await response.text()).split('\n')).toHaveLength(ROWS + 1);
  });

  it('sees the index as it was, and NOW() too', async () => {
    const name = `${index}-moving`;
    await load(name, {});
    const { json: first } = await proxy.post({ query: `SELECT n, NOW() FROM ${name} ORDER BY n`, fetch_size: 200 });
    await send('POST', `${name}/_delete_by_query?refresh=true`, '{"query":{"range":{"n":{"gte":220}}}}').catch(() =>
      send('POST', `${name}/_bulk?refresh=true`, '{"delete":{"_id":"230"}}\n'),
    );
    await send('POST', `${name}/_bulk?refresh=true`, `{"index":{}}\n${document(1_000)}\n`);
    await sleep(1_100);
    const { json: second } = await proxy.post({ cursor: first.cursor });
    expect(second.datarows.map((row) => row[0])).toEqual(Array.from({ length: 57 }, (_, i) => 200 + i));
    expect(new Set([...first.datarows, ...second.datarows].map((row) => row[1])).size).toBe(1);
  });

  it('goes on when a field is added, unless it changes the columns', async () => {
    const name = `${index}-growing`;
    await load(name, {});
    const star = await open(`SELECT * FROM ${name} ORDER BY n`);
    const named = await open(`SELECT n FROM ${name} ORDER BY n`);
    await send('POST', `${name}/_bulk?refresh=true`, '{"index":{}}\n{"n":1000,"added":true}\n');
    await sleep(1_100);
    expect((await proxy.post({ cursor: named })).json.datarows[0]).toEqual([100]);
    const { status, json } = await proxy.post({ cursor: star });
    if (!native) return;
    expect([status, json.error.details]).toEqual([404, expect.stringContaining('The index has changed')]);
  });
});

describe('what is left open', () => {
  it('ends with its time', async () => {
    const brief = await startPagingProxy(getEngine().url, { CURSOR_KEEP_ALIVE: '1s' });
    try {
      for (const query of [`SELECT n FROM ${index}`, `SELECT k, n FROM ${index} GROUP BY k, n`]) {
        const { json } = await brief.post({ query, fetch_size: 100 });
        const { json: renewed } = await brief.post({ cursor: json.cursor });
        await sleep(1_100);
        expect(await brief.post({ cursor: renewed.cursor })).toMatchObject({ status: 404 });
      }
      expect(readdirSync(join(brief.config.dataDir, 'spool/cursors'))).toEqual([]);
    } finally {
      await brief.close();
    }
  });

  it('survives the server', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cursor-restart-'));
    try {
      for (const query of [`SELECT n FROM ${index} ORDER BY n`, `SELECT k, n FROM ${index} GROUP BY k, n ORDER BY n`]) {
        const one = await startPagingProxy(getEngine().url, { DATA_DIR: dataDir });
        const { json } = await one.post({ query, fetch_size: 250 });
        await one.close();
        const two = await startPagingProxy(getEngine().url, { DATA_DIR: dataDir });
        const rest = await two.post({ cursor: json.cursor });
        await two.close();
        expect(rest.json.datarows.map((row) => row.at(-1))).toEqual([250, 251, 252, 253, 254, 255, 256]);
      }
      expect(readdirSync(join(dataDir, 'spool/cursors'))).toEqual([]);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  it('is nothing when the result is too large to keep', async () => {
    const tight = await startPagingProxy(getEngine().url, { SPOOL_LIMIT: '1kb' });
    try {
      const { status, json } = await tight.post({ query: `SELECT k, n FROM ${index} GROUP BY k, n`, fetch_size: 10 });
      expect([status, json.error.type]).toEqual([400, 'ResourceLimitException']);
      expect(readdirSync(join(tight.config.dataDir, 'spool/cursors'))).toEqual([]);
    } finally {
      await tight.close();
    }
  });
});

describe('a cluster', () => {
  const query = `SELECT n FROM ${index} ORDER BY n`;
  const all = Array.from({ length: ROWS }, (_, n) => [n]);
  const tooMany = clusterError(
    429,
    JSON.stringify({
      error: {
        type: 'search_phase_execution_exception',
        reason: 'all shards failed',
        caused_by: {
          type: 'rejected_execution_exception',
          reason: 'Trying to create too many Point In Time contexts. Must be less than or equal to: [300].',
        },
      },
      status: 429,
    }),
  );

  it('that has no more points in time to give is read into a file', async () => {
    const full = await startPagingProxy(getEngine().url, {}, () => ({ openPit: () => Promise.reject(tooMany) }));
    try {
      const pages = await full.pages(query, 100);
      checkPages(pages, 100);
      expect(rowsOf(pages)).toEqual(all);
    } finally {
      await full.close();
    }
  });

  it('without safe points in time is read into a file', async () => {
    const old = await startPagingProxy(getEngine().url, {}, (cluster) => ({
      capabilities: async (context) => ({ ...(await cluster.capabilities(context)), pointInTime: 'none' }),
      openPit: () => Promise.reject(new Error('there is none')),
    }));
    try {
      const pages = await old.pages(query, 100);
      expect(rowsOf(pages)).toEqual(all);
      expect(existsSync(join(old.config.dataDir, 'spool/cursors'))).toBe(true);
    } finally {
      await old.close();
    }
  });

  it('that fails while the first page is read leaves nothing open', async () => {
    if (!native) return;
    const failing = await startPagingProxy(getEngine().url, {}, () => ({
      searchPit: () => Promise.reject(clusterError(503, '{}')),
    }));
    try {
      expect(await failing.post({ query, fetch_size: 100 })).toMatchObject({ status: 503 });
      expect(failing.lastCalls().at(-1)).toBe('close_pit');
    } finally {
      await failing.close();
    }
  });
});
