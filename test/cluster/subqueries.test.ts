/** EXISTS and IN over subqueries that look at the outer row: the three values of logic, wherever the test stands, on a real node. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

type Doc = Readonly<Record<string, number>>;

const OUTER: readonly Doc[] = [
  { id: 1, k: 1, v: 1 },
  { id: 2, k: 1, v: 2 },
  { id: 3, k: 2, v: 7 },
  { id: 4, k: 1 },
  { id: 5, v: 5 },
  { id: 6, k: 3, v: 5 },
  { id: 7 },
];
const INNER: readonly Doc[] = [{ k: 1, v: 1 }, { k: 3 }, { k: 4, v: 2 }, { v: 5 }];

/** Whether each outer row's `v` is among the `v` of the inner rows of its `k`. */
const AMONG: readonly (readonly [number, boolean | null])[] = [
  [1, true],
  [2, false],
  [3, false],
  [4, null],
  [5, false],
  [6, null],
  [7, false],
];
const ids = (wanted: boolean | null): number[] => AMONG.flatMap(([id, among]) => (among === wanted ? [id] : []));

describe('subqueries that look outside', () => {
  const prefix = uniqueName('subqueries');
  const { url } = getEngine();
  let proxy: SqlProxy;

  async function load(name: string, docs: readonly Doc[]): Promise<void> {
    const index = `${prefix}_${name}`;
    const whole = { type: 'integer' };
    const headers = { 'content-type': 'application/json' };
    const mappings = { properties: { id: whole, k: whole, v: whole } };
    await fetch(`${url}/${index}`, { method: 'PUT', headers, body: JSON.stringify({ mappings }) });
    const body = docs.flatMap((doc) => [{ index: {} }, doc]).map((line) => `${JSON.stringify(line)}\n`);
    const response = await fetch(`${url}/${index}/_bulk?refresh=true`, {
      method: 'POST',
      headers,
      body: body.join(''),
    });
    expect(response.ok, await response.text()).toBe(true);
  }

  beforeAll(async () => {
    proxy = await startSqlProxy(url);
    await load('l', OUTER);
    await load('r', INNER);
  });

  afterAll(async () => {
    await fetch(`${url}/${prefix}_*`, { method: 'DELETE' });
    await proxy.close();
  });

  const rowsOf = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await proxy.query(sql.replaceAll('@', `${prefix}_`))).datarows;

  /** The same rows as documents, written into the statement, and from a query in FROM. */
  const values = (docs: readonly Doc[], names: readonly string[]): string =>
    `(VALUES ${docs.map((doc) => `(${names.map((name) => doc[name] ?? 'NULL').join(', ')})`).join(', ')})`;
  const relations: readonly (readonly [string, string, string])[] = [
    ['indices', '@l x', '@r y'],
    ['VALUES', `${values(OUTER, ['id', 'k', 'v'])} AS x(id, k, v)`, `${values(INNER, ['k', 'v'])} AS y(k, v)`],
    ['derived tables', '(SELECT id, k, v FROM @l) x', '(SELECT k, v FROM @r UNION ALL SELECT k, v FROM @r) y'],
  ];

  describe.each(relations)('over %s', (_, outer, inner) => {
    const among = `x.v IN (SELECT y.v FROM ${inner} WHERE y.k = x.k)`;
    const not = `x.v NOT IN (SELECT y.v FROM ${inner} WHERE y.k = x.k)`;
    const some = `EXISTS (SELECT * FROM ${inner} WHERE y.k = x.k ORDER BY y.v LIMIT 1)`;
    const cases: readonly (readonly [string, readonly number[]])[] = [
      [among, ids(true)],
      [not, ids(false)],
      [`NOT (${among})`, ids(false)],
      [`NOT (NOT (${not}))`, ids(false)],
      [`x.v = ANY (SELECT DISTINCT y.v FROM ${inner} WHERE y.k = x.k)`, ids(true)],
      [`x.v <> ALL (SELECT y.v FROM ${inner} WHERE x.k = y.k)`, ids(false)],
      [`(${among}) IS NULL`, ids(null)],
      [`(${not}) IS NULL`, ids(null)],
      [`x.id = 4 OR ${among}`, [1, 4]],
      [`x.id = 4 OR ${not}`, [2, 3, 4, 5, 7]],
      [`NOT (x.id = 2 OR ${among})`, [3, 5, 7]],
      [`x.id < 5 AND ${not}`, [2, 3]],
      [`CASE WHEN ${among} THEN 1 WHEN NOT (${among}) THEN 2 ELSE 3 END = 3`, ids(null)],
      [some, [1, 2, 4, 6]],
      [`NOT ${some}`, [3, 5, 7]],
      [`x.id = 3 OR ${some}`, [1, 2, 3, 4, 6]],
      // Two conditions, and none that is an equality.
      [`x.v NOT IN (SELECT y.v FROM ${inner} WHERE y.k = x.k AND y.v < x.id)`, [1, 2, 3, 5, 6, 7]],
      [`x.v NOT IN (SELECT y.v FROM ${inner} WHERE y.k + x.k > x.id)`, [5, 6, 7]],
      [`x.v IN (SELECT y.v FROM ${inner} WHERE y.k <= x.k)`, [1]],
      [`x.v NOT IN (SELECT y.v FROM ${inner} WHERE y.k <= x.k)`, [2, 3, 5, 7]],
      [`EXISTS (SELECT 1 FROM ${inner} WHERE y.k > x.k OR x.v = 5)`, [1, 2, 3, 4, 5, 6]],
      // Two comparisons of which one is `<>`, where DuckDB's own rewriting of EXISTS lost rows.
      [`EXISTS (SELECT 1 FROM ${inner} WHERE y.k <= x.k AND y.v <> x.id)`, [2, 3, 4, 6]],
      [`x.id < 0 OR EXISTS (SELECT 1 FROM ${inner} WHERE y.k <= x.k AND y.v <> x.id)`, [2, 3, 4, 6]],
      [`x.id < 0 OR NOT EXISTS (SELECT 1 FROM ${inner} WHERE y.k <= x.k AND y.v <> x.id)`, [1, 5, 7]],
      // What is looked for is made of both rows.
      [`x.v IN (SELECT y.v + x.k - 1 FROM ${inner} WHERE y.k = x.k)`, [1]],
      [`x.v NOT IN (SELECT y.v + x.id FROM ${inner} WHERE y.k = x.k)`, [1, 2, 3, 5, 7]],
      // What is looked for is the answer of another test.
      [`TRUE IN (SELECT y.v IN (SELECT z.v FROM @l z WHERE z.k = y.k) FROM ${inner} WHERE y.k = x.k)`, [1, 2, 4]],
      // Without a look outside: NULL among the values leaves none that is surely absent.
      [`x.v NOT IN (SELECT y.v FROM ${inner})`, []],
      [`x.v NOT IN (SELECT y.v FROM ${inner} WHERE y.v IS NOT NULL)`, [3]],
      [`x.v NOT IN (SELECT y.v FROM ${inner} WHERE y.k = 9)`, [1, 2, 3, 4, 5, 6, 7]],
      [
        `EXISTS (SELECT 1 FROM ${inner} WHERE y.k = 4 AND EXISTS (SELECT 1 FROM @l z WHERE z.v = y.v)) AND x.id = 1`,
        [1],
      ],
    ];
    it.each(cases)('%s', async (condition, wanted) => {
      const rows = await rowsOf(`SELECT x.id FROM ${outer} WHERE ${condition}`);
      expect(rows.map(([id]) => id).sort()).toEqual(wanted);
    });

    it('in the select list, as a key and in an aggregate', async () => {
      expect(await rowsOf(`SELECT x.id, ${among} FROM ${outer} ORDER BY x.id`)).toEqual(AMONG);
      expect(await rowsOf(`SELECT x.id FROM ${outer} ORDER BY ${among} DESC, x.id`)).toEqual(
        [1, 2, 3, 5, 7, 4, 6].map((id) => [id]),
      );
      const groups = await rowsOf(`SELECT ${among} AS a, COUNT(*) FROM ${outer} GROUP BY ${among} ORDER BY a`);
      expect(groups).toEqual([
        [null, 2],
        [false, 4],
        [true, 1],
      ]);
      expect(await rowsOf(`SELECT COUNT(CASE WHEN ${some} THEN 1 END), COUNT(*) FROM ${outer}`)).toEqual([[4, 7]]);
    });
  });

  it.each<[string, readonly (number | null)[]]>([
    ['SELECT id FROM @l x WHERE EXISTS (SELECT COUNT(*) FROM @r y WHERE y.k = x.k) ORDER BY 1', [1, 2, 3, 4, 5, 6, 7]],
    ['SELECT id FROM @l x WHERE x.v IN (SELECT MAX(y.v) FROM @r y WHERE y.k = x.k)', [1]],
    ['SELECT id FROM @l x WHERE x.v IN (SELECT y.v FROM @r y WHERE y.k = x.k LIMIT 1)', [1]],
    ['SELECT id FROM @l x WHERE EXISTS (SELECT 1 FROM @r y WHERE y.k = x.k LIMIT 5 OFFSET 1)', []],
    ['SELECT k FROM @l x GROUP BY k HAVING EXISTS (SELECT 1 FROM @r y WHERE y.k = x.k) ORDER BY 1', [1, 3]],
  ])('are made anew for each row where they are no join: %s', async (sql, wanted) => {
    expect((await rowsOf(sql)).map(([cell]) => cell)).toEqual(wanted);
  });
});
