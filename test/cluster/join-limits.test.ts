/** Joins that make more rows than anybody takes: LIMIT ends them in the engine, and what nothing ends is refused before it begins. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine } from '../support/engine.ts';
import { type PagingProxy, startPagingProxy } from './paging-proxy.ts';

const url = getEngine().url;
const index = 'join_limits';
const ROWS = 1_000;
let proxy: PagingProxy;

beforeAll(async () => {
  await fetch(`${url}/${index}`, { method: 'DELETE' });
  const headers = { 'content-type': 'application/json' };
  const mappings = { properties: { n: { type: 'integer' }, g: { type: 'keyword' } } };
  await fetch(`${url}/${index}`, { method: 'PUT', headers, body: JSON.stringify({ mappings }) });
  const body = Array.from({ length: ROWS }, (_, n) => `{"index":{}}\n{"n":${n},"g":"g${n % 10}"}\n`).join('');
  await fetch(`${url}/${index}/_bulk?refresh=true`, { method: 'POST', headers, body });
  proxy = await startPagingProxy(url);
});
afterAll(async () => {
  await proxy.close();
  await fetch(`${url}/${index}`, { method: 'DELETE' });
});

const rows = async (query: string): Promise<readonly (readonly unknown[])[]> => {
  const { status, json } = await proxy.post({ query });
  expect([query, status, json.error]).toEqual([query, 200, undefined]);
  return json.datarows;
};
const times = (count: number): string => Array.from({ length: count }, (_, i) => `${index} t${i}`).join(', ');

describe('a product', () => {
  it.each([
    [`SELECT t0.n FROM ${times(3)} LIMIT 10`, 10],
    [`SELECT UPPER(t0.g) FROM ${times(3)} LIMIT 10 OFFSET 1000`, 10],
    [`SELECT t0.n FROM ${times(4)}`, 10_000],
    [`SELECT t0.n FROM ${times(3)} UNION ALL SELECT n FROM ${index} LIMIT 7`, 7],
    [`SELECT COUNT(*) FROM (SELECT t0.n FROM ${times(5)} LIMIT 50) s`, 1],
  ])('ends with its LIMIT: %s', async (query, count) => {
    expect(await rows(query)).toHaveLength(count);
  });

  it('that the default limit cuts says so; one that it does not, does not', async () => {
    const ask = (query: string): Promise<Response> =>
      fetch(`${proxy.url}/_plugins/_sql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
    const cut = await ask(`SELECT t0.n FROM ${times(2)}`);
    expect(((await cut.json()) as { size: number }).size).toBe(10_000);
    expect(cut.headers.get('x-sql-truncated')).toBe('true');
    const whole = await ask(`SELECT t0.n FROM ${times(2)} WHERE t1.n < 10`);
    expect(((await whole.json()) as { size: number }).size).toBe(10_000);
    expect(whole.headers.get('x-sql-truncated')).not.toBe('true');
  });

  it.each([
    [`SELECT COUNT(*) FROM ${times(5)}`, '1,000,000,000,000,000'],
    [`SELECT t0.n FROM ${times(4)} ORDER BY t1.n LIMIT 3`, '1,000,000,000,000'],
    [
      `SELECT COUNT(*) FROM ${index} a JOIN ${index} b ON a.n < b.n JOIN ${index} c ON b.n < c.n JOIN ${index} d ON c.n < d.n`,
      '1,000,000,000,000',
    ],
    [`SELECT DISTINCT t0.n + t1.n FROM ${times(4)}`, '1,000,000,000,000'],
  ])('that nothing ends is refused: %s', async (query, made) => {
    const { status, json } = await proxy.post({ query });
    expect(status).toBe(400);
    expect(json.error.details).toContain(`${made} rows`);
    expect(json.error.details).toContain('MAX_JOIN_ROWS');
  });

  it('of as many rows as are allowed is made', async () => {
    expect(await rows(`SELECT COUNT(*) FROM ${times(2)} WHERE t0.n + t1.n = 5`)).toEqual([[6]]);
  });
});

describe('the first rows of a join', () => {
  const join = `${index} a JOIN ${index} b ON a.g = b.g`;

  it.each([
    [
      'ORDER BY a.n DESC, b.n LIMIT 3',
      [
        [999, 9],
        [999, 19],
        [999, 29],
      ],
    ],
    [
      'ORDER BY a.n DESC, b.n LIMIT 2 OFFSET 99',
      [
        [999, 999],
        [998, 8],
      ],
    ],
    [
      'ORDER BY a.n + b.n, a.n LIMIT 2',
      [
        [0, 0],
        [1, 1],
      ],
    ],
  ])('%s', async (end, wanted) => {
    expect(await rows(`SELECT a.n, b.n FROM ${join} ${end}`)).toEqual(wanted);
  });

  it('in pages are the same', async () => {
    const pages = await proxy.pages(`SELECT a.n, b.n FROM ${join} ORDER BY a.n DESC, b.n LIMIT 250 OFFSET 50`, 100);
    const got = pages.flatMap((page) => page.datarows);
    expect(pages.map((page) => page.datarows.length)).toEqual([100, 100, 50]);
    expect(got).toEqual(await rows(`SELECT a.n, b.n FROM ${join} ORDER BY a.n DESC, b.n LIMIT 250 OFFSET 50`));
    expect(got[0]).toEqual([999, 509]);
  });

  it('that fewer rows have ends before its LIMIT', async () => {
    expect(await rows(`SELECT a.n FROM ${join} WHERE a.n = 5 LIMIT 200 OFFSET 95`)).toHaveLength(5);
  });
});
