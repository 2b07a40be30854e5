/** USING, NATURAL, SEMI and ANTI JOIN, and collections in joins, by rows on a real node (sql-standard, Names and Statements). */
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

async function expectRows(sql: string, rows: Rows): Promise<void> {
  const { datarows } = await proxy.query(tables.of(sql));
  expect(datarows).toEqual(rows);
}
async function expectError(sql: string, message: string): Promise<void> {
  const text = await proxy.text(tables.of(sql), '');
  expect((JSON.parse(text) as { error?: { details: string } }).error?.details).toContain(tables.of(message));
}

const ROW = '(VALUES (1, 10), (2, 20), (NULL, 30))';
const OTHER = '(VALUES (2, 200), (3, 300), (NULL, 400))';

describe('a column of USING', () => {
  it.each<[string, Rows]>([
    [`SELECT k FROM ${ROW} AS x(k, a) JOIN ${OTHER} AS y(k, b) USING (k) ORDER BY k`, [[2]]],
    [`SELECT k FROM ${ROW} AS x(k, a) LEFT JOIN ${OTHER} AS y(k, b) USING (k) ORDER BY k`, [[null], [1], [2]]],
    [
      `SELECT k, a, b FROM ${ROW} AS x(k, a) RIGHT JOIN ${OTHER} AS y(k, b) USING (k) ORDER BY k`,
      [
        [null, null, 400],
        [2, 20, 200],
        [3, null, 300],
      ],
    ],
    [
      `SELECT * FROM ${ROW} AS x(k, a) FULL JOIN ${OTHER} AS y(k, b) USING (k) ORDER BY k, a NULLS LAST`,
      [
        [null, 30, null],
        [null, null, 400],
        [1, 10, null],
        [2, 20, 200],
        [3, null, 300],
      ],
    ],
    [
      `SELECT x.k, y.k, k FROM ${ROW} AS x(k, a) FULL JOIN ${OTHER} AS y(k, b) USING (k) WHERE k > 1 ORDER BY k`,
      [
        [2, 2, 2],
        [null, 3, 3],
      ],
    ],
    [
      `SELECT k + 1, COUNT(*) FROM ${ROW} AS x(k, a) FULL JOIN ${OTHER} AS y(k, b) USING (k) GROUP BY k ORDER BY k`,
      [
        [null, 2],
        [2, 1],
        [3, 1],
        [4, 1],
      ],
    ],
    ['SELECT id FROM $cust RIGHT JOIN $ord USING (id) WHERE id = 9 ORDER BY id', [[9]]],
    [
      'SELECT oid, sku FROM $ord FULL JOIN $item USING (oid) WHERE oid > 12 ORDER BY oid',
      [
        [13, null],
        [14, null],
        [99, 'z'],
      ],
    ],
    [
      'SELECT id, COUNT(*) FROM $cust c FULL JOIN $ord o USING (id) FULL JOIN $none n USING (id) GROUP BY id ORDER BY id',
      [
        [null, 2],
        [1, 2],
        [2, 1],
        [3, 1],
        [9, 1],
      ],
    ],
    [
      'SELECT o.oid, oid FROM $none n FULL JOIN $cust c USING (id) RIGHT JOIN $ord o USING (id) ORDER BY id, oid LIMIT 2',
      [
        [14, 14],
        [10, 10],
      ],
    ],
    ["SELECT k FROM (VALUES ('1'), ('02')) AS x(k) JOIN (VALUES (1), (2)) AS y(k) USING (k) ORDER BY k", [['1']]],
  ])('%s', expectRows);

  it.each([
    ['SELECT id FROM $cust JOIN $ord USING (id) JOIN $none ON TRUE', 'Column [id] is in several relations'],
    ['SELECT 1 FROM $cust JOIN $ord USING (total)', 'Column [total] of USING must be in both sides'],
  ])('%s', expectError);

  it.each([
    ['SELECT * FROM $cust JOIN $ord USING (id)', ['id', 'city', 'name', 'd', 'oid', 'status', 'total']],
    [
      'SELECT * FROM $item JOIN $ord USING (oid) JOIN $cust USING (id)',
      ['id', 'oid', 'sku', 'd', 'status', 'total', 'city', 'name'],
    ],
    ['SELECT $ord.* FROM $cust JOIN $ord USING (id)', ['d', 'id', 'oid', 'status', 'total']],
    ['SELECT * FROM $cust NATURAL JOIN $ord', ['id', 'city', 'name', 'd', 'oid', 'status', 'total']],
    ['SELECT * FROM $cust c SEMI JOIN $ord o USING (id)', ['city', 'id', 'name']],
  ])('%s shows it once, before the others', async (sql, labels) => {
    const { schema } = await proxy.query(tables.of(sql));
    expect(schema.map(({ name }) => name)).toEqual(labels);
  });
});

describe('NATURAL', () => {
  it.each<[string, Rows]>([
    [
      'SELECT id, oid FROM $cust NATURAL JOIN $ord ORDER BY oid',
      [
        [1, 10],
        [1, 11],
        [2, 12],
      ],
    ],
    [
      'SELECT id, name, oid FROM $cust NATURAL LEFT JOIN $ord WHERE id > 1 ORDER BY id',
      [
        [2, 'Bo', 12],
        [3, 'Cy', null],
      ],
    ],
    ['SELECT id FROM $cust NATURAL FULL OUTER JOIN $ord WHERE id > 2 ORDER BY id', [[3], [9]]],
    ['SELECT COUNT(*) FROM $cust NATURAL JOIN $item', [[16]]],
    ['SELECT name FROM $cust NATURAL ANTI JOIN $ord ORDER BY name', [['Cy'], ['Nul']]],
  ])('%s', expectRows);
});

describe('SEMI and ANTI JOIN', () => {
  it.each<[string, Rows]>([
    ['SELECT name FROM $cust c SEMI JOIN $ord o ON c.id = o.id ORDER BY name', [['Ann'], ['Bo']]],
    ['SELECT name FROM $cust c LEFT SEMI JOIN $ord o USING (id) ORDER BY name', [['Ann'], ['Bo']]],
    ['SELECT name FROM $cust ANTI JOIN $ord ON $cust.id = $ord.id ORDER BY name', [['Cy'], ['Nul']]],
    ['SELECT name FROM $cust c LEFT ANTI JOIN $ord o USING (id) ORDER BY name', [['Cy'], ['Nul']]],
    ['SELECT name FROM $cust c ANTI JOIN $ord o ON c.id < o.id ORDER BY name', [['Nul']]],
    [
      "SELECT name FROM $cust c ANTI JOIN $ord o ON c.id = o.id AND c.city = 'Rome' ORDER BY name",
      [['Bo'], ['Cy'], ['Nul']],
    ],
    ["SELECT name FROM $cust c ANTI JOIN $ord o ON c.city <> 'Rome' ORDER BY name", [['Ann'], ['Cy']]],
    [
      'SELECT name FROM $cust c SEMI JOIN $ord o ON c.id = o.id OR o.total > 50 ORDER BY name LIMIT 3',
      [['Ann'], ['Bo'], ['Cy']],
    ],
    ['SELECT COUNT(*) FROM $cust SEMI JOIN $ord ON TRUE', [[4]]],
    ['SELECT COUNT(*) FROM $cust ANTI JOIN $ord ON NULL', [[4]]],
    ['SELECT COUNT(*) FROM $cust c ANTI JOIN $none n ON c.id = n.id', [[4]]],
    ['SELECT COUNT(*) FROM $cust c SEMI JOIN $ord o USING (id) ANTI JOIN $none o USING (id)', [[2]]],
    ['SELECT name FROM $cust c SEMI JOIN (SELECT id FROM $ord WHERE total > 6) x ON x.id = c.id', [['Ann']]],
    ['SELECT name FROM $cust semi WHERE semi.id = 1', [['Ann']]],
    ['SELECT name FROM $emp e SEMI JOIN e.projects p ON p.year > 2000 ORDER BY name', [['Ada'], ['Joe']]],
    ['SELECT name FROM $emp e ANTI JOIN e.projects p ON p.year > 2010 ORDER BY name', [['Joe'], ['Sue']]],
  ])('%s', expectRows);

  it.each([
    ['SELECT o.total FROM $cust c SEMI JOIN $ord o ON c.id = o.id', 'Field [o.total] cannot be found'],
    ['SELECT total FROM $cust c ANTI JOIN $ord o ON c.id = o.id', 'Field [total] cannot be found'],
    ['SELECT 1 FROM $cust SEMI JOIN $ord', 'expected'],
    ['SELECT 1 FROM $cust a SEMI JOIN $ord a ON TRUE', "Not unique table/alias: 'a'"],
  ])('%s', expectError);
});

describe('a collection in a join', () => {
  it.each<[string, Rows]>([
    [
      'SELECT e.name, p.title FROM $emp e JOIN e.projects p ON p.year > 2000 ORDER BY e.name',
      [
        ['Ada', 'sec'],
        ['Joe', 'web'],
      ],
    ],
    [
      'SELECT e.name, p.year FROM $emp e LEFT JOIN e.projects p ON TRUE ORDER BY e.name, p.year',
      [
        ['Ada', 1990],
        ['Ada', 2015],
        ['Joe', 2001],
        ['Sue', null],
      ],
    ],
  ])('%s', expectRows);

  it.each([
    ['SELECT 1 FROM $emp e LEFT JOIN e.projects p ON p.year > 1', 'takes no condition on its elements'],
    ['SELECT 1 FROM $emp e RIGHT JOIN e.projects p ON TRUE', 'is joined by a comma, JOIN or LEFT JOIN'],
  ])('%s', expectError);
});
