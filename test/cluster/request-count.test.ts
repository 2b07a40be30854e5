/** How many calls of the cluster a statement makes, and of what kind: exact, however noisy the machine is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shapesOf } from '../bench/shapes.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('calls');
const ROWS = 25_000;
/** Different values of `k` and of `city`. */
const KEYS = 3_000;

let proxy: SqlProxy;

async function send(method: string, path: string, body: string | object): Promise<void> {
  const response = await fetch(`${getEngine().url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status >= 300 || text.includes('"errors":true')) throw new Error(`${method} ${path}: ${text}`);
}

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url, { MAPPING_CACHE_TTL: '1h', PAGE_ROWS: '10000' });
  await send('PUT', `/${index}`, {
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: {
      properties: {
        id: { type: 'long' },
        k: { type: 'integer' },
        host: { type: 'keyword' },
        path: { type: 'keyword' },
        region: { type: 'keyword' },
        status: { type: 'integer' },
        bytes: { type: 'long' },
        duration: { type: 'double' },
        at: { type: 'date' },
        message: { type: 'text' },
        title: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
      },
    },
  });
  const lines: string[] = [];
  for (let id = 0; id < ROWS; id++) {
    const message = `quick silver ${id}`;
    lines.push(
      '{"index":{}}',
      JSON.stringify({
        id,
        k: id % KEYS,
        host: `host-${id % 50}`,
        region: `r-${id % 7}`,
        path: `/p/${id % KEYS}`,
        status: [200, 404, 500][id % 3],
        bytes: id * 7,
        duration: id / 3,
        at: new Date(1_704_067_200_000 + id * 1000).toISOString(),
        message,
        title: message,
      }),
    );
  }
  await send('POST', `/${index}/_bulk`, `${lines.join('\n')}\n`);
  await send('POST', `/${index}/_refresh`, '');
  // Mapping and version of the cluster are known from here on.
  await proxy.query(`SELECT id FROM ${index} LIMIT 11000`);
});
afterAll(async () => {
  await send('DELETE', `/${index}`, '');
  await proxy?.close();
});

async function callsOf(sql: string): Promise<readonly string[]> {
  await proxy.query(sql);
  return proxy.lastCalls();
}

describe('the mapping', () => {
  it('is asked once, for many statements', async () => {
    const fresh = await startSqlProxy(getEngine().url, { MAPPING_CACHE_TTL: '1h' });
    try {
      const calls: (readonly string[])[] = [];
      for (const sql of [`SELECT id FROM ${index} LIMIT 1`, `SELECT k FROM ${index} LIMIT 1`]) {
        await fresh.query(sql);
        calls.push(fresh.lastCalls());
      }
      expect(calls).toEqual([['mapping', 'search'], ['search']]);
    } finally {
      await fresh.close();
    }
  });

  it('is asked once more before a field is called unknown', async () => {
    await expect(proxy.query(`SELECT nowhere FROM ${index}`)).rejects.toThrow(/nowhere/);
    expect(proxy.lastCalls()).toEqual(['mapping']);
  });
});

describe('the shapes of the bench', () => {
  it.each(shapesOf(index))('$name: one search', async ({ sql }) => {
    expect(await callsOf(sql)).toEqual(['search']);
  });
});

/** The point in time is opened and closed once, whatever lies between. */
const drained = (pages: number): string[] => ['open_pit', ...Array<string>(pages).fill('search'), 'close_pit'];

describe('typical statements', () => {
  it.each([
    ['no rows at all', `SELECT id FROM ${index} WHERE 1 = 2`, []],
    ['no index', 'SELECT 1 + 1', []],
    ['LIMIT 0', `SELECT id FROM ${index} LIMIT 0`, []],
    ['explicit columns', `SELECT id, host FROM ${index} WHERE host = 'host-3'`, ['search']],
    ['an offset within the window', `SELECT id FROM ${index} ORDER BY id LIMIT 10 OFFSET 9000`, ['search']],
    ['scalar functions on columns', `SELECT UPPER(host), bytes * 2 FROM ${index} LIMIT 5`, ['search']],
    ['the default limit', `SELECT id FROM ${index}`, ['search']],
    ['COUNT(*)', `SELECT COUNT(*) FROM ${index}`, ['search']],
    ['COUNT(*) with a script', `SELECT COUNT(*) FROM ${index} WHERE k > status`, ['search']],
    ['several aggregates', `SELECT MIN(k), MAX(k), AVG(duration), COUNT(host) FROM ${index}`, ['search']],
    ['a group with a filter', `SELECT host, COUNT(*) FROM ${index} WHERE status = 500 GROUP BY host`, ['search']],
    ['groups, ordered by key', `SELECT path FROM ${index} GROUP BY path ORDER BY path DESC LIMIT 5`, ['search']],
    ['HAVING', `SELECT host, COUNT(*) FROM ${index} GROUP BY host HAVING COUNT(*) > 3`, ['search']],
    ['DISTINCT', `SELECT DISTINCT region FROM ${index}`, ['search']],
    ['GROUP BY an expression', `SELECT k % 7, COUNT(*) FROM ${index} GROUP BY k % 7`, ['search']],
    ['SHOW', `SHOW TABLES LIKE '${index}'`, ['info', 'other']],
    ['a few thousand groups: one full page, one rest', `SELECT path FROM ${index} GROUP BY path`, ['search', 'search']],
    [
      'UNION ALL',
      `SELECT id FROM ${index} WHERE id < 3 UNION ALL SELECT k FROM ${index} WHERE id < 3`,
      ['search', 'search'],
    ],
    [
      'IN with a subquery',
      `SELECT id FROM ${index} WHERE id IN (SELECT k FROM ${index} WHERE id < 9)`,
      ['search', 'search'],
    ],
    [
      'a join of two small sides',
      `SELECT a.id FROM ${index} a JOIN ${index} b ON a.id = b.k WHERE a.id < 9 AND b.id < 9`,
      ['search', 'search'],
    ],
    [
      'a keyword that may hide values is probed first',
      `SELECT id FROM ${index} WHERE title LIKE 'quick%' LIMIT 3`,
      ['search', 'search'],
    ],
    ['LIMIT beyond the window: pages in a point in time', `SELECT id FROM ${index} LIMIT 1000000`, drained(4)],
    ['a limit that ends early', `SELECT id FROM ${index} LIMIT 10001`, drained(2)],
    ['a filter of ours over everything', `SELECT id FROM ${index} WHERE message = 'quick silver 77'`, ['search']],
    ['a sort of ours', `SELECT id FROM ${index} ORDER BY k * -1 LIMIT 3`, ['search', ...drained(4)]],
  ] as const)('%s', async (_name, sql, calls) => {
    expect(await callsOf(sql)).toEqual(calls);
  });

  it('the json format is the search itself', async () => {
    const text = await proxy.text(`SELECT id FROM ${index} WHERE id = 5`, '?format=json');
    expect(JSON.parse(text).hits.hits).toHaveLength(1);
    expect(proxy.lastCalls()).toEqual(['search']);
  });

  it('explain asks nothing', async () => {
    const response = await fetch(`${proxy.url}/_plugins/_sql/_explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `SELECT id FROM ${index} LIMIT 3` }),
    });
    expect(response.status).toBe(200);
    expect(proxy.lastCalls()).toEqual([]);
  });
});
