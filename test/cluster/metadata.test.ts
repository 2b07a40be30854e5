/** SHOW and DESCRIBE, names with a schema before them, unknown indices, and text in double quotes, on a real node. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine } from '../support/engine.ts';
import { createTables, type NamedTables } from './names-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

let tables: NamedTables;
let proxy: SqlProxy;
let cluster: string;

beforeAll(async () => {
  const { url } = getEngine();
  proxy = await startSqlProxy(url);
  tables = await createTables(url);
  cluster = ((await (await fetch(url)).json()) as { cluster_name: string }).cluster_name;
});
afterAll(async () => {
  await tables.drop();
  await proxy.close();
});

const of = (sql: string): string => tables.of(sql).replaceAll('$CLUSTER', cluster);
async function details(sql: string): Promise<string> {
  const text = await proxy.text(of(sql), '');
  return (JSON.parse(text) as { error: { details: string } }).error.details;
}

describe('SHOW TABLES', () => {
  it.each<[string, readonly string[]]>([
    ["SHOW TABLES LIKE '$log%'", ['$log-2024', '$log-2025', '$logs']],
    ["SHOW TABLES LIKE '$log-202_'", ['$log-2024', '$log-2025']],
    ["SHOW TABLES LIKE '^$cust$'", ['$cust']],
    ['SHOW TABLES LIKE $log', ['$log-2024', '$log-2025']],
    ['SHOW TABLES LIKE $l%5', ['$log-2025']],
    ['SHOW TABLES LIKE $LOG', []],
    ['SHOW TABLES LIKE $peop', []],
    ['SHOW TABLES LIKE nothing_of_this_name', []],
  ])('%s', async (sql, names) => {
    const { datarows } = await proxy.query(of(sql));
    expect(datarows.map((row) => row[2])).toEqual(names.map(of));
  });
});

describe('DESCRIBE TABLES', () => {
  it.each<[string, readonly (readonly [string, string, string])[]]>([
    [
      "DESCRIBE TABLES LIKE '$log-%' COLUMNS LIKE 'at'",
      [
        ['$log-2024', 'at', 'timestamp'],
        ['$log-2025', 'at', 'timestamp'],
      ],
    ],
    [
      "DESCRIBE TABLES LIKE '$log%' COLUMNS LIKE '%e%'",
      [
        ['$log-2024', 'level', 'integer'],
        ['$log-2025', 'extra', 'keyword'],
        ['$logs', 'extra', 'keyword'],
        ['$logs', 'level', 'integer'],
      ],
    ],
    [
      "DESCRIBE TABLES LIKE '$log-*' COLUMNS LIKE 'AT'",
      [
        ['$log-2024', 'at', 'timestamp'],
        ['$log-2025', 'at', 'timestamp'],
      ],
    ],
    ["DESCRIBE TABLES LIKE '$people' COLUMNS LIKE 'name'", [['$people', 'name', 'keyword']]],
    ["DESCRIBE TABLES LIKE '^$cust$' COLUMNS LIKE '^id$'", [['$cust', 'id', 'integer']]],
    ["DESCRIBE TABLES LIKE '$log_2024' COLUMNS LIKE 'at'", [['$log-2024', 'at', 'timestamp']]],
    ["DESCRIBE TABLES LIKE 'default.$cust' COLUMNS LIKE 'id'", [['$cust', 'id', 'integer']]],
    [
      'DESCRIBE TABLES LIKE $log COLUMNS LIKE a',
      [
        ['$log-2024', 'at', 'date'],
        ['$log-2025', 'at', 'date'],
      ],
    ],
    ['DESCRIBE TABLES LIKE $cus COLUMNS LIKE N', []],
    ['DESCRIBE TABLES LIKE $people', []],
    ['DESCRIBE TABLES LIKE $CUST COLUMNS LIKE id', []],
    ['DESCRIBE TABLES LIKE nothing_of_this_name COLUMNS LIKE %', []],
  ])('%s', async (sql, rows) => {
    const { datarows } = await proxy.query(of(sql));
    const shown = datarows.map((row) => [row[2], row[3], row[5]]);
    expect(shown.sort()).toEqual(rows.map(([table, ...rest]) => [of(table), ...rest]).sort());
  });

  it.each([
    ["DESCRIBE TABLES LIKE '$custom'", "Did you mean [$cust]? (line 1, column 22: ''$custom'')"],
    ["DESCRIBE TABLES LIKE '$zzz%'", "(line 1, column 22: ''$zzz%'')"],
    ['DESCRIBE\n  $cus', "Did you mean [$cust]? (line 2, column 3: '$cus')"],
  ])('%s', async (sql, message) => {
    expect(await details(sql)).toContain(of(message));
  });
});

describe('a name with a schema before it', () => {
  it.each([
    'SELECT COUNT(*) FROM default.$cust',
    'SELECT COUNT(*) FROM `default`.`$cust`',
    'SELECT COUNT(*) FROM `$CLUSTER`.$cust',
    'SELECT COUNT(*) FROM `$CLUSTER`.`default`.$cust',
    'SELECT COUNT(*) FROM @opensearch.default.$cust',
    'SELECT COUNT($cust.name) FROM default.$cust',
    'SELECT COUNT(default.$cust.name) FROM default.$cust WHERE default.$cust.name IS NOT NULL',
    'SELECT COUNT(*) + 1 FROM default.$cust, default.$ord WHERE $cust.id = $ord.id',
    'SELECT COUNT(*) + 1 FROM default.$log-2024, default.$log-2025',
  ])('%s', async (sql) => {
    expect((await proxy.query(of(sql))).datarows).toEqual([[4]]);
  });

  it('is of two relations of one name', async () => {
    expect(await details('SELECT 1 FROM default.$cust, $cust WHERE $cust.id = 1')).toContain('Not unique table/alias');
  });
});

describe('an unknown index', () => {
  it.each([
    ['SELECT 1 FROM $cust c JOIN $orde o ON TRUE', 'Did you mean [$ord]? (line 1, column'],
    ['SELECT 1 FROM $cust WHERE id IN (SELECT id\nFROM $itemm)', "Did you mean [$item]? (line 2, column 6: '$itemm')"],
    ['EXPLAIN SELECT 1 FROM default.$cuss', "(line 1, column 23: 'default.$cuss')"],
    ['SELECT 1 FROM $zzz*', "(line 1, column 15: '$zzz*')"],
  ])('%s', async (sql, message) => {
    expect(await details(sql)).toContain(of(message));
  });

  it('is told with its place also by a plan that was kept', async () => {
    const index = of('$gone').toLowerCase();
    const { url } = getEngine();
    await fetch(`${url}/${index}`, { method: 'PUT' });
    const sql = `SELECT COUNT(*) FROM ${index}`;
    expect((await proxy.query(sql)).datarows).toEqual([[0]]);
    await fetch(`${proxy.url}/${index}`, { method: 'DELETE' });
    expect(await details(sql)).toContain(`(line 1, column 22: '${index}')`);
  });
});

describe('text in double quotes that equals the name of a column', () => {
  const ask = (sql: string): Promise<Response> =>
    fetch(`${proxy.url}/_plugins/_sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: of(sql) }),
    });

  it.each([
    ['SELECT "name" FROM $cust', 'name'],
    ['SELECT name FROM $cust WHERE "city" = \'Rome\'', 'city'],
    ['SELECT COUNT("city") FROM $cust', 'city'],
    ['SELECT COUNT(*) FROM $cust GROUP BY "city"', 'city'],
    ['SELECT x FROM (SELECT id AS x FROM $cust) a WHERE "x" = 1', 'x'],
    ['SELECT 1 FROM $cust c WHERE EXISTS (SELECT 1 FROM $item WHERE "city" = sku)', 'city'],
  ])('is warned of in %s', async (sql, name) => {
    const response = await ask(sql);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-sql-warning')).toContain(`"${name}" in double quotes is text`);
    await response.text();
  });

  it.each([
    "SELECT name FROM $cust WHERE city = 'city'",
    'SELECT name FROM $cust WHERE city = "Rome"',
    'SELECT name AS "city" FROM "$cust"',
  ])('is not seen in %s', async (sql) => {
    const response = await ask(sql);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-sql-warning')).toBeNull();
    await response.text();
  });

  it.each([
    ['SELECT SUM("total") FROM $ord', '`total`'],
    ['SELECT oid FROM $ord WHERE "d" > DATE \'2024-01-01\'', '`d`'],
    ['SELECT oid FROM $ord WHERE "status"', '`status`'],
  ])('is told by the error of %s', async (sql, name) => {
    expect(await details(sql)).toContain(`the column of that name stands in back-quotes: ${name}`);
  });

  it('is not told by errors of other places', async () => {
    expect(await details('SELECT "total", nothing FROM $ord')).not.toContain('back-quotes');
  });
});
