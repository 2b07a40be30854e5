/** Fields, aliases and options that are called like members that every JavaScript object has, and arrays where one value is wanted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { call } from './export-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('odd-names');
let proxy: SqlProxy;

const NAMES = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url);
  const named = Object.fromEntries(NAMES.map((name) => [name, { type: 'keyword' }]));
  const properties = { a: { type: 'integer' }, tags: { type: 'keyword' }, d: { type: 'date' }, ...named };
  await call('PUT', `/${index}`, { settings: { number_of_replicas: 0 }, mappings: { properties } });
  const full = {
    a: 1,
    tags: ['b', 'a'],
    d: '2024-01-01',
    ...Object.fromEntries(NAMES.map((name) => [name, `${name} 1`])),
  };
  const lines = [full, { a: 2, tags: 'c' }].map((doc, i) => `{"index":{"_id":"${i}"}}\n${JSON.stringify(doc)}\n`);
  await call('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
  await proxy.close();
});

const rowsOf = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
  (await proxy.query(sql.replaceAll('$', index))).datarows;

describe.each(NAMES)('a field called %s', (name) => {
  it('is selected, compared, sorted and grouped as any other', async () => {
    expect(await rowsOf(`SELECT ${name} FROM $ ORDER BY a`)).toEqual([[`${name} 1`], [null]]);
    expect(await rowsOf(`SELECT a FROM $ WHERE ${name} = '${name} 1'`)).toEqual([[1]]);
    expect(await rowsOf(`SELECT a FROM $ ORDER BY ${name} DESC LIMIT 1`)).toEqual([[1]]);
    expect(await rowsOf(`SELECT ${name}, COUNT(*) FROM $ WHERE ${name} IS NOT NULL GROUP BY ${name}`)).toEqual([
      [`${name} 1`, 1],
    ]);
    expect(await rowsOf(`SELECT x.${name} FROM $ x JOIN $ y ON x.${name} = y.${name}`)).toEqual([[`${name} 1`]]);
  });

  it('may be an alias too', async () => {
    expect(await rowsOf(`SELECT a AS ${name} FROM $ ORDER BY ${name}`)).toEqual([[1], [2]]);
  });
});

describe('what does not exist under such a name', () => {
  it.each([
    ['SELECT __proto__ FROM $', /__proto__/],
    ['SELECT isPrototypeOf FROM $', /isPrototypeOf/],
    ['SELECT constructor(a) FROM $', /constructor/],
    ["SELECT a FROM $ WHERE match(tags, 'a', constructor='x')", /constructor/],
    ['SELECT CAST(a AS constructor) FROM $', /constructor/i],
  ])('%s is a 400 that names it', async (sql, message) => {
    const response = await fetch(`${proxy.url}/_plugins/_sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: sql.replaceAll('$', index) }),
    });
    expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('COALESCE of several values', () => {
  it('shows them where all are of one type, and is a 400 beside another type', async () => {
    expect(await rowsOf("SELECT COALESCE(tags, 'none') FROM $ ORDER BY a")).toEqual([[['b', 'a']], ['c']]);
    await expect(rowsOf('SELECT COALESCE(tags, d) FROM $')).rejects.toThrow(/several values/);
  });
});
