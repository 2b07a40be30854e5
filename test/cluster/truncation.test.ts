/** What the default limit cuts is said in a header, also where the cluster's count stops just where the rows do. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('truncation');
let proxy: SqlProxy;

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url);
  const lines = Array.from({ length: 10_001 }, (_, n) => `{"index":{}}\n{"n":${n}}\n`);
  await fetch(`${getEngine().url}/${index}/_bulk?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.join(''),
  });
});
afterAll(async () => {
  await fetch(`${getEngine().url}/${index}`, { method: 'DELETE' });
  await proxy.close();
});

const truncated = async (sql: string, format: string): Promise<string | null> => {
  const response = await fetch(`${proxy.url}/_plugins/_sql?format=${format}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: sql }),
  });
  await response.text();
  return response.headers.get('x-sql-truncated');
};

it.each(['csv', 'json'])('is said for %s', async (format) => {
  expect(await truncated(`SELECT n FROM ${index}`, format)).toBe('true');
});

it('is not said where nothing was cut, or where the statement cut', async () => {
  expect(await truncated(`SELECT n FROM ${index} WHERE n < 9000`, 'csv')).toBe(null);
  expect(await truncated(`SELECT n FROM ${index} WHERE n > 0`, 'csv')).toBe(null);
  expect(await truncated(`SELECT n FROM ${index} LIMIT 10`, 'csv')).toBe(null);
});
