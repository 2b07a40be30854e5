/** Statements on nodes that take no scripts, or no more of them: the same rows, computed here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeSettings } from '../../src/node/engines.ts';
import type { EmbeddedNode } from '../../src/node/start.ts';
import { FULL } from '../support/engine.ts';
import { startEngine } from '../support/start-engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const ROWS = Array.from({ length: 40 }, (_, n) => ({
  n,
  big: 9_007_199_254_740_990 - n,
  name: `name ${n % 7}`,
  price: n / 4,
  at: `2024-0${(n % 9) + 1}-15T10:00:00Z`,
}));
const ids = (test: (row: (typeof ROWS)[number]) => boolean): number[][] => ROWS.filter(test).map((row) => [row.n]);
const SUM = ROWS.reduce((sum, row) => sum + BigInt(row.big), 0n);

interface Running {
  readonly node: EmbeddedNode;
  readonly proxy: SqlProxy;
}

async function start(settings: NodeSettings): Promise<Running> {
  const node = await startEngine(undefined, undefined, settings);
  const send = async (method: string, path: string, body: string): Promise<void> => {
    const headers = { 'content-type': path.includes('_bulk') ? 'application/x-ndjson' : 'application/json' };
    const response = await fetch(node.url + path, { method, headers, body });
    expect(response.status, await response.clone().text()).toBe(200);
  };
  const properties = {
    n: { type: 'integer' },
    big: { type: 'long' },
    name: { type: 'keyword' },
    price: { type: 'scaled_float', scaling_factor: 100 },
    at: { type: 'date' },
  };
  await send('PUT', '/things', JSON.stringify({ mappings: { properties } }));
  const lines = ROWS.map((row) => `{"index":{"_id":"${row.n}"}}\n${JSON.stringify(row)}\n`);
  await send('POST', '/things/_bulk?refresh=true', lines.join(''));
  return { node, proxy: await startSqlProxy(node.url) };
}

async function stop({ node, proxy }: Running): Promise<void> {
  await proxy.close();
  await node.stop();
}

const STATEMENTS: readonly (readonly [string, readonly (readonly unknown[])[]])[] = [
  ['SELECT n FROM things WHERE n % 10 = 3 ORDER BY n', ids((row) => row.n % 10 === 3)],
  ["SELECT n FROM things WHERE REPLACE(name, 'name', 'x') = 'x 5' ORDER BY n", ids((row) => row.name === 'name 5')],
  [
    'SELECT MONTH(at) AS m, COUNT(*) FROM things GROUP BY MONTH(at) ORDER BY m LIMIT 3',
    [1, 2, 3].map((m) => [m, ROWS.filter((row) => row.n % 9 === m - 1).length]),
  ],
  ['SELECT n FROM things ORDER BY price DESC LIMIT 2', [[39], [38]]],
  ['SELECT SUM(big) FROM things', [[SUM]]],
  ['SELECT COUNT(*) FROM things WHERE MOD(n, 4) = 1', [[10]]],
  ['SELECT n FROM things WHERE n IN (SELECT n FROM things WHERE n % 13 = 12) ORDER BY n', [[12], [25], [38]]],
];

describe('a node without scripts', () => {
  let running: Running;
  beforeAll(async () => {
    running = await start({ 'script.allowed_types': 'none' });
  }, 240_000);
  afterAll(() => stop(running));

  it.each(STATEMENTS)('%s', async (sql, rows) => {
    expect((await running.proxy.query(sql)).datarows).toEqual(rows);
  });

  it('pages', async () => {
    const sql = 'SELECT n FROM things WHERE n % 2 = 1';
    const first = (await running.proxy.query(sql, { fetch_size: 15 })) as unknown as {
      cursor: string;
      datarows: unknown[];
    };
    expect(first.datarows).toHaveLength(15);
    const response = await fetch(`${running.proxy.url}/_plugins/_sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cursor: first.cursor }),
    });
    const second = (await response.json()) as { datarows: unknown[] };
    expect([...first.datarows, ...second.datarows]).toEqual(ids((row) => row.n % 2 === 1));
  });

  it('is not asked again for a while, and the plan says where conditions are decided', async () => {
    await running.proxy.query('SELECT n FROM things WHERE n % 10 = 3');
    expect(running.proxy.lastCalls().filter((kind) => kind === 'search')).toHaveLength(1);
    const response = await fetch(`${running.proxy.url}/_plugins/_sql/_explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'SELECT n FROM things WHERE n % 10 = 3 AND n > 5' }),
    });
    expect(await response.text()).toContain('after the scan');
  });
});

describe.runIf(FULL)('a node that compiles one script', () => {
  let running: Running;
  beforeAll(async () => {
    running = await start({ 'script.max_compilations_rate': '1/60m' });
  }, 240_000);
  afterAll(() => stop(running));

  it.each(STATEMENTS)('%s', async (sql, rows) => {
    expect((await running.proxy.query(sql)).datarows).toEqual(rows);
  });
});
