/** Grouping sets, QUALIFY and WITH TIES over indices of a real node; DuckDB answers the same statement over the same rows. */
import { describe, expect, it } from 'vitest';
import { standardTables } from './standard-kit.ts';

const SUMS = 'COUNT(*) AS k, SUM(total) AS s, AVG(total) AS a, COUNT(DISTINCT n) AS d';

const STATEMENTS: Readonly<Record<string, readonly string[]>> = {
  'grouping sets of an index': [
    `SELECT st, ${SUMS} FROM @o GROUP BY ROLLUP (st)`,
    `SELECT st, cust, ${SUMS} FROM @o GROUP BY ROLLUP (st, cust)`,
    `SELECT st, cust, ${SUMS}, GROUPING(st, cust) AS g FROM @o GROUP BY CUBE (st, cust)`,
    `SELECT st, cust, n, ${SUMS} FROM @o GROUP BY ROLLUP ((st, cust), n)`,
    `SELECT st, cust, n, ${SUMS} FROM @o WHERE total > 3 GROUP BY n, CUBE (st, cust)`,
    `SELECT st, cust, n, ${SUMS} FROM @o GROUP BY GROUPING SETS (st, cust), GROUPING SETS (n, ())`,
    `SELECT st, cust, ${SUMS} FROM @o GROUP BY GROUPING SETS ((st), (cust), (st, cust), (st), ())`,
    'SELECT st, MIN(total) AS m, SUM(n) FILTER (WHERE total > 5) AS f FROM @o GROUP BY GROUPING SETS (ROLLUP (st), (st))',
    'SELECT UPPER(st) AS u, cust % 2 AS h, COUNT(*) AS k FROM @o GROUP BY CUBE (UPPER(st), cust % 2)',
    'SELECT UPPER(st) AS u, COUNT(*) AS k FROM @o GROUP BY ROLLUP (1)',
    'SELECT UPPER(st) AS u, COUNT(*) AS k FROM @o GROUP BY ROLLUP (u)',
    'SELECT st FROM @o GROUP BY ROLLUP (st)',
    'SELECT DISTINCT cust FROM @o GROUP BY CUBE (st, cust)',
    'SELECT MAX(total) - MIN(total) AS s FROM @o GROUP BY ()',
  ],
  'grouping sets over nothing': [
    'SELECT COUNT(*) AS k, SUM(total) AS s FROM @o WHERE n > 99 GROUP BY ()',
    'SELECT st, COUNT(*) AS k, SUM(total) AS s FROM @o WHERE n > 99 GROUP BY ROLLUP (st)',
    'SELECT st, cust FROM @o WHERE n > 99 GROUP BY CUBE (st, cust)',
    'SELECT st, COUNT(*) AS k FROM @o WHERE n > 99 GROUP BY GROUPING SETS ((st), (cust))',
    'SELECT st, COUNT(*) AS k FROM @o WHERE n > 99 GROUP BY GROUPING SETS ((), (), (st))',
  ],
  'GROUPING in every clause': [
    'SELECT st, GROUPING(st) AS g, COUNT(*) AS k FROM @o GROUP BY st',
    'SELECT st, cust, SUM(total) AS s FROM @o GROUP BY ROLLUP (st, cust) HAVING GROUPING(cust) = 1 AND SUM(total) > 10',
    'SELECT st, cust, SUM(total) AS s FROM @o GROUP BY CUBE (st, cust) ORDER BY GROUPING(st, cust), st, cust',
    "SELECT CASE WHEN GROUPING(st) = 1 THEN 'all' ELSE st END AS st, SUM(total) AS s FROM @o GROUP BY ROLLUP (st)",
    'SELECT st, cust, SUM(total) AS s, GROUPING(st) + GROUPING(cust) AS lochierarchy, RANK() OVER (PARTITION BY GROUPING(st) + GROUPING(cust), CASE WHEN GROUPING(cust) = 0 THEN st END ORDER BY SUM(total) DESC) AS r FROM @o GROUP BY ROLLUP (st, cust) ORDER BY lochierarchy DESC, CASE WHEN GROUPING(st) + GROUPING(cust) = 0 THEN st END, r, st, cust',
    "SELECT CASE GROUPING(st) WHEN 1 THEN 'all' ELSE st END AS st, COUNT(*) AS k FROM @o GROUP BY ROLLUP (st) HAVING COUNT(*) = 1",
    'SELECT st, SUM(total) AS s, SUM(SUM(total)) OVER () AS a FROM @o GROUP BY ROLLUP (st)',
    'SELECT st, cust FROM @o GROUP BY CUBE (st, cust) QUALIFY ROW_NUMBER() OVER (PARTITION BY GROUPING(st, cust) ORDER BY SUM(total) DESC) = 1',
  ],
  'grouping sets over other relations, and below them': [
    'SELECT c.name, o.st, COUNT(*) AS k, SUM(o.total) AS s FROM @c c JOIN @o o ON o.cust = c.id GROUP BY CUBE (c.name, o.st)',
    'SELECT c.name, o.st, COUNT(o.n) AS k, SUM(c.lim) AS s FROM @c c LEFT JOIN @o o ON o.cust = c.id GROUP BY ROLLUP (c.name, o.st)',
    'SELECT d.u, SUM(d.k) AS s FROM (SELECT st AS u, cust, COUNT(*) AS k FROM @o GROUP BY st, cust) d GROUP BY ROLLUP (d.u)',
    'SELECT d.u, SUM(d.t) AS s FROM (SELECT st AS u, total AS t FROM @o ORDER BY total LIMIT 2) d GROUP BY ROLLUP (d.u)',
    'SELECT d.st, COUNT(*) AS k FROM (SELECT st, COUNT(*) AS n FROM @o GROUP BY ROLLUP (st)) d GROUP BY ROLLUP (d.st)',
    'WITH x AS (SELECT st, SUM(total) AS s FROM @o GROUP BY ROLLUP (st)) SELECT a.st, a.s, b.s AS t FROM x a JOIN x b ON a.s <= b.s',
    'SELECT d.r, SUM(d.total) AS s FROM (SELECT total, ROW_NUMBER() OVER (ORDER BY total) % 2 AS r FROM @o) d GROUP BY CUBE (d.r)',
    'SELECT st, COUNT(*) AS k FROM (SELECT st FROM @o UNION ALL SELECT name FROM @c) u GROUP BY ROLLUP (st)',
    'SELECT st, SUM(total) AS s FROM @o GROUP BY ROLLUP (st) UNION ALL SELECT name, SUM(lim) FROM @c GROUP BY CUBE (name)',
    'SELECT name FROM @c WHERE lim IN (SELECT SUM(n) FROM @o GROUP BY ROLLUP (st))',
    'SELECT name FROM @c c WHERE EXISTS (SELECT SUM(total) FROM @o o WHERE o.cust = c.id GROUP BY ROLLUP (st) HAVING SUM(total) > 5)',
    'SELECT name, (SELECT MAX(d.s) FROM (SELECT SUM(total) AS s FROM @o o GROUP BY ROLLUP (st)) d) AS m FROM @c c',
    'SELECT st, COUNT(*) AS k FROM @o o WHERE EXISTS (SELECT 1 FROM @c c WHERE c.id = o.cust) GROUP BY ROLLUP (st)',
  ],
  QUALIFY: [
    'SELECT cust, total FROM @o QUALIFY ROW_NUMBER() OVER (PARTITION BY cust ORDER BY total DESC) = 1',
    'SELECT cust, total, RANK() OVER (ORDER BY st) AS r FROM @o QUALIFY r = 1',
    'SELECT total FROM @o WHERE cust IS NOT NULL QUALIFY SUM(total) OVER (PARTITION BY cust) > 5 AND total < 8',
    'SELECT st, SUM(total) AS s FROM @o GROUP BY st HAVING COUNT(*) > 0 QUALIFY RANK() OVER (ORDER BY SUM(total)) = 1',
    'SELECT total FROM @o WINDOW w AS (PARTITION BY st) QUALIFY total = MAX(total) OVER w ORDER BY total LIMIT 1',
    'SELECT DISTINCT st FROM @o QUALIFY COUNT(*) OVER (PARTITION BY st) > 1',
    'SELECT c.name, o.total FROM @c c JOIN @o o ON o.cust = c.id QUALIFY ROW_NUMBER() OVER (PARTITION BY c.id ORDER BY o.total) = 1',
    'SELECT d.total FROM (SELECT total, st FROM @o QUALIFY ROW_NUMBER() OVER (PARTITION BY st ORDER BY total) = 1) d WHERE d.total > 3',
    'SELECT name FROM @c WHERE id IN (SELECT cust FROM @o QUALIFY RANK() OVER (ORDER BY total) = 1)',
    "SELECT total FROM @o QUALIFY NOT (ROW_NUMBER() OVER (ORDER BY total) = 1) AND st = 'x'",
  ],
};

/** DuckDB has no WITH TIES: the ranks are written out there. */
const TIES: readonly (readonly [string, string])[] = [
  ['SELECT total FROM @o ORDER BY st FETCH FIRST 1 ROW WITH TIES', "SELECT total FROM @o WHERE st = 'x'"],
  ['SELECT total FROM @o ORDER BY st FETCH FIRST ROW WITH TIES', "SELECT total FROM @o WHERE st = 'x'"],
  [
    'SELECT total FROM @o ORDER BY st, total FETCH NEXT 2 ROWS WITH TIES',
    'SELECT total FROM @o WHERE total IN (3, 4) ORDER BY total',
  ],
  [
    'SELECT st FROM @o ORDER BY st OFFSET 1 ROW FETCH FIRST 1 ROW WITH TIES',
    "SELECT st FROM @o WHERE st = 'x' LIMIT 2",
  ],
  ['SELECT st FROM @o ORDER BY st OFFSET 3 ROWS FETCH FIRST 9 ROWS WITH TIES', "SELECT 'y'"],
  ['SELECT total FROM @o ORDER BY st FETCH FIRST 0 ROWS WITH TIES', 'SELECT 1 WHERE FALSE'],
  ['SELECT total FROM @o ORDER BY cust FETCH FIRST 1 ROWS WITH TIES', 'SELECT 100.0'],
  [
    'SELECT total FROM @o ORDER BY cust DESC OFFSET 1 ROWS FETCH FIRST 1 ROWS WITH TIES',
    'SELECT * FROM (VALUES (4), (8))',
  ],
  ['SELECT DISTINCT st FROM @o ORDER BY st FETCH FIRST 1 ROWS WITH TIES', "SELECT 'x'"],
  [
    'SELECT st, COUNT(*) AS k FROM @o GROUP BY st, cust ORDER BY COUNT(*) FETCH FIRST 1 ROW WITH TIES',
    'SELECT st, 1 FROM @o',
  ],
  [
    'SELECT st FROM @o UNION ALL SELECT name FROM @c ORDER BY st DESC FETCH FIRST 2 ROWS WITH TIES',
    'SELECT st FROM @o ORDER BY st DESC',
  ],
  [
    'SELECT d.total FROM (SELECT total FROM @o ORDER BY st FETCH FIRST 1 ROW WITH TIES) d WHERE d.total > 3',
    "SELECT total FROM @o WHERE st = 'x' AND total > 3",
  ],
  [
    'SELECT c.name FROM @c c JOIN @o o ON o.cust = c.id ORDER BY c.name FETCH FIRST 1 ROW WITH TIES',
    "SELECT * FROM (VALUES ('a'), ('a'))",
  ],
  [
    'SELECT name FROM @c WHERE id IN (SELECT cust FROM @o ORDER BY st DESC FETCH FIRST 2 ROWS WITH TIES)',
    "SELECT * FROM (VALUES ('a'), ('b'))",
  ],
];

describe('grouping of standard SQL', () => {
  const { compare, refused, query } = standardTables('grouping');

  describe.each(Object.entries(STATEMENTS))('%s', (_, statements) => {
    it.each(statements)('%s', (written) => compare(written));
  });

  it.each(TIES)('%s', (written, forJudge) => compare(written, forJudge));

  it.each([
    ['SELECT st, COUNT(*) FROM @o GROUP BY ROLLUP (st) WITH ROLLUP', 'WITH ROLLUP goes with plain keys only'],
    [
      'SELECT st, GROUPING(cust) FROM @o GROUP BY ROLLUP (st)',
      'GROUPING take values of rows that are keys of GROUP BY',
    ],
    ["SELECT COUNT(*) FROM @o GROUP BY ROLLUP ('a')", 'keys of GROUP BY (line 1, column'],
    ['SELECT GROUPING(st) FROM @o', 'GROUPING needs a GROUP BY and cannot stand in SELECT'],
    ['SELECT st FROM @o WHERE GROUPING(st) = 1 GROUP BY ROLLUP (st)', 'cannot stand in WHERE'],
    ['SELECT SUM(GROUPING(st)) FROM @o GROUP BY ROLLUP (st)', 'cannot stand in aggregate'],
    ['SELECT GROUPING() FROM @o GROUP BY st', 'GROUPING takes from 1 to 31 keys'],
    ['SELECT total FROM @o GROUP BY ROLLUP (st)', 'neither a GROUP BY key nor inside an aggregate'],
    ['SELECT st FROM @o QUALIFY total > 1', 'QUALIFY needs a window function'],
    ['SELECT st FROM @o UNION ALL SELECT st FROM @o FETCH FIRST 1 ROW WITH TIES', 'WITH TIES needs an ORDER BY'],
  ])('tells what is wrong in %s', refused);

  it('hands groups of all sets out by pages', async () => {
    const sql = 'SELECT st, cust, COUNT(*) AS k FROM @o GROUP BY CUBE (st, cust) ORDER BY GROUPING(st, cust), st, cust';
    const whole = (await query(sql)).datarows;
    const paged = await query(sql, { fetch_size: 2 });
    expect(paged.datarows).toEqual(whole.slice(0, 2));
    expect(whole).toHaveLength(10);
  });
});
