/** Queries that look at the rows of queries around them, over indices of a real node, judged by DuckDB over the same rows. */
import { describe, expect, it } from 'vitest';
import { standardTables } from './standard-kit.ts';

const STATEMENTS: readonly (readonly [string, readonly string[]])[] = [
  [
    'a value for each row',
    [
      'SELECT name, (SELECT MAX(total) FROM @o o WHERE o.cust > c.id) AS x FROM @c c',
      "SELECT name, (SELECT COUNT(*) FROM @o o WHERE o.cust > c.id AND o.st = 'x') AS x FROM @c c",
      'SELECT name, (SELECT total FROM @o o WHERE o.cust = c.id ORDER BY total DESC LIMIT 1) AS x FROM @c c',
      'SELECT name, (SELECT total FROM @o o WHERE o.cust = c.id ORDER BY total LIMIT 1 OFFSET 1) AS x FROM @c c',
      'SELECT name, (SELECT d.name FROM @c d WHERE d.id = (SELECT MIN(e.id) FROM @c e WHERE e.id > c.id)) AS next FROM @c c',
      'SELECT name FROM @c c WHERE lim > (SELECT AVG(total) FROM @o o WHERE o.cust <> c.id)',
      'SELECT name, COALESCE((SELECT SUM(total) FROM @o o WHERE o.cust < c.id), 0) + 1 AS x FROM @c c',
      'SELECT name, (SELECT SUM(o.total) OVER () FROM @o o WHERE o.n > c.id LIMIT 1) AS x FROM @c c',
      'SELECT name, (SELECT COUNT(DISTINCT st) FROM (SELECT st, cust FROM @o o WHERE total < 50) t WHERE t.cust >= c.id) AS x FROM @c c',
      'SELECT SUM((SELECT MAX(total) FROM @o o WHERE o.cust > c.id)) AS s FROM @c c',
      'SELECT name, CASE WHEN lim > 4 THEN (SELECT MIN(total) FROM @o o WHERE o.cust >= c.id) END AS x FROM @c c',
      'SELECT name FROM @c c ORDER BY (SELECT MAX(total) FROM @o o WHERE o.cust > c.id) DESC NULLS LAST, name',
    ],
  ],
  [
    'EXISTS, IN, ANY and ALL over what cannot be joined',
    [
      'SELECT name FROM @c c WHERE NOT EXISTS (SELECT 1 FROM @o o WHERE o.cust = c.id GROUP BY st HAVING COUNT(*) > c.id - 1)',
      'SELECT name, EXISTS (SELECT st FROM @o o WHERE o.cust >= c.id GROUP BY st HAVING SUM(total) > c.lim) AS x FROM @c c',
      'SELECT name FROM @c c WHERE 8 IN (SELECT MAX(total) FROM @o o WHERE o.cust >= c.id GROUP BY o.st)',
      'SELECT name FROM @c c WHERE lim NOT IN (SELECT SUM(total) FROM @o o WHERE o.cust >= c.id GROUP BY o.st)',
      'SELECT name FROM @c c WHERE lim > ALL (SELECT SUM(total) FROM @o o WHERE o.cust = c.id GROUP BY st)',
      'SELECT name, lim < ANY (SELECT SUM(total) FROM @o o WHERE o.cust <> c.id GROUP BY st) AS x FROM @c c',
      'SELECT name FROM @c c WHERE EXISTS (SELECT 1 FROM @o o WHERE o.cust = c.id ORDER BY total LIMIT 1)',
      'SELECT name FROM @c c WHERE id IN (SELECT o.cust FROM @o o WHERE o.total < c.lim UNION ALL SELECT 3)',
      'SELECT name FROM @c c WHERE EXISTS (SELECT 1 FROM @o o WHERE o.cust = c.id AND EXISTS (SELECT 1 FROM @o p WHERE p.st = o.st AND p.total > c.lim))',
      'SELECT name FROM @c c WHERE EXISTS (SELECT 1 FROM @o o WHERE o.cust >= c.id AND NOT EXISTS (SELECT 1 FROM @o p WHERE p.st = o.st AND p.total > c.lim))',
    ],
  ],
  [
    'groups that ask',
    [
      "SELECT st, (SELECT COUNT(*) FROM @c c WHERE c.name < o.st AND c.name > 'a') AS n FROM @o o GROUP BY st",
      'SELECT st FROM @o o GROUP BY st HAVING SUM(total) > (SELECT AVG(total) FROM @o p WHERE p.st = o.st)',
      'SELECT st, SUM(total) AS s FROM @o o GROUP BY st HAVING EXISTS (SELECT 1 FROM @o p WHERE p.st <> o.st)',
      'SELECT cust, COUNT(*) AS n FROM @o o GROUP BY cust HAVING cust IN (SELECT id FROM @c c WHERE c.lim > o.cust)',
      'SELECT cust FROM @o o GROUP BY cust ORDER BY (SELECT MAX(c.lim) FROM @c c WHERE c.id >= o.cust) DESC NULLS LAST, cust',
      'SELECT (SELECT COUNT(*) FROM @o o WHERE o.cust = c.id) AS n, COUNT(*) AS s FROM @c c GROUP BY (SELECT COUNT(*) FROM @o o WHERE o.cust = c.id)',
    ],
  ],
  [
    'conditions of inner joins',
    [
      'SELECT c.name, o.total FROM @c c JOIN @o o ON o.cust = c.id AND o.total = (SELECT MAX(total) FROM @o p WHERE p.cust = c.id)',
      'SELECT c.name, o.total FROM @c c JOIN @o o ON EXISTS (SELECT 1 FROM @o p WHERE p.cust = c.id AND p.total > o.total)',
    ],
  ],
  [
    'LATERAL',
    [
      'SELECT c.name, t.total FROM @c c CROSS JOIN LATERAL (SELECT total FROM @o o WHERE o.cust = c.id ORDER BY total DESC LIMIT 1) t',
      'SELECT c.name, t.total FROM @c c LEFT JOIN LATERAL (SELECT total FROM @o o WHERE o.cust = c.id ORDER BY total DESC LIMIT 1) t ON TRUE',
      'SELECT c.name, t.total FROM @c c LEFT JOIN LATERAL (SELECT total FROM @o o WHERE o.cust = c.id) t ON t.total > 5',
      'SELECT c.name, t.s, u.n FROM @c c, LATERAL (SELECT SUM(total) s FROM @o o WHERE o.cust > c.id) t, LATERAL (SELECT COUNT(*) n FROM @o p WHERE p.total > t.s) u',
      'SELECT c.name, t.x FROM @c c, LATERAL (SELECT c.id * 2 AS x) t WHERE t.x > 2',
      'SELECT c.name, t.y FROM @c c JOIN LATERAL (SELECT o.total - c.lim FROM @o o WHERE o.cust = c.id) AS t(y) ON t.y < 0',
      'SELECT t.st, COUNT(*) AS n FROM @c c, LATERAL (SELECT st FROM @o o WHERE o.cust >= c.id) t GROUP BY t.st',
      'WITH w AS (SELECT id, lim FROM @c) SELECT w.id, t.n FROM w, LATERAL (SELECT COUNT(*) AS n FROM w v WHERE v.lim < w.lim) t',
      'SELECT c.name, t.total FROM @c c, LATERAL (SELECT total FROM @o WHERE total > 9) t',
    ],
  ],
];

describe('queries that look outside', () => {
  const { compare, refused, query } = standardTables('subqueries');

  describe.each(STATEMENTS)('%s', (_, statements) => {
    it.each(statements)('%s', (written) => compare(written));
  });

  it('may ask from the condition of an outer join, which DuckDB itself refuses', async () => {
    const sql =
      'SELECT name, (SELECT COUNT(p.n) FROM @o o LEFT JOIN @o p ON p.st = o.st AND p.total < c.lim) AS n FROM @c c ORDER BY name';
    const { datarows } = await query(sql);
    expect(datarows).toEqual([
      ['a', 4],
      ['b', 0],
      ['c', 3],
      ['n', 0],
    ]);
  });

  it('are paged as others are', async () => {
    const sql = 'SELECT name, (SELECT COUNT(*) FROM @o o WHERE o.cust > c.id) AS n FROM @c c ORDER BY name';
    const { datarows } = await query(sql, { fetch_size: 3 });
    expect(datarows).toEqual([
      ['a', 1],
      ['b', 0],
      ['c', 0],
    ]);
  });

  it.each([
    ['SELECT name, (SELECT total FROM @o o WHERE o.cust = c.id) FROM @c c', 'More than one row'],
    ['SELECT name, (SELECT total, n FROM @o o WHERE o.cust = c.id) FROM @c c', 'must select one column'],
    [
      'SELECT c.name FROM @c c RIGHT JOIN LATERAL (SELECT c.id AS x) t ON TRUE',
      'LATERAL that looks at relations before it stands behind a comma, [INNER | CROSS] JOIN or LEFT JOIN (line 1, column',
    ],
    [
      'SELECT name FROM @c c WHERE EXISTS (SELECT 1 FROM @o o, LATERAL (SELECT o.total + c.id AS z) t WHERE t.z > 8 AND o.cust = c.id)',
      'this form of query cannot be run here',
    ],
    ['SELECT * FROM @c c, LATERAL (@o) t', 'LATERAL stands before a query in parentheses'],
    ['SELECT * FROM LATERAL (SELECT c.id) t, @c c', 'cannot be found'],
    [
      'SELECT c.name FROM @c c LEFT JOIN @o o ON o.total = (SELECT MAX(total) FROM @o p WHERE p.cust = c.id AND p.n > o.n)',
      'of the outer query cannot be used in this subquery',
    ],
  ])('tells what is wrong in %s', refused);
});
