/** WITH RECURSIVE over indices of a real node, judged by DuckDB over the same rows. */
import { describe, expect, it } from 'vitest';
import { standardTables } from './standard-kit.ts';

const STATEMENTS: readonly string[] = [
  'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT SUM(n) AS s FROM r',
  'WITH RECURSIVE r AS (SELECT id, name FROM @c WHERE id = 1 UNION ALL SELECT c.id, c.name FROM @c c JOIN r ON c.id = r.id + 1) SELECT * FROM r',
  'WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT (n + 1) % 4 FROM r) SELECT n FROM r',
  'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r LIMIT 3',
  'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT a.n, b.n AS m FROM r a JOIN r b ON a.n = b.n + 1',
  'WITH RECURSIVE r(n) AS (SELECT id FROM @c WHERE id < 3 UNION ALL SELECT n + 10 FROM r WHERE n < 25), s AS (SELECT n, COUNT(*) AS c FROM r GROUP BY n) SELECT s.n, c.name FROM s LEFT JOIN @c c ON c.id = s.n',
  'WITH RECURSIVE r(cust, sum, n) AS (SELECT cust, total, n FROM @o WHERE n = 1 UNION ALL SELECT o.cust, r.sum + o.total, o.n FROM @o o JOIN r ON o.n = r.n + 1) SELECT * FROM r',
  'WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT 2) SELECT a FROM x',
  'WITH RECURSIVE a AS (SELECT 1 AS x), r(n) AS (SELECT x FROM a UNION ALL SELECT n + x FROM r, a WHERE n < 3) SELECT n FROM r',
  'SELECT c.name FROM @c c WHERE c.id IN (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 2 FROM r WHERE n < 5) SELECT n FROM r)',
  'SELECT d.n FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n * 2 FROM r WHERE n < 50) SELECT n FROM r) d WHERE d.n > 10',
  'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT name, n FROM @c CROSS JOIN r UNION ALL SELECT st, n FROM @o',
];

describe('recursive tables', () => {
  const { compare, refused, query } = standardTables('recursion', { QUERY_TIMEOUT: '2s' });

  it.each(STATEMENTS)('%s', (written) => compare(written));

  it('take the type that all rows have room in', async () => {
    const { schema, datarows } = await query(
      'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n * 1.5 FROM r WHERE n < 4) SELECT n FROM r ORDER BY n',
    );
    expect([schema[0]!.type, datarows.flat()]).toEqual(['double', [1, 1.5, 2.25, 3.375, 5.0625]]);
  });

  it('are paged', async () => {
    const sql =
      'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 50) SELECT n FROM r ORDER BY n';
    const { datarows, total } = await query(sql, { fetch_size: 4 });
    expect([datarows.flat(), total]).toEqual([[1, 2, 3, 4], 50]);
  });

  it('that do not end are ended by the time of the query', async () => {
    const sql = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT COUNT(*) FROM r';
    await expect(query(sql)).rejects.toThrow(/^504/);
  });

  it.each([
    [
      'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT (SELECT MAX(n) FROM r) + 1) SELECT n FROM r',
      "The recursive table [r] cannot be read by a subquery of an expression (line 1, column 44: 'SELECT (",
    ],
    [
      'WITH RECURSIVE r(n) AS (SELECT 1 INTERSECT SELECT n FROM r) SELECT n FROM r',
      'The recursive table [r] needs UNION or UNION ALL',
    ],
    ['WITH RECURSIVE r(n) AS (SELECT 1, 2 UNION ALL SELECT n FROM r) SELECT n FROM r', 'same number of columns'],
    ["WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT 'a' FROM r) SELECT n FROM r", 'Column 1 of UNION is'],
    ['WITH RECURSIVE r(n, m) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n FROM r', '[r] names 2 columns'],
    ['WITH r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n FROM r', 'no such index [r]'],
  ])('tells what is wrong in %s', async (written, message) => {
    if (message.startsWith('no such')) await expect(query(written)).rejects.toThrow(message);
    else await refused(written, message);
  });
});
