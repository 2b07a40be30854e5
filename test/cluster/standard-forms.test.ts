/** Forms of standard SQL beyond the plugin's grammar, over indices of a real node; DuckDB answers the same statement over the same rows. */
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

type Doc = Readonly<Record<string, number | string>>;

const CUSTOMERS: readonly Doc[] = [
  { id: 1, name: 'a', lim: 10 },
  { id: 2, name: 'b' },
  { id: 3, name: 'c', lim: 5 },
  { name: 'n', lim: 1 },
];
const ORDERS: readonly Doc[] = [
  { cust: 1, total: 4, st: 'x', n: 1 },
  { cust: 1, total: 8, st: 'y', n: 2 },
  { cust: 2, total: 3, st: 'x' },
  { total: 100, st: 'x', n: 5 },
];
const TABLES = {
  c: { docs: CUSTOMERS, columns: { id: 'BIGINT', name: 'VARCHAR', lim: 'DOUBLE' } },
  o: { docs: ORDERS, columns: { cust: 'BIGINT', total: 'DOUBLE', st: 'VARCHAR', n: 'BIGINT' } },
} as const;
const MAPPING = { BIGINT: 'long', VARCHAR: 'keyword', DOUBLE: 'double' } as const;

const own = 'SELECT o.total FROM @o o WHERE o.cust = c.id';
const STATEMENTS: readonly (readonly [string, readonly string[]])[] = [
  [
    'one value for each row',
    [
      'SELECT name, (SELECT SUM(total) FROM @o o WHERE o.cust = c.id) AS s FROM @c c',
      'SELECT name, (SELECT COUNT(*) FROM @o o WHERE o.cust = c.id) AS s FROM @c c',
      'SELECT name, (SELECT COUNT(n) + 1 FROM @o o WHERE o.cust = c.id LIMIT 1) AS s FROM @c c',
      "SELECT name, (SELECT COUNT(DISTINCT st) FROM @o o WHERE c.id = o.cust AND o.st <> 'z') AS s FROM @c c",
      'SELECT name, (SELECT MAX(total) - c.lim FROM @o o WHERE o.cust = c.id) AS s FROM @c c',
      'SELECT name, COALESCE((SELECT AVG(total) FROM @o o WHERE o.cust = c.id + 1), -1) AS s FROM @c c',
      'SELECT name FROM @c c WHERE lim > (SELECT MIN(total) FROM @o o WHERE o.cust = c.id)',
      'SELECT name FROM @c c WHERE (SELECT COUNT(*) FROM @o o WHERE o.cust = c.id) = 0 OR lim = 10',
      'SELECT total FROM @o o WHERE total = (SELECT MAX(i.total) FROM @o i WHERE i.cust = o.cust)',
      'SELECT SUM((SELECT COUNT(*) FROM @o o WHERE o.cust = c.id)) AS s FROM @c c',
      'SELECT name FROM @c c ORDER BY (SELECT SUM(total) FROM @o o WHERE o.cust = c.id) DESC NULLS LAST, name',
      "SELECT name, (SELECT SUM(o.total) FROM @o o JOIN @c d ON d.id = o.cust WHERE o.cust = c.id AND d.name <> 'b') AS s FROM @c c",
      'SELECT name, (SELECT SUM(total) FROM @o o WHERE o.cust = c.id AND o.n = c.id) AS s FROM @c c',
    ],
  ],
  [
    'ALL and ANY',
    [
      'SELECT name FROM @c WHERE lim > ALL (SELECT total FROM @o WHERE total < 9)',
      'SELECT name, lim > ALL (SELECT n FROM @o) AS a, lim > ANY (SELECT n FROM @o) AS b FROM @c',
      'SELECT name, lim < ALL (SELECT n FROM @o WHERE n > 100) AS a, lim <= SOME (SELECT n FROM @o WHERE n > 100) AS b FROM @c',
      `SELECT name FROM @c c WHERE c.lim >= ALL (${own})`,
      `SELECT name FROM @c c WHERE NOT c.lim >= ANY (${own})`,
      `SELECT name, c.lim = ALL (${own}) AS a, c.lim <> ANY (${own}) AS b FROM @c c`,
    ],
  ],
  [
    'IS',
    [
      'SELECT name FROM @c WHERE id IS DISTINCT FROM 1',
      'SELECT c.name, o.total FROM @c c JOIN @o o ON c.id IS NOT DISTINCT FROM o.cust',
      'SELECT name FROM @c WHERE (lim > 5) IS NOT NULL AND id IS NOT DISTINCT FROM NULL',
    ],
  ],
  [
    'windows by name',
    [
      'SELECT SUM(total) OVER w AS s, ROW_NUMBER() OVER (w ORDER BY total) AS r FROM @o WINDOW w AS (PARTITION BY cust)',
      'SELECT st, RANK() OVER w AS r FROM @o GROUP BY st WINDOW w AS (ORDER BY COUNT(*) DESC)',
      'SELECT SUM(total) OVER (w ROWS 1 PRECEDING) AS s FROM @o WINDOW w AS (PARTITION BY st ORDER BY total)',
    ],
  ],
  [
    'names of columns, rows and types',
    [
      'WITH x(k, v) AS (SELECT id, name FROM @c) SELECT v FROM x WHERE k > 1',
      'WITH x(k, v) AS (SELECT cust, SUM(total) FROM @o GROUP BY cust) SELECT a.v, b.v AS w FROM x a JOIN x b ON a.k = b.k',
      'SELECT d.z FROM (SELECT id, name FROM @c) AS d(y, z) WHERE d.y = 1',
      "VALUES (1, 'a'), (2, NULL)",
      'SELECT * FROM (VALUES (1, 2), (3, 4)) t(a, b) UNION ALL VALUES (5, 6)',
      'SELECT name FROM @c ORDER BY name OFFSET 1 ROWS FETCH FIRST 2 ROWS ONLY',
      "SELECT '5'::int + 1 AS x, (id + 1)::double AS y FROM @c WHERE id::varchar = '2'",
      "SELECT CAST(TIMESTAMP '2024-01-31 00:00:00' + INTERVAL '1' MONTH AS VARCHAR) AS x",
    ],
  ],
];

const amongPairs =
  '(SELECT CASE WHEN bool_or(p) THEN TRUE WHEN bool_or(p IS NULL) THEN NULL ELSE FALSE END ' +
  'FROM (SELECT c.id = o.n AND c.lim = o.total AS p FROM @o o))';

/** Rows of values: DuckDB compares structures there, whose NULLs are values, so that it is asked in other words. */
const ROWS: readonly (readonly [string, string])[] = [
  ["SELECT name FROM @c WHERE (id, name) IN ((1, 'a'), (2, 'x'))", "SELECT name FROM @c WHERE id = 1 AND name = 'a'"],
  [
    'SELECT name FROM @c WHERE (id, lim) NOT IN ((1, 2), (2, 3))',
    'SELECT name FROM @c WHERE NOT (id = 1 AND lim = 2) AND NOT (id = 2 AND lim = 3)',
  ],
  ['SELECT name, (id, lim) IN (SELECT n, total FROM @o) AS a FROM @c', `SELECT name, ${amongPairs} AS a FROM @c c`],
  [
    'SELECT name FROM @c WHERE (id, lim) NOT IN (SELECT n, total FROM @o)',
    `SELECT name FROM @c c WHERE NOT ${amongPairs}`,
  ],
  [
    'SELECT c.name FROM @c c WHERE (c.id, c.lim) IN (SELECT o.cust, 10 FROM @o o WHERE o.total < c.lim)',
    'SELECT c.name FROM @c c WHERE EXISTS (SELECT 1 FROM @o o WHERE o.total < c.lim AND c.id = o.cust AND c.lim = 10)',
  ],
  ["SELECT name FROM @c WHERE (id, name) >= (2, 'b')", "SELECT name FROM @c WHERE id > 2 OR (id = 2 AND name >= 'b')"],
  [
    "SELECT name FROM @c WHERE (id, name) < (2, 'c') OR (lim, id) > (5, 2)",
    "SELECT name FROM @c WHERE id < 2 OR (id = 2 AND name < 'c') OR lim > 5 OR (lim = 5 AND id > 2)",
  ],
  ["SELECT name FROM @c WHERE (id, name) <> (1, 'b')", "SELECT name FROM @c WHERE id <> 1 OR name <> 'b'"],
  ['SELECT name FROM @c WHERE (id, lim) <=> (2, NULL)', 'SELECT name FROM @c WHERE id = 2 AND lim IS NULL'],
  ['SELECT st, COUNT(*) AS s FROM @o GROUP BY (st, cust)', 'SELECT st, COUNT(*) AS s FROM @o GROUP BY st, cust'],
];

describe('forms of standard SQL', () => {
  const prefix = uniqueName('forms').replaceAll('-', '_');
  const { url } = getEngine();
  let proxy: SqlProxy;
  let judge: Awaited<ReturnType<DuckDBInstance['connect']>>;

  beforeAll(async () => {
    proxy = await startSqlProxy(url);
    judge = await (await DuckDBInstance.create(':memory:')).connect();
    await judge.run("SET default_null_order = 'nulls_first_on_asc_last_on_desc'");
    const headers = { 'content-type': 'application/json' };
    for (const [name, { docs, columns }] of Object.entries(TABLES)) {
      const index = `${prefix}_${name}`;
      const types = Object.entries(columns);
      const properties = Object.fromEntries(types.map(([field, type]) => [field, { type: MAPPING[type] }]));
      await fetch(`${url}/${index}`, { method: 'PUT', headers, body: JSON.stringify({ mappings: { properties } }) });
      const lines = docs.flatMap((doc) => [{ index: {} }, doc]).map((line) => `${JSON.stringify(line)}\n`);
      const path = `${url}/${index}/_bulk?refresh=true`;
      expect((await fetch(path, { method: 'POST', headers, body: lines.join('') })).ok).toBe(true);
      await judge.run(`CREATE TABLE ${index} (${types.map((column) => column.join(' ')).join(', ')})`);
      const cell = (value: number | string | undefined): string =>
        typeof value === 'string' ? `'${value}'` : String(value ?? 'NULL');
      const rows = docs.map((doc) => `(${types.map(([field]) => cell(doc[field])).join(', ')})`);
      await judge.run(`INSERT INTO ${index} VALUES ${rows.join(', ')}`);
    }
  });

  afterAll(async () => {
    await fetch(`${url}/${prefix}_*`, { method: 'DELETE' });
    await proxy.close();
    judge.closeSync();
  });

  /** The same rows of both, in one order where the statement has none. */
  async function compare(written: string, forJudge = written): Promise<void> {
    const sql = written.replaceAll('@', `${prefix}_`);
    const { datarows } = await proxy.query(sql);
    const judged = await judge.runAndReadAll(forJudge.replaceAll('@', `${prefix}_`));
    const wanted = judged.getRowsJS().map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));
    const ordered = (rows: readonly (readonly unknown[])[]): readonly string[] => {
      const texts = rows.map((row) => JSON.stringify(row));
      return /ORDER BY [^)]*$/.test(sql) ? texts : texts.sort();
    };
    expect(ordered(datarows)).toEqual(ordered(wanted));
  }

  describe.each(STATEMENTS)('%s', (_, statements) => {
    it.each(statements)('%s', (written) => compare(written));
  });

  it.each(ROWS)('rows of values: %s', (written, forJudge) => compare(written, forJudge));

  it.each([
    [
      'SELECT (1, 2)',
      "A row of values can only be compared, with another row or with the rows of a query (line 1, column 8: '(1, 2)')",
    ],
    ['SELECT name FROM @c WHERE (id, name) = 1', 'A row of values can be compared only with a row of values'],
    ['SELECT name FROM @c WHERE (id, name) = (1, 2, 3)', 'Rows of 3 and 2 values cannot be compared'],
    ['SELECT name FROM @c WHERE id > ALL (SELECT n, total FROM @o)', 'The subquery selects 2 where 1 is compared'],
    ['SELECT SUM(total) OVER nope FROM @o', 'No window of the WINDOW clause is called [nope]'],
    ['SELECT SUM(n) OVER (w ORDER BY n) FROM @o WINDOW w AS (ORDER BY n)', 'The window [w] has an ORDER BY already'],
    [
      'SELECT SUM(n) OVER (w PARTITION BY n) FROM @o WINDOW w AS (ORDER BY n)',
      'PARTITION BY cannot be added to the window [w]',
    ],
    ['SELECT SUM(n) OVER w FROM @o WINDOW w AS (w)', 'No window of the WINDOW clause is called [w]'],
    ['SELECT * FROM (SELECT id, name FROM @c) AS d(y)', '[d] names 1 columns, but its query selects 2'],
    ['WITH x(a, a) AS (SELECT id, name FROM @c) SELECT * FROM x', '[x] has two columns [a]'],
    ['SELECT name FROM @c FETCH FIRST 1 ROWS WITH TIES', 'WITH TIES is not supported'],
    [
      'SELECT name, (SELECT total FROM @o o WHERE o.cust = c.id) FROM @c c',
      'Column [id] of the outer query cannot be used in this subquery',
    ],
  ])('tells what is wrong in %s', async (written, message) => {
    const sql = written.replaceAll('@', `${prefix}_`);
    const { error, status } = JSON.parse(await proxy.text(sql, '')) as {
      readonly error: { readonly details: string };
      readonly status: number;
    };
    expect([status, error.details]).toEqual([400, expect.stringContaining(message)]);
  });
});
