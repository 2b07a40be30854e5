/** Statements on which the paths once parted, or that both got wrong, with the right answer. `@` stands before the names of the test's indices. */
import type { Row } from '../../src/rows/page.ts';

export interface Pinned {
  readonly what: string;
  readonly sql: string;
  /** Rows, in any order. */
  readonly rows?: readonly Row[];
  /** The type of the error that both paths refuse it with. */
  readonly refused?: 'ArithmeticException' | 'ExpressionEvaluationException';
}

export const PINNED: readonly Pinned[] = [
  {
    what: 'OFFSET over groups that a constant "orders"',
    sql: 'SELECT UNIX_TIMESTAMP() AS k FROM @text GROUP BY UNIX_TIMESTAMP() ORDER BY k LIMIT 5 OFFSET 2',
    rows: [],
  },
  {
    what: 'one subquery in SELECT and GROUP BY',
    sql: 'SELECT b + (SELECT MAX(s.b) FROM @tri s) AS k, COUNT(*) AS n FROM @tri WHERE id <= 2 GROUP BY b + (SELECT MAX(s.b) FROM @tri s)',
    rows: [
      [3, 1],
      [4, 1],
    ],
  },
  {
    what: 'values of branches that are not taken fail nothing, also where they are written twice',
    sql: `SELECT CASE WHEN id > 100 THEN CAST('x' AS INT) ELSE 1 END AS a, CASE WHEN id > 100 THEN CAST('x' AS INT) ELSE 2 END AS b,
      COALESCE(id, CAST('x' AS INT)) AS c, IFNULL(id, CAST('x' AS INT)) + COALESCE(id, CAST('x' AS INT)) AS d FROM @tri WHERE id <= 2`,
    rows: [
      [1, 2, 1, 2],
      [1, 2, 2, 4],
    ],
  },
  {
    what: 'the limit of groups stays below a condition that says nothing',
    sql: 'SELECT k FROM (SELECT DISTINCT id AS k FROM @tri ORDER BY k LIMIT 2) d WHERE TRUE',
    rows: [[1], [2]],
  },
  {
    what: 'groups and distinct counts of whole numbers beyond doubles keep their digits',
    sql: 'SELECT COUNT(DISTINCT ABS(l)) AS n, MAX(ABS(l)) AS m FROM @types WHERE l < -1 AND l > -9223372036854775808 OR l >= 9007199254740993',
    rows: [[2, 9223372036854775807n]],
  },
  {
    what: 'the absolute value of the least long is an error on both paths',
    sql: 'SELECT MAX(ABS(l)) AS m FROM @types WHERE l < -1',
    refused: 'ArithmeticException',
  },
  {
    what: 'a literal beside a half float has its digits',
    sql: 'SELECT COUNT(*) AS n FROM @edges WHERE half <= 1e-7',
    rows: [[3]],
  },
  {
    what: 'a pattern with one unknown character finds a constant',
    sql: "SELECT COUNT(*) AS n FROM @types WHERE ck LIKE '_%'",
    rows: [[8]],
  },
  {
    what: 'text without a word is a value, also where rows are only counted',
    sql: 'SELECT COUNT(*) AS n FROM @types WHERE txt IS NOT NULL OR FALSE',
    rows: [[5]],
  },
  {
    what: 'and so it is where a pattern matches any text',
    sql: "SELECT COUNT(*) AS n FROM @types WHERE txt LIKE '%%'",
    rows: [[5]],
  },
  {
    what: 'text with a keyword twin without a word',
    sql: 'SELECT COUNT(*) AS n FROM @types WHERE txtkw IS NOT NULL',
    rows: [[5]],
  },
  { what: 'an object without a leaf is NULL', sql: 'SELECT id FROM @types WHERE obj IS NULL AND id = 3', rows: [[3]] },
  {
    what: 'a sum of fractions keeps them beside one that outgrows doubles',
    sql: 'SELECT ROUND(SUM(wide) FILTER (WHERE wide < 1e300), 3) AS a, SUM(wide) > 1e299 AS b, MAX(unsigned) AS c FROM @edges',
    rows: [[16777217.8, true, 18446744073709551615n]],
  },
  {
    what: 'groups by a figure that is not finite are in order, and their figure is NULL',
    sql: 'SELECT id, SUM(EXP(id * 1000)) AS a, MAX(LOG(id, id)) AS b FROM @tri WHERE id <= 2 GROUP BY id ORDER BY id',
    rows: [
      [1, null, null],
      [2, null, 1],
    ],
  },
  {
    what: 'text among addresses is read as one',
    sql: "SELECT NULLIF(ip, '10.0.0.1') AS c, LEAST(ip, '0.0.0.0') AS d FROM @people WHERE id = 1",
    rows: [[null, '0.0.0.0']],
  },
  {
    what: 'overflow in a script is the same error as here',
    sql: 'SELECT 202427 * order_id AS k FROM @orders GROUP BY 202427 * order_id',
    refused: 'ArithmeticException',
  },
  {
    what: 'a list of numbers of several widths in a script',
    sql: 'SELECT COUNT(*) AS n FROM @orders WHERE amount * 1.5 NOT IN (9007199254740331, 28.75, -1)',
    rows: [[40]],
  },
  {
    what: '-0.0 and 0.0 are one group',
    sql: 'SELECT MODULUS(x, x) AS k FROM @text WHERE x IN (-1, 1.5) GROUP BY MODULUS(x, x)',
    rows: [[0]],
  },
  {
    what: 'an argument that is not needed is not evaluated',
    sql: 'SELECT IFNULL(city, CONV(1, 16, age + 60)) AS c FROM @people WHERE id = 1',
    rows: [['Oslo']],
  },
  {
    what: 'an argument that is not needed is not evaluated beside one of another type',
    sql: 'SELECT IF(address.geo.floor >= 35, CONV(address.geo.floor, 2, 2), title) AS t FROM @people WHERE id = 1',
    rows: [['Senior Engineer']],
  },
  {
    what: 'windows over rows of which no column is read',
    sql: 'SELECT ROW_NUMBER() OVER () AS n, CUME_DIST() OVER () AS d, COUNT(*) OVER () AS c FROM @tri WHERE id <= 3',
    rows: [
      [1, 1, 3],
      [2, 1, 3],
      [3, 1, 3],
    ],
  },
  {
    what: 'periods beyond four digits of the year',
    sql: 'SELECT MAX(PERIOD_ADD(202401, order_id)) AS m FROM @orders',
    rows: [[null]],
  },
  {
    what: 'the greatest value of a script beyond 2^53',
    sql: 'SELECT MAX(DIVIDE(order_id, person_id)) AS m, MIN(order_id + 0) AS n FROM @orders',
    rows: [[9007199254749930n, 9007199254740331n]],
  },
  {
    what: 'equality for which NULL equals NULL, of floats as = has it',
    sql: 'SELECT id FROM @types WHERE (hf <=> 1.5 OR f <=> 0.1 OR f <=> NULL) AND id < 6',
    rows: [[1], [3], [4], [5]],
  },
  {
    what: 'means of dates are rounded, not cut',
    sql: 'SELECT AVG(dt) AS a FROM @types',
    rows: [['2013-08-01 07:54:00']],
  },
  {
    what: 'sums of scripts beyond 2^53',
    sql: 'SELECT SUM(-(order_id)) AS s, SUM(order_id * 2) AS t, SUM(NULLIF(order_id, order_id)) AS u FROM @orders',
    rows: [[-360287970189871420n, 720575940379742840n, null]],
  },
  {
    what: 'windows over rows of which no column is read',
    sql: 'SELECT COUNT(*) OVER () AS n, CUME_DIST() OVER () AS d FROM @tri WHERE id <= 2',
    rows: [
      [2, 1],
      [2, 1],
    ],
  },
  {
    what: "windows over aggregates of the groups, and a default of the column's type",
    sql: `SELECT id, SUM(COUNT(*)) OVER () AS n, SUM(MAX(id)) OVER (ORDER BY id) AS s, LAG(id, 1, 0.5) OVER (ORDER BY id) AS p,
      LEAD(DATE '2024-01-01', 1, '2000-01-01') OVER (ORDER BY id) AS d FROM @tri WHERE id <= 2 GROUP BY id`,
    rows: [
      [1, 2, 1, 0.5, '2024-01-01'],
      [2, 2, 3, 1, '2000-01-01'],
    ],
  },
  {
    what: 'a text among addresses or dates is read as one in conditions too',
    sql: `SELECT COUNT(*) AS n FROM @people WHERE IFNULL('2001:db8::1', ip) <= '255.255.255.255' OR COALESCE('2024-01-01', joined) < '2024-01-01 00:00:00'
      OR IF(TRUE, '2001:db8::1', ip) <= '255.255.255.255'`,
    rows: [[0]],
  },
  {
    what: 'a constant that fails beside an interval',
    sql: "SELECT DATE_ADD(ADDTIME('a%', d.t), INTERVAL 1 HOUR) AS k FROM (SELECT NOW() AS t FROM @tri WHERE id < 0) AS d GROUP BY DATE_ADD(ADDTIME('a%', d.t), INTERVAL 1 HOUR)",
    rows: [],
  },
  {
    what: 'a constant that fails in a condition of a branch that is not taken',
    sql: `SELECT MAX(CASE WHEN a.id > 100 THEN CASE WHEN CONV(-9007199254740993, 16, 16) = 'a' THEN 'b' ELSE 'c' END ELSE 'd' END) AS m
      FROM @tri a JOIN @tri b ON a.id = b.id`,
    rows: [['d']],
  },
  {
    what: 'a float that was taken from a long beyond doubles becomes a double',
    sql: 'SELECT COUNT(*) AS n FROM (SELECT COALESCE(big, single) AS c FROM @edges INTERSECT SELECT 1.5 AS c FROM @tri) d',
    rows: [[0]],
  },
  {
    what: 'a condition that is unknown keeps its row from those behind it',
    sql: `SELECT d.c FROM (SELECT QUARTER(ADDTIME(city, TIME '12:00:00')) AS c, id FROM @people WHERE (id DIV 0) = 2) AS d WHERE d.c = 0.1 GROUP BY d.c`,
    rows: [],
  },
];
