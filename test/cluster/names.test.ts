/** What names, aliases and joins mean, by rows on a real node (sql-standard, Names). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine } from '../support/engine.ts';
import { createTables, type NamedTables } from './names-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

let tables: NamedTables;
let proxy: SqlProxy;

beforeAll(async () => {
  const { url } = getEngine();
  proxy = await startSqlProxy(url);
  tables = await createTables(url);
});
afterAll(async () => {
  await tables.drop();
  await proxy.close();
});

type Rows = readonly (readonly unknown[])[];
const sorted = (rows: Rows): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();

/** Rows in any order, unless the statement has one. */
async function expectRows(sql: string, rows: Rows): Promise<void> {
  const { datarows } = await proxy.query(tables.of(sql));
  if (/ORDER BY/.test(sql)) expect(datarows).toEqual(rows);
  else expect(sorted(datarows)).toEqual(sorted(rows));
}
async function expectError(sql: string, message: string): Promise<void> {
  const text = await proxy.text(tables.of(sql), '');
  expect((JSON.parse(text) as { error?: { details: string } }).error?.details).toContain(tables.of(message));
}

describe('an alias of a relation', () => {
  it.each<[string, Rows]>([
    ['SELECT $cust.name FROM $cust WHERE $cust.id = 1', [['Ann']]],
    ['SELECT name FROM $cust WHERE EXISTS (SELECT 1 FROM $cust b WHERE b.id = $cust.id + 2)', [['Ann']]],
    [
      'SELECT $cust.name, a.id FROM $cust a JOIN $cust ON $cust.id = a.id + 1',
      [
        ['Bo', 1],
        ['Cy', 2],
      ],
    ],
    ['SELECT my-c.name FROM $cust my-c WHERE my-c.id = 2', [['Bo']]],
    ['SELECT my-c.* FROM $none my-c', []],
    ['SELECT $log-2024.level FROM $log-2024 WHERE $log-2024.level > 1', [[2]]],
    ['WITH `r r` AS (SELECT id FROM $cust) SELECT `r r`.id FROM `r r` WHERE `r r`.id = 1', [[1]]],
    ['WITH r AS (SELECT id FROM $cust) SELECT COUNT(*) FROM r x JOIN `r` y ON x.id = y.id', [[3]]],
  ])('%s', expectRows);

  it.each([
    ['SELECT $cust.name FROM $cust c', '[$cust] is called [c] here'],
    ['SELECT 1 FROM $cust JOIN $cust ON TRUE', "Not unique table/alias: '$cust'"],
    ['SELECT 1 FROM $cust, $cust', "Not unique table/alias: '$cust'"],
    ['SELECT 1 FROM $cust a LEFT JOIN $ord a ON TRUE', "Not unique table/alias: 'a'"],
    ['SELECT 1 FROM (SELECT id FROM $cust) a, $ord a', "Not unique table/alias: 'a'"],
    ['SELECT 1 FROM $emp e, e.projects p, e.projects p', "Not unique table/alias: 'p'"],
    ['WITH r AS (SELECT 1 AS x) SELECT 1 FROM r JOIN `r` ON TRUE', "Not unique table/alias: 'r'"],
  ])('%s', expectError);
});

describe('an alias of a select item', () => {
  it.each<[string, Rows]>([
    ['SELECT id * -1 AS id FROM $cust ORDER BY id NULLS LAST', [[-3], [-2], [-1], [null]]],
    ['SELECT id * -1 AS id FROM $cust ORDER BY id * 1 NULLS LAST', [[-1], [-2], [-3], [null]]],
    ['SELECT id * -1 AS id FROM $cust ORDER BY id * -1 LIMIT 2', [[null], [-3]]],
    ['SELECT total * 2 AS t FROM $ord ORDER BY t + 0 DESC LIMIT 1', [[200]]],
    [
      'SELECT UPPER(status) AS status, COUNT(*) FROM $ord GROUP BY UPPER(status)',
      [
        ['DONE', 2],
        ['OPEN', 3],
      ],
    ],
    [
      "SELECT UPPER(status) AS status, COUNT(*) FROM $ord GROUP BY UPPER(status) HAVING UPPER(status) = 'OPEN'",
      [['OPEN', 3]],
    ],
    ["SELECT UPPER(status) AS status, COUNT(*) FROM $ord GROUP BY status HAVING status = 'OPEN'", [['OPEN', 3]]],
    ['SELECT status, SUM(total) AS total FROM $ord GROUP BY status HAVING MAX(total) > 10', [['done', 107]]],
    ['SELECT status, SUM(total) AS total FROM $ord GROUP BY status HAVING total > 10', [['done', 107]]],
    [
      'SELECT status, MIN(total) AS total FROM $ord GROUP BY status ORDER BY MAX(total) DESC',
      [
        ['done', 7],
        ['open', 1],
      ],
    ],
    ['SELECT YEAR(d) AS y, COUNT(*) FROM $ord GROUP BY y HAVING MAX(y) > 2000', [[2024, 3]]],
    ['SELECT DISTINCT status AS s FROM $ord ORDER BY UPPER(s) DESC', [['open'], ['done']]],
    ['SELECT c.id FROM $cust c JOIN $ord o ON c.id = o.id ORDER BY id DESC', [[2], [1], [1]]],
    [
      'SELECT c.id, COUNT(*) FROM $cust c JOIN $ord o ON c.id = o.id GROUP BY id',
      [
        [1, 2],
        [2, 1],
      ],
    ],
    ['SELECT id AS my-id FROM $cust ORDER BY my-id DESC LIMIT 1', [[3]]],
    ['SELECT SUM(total) AS SUM(total) FROM $ord ORDER BY SUM(total)', [[116.5]]],
  ])('%s', expectRows);

  it('orders by the random value that is shown', async () => {
    for (const order of ['r', 'RAND()']) {
      const { datarows } = await proxy.query(tables.of(`SELECT oid, RAND() AS r FROM $ord ORDER BY ${order}`));
      const shown = datarows.map((row) => Number(row[1]));
      expect(shown).toEqual([...shown].sort((a, b) => a - b));
      expect(datarows.map((row) => row[0]).sort()).toEqual([10, 11, 12, 13, 14]);
    }
  });

  it.each([
    ['SELECT total AS x FROM $ord WHERE x > 1', 'alias of the select list, which WHERE does not see'],
    ['SELECT COUNT(*) AS c FROM $ord GROUP BY c', 'alias of an aggregate or a window function'],
    ['SELECT id AS x, id * 2 AS x FROM $cust ORDER BY x', 'Column [x] is ambiguous'],
    ['SELECT c.id, o.id FROM $cust c JOIN $ord o ON c.id = o.id ORDER BY id', 'is in several relations'],
    ['SELECT DISTINCT status FROM $ord ORDER BY total', 'ORDER BY may name only what is selected'],
    ['SELECT YEAR(d) AS y, SUM(total) AS s FROM $ord GROUP BY y HAVING MAX(s) > 2', 'Field [s] cannot be found'],
  ])('%s', expectError);
});

describe('groups', () => {
  it.each<[string, Rows]>([
    ['SELECT SUM(total), COUNT(*) FROM $ord GROUP BY 1', [[116.5, 5]]],
    ["SELECT SUM(total) FROM $ord WHERE status = 'none' GROUP BY 1", []],
    [
      'SELECT status, COUNT(*) FROM $ord GROUP BY 1, 2',
      [
        ['done', 2],
        ['open', 3],
      ],
    ],
    ["SELECT 'x' AS k, COUNT(*) FROM $none GROUP BY k", []],
    ['SELECT COUNT(*) FROM $ord GROUP BY 1 HAVING COUNT(*) > 100', []],
    ['SELECT * FROM $ord GROUP BY status', [['done'], ['open']]],
    [
      'SELECT *, COUNT(*) FROM $ord WHERE id = 1 GROUP BY status, id',
      [
        ['done', 1, 1],
        ['open', 1, 1],
      ],
    ],
    [
      'SELECT o.*, COUNT(*) FROM $cust c JOIN $ord o USING (id) GROUP BY c.name, o.status',
      [
        ['done', 1],
        ['open', 1],
        ['open', 1],
      ],
    ],
    ['SELECT status FROM (SELECT * FROM $ord GROUP BY status, id) a WHERE id IS NULL', [['open']]],
    ["SELECT total FROM $ord HAVING status = 'done'", [[7], [100]]],
    ['SELECT total * 2 AS t FROM $ord HAVING t > 14', [[200]]],
    [
      'SELECT total, RANK() OVER (ORDER BY total) FROM $ord HAVING total > 5',
      [
        [5.5, 1],
        [7, 2],
        [100, 3],
      ],
    ],
  ])('%s', expectRows);

  it.each([
    [
      'SELECT status, RANK() OVER (ORDER BY COUNT(*)) FROM $ord GROUP BY 1, 2',
      'cannot be grouped by a window function',
    ],
    ['SELECT total, RANK() OVER (ORDER BY total) AS r FROM $ord HAVING r > 1', 'HAVING comes before window functions'],
    ['SELECT status, COUNT(*) FROM $ord GROUP BY 2', 'neither a GROUP BY key nor inside an aggregate'],
  ])('%s', expectError);

  it('labels the columns of * as its keys', async () => {
    const { schema } = await proxy.query(tables.of('SELECT *, COUNT(*) AS n FROM $ord GROUP BY status, YEAR(d)'));
    expect(schema.map(({ name, alias }) => alias ?? name)).toEqual(['status', 'YEAR(d)', 'n']);
  });
});

describe('FROM a, b without aliases', () => {
  it.each<[string, Rows]>([
    [
      "SELECT name, total FROM $cust, $ord WHERE city = 'Rome' AND total > 6",
      [
        ['Ann', 7],
        ['Ann', 100],
      ],
    ],
    ["SELECT name, total FROM $cust, $ord WHERE city = 'Rome'", [['Ann', null]]],
    [
      'SELECT name, sku FROM $cust, $item WHERE LENGTH(CONCAT(name, sku)) = 3',
      [
        ['Bo', 'a'],
        ['Bo', 'b'],
        ['Bo', 'a'],
        ['Bo', 'z'],
        ['Cy', 'a'],
        ['Cy', 'b'],
        ['Cy', 'a'],
        ['Cy', 'z'],
      ],
    ],
    ['SELECT $cust.name, total FROM $cust, $ord WHERE $cust.id = $ord.id AND total > 6', [['Ann', 7]]],
    ['SELECT COUNT(*), COUNT(level), COUNT(extra) FROM $log-2024, $log-2025', [[3, 2, 1]]],
    ["SELECT COUNT(*) FROM $log-2024, $log-2025 WHERE at > '2024-01-01 12:00:00'", [[2]]],
    ["SELECT COUNT(*) FROM $log-2024, $log-2025 WHERE level > 1 AND at > '2020-01-01'", [[1]]],
  ])('%s', expectRows);
});
