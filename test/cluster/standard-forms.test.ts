/** Forms of standard SQL beyond the plugin's grammar, over indices of a real node; DuckDB answers the same statement over the same rows. */
import { describe, it } from 'vitest';
import { standardTables } from './standard-kit.ts';

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
  const { compare, refused } = standardTables('forms');

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
    ['SELECT name FROM @c FETCH FIRST 1 ROWS WITH TIES', 'WITH TIES needs an ORDER BY'],
    ['SELECT name, (SELECT total FROM @o o WHERE o.cust = c.id) FROM @c c', 'More than one row'],
  ])('tells what is wrong in %s', refused);
});
