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

type Rows = readonly (readonly unknown[])[];

const sorted = (rows: Rows): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();

describe('a document counts once in each of its groups', () => {
  it.each<[string, Rows]>([
    // One key: of equal values one group.
    [
      'SELECT n, COUNT(*), SUM(m) FROM $ GROUP BY n',
      [
        [null, 2, 5],
        [1, 1, 100],
        [5, 2, 23],
        [10, 1, 100],
      ],
    ],
    [
      'SELECT f, COUNT(*) FROM $ GROUP BY f',
      [
        [null, 2],
        [0.5, 1],
        [5.5, 2],
        [9.5, 1],
      ],
    ],
    [
      'SELECT k, COUNT(*), SUM(m) FROM $ GROUP BY k',
      [
        [null, 2, 5],
        ['a', 1, 100],
        ['f', 2, 23],
        ['m', 1, 100],
      ],
    ],
    [
      'SELECT b, COUNT(*) FROM $ GROUP BY b',
      [
        [null, 2],
        [false, 1],
        [true, 3],
      ],
    ],
    [
      'SELECT ip, COUNT(*) FROM $ GROUP BY ip',
      [
        [null, 2],
        ['10.0.0.1', 1],
        ['10.0.0.5', 2],
        ['10.0.0.9', 1],
      ],
    ],
    [
      'SELECT t, COUNT(*) FROM $ GROUP BY t',
      [
        [null, 2],
        ['apple tree', 1],
        ['fig', 2],
        ['zebra', 1],
      ],
    ],
    [
      'SELECT o.a, COUNT(*), SUM(m) FROM $ GROUP BY o.a',
      [
        [null, 2, 5],
        ['s', 3, 123],
        ['t', 1, 100],
      ],
    ],
    // Two keys: each value of one with each value of the other.
    [
      'SELECT f, k, COUNT(*), SUM(m) FROM $ GROUP BY f, k',
      [
        [null, null, 2, 5],
        [0.5, 'a', 1, 100],
        [0.5, 'm', 1, 100],
        [5.5, 'f', 2, 23],
        [9.5, 'a', 1, 100],
        [9.5, 'm', 1, 100],
      ],
    ],
    ['SELECT n, f, COUNT(*) FROM $ WHERE id IN (2, 3) GROUP BY n, f', [[5, 5.5, 2]]],
    ['SELECT k, b, AVG(m), MIN(m), COUNT(DISTINCT id) FROM $ WHERE id = 2 GROUP BY k, b', [['f', true, 20, 20, 1]]],
    // Keys of one field look at one value.
    [
      'SELECT n, n + 1, COUNT(*) FROM $ GROUP BY n, n + 1',
      [
        [null, null, 2],
        [1, 2, 1],
        [5, 6, 2],
        [10, 11, 1],
      ],
    ],
    [
      'SELECT YEAR(d), MONTH(d), COUNT(*) FROM $ GROUP BY YEAR(d), MONTH(d)',
      [
        [null, null, 2],
        [2023, 12, 1],
        [2024, 1, 1],
        [2024, 2, 2],
      ],
    ],
    // Functions of one field: one group for each different result.
    [
      'SELECT YEAR(d), COUNT(*), SUM(m) FROM $ GROUP BY YEAR(d)',
      [
        [null, 2, 5],
        [2023, 1, 100],
        [2024, 3, 123],
      ],
    ],
    [
      'SELECT n % 2, COUNT(*) FROM $ GROUP BY n % 2',
      [
        [null, 2],
        [0, 1],
        [1, 3],
      ],
    ],
    [
      'SELECT UPPER(k), COUNT(*) FROM $ GROUP BY UPPER(k)',
      [
        [null, 2],
        ['A', 1],
        ['F', 2],
        ['M', 1],
      ],
    ],
    [
      'SELECT DATE(d) AS x, COUNT(*) FROM $ WHERE id = 2 GROUP BY x',
      [
        ['2024-02-01', 1],
        ['2024-02-20', 1],
      ],
    ],
    [
      'SELECT LENGTH(t), COUNT(*) FROM $ GROUP BY LENGTH(t)',
      [
        [null, 2],
        [3, 2],
        [5, 1],
        [10, 1],
      ],
    ],
    [
      "SELECT CASE WHEN n < 3 THEN 'low' WHEN n > 7 THEN 'high' ELSE 'else' END AS c, COUNT(*) FROM $ GROUP BY c",
      [
        ['else', 4],
        ['high', 1],
        ['low', 1],
      ],
    ],
    [
      'SELECT n, COUNT(*) FROM $ GROUP BY n HAVING n <> 1',
      [
        [5, 2],
        [10, 1],
      ],
    ],
    ['SELECT n, COUNT(*) FROM $ GROUP BY n HAVING n = 1', [[1, 1]]],
    ['SELECT n, COUNT(*) FROM $ GROUP BY n HAVING n BETWEEN 2 AND 8', [[5, 2]]],
    ['SELECT DISTINCT n FROM $', [[null], [1], [5], [10]]],
    [
      'SELECT DISTINCT n, k FROM $ WHERE id < 4',
      [
        [1, 'a'],
        [1, 'm'],
        [5, 'f'],
        [10, 'a'],
        [10, 'm'],
      ],
    ],
    // All values of a field count in aggregates of it, once in each group.
    ['SELECT SUM(n), MIN(n), MAX(n), COUNT(n), COUNT(DISTINCT n) FROM $', [[26, 1, 10, 5, 3]]],
    [
      'SELECT YEAR(d), SUM(n), MAX(n) FROM $ GROUP BY YEAR(d)',
      [
        [null, null, null],
        [2023, 11, 10],
        [2024, 26, 10],
      ],
    ],
    [
      'SELECT YEAR(d), COUNT(*) FILTER (WHERE n > 5) FROM $ GROUP BY YEAR(d)',
      [
        [null, 0],
        [2023, 1],
        [2024, 1],
      ],
    ],
    // Buckets.
    [
      "SELECT COUNT(*) FROM $ GROUP BY date_histogram('field'='d', 'interval'='year')",
      [
        ['2023-01-01 00:00:00', 1],
        ['2024-01-01 00:00:00', 3],
      ],
    ],
    [
      "SELECT COUNT(*), SUM(m) FROM $ GROUP BY date_histogram('field'='d', 'interval'='month')",
      [
        ['2023-12-01 00:00:00', 1, 100],
        ['2024-01-01 00:00:00', 1, 100],
        ['2024-02-01 00:00:00', 2, 23],
      ],
    ],
    [
      "SELECT COUNT(*) FROM $ GROUP BY histogram('field'='n', 'interval'='10')",
      [
        [0, 3],
        [10, 1],
      ],
    ],
    [
      'SELECT COUNT(*) FROM $ GROUP BY range(n, 0, 3, 7)',
      [
        ['0.0-3.0', 1],
        ['3.0-7.0', 2],
      ],
    ],
    ['SELECT COUNT(*) FROM $ GROUP BY range(n, 2, 4)', []],
    // Beside a join, over one value a document.
    [
      'SELECT a.k, COUNT(*) FROM $ a JOIN $ b ON a.id = b.id WHERE a.id > 1 GROUP BY a.k',
      [
        [null, 2],
        ['f', 2],
      ],
    ],
  ])('%s', async (sql, expected) => {
    expect(sorted(await rowsOf(sql))).toEqual(sorted(expected));
  });

  it.each<[string, Rows]>([
    [
      'SELECT n, f, COUNT(*) FROM $ WHERE id < 3 GROUP BY n, f ORDER BY n DESC, f LIMIT 2',
      [
        [10, 0.5, 1],
        [10, 9.5, 1],
      ],
    ],
    ['SELECT YEAR(d), COUNT(*) FROM $ GROUP BY YEAR(d) ORDER BY 1 DESC LIMIT 1 OFFSET 1', [[2023, 1]]],
    ['SELECT n, f, COUNT(*) FROM $ WHERE id < 3 GROUP BY n, f LIMIT 1', [[1, 0.5, 1]]],
  ])('in the order and number asked for: %s', async (sql, expected) => {
    expect(await rowsOf(sql)).toEqual(expected);
  });

  it.each(['SELECT YEAR(d) FROM $', 'SELECT id FROM $ ORDER BY n % 3', 'SELECT SUM(n + 1) FROM $'])(
    'outside of GROUP BY a function needs one value: %s',
    async (sql) => {
      await expect(rowsOf(sql)).rejects.toThrow(/^400 /);
    },
  );
});

describe('aggregates over elements change no other column and drop no group', () => {
  it.each<[string, Rows]>([
    ['SELECT COUNT(*), SUM(m), MAX(nested(p.y)) FROM $', [[5, 128, 9]]],
    ['SELECT MAX(nested(p.y)) FROM $ WHERE id > 3', [[null]]],
    [
      'SELECT COUNT(nested(p.x)), COUNT(DISTINCT nested(p.x)), SUM(nested(p.y)), AVG(nested(r.v)) FROM $',
      [[5, 3, 24, 10 / 3]],
    ],
    ['SELECT SUM(nested(p.q.z)), SUM(nested(p.y)), COUNT(*) FROM $', [[10, 24, 5]]],
    [
      'SELECT id, COUNT(*), SUM(m), SUM(nested(p.y)), SUM(nested(r.v)), MIN(nested(p.q.z)) FROM $ GROUP BY id',
      [
        [1, 1, 100, 10, 7, 1],
        [2, 1, 20, 9, 3, 3],
        [3, 1, 3, 5, null, 4],
        [4, 1, null, null, null, null],
        [5, 1, 5, null, null, null],
      ],
    ],
    ['SELECT id FROM $ GROUP BY id HAVING MAX(nested(p.y)) > 4 ORDER BY MAX(nested(p.y)) DESC, id', [[1], [2], [3]]],
    ['SELECT id FROM $ GROUP BY id HAVING COUNT(nested(p.x)) = 0', [[4], [5]]],
    [
      'SELECT k, SUM(nested(p.y)), COUNT(*) FROM $ GROUP BY k',
      [
        [null, null, 2],
        ['a', 10, 1],
        ['f', 14, 2],
        ['m', 10, 1],
      ],
    ],
    ['SELECT COUNT(*) FILTER (WHERE nested(p.y) > 3), COUNT(*) FILTER (WHERE m > 10), COUNT(*) FROM $', [[3, 2, 5]]],
    [
      "SELECT SUM(nested(p.y)) FILTER (WHERE nested(p.x) = 'a'), SUM(m) FILTER (WHERE nested(p.x) = 'a') FROM $",
      [[10, 120]],
    ],
    ["SELECT SUM(nested(p.y)) FILTER (WHERE nested(p.q.w) = 'u'), COUNT(*) FROM $", [[5, 5]]],
    ['SELECT SUM(nested(p.y) * m), COUNT(*) FROM $', [[1195, 5]]],
    ['SELECT COUNT(*), MAX(nested(p.y)) FROM $ WHERE nested(p.y) > 5', [[1, 9]]],
  ])('%s', async (sql, expected) => {
    expect(sorted(await rowsOf(sql))).toEqual(sorted(expected));
  });

  it.each<[string, Rows]>([
    [
      'SELECT nested(p.x), COUNT(*) FROM $ GROUP BY nested(p.x)',
      [
        ['a', 2],
        ['b', 1],
        ['c', 1],
      ],
    ],
    [
      'SELECT p.x, COUNT(*) FROM $ GROUP BY nested(p.x)',
      [
        ['a', 2],
        ['b', 1],
        ['c', 1],
      ],
    ],
    [
      'SELECT nested(p.x) AS x, COUNT(*), SUM(m), SUM(nested(p.y)), COUNT(nested(p.y)) FROM $ GROUP BY x',
      [
        ['a', 2, 120, 10, 3],
        ['b', 1, 100, 9, 1],
        ['c', 1, 3, 5, 1],
      ],
    ],
    [
      'SELECT nested(p.x), SUM(nested(p.q.z)) FROM $ GROUP BY nested(p.x)',
      [
        ['a', 6],
        ['b', null],
        ['c', 4],
      ],
    ],
    [
      'SELECT nested(p.q.w), COUNT(*), SUM(nested(p.y)) FROM $ GROUP BY nested(p.q.w)',
      [
        [null, 1, 5],
        ['u', 2, 5],
        ['v', 1, 1],
      ],
    ],
    [
      'SELECT nested(p.x), nested(r.v), COUNT(*) FROM $ GROUP BY nested(p.x), nested(r.v)',
      [
        ['a', 1, 1],
        ['a', 2, 1],
        ['a', 7, 1],
        ['b', 7, 1],
      ],
    ],
    [
      'SELECT UPPER(nested(p.x)), COUNT(*) FROM $ GROUP BY UPPER(nested(p.x))',
      [
        ['A', 2],
        ['B', 1],
        ['C', 1],
      ],
    ],
    ['SELECT nested(p.x), COUNT(*) FROM $ GROUP BY nested(p.x) HAVING COUNT(*) > 1', [['a', 2]]],
    [
      "SELECT nested(p.x), COUNT(*) FROM $ GROUP BY nested(p.x) HAVING nested(p.x) <> 'a'",
      [
        ['b', 1],
        ['c', 1],
      ],
    ],
    ['SELECT k, nested(p.x), COUNT(*) FROM $ WHERE id = 2 GROUP BY k, nested(p.x)', [['f', 'a', 1]]],
    [
      'SELECT COUNT(*), SUM(nested(p.y)) FROM $ GROUP BY range(nested(p.y), 0, 5, 10)',
      [
        ['0.0-5.0', 2, 5],
        ['5.0-10.0', 3, 19],
      ],
    ],
    [
      'SELECT COUNT(nested(p.x)) FROM $ GROUP BY range(m, 0, 10, 200)',
      [
        ['0.0-10.0', 1],
        ['10.0-200.0', 4],
      ],
    ],
    ['SELECT DISTINCT nested(p.x) FROM $', [[null], ['a'], ['b'], ['c']]],
  ])('%s', async (sql, expected) => {
    expect(sorted(await rowsOf(sql))).toEqual(sorted(expected));
  });
});

describe('nested() in a select list', () => {
  it.each<[string, Rows]>([
    [
      'SELECT id, nested(p.x) FROM $',
      [
        [1, 'a'],
        [1, 'b'],
        [2, 'a'],
        [2, 'a'],
        [3, 'c'],
        [4, null],
        [5, null],
      ],
    ],
    [
      'SELECT id, nested(p.x), nested(p.q.z) FROM $',
      [
        [1, 'a', 1],
        [1, 'a', 2],
        [1, 'b', null],
        [2, 'a', 3],
        [2, 'a', null],
        [3, 'c', 4],
        [4, null, null],
        [5, null, null],
      ],
    ],
    [
      'SELECT nested(p.q.z), nested(p.y) FROM $ WHERE id = 1',
      [
        [1, 1],
        [2, 1],
        [null, 9],
      ],
    ],
    [
      'SELECT id, nested(p.q.z) FROM $ WHERE id < 3',
      [
        [1, 1],
        [1, 2],
        [2, 3],
      ],
    ],
    [
      'SELECT id, nested(p.x), nested(r.v) FROM $ WHERE id = 2',
      [
        [2, 'a', 1],
        [2, 'a', 2],
        [2, 'a', 1],
        [2, 'a', 2],
      ],
    ],
    [
      'SELECT id, nested(p.y) FROM $ WHERE nested(p.y) > 4 ORDER BY nested(p.y) DESC, id',
      [
        [1, 9],
        [2, 5],
        [3, 5],
        [2, 4],
        [1, 1],
      ],
    ],
    [
      'SELECT id, nested(p.y) AS y FROM $ ORDER BY y DESC LIMIT 2',
      [
        [1, 9],
        [2, 5],
      ],
    ],
    [
      'SELECT id, nested(p.y) FROM $ WHERE id < 4 ORDER BY id, nested(p.y) DESC LIMIT 2 OFFSET 1',
      [
        [1, 1],
        [2, 5],
      ],
    ],
    [
      'SELECT t.id, q.z FROM $ AS t, t.p AS p, p.q AS q WHERE t.id = 1',
      [
        [1, 1],
        [1, 2],
      ],
    ],
  ])('%s', async (sql, expected) => {
    const rows = await rowsOf(sql);
    expect(sql.includes('ORDER BY') ? rows : sorted(rows)).toEqual(
      sql.includes('ORDER BY') ? expected : sorted(expected),
    );
  });

  it.each([
    'SELECT id, nested(p.x), nested(p.q.z) FROM $ ORDER BY id',
    'SELECT n, COUNT(*) FROM $ GROUP BY n',
    'SELECT n + 1 AS m, COUNT(*), SUM(id) FROM $ GROUP BY n + 1 ORDER BY m',
    'SELECT k, b, COUNT(*) FROM $ GROUP BY k, b ORDER BY k, b',
    'SELECT YEAR(d) AS y, COUNT(DISTINCT id) FROM $ GROUP BY YEAR(d) HAVING y > 0 ORDER BY y DESC',
    'SELECT nested(p.x) AS x, COUNT(*) FROM $ GROUP BY nested(p.x) ORDER BY x',
    'SELECT COUNT(DISTINCT n, k) FROM $',
  ])('gives the same rows in pages: %s', async (statement) => {
    const sql = statement.replaceAll('$', index);
    const whole = await proxy.query(sql);
    let page = (await proxy.query(sql, { fetch_size: 2 })) as unknown as { datarows: Rows; cursor?: string };
    const rows = [...page.datarows];
    while (page.cursor) {
      const next = await fetch(`${proxy.url}/_plugins/_sql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ cursor: page.cursor }),
      });
      page = (await next.json()) as { datarows: Rows; cursor?: string };
      rows.push(...page.datarows);
    }
    expect(rows).toEqual(whole.datarows);
  });
});
