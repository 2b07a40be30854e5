/** What values mean in every lowering: each condition is asked of the index (or a script), of the rows, and of DuckDB. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { call } from './export-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('values');
let proxy: SqlProxy;

const properties = {
  id: { type: 'integer' },
  n: { type: 'integer' },
  b: { type: 'byte' },
  l: { type: 'long' },
  m: { type: 'long' },
  u: { type: 'unsigned_long' },
  f: { type: 'float' },
  db: { type: 'double' },
  s: { type: 'keyword' },
  late: { type: 'boolean' },
  d: { type: 'date' },
  ms: { type: 'date', format: 'epoch_millis' },
  sec: { type: 'date', format: 'epoch_second' },
  day: { type: 'date', format: 'yyyy-MM-dd' },
};

const docs = [
  `{"id":1,"n":1,"b":-128,"l":-9223372036854775808,"m":9007199254740993,"u":18446744073709551615,"f":0.1,"db":9007199254740992,"s":"😀é","late":true,"d":"2024-01-01","ms":1704067200000,"sec":1704067200,"day":"2024-01-01"}`,
  `{"id":2,"n":2,"b":127,"l":9223372036854775807,"m":5,"u":1,"f":0.5,"db":0.1,"s":"a😀b","late":false,"d":"2024-02-03T04:05:06Z","ms":1,"sec":1,"day":"2024-02-03"}`,
  `{"id":3,"s":"1"}`,
];

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url);
  await call('PUT', `/${index}`, { settings: { number_of_replicas: 0 }, mappings: { properties } });
  const lines = docs.map((doc, i) => `{"index":{"_id":"${i + 1}"}}\n${doc}\n`);
  await call('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
  await proxy.close();
});

const rowsOf = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
  (await proxy.query(sql.replaceAll('$', index))).datarows;

const idsOf = (rows: readonly (readonly unknown[])[]): readonly unknown[] => rows.map(([id]) => id);

describe('one answer in each lowering', () => {
  it.each<[string, readonly number[]]>([
    ['NULLIF(n, 1) <> 0.5', [2]],
    ['NOT (NULLIF(n, 1) = 0.5)', [2]],
    ["NULLIF(n, 1) <> '0.5'", [2]],
    ['NULLIF(n, 1) NOT IN (0.5, 2.5)', [2]],
    ['NULLIF(n, 1) NOT BETWEEN 2.2 AND 2.8', [2]],
    ['MOD(4, n - 1) <> 2.5', [2]],
    ['NOT (4 % (n - 1) < -0.5)', [2]],
    ['NULLIF(n, 1) <=> 0.5', []],
    ["LEFT(s, 1) = '😀'", [1]],
    ["RIGHT(s, 2) = '😀b'", [2]],
    ["SUBSTRING(s, 2) = 'é'", [1]],
    ["SUBSTRING(s, -2, 1) = '😀'", [1, 2]],
    ["SUBSTRING(s, 2, 1) = '😀'", [2]],
    ['CHAR_LENGTH(s) = 2', [1]],
    ['CHAR_LENGTH(s) < 3', [1, 3]],
    ['LENGTH(s) = 6', [1, 2]],
    ["LOCATE('b', s) = 3", [2]],
    ["LOCATE('b', s, 3) = 3", [2]],
    ["POSITION('é' IN s) = 2", [1]],
    ["REVERSE(s) = 'b😀a'", [2]],
    ["LPAD(s, 1, '-') = '😀'", [1]],
    ['ASCII(s) = 128512', [1]],
    ["s LIKE '_b%' OR s LIKE '_é'", [1]],
    ["REPLACE(s, '😀', '') = 'ab'", [2]],
    ['late = 1', [1]],
    ['late < 1', [2]],
    ['late IN (0, 2)', [2]],
    ['n = TRUE', [1]],
    ['n - 1', [2]],
    ['NOT (n - 1)', [1]],
    ['IF(n - 1, late, 5) = 5', [1, 3]],
    ['COALESCE(late, 7) = 7', [3]],
    ['CASE WHEN id = 3 THEN 2 ELSE late END = 1', [1]],
    ['d = 1704067200000', [1]],
    ['d > 1704067200000', [2]],
    ['ms BETWEEN 0 AND 5', [2]],
    ['sec IN (1704067200, 4)', [1]],
    ["DATE_FORMAT(d, 'yyyy-MM') = '2024-02'", [2]],
    ["DATE_FORMAT(d, 'yyyy-MM-dd') >= '2024-01-02'", [2]],
    ["DATE_FORMAT(d, 'EEE') = 'Mon'", [1]],
    ["TIME_FORMAT(d, 'HH:mm') = '04:05'", [2]],
    ['s IN (SELECT n FROM $)', [3]],
    ['late IN (SELECT id FROM $ WHERE id < 2)', [1]],
    ['l < 9223372036854775808', [1, 2]],
    ['9223372036854775808 <= l', []],
    ['l <> -99999999999999999999', [1, 2]],
    ['NOT (l = 99999999999999999999999999)', [1, 2]],
    ['l NOT IN (18446744073709551616, 9223372036854775807)', [1]],
    ['u BETWEEN 9223372036854775808 AND 99999999999999999999', [1]],
    ['u < 18446744073709551616', [1, 2]],
    ['18446744073709551615 IN (u, l)', [1]],
    ['u <=> 18446744073709551615', [1]],
    ['CASE u WHEN 18446744073709551615 THEN 1 ELSE 2 END = 1', [1]],
    ['b > -99999999999999999999', [1, 2]],
    ['f < 99999999999999999999999999999999999999999', [1, 2]],
    ['db < 99999999999999999999', [1, 2]],
    ['s < 99999999999999999999', [3]],
    ['late < 99999999999999999999', [1, 2]],
    ['db = 9007199254740993', [1]],
    ['db IN (9007199254740993)', [1]],
    ['m = 9007199254740993.0', [1]],
    ['m = 9007199254740992.0', []],
    ['m > 9007199254740992.0', [1]],
    ['m < 9007199254740992.99999999999999', [2]],
    ['m >= 5.00000000000000000000001', [1]],
    ['5.00000000000000000000001 > m', [2]],
    ['m = 5.00000000000000000000001', []],
    ['m <> 5.00000000000000000000001', [1, 2]],
    ['m > db', [1, 2]],
    ['m <= db', []],
    ['db <> m', [1, 2]],
    ['m IN (SELECT db FROM $)', []],
    ['m NOT IN (SELECT db FROM $ WHERE db > 0)', [1, 2]],
    ['f IN (SELECT db FROM $)', []],
    ['f = 0.1', [1]],
    ['late + 1 = 2', [1]],
    ['-late < 0', [1]],
    ['late * 2.5 > 2', [1]],
    ['ABS(late) = 0', [2]],
    ['late - n = 0', [1]],
    ['n IN (SELECT s FROM $)', [1]],
  ])('%s', async (condition, expected) => {
    expect(idsOf(await rowsOf(`SELECT id FROM $ WHERE ${condition} ORDER BY id`)), 'cluster').toEqual(expected);
    const shown = await rowsOf(`SELECT id, IF(${condition}, 1, 0) FROM $ ORDER BY id`);
    expect(idsOf(shown.filter(([, holds]) => holds === 1)), 'rows').toEqual(expected);
    const computed = `SELECT id FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY id) r FROM $) x WHERE ${condition} AND r > 0 ORDER BY id`;
    if (/\b(?:ms|sec|d) (?:[=>]|IN|BETWEEN) /.test(condition)) return;
    expect(idsOf(await rowsOf(computed)), 'DuckDB').toEqual(expected);
  });
});

describe('numbers that leave their type', () => {
  it.each([
    'SELECT CAST(300 AS BYTE)',
    'SELECT ABS(l) FROM $ WHERE id = 1',
    'SELECT ABS(b) FROM $ WHERE id = 1',
    'SELECT -l FROM $ WHERE id = 1',
    'SELECT l + 1 FROM $ WHERE id = 2',
    'SELECT l / -1 FROM $ WHERE id = 1',
    'SELECT CAST(l AS INT) FROM $ WHERE id = 2',
    'SELECT CAST(l AS UNSIGNED) FROM $ WHERE id = 1',
    'SELECT ROUND(l, -1) FROM $ WHERE id = 2',
    'SELECT id FROM $ WHERE CAST(l AS INT) % 2 = 1',
    'SELECT ABS(x.l) FROM $ x JOIN $ y ON x.id = y.id WHERE x.id = 1',
    // By a script, and by DuckDB's own operators.
    'SELECT id FROM $ WHERE l * id > n',
    'SELECT SUM(l * id) FROM $',
    'SELECT id FROM $ ORDER BY l * id',
    'SELECT x.id FROM $ x JOIN $ y ON x.l + y.id > y.n',
    'SELECT SUM(x.l * 2) FROM $ x JOIN $ y ON x.id = y.id',
  ])('%s', async (sql) => {
    await expect(rowsOf(sql)).rejects.toThrow(/(overflow|out of the range).* \(line 1, column \d+: '/);
  });
});

describe('sums and sets', () => {
  it.each<[string, readonly (readonly unknown[])[]]>([
    ['SELECT SUM(late), AVG(late) FROM $', [[1, 0.5]]],
    ['SELECT SUM(late + 1), STDDEV(late), TRUE + 1 FROM $', [[3, 0.5, 2]]],
    ['SELECT SUM(x.late), AVG(y.late * 4) FROM $ x JOIN $ y ON x.id = y.id', [[1, 2]]],
    ['SELECT x.id FROM $ x JOIN $ y ON x.m = y.db', []],
    ['SELECT x.id FROM $ x WHERE x.m IN (SELECT y.db FROM $ y WHERE y.id >= x.id)', []],
    ['SELECT x.id FROM $ x WHERE x.m NOT IN (SELECT y.db FROM $ y WHERE y.id = x.id) ORDER BY id', [[1], [2]]],
    ['SELECT x.id FROM $ x WHERE EXISTS (SELECT 1 FROM $ y WHERE y.m > x.db AND y.id = x.id) ORDER BY id', [[1], [2]]],
    [
      'SELECT m FROM $ WHERE id = 1 UNION SELECT NULLIF(id, f) FROM $ WHERE id = 1 ORDER BY 1',
      [[1], [9007199254740993n]],
    ],
    ['SELECT late FROM $ WHERE id = 1 UNION ALL SELECT 5', [[1], [5]]],
    ['SELECT PERCENTILE(id, 50) OVER () FROM $ LIMIT 1', [[2]]],
    ['SELECT PERCENTILE(id, 50) FROM $', [[2]]],
    ["SELECT DATE_FORMAT(d, 'yyyy') y, COUNT(*) FROM $ WHERE d IS NOT NULL GROUP BY y", [['2024', 2]]],
  ])('%s', async (sql, expected) => {
    expect(await rowsOf(sql)).toEqual(expected);
  });

  it.each([
    'SELECT id FROM (SELECT id, sec, ms FROM $) x WHERE $1',
    'WITH x AS (SELECT id, sec, ms FROM $) SELECT a.id FROM x a JOIN x b ON a.id = b.id WHERE a.$1',
    'SELECT id FROM (SELECT DISTINCT * FROM (SELECT id, sec, ms FROM $) y) x WHERE $1',
    'SELECT id FROM (SELECT id, sec, ms FROM $ GROUP BY id, sec, ms) x WHERE $1',
  ])('read a number beside a date by its field, which a query hands on: %s', async (sql) => {
    for (const condition of ['sec > 1', 'ms > 1', 'ms IN (5, 6)', 'sec <> 1709164800']) {
      const rows = async (text: string): Promise<readonly unknown[]> =>
        (await rowsOf(text)).map((row) => JSON.stringify(row)).sort();
      const direct = await rows(`SELECT id FROM $ WHERE ${condition}`);
      expect(await rows(sql.replace('$1', condition)), condition).toEqual(direct);
    }
  });

  it('refuse a number beside a date without an epoch format, and say where', async () => {
    await expect(rowsOf('SELECT id FROM $ WHERE day > 5')).rejects.toThrow(/no epoch format.*line 1, column/);
  });

  it('refuse a text that is too long', async () => {
    await expect(rowsOf('SELECT REPEAT(REPEAT(s, 4000), 4000) FROM $')).rejects.toThrow('MAX_FOLDED_TEXT');
  });
});
