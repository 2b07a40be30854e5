/** Fields of several values and nested collections: each answer worked out by hand from the documents below. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { call } from './export-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('several');
let proxy: SqlProxy;

const keyword = { type: 'keyword' };
const integer = { type: 'integer' };
const properties = {
  id: integer,
  n: integer,
  f: { type: 'double' },
  h: { type: 'half_float' },
  k: keyword,
  d: { type: 'date' },
  ip: { type: 'ip' },
  b: { type: 'boolean' },
  t: { type: 'text' },
  m: integer,
  p: {
    type: 'nested',
    properties: {
      x: keyword,
      y: integer,
      q: { type: 'nested', properties: { z: integer, w: keyword } },
    },
  },
  r: { type: 'nested', properties: { v: integer } },
  o: { properties: { a: keyword, c: integer } },
};

/** 1: several different values; 2: equal ones; 3: one each; 4: none; 5: nulls and empty arrays. */
const docs = [
  {
    id: 1,
    n: [1, 10],
    f: [0.5, 9.5],
    h: [0.5, 9.5],
    k: ['a', 'm'],
    d: ['2024-01-05', '2023-12-01'],
    ip: ['10.0.0.1', '10.0.0.9'],
    b: [true, false],
    t: ['apple tree', 'zebra'],
    m: 100,
    p: [
      {
        x: 'a',
        y: 1,
        q: [
          { z: 1, w: 'u' },
          { z: 2, w: 'v' },
        ],
      },
      { x: 'b', y: 9 },
    ],
    r: [{ v: 7 }],
    o: [
      { a: 's', c: 1 },
      { a: 't', c: 9 },
    ],
  },
  {
    id: 2,
    n: [5, 5],
    f: [5.5, 5.5],
    h: [5.5, 5.5],
    k: ['f', 'f'],
    d: ['2024-02-01', '2024-02-20'],
    ip: ['10.0.0.5', '10.0.0.5'],
    b: [true, true],
    t: ['fig', 'fig'],
    m: 20,
    p: [
      { x: 'a', y: 4, q: { z: 3, w: 'u' } },
      { x: 'a', y: 5, q: [] },
    ],
    r: [{ v: 1 }, { v: 2 }],
    o: [
      { a: 's', c: 5 },
      { a: 's', c: 5 },
    ],
  },
  {
    id: 3,
    n: 5,
    f: 5.5,
    h: 5.5,
    k: 'f',
    d: '2024-02-01',
    ip: '10.0.0.5',
    b: true,
    t: 'fig',
    m: 3,
    p: { x: 'c', y: 5, q: [{ z: 4 }] },
    o: { a: 's', c: 5 },
  },
  { id: 4 },
  { id: 5, n: [null], f: [], k: [], d: [null, null], m: 5, p: [], r: [], o: [] },
];

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url);
  await call('PUT', `/${index}`, { settings: { number_of_replicas: 0 }, mappings: { properties } });
  const lines = docs.map((doc) => `{"index":{"_id":"${doc.id}"}}\n${JSON.stringify(doc)}\n`);
  await call('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
  await proxy.close();
});

const rowsOf = async (sql: string, body: object = {}): Promise<readonly (readonly unknown[])[]> =>
  (await proxy.query(sql.replaceAll('$', index), body)).datarows;

const ids = async (condition: string): Promise<readonly unknown[]> =>
  (await rowsOf(`SELECT id FROM $ WHERE ${condition} ORDER BY id`)).map(([id]) => id);

describe('BETWEEN holds where one value lies inside', () => {
  it.each<[string, readonly number[]]>([
    ['n BETWEEN 2 AND 8', [2, 3]],
    ['n NOT BETWEEN 2 AND 8', [1]],
    ['NOT n BETWEEN 2 AND 8', [1]],
    ['n BETWEEN 10 AND 10', [1]],
    ['n BETWEEN 8 AND 2', []],
    ['n NOT BETWEEN 8 AND 2', [1, 2, 3]],
    ['n BETWEEN 2 AND 10', [1, 2, 3]],
    ['n BETWEEN 2 AND 3000000000', [1, 2, 3]],
    ['n BETWEEN 2 AND NULL', []],
    ['(n BETWEEN 2 AND 8) IS NULL', [4, 5]],
    ['n >= 2 AND n <= 8', [1, 2, 3]],
    ['f BETWEEN 1 AND 9', [2, 3]],
    ['f NOT BETWEEN 0 AND 1', [2, 3]],
    ['f BETWEEN 0 AND 1', [1]],
    ['h BETWEEN 1 AND 9', [2, 3]],
    ["k BETWEEN 'b' AND 'l'", [2, 3]],
    ["k NOT BETWEEN 'b' AND 'l'", [1]],
    ["d BETWEEN '2023-12-15' AND '2024-01-01'", []],
    ["d BETWEEN '2024-01-01' AND '2024-01-31'", [1]],
    ["d NOT BETWEEN '2024-01-01' AND '2024-01-31'", [2, 3]],
    ["ip BETWEEN '10.0.0.3' AND '10.0.0.7'", [2, 3]],
    ["ip NOT BETWEEN '10.0.0.3' AND '10.0.0.7'", [1]],
    ['b BETWEEN true AND true', [1, 2, 3]],
    ["t BETWEEN 'b' AND 'y'", [2, 3]],
    ["t NOT BETWEEN 'b' AND 'y'", [1]],
    // Functions of the field, which the index solves, and such as a script computes.
    ['n + 1 BETWEEN 3 AND 9', [2, 3]],
    ['n + 1 NOT BETWEEN 3 AND 9', [1]],
    ['n * n BETWEEN 2 AND 99', [2, 3]],
    ['n * n NOT BETWEEN 2 AND 99', [1]],
    ['MONTH(d) BETWEEN 2 AND 11', [2, 3]],
    ['YEAR(d) = 2024 AND MONTH(d) BETWEEN 2 AND 12', [2, 3]],
    ['IFNULL(n, 3) BETWEEN 2 AND 8', [2, 3, 4, 5]],
    ['LENGTH(k) BETWEEN 1 AND 1', [1, 2, 3]],
    ["UPPER(k) BETWEEN 'B' AND 'L'", [2, 3]],
    ['CASE WHEN id < 3 THEN n ELSE 3 END BETWEEN 2 AND 8', [2, 3, 4, 5]],
    // Bounds of the row.
    ['n BETWEEN id AND 8', [1, 2, 3]],
    ['5 BETWEEN n AND 6', [1, 2, 3]],
    ['m BETWEEN n AND 50', [2]],
    // Arrays of objects hold values, each path by itself.
    ['o.c BETWEEN 2 AND 8', [2, 3]],
    ['nested(p.y) BETWEEN 2 AND 8', [2, 3]],
    ['nested(p.y) NOT BETWEEN 2 AND 8', [1]],
    ['nested(p.q.z) BETWEEN 2 AND 3', [1, 2]],
    ["nested(p, p.y BETWEEN 2 AND 9 AND p.x = 'a')", [2]],
    ["nested(p, p.x = 'a' AND p.y = 9)", []],
    ["nested(p.x) = 'a' AND nested(p.y) = 9", [1]],
  ])('%s', async (condition, expected) => {
    expect(await ids(condition)).toEqual(expected);
  });

  it('in FILTER, HAVING, CASE and joins', async () => {
    expect(await rowsOf('SELECT COUNT(*) FILTER (WHERE n BETWEEN 2 AND 8) FROM $')).toEqual([[2]]);
    expect(await rowsOf('SELECT id FROM $ GROUP BY id HAVING id BETWEEN 2 AND 3')).toEqual([[2], [3]]);
    expect(
      await rowsOf('SELECT id, CASE WHEN n BETWEEN 2 AND 8 THEN 1 ELSE 0 END FROM $ WHERE id < 3 ORDER BY id'),
    ).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(
      await rowsOf('SELECT a.id FROM $ a JOIN $ b ON a.id = b.id WHERE a.n BETWEEN 2 AND 8 ORDER BY a.id'),
    ).toEqual([[2], [3]]);
  });
});
