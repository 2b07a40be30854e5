/** Functions of standard SQL and of other dialects, over indices of a real node; DuckDB answers over the same rows. */
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

type Doc = Readonly<Record<string, number | string | boolean>>;

const SALES: readonly Doc[] = [
  {
    id: 1,
    g: 'a',
    d: '2024-01-31 23:59:59.999',
    v: 1.5,
    n: 3,
    b: true,
    t: 'xxay',
    j: '{"k":{"x":[1,2]},"s":"q"}',
  },
  { id: 2, g: 'a', d: '2024-02-01 00:00:00', v: 2.25, n: 4, b: false, t: 'xb', j: '{"k": null, "s": "q\\"r"}' },
  { id: 3, g: 'b', d: '2023-12-31 12:30:00', v: -4, n: 3, b: true, t: '17' },
  { id: 4, g: 'b', d: '1969-07-20 20:17:40', v: 10, n: 12, b: true, t: '2024-02-30', j: '[]' },
  { id: 5, g: 'c', v: 0, n: 7 },
  { id: 6, d: '2024-05-19 08:00:00.5', t: 'Ünï😀' },
];
const COLUMNS = {
  id: 'BIGINT',
  g: 'VARCHAR',
  d: 'TIMESTAMP',
  v: 'DOUBLE',
  n: 'BIGINT',
  b: 'BOOLEAN',
  t: 'VARCHAR',
  j: 'VARCHAR',
} as const;
const MAPPING = {
  BIGINT: 'long',
  VARCHAR: 'keyword',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
  TIMESTAMP: 'date',
} as const;
const DATES = { format: 'yyyy-MM-dd HH:mm:ss||yyyy-MM-dd HH:mm:ss.SSS||yyyy-MM-dd HH:mm:ss.S' };

/** The statement, and where DuckDB says it in another way, its own. */
type Statement = string | readonly [string, string];

const STATEMENTS: Readonly<Record<string, readonly Statement[]>> = {
  'dates cut to units': [
    ...['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'].map(
      (unit): Statement =>
        `SELECT DATE_TRUNC('${unit}', d) AS u, COUNT(*), SUM(n) FROM @s GROUP BY DATE_TRUNC('${unit}', d)`,
    ),
    ['SELECT id, FLOOR(d TO MONTH) FROM @s', "SELECT id, date_trunc('month', d) FROM @s"],
    [
      'SELECT id, CEIL(d TO QUARTER), CEIL(d TO DAY) FROM @s',
      `SELECT id, CASE WHEN d = date_trunc('quarter', d) THEN d ELSE date_trunc('quarter', d) + INTERVAL 3 MONTH END,
        CASE WHEN d = date_trunc('day', d) THEN d ELSE date_trunc('day', d) + INTERVAL 1 DAY END FROM @s`,
    ],
    [
      'SELECT SPAN(d, 1M) AS m, COUNT(*) FROM @s GROUP BY m',
      "SELECT date_trunc('month', d) AS m, COUNT(*) FROM @s GROUP BY m",
    ],
    [
      'SELECT SPAN(n, 5) AS m, COUNT(*) FROM @s GROUP BY SPAN(n, 5)',
      'SELECT floor(n / 5) * 5 AS m, COUNT(*) FROM @s GROUP BY 1',
    ],
    "SELECT TIME_BUCKET(INTERVAL '2 weeks', d) AS w, COUNT(*) FROM @s GROUP BY 1",
    "SELECT TIME_BUCKET(INTERVAL '5 months', d) AS w, COUNT(*) FROM @s GROUP BY 1",
    "SELECT TIME_BUCKET(INTERVAL '36 hours', d, TIMESTAMP '2024-01-01 06:00:00') AS w, COUNT(*) FROM @s GROUP BY w",
    [
      'SELECT DATE_BIN(INTERVAL 7 HOUR, d) AS w, COUNT(*) FROM @s GROUP BY w',
      "SELECT TIME_BUCKET(INTERVAL 7 HOUR, d, TIMESTAMP '1970-01-01') AS w, COUNT(*) FROM @s GROUP BY w",
    ],
    "SELECT id FROM @s WHERE DATE_TRUNC('month', d) = TIMESTAMP '2024-01-01 00:00:00'",
    "SELECT id FROM @s WHERE DATE_TRUNC('year', d) < '2024-01-01'",
    [
      "SELECT id FROM @s WHERE DATE_BIN(INTERVAL 1 DAY, d, TIMESTAMP '2024-01-01 12:00:00') >= '2024-01-31 12:00:00'",
      "SELECT id FROM @s WHERE TIME_BUCKET(INTERVAL 1 DAY, d, TIMESTAMP '2024-01-01 12:00:00') >= '2024-01-31 12:00:00'",
    ],
    "SELECT a.id, b.id FROM @s a JOIN @s b ON DATE_TRUNC('year', a.d) = DATE_TRUNC('year', b.d) AND a.id < b.id",
    "WITH w AS (SELECT DATE_TRUNC('month', d) AS m, v FROM @s) SELECT m, SUM(v) FROM w GROUP BY m HAVING COUNT(*) >= 1 ORDER BY m DESC NULLS LAST",
    "SELECT MIN(DATE_TRUNC('month', d)), COUNT(DISTINCT DATE_TRUNC('year', d)) FROM @s",
    "SELECT DATE_TRUNC('day', d) AS x FROM @s WHERE id < 3 UNION SELECT DATE_TRUNC('month', d) FROM @s WHERE id < 3",
  ],
  'parts of dates': [
    'SELECT id, EXTRACT(DOW FROM d), EXTRACT(ISODOW FROM d), EXTRACT(DOY FROM d), EXTRACT(EPOCH FROM d) FROM @s',
    'SELECT id, EXTRACT(ISOYEAR FROM d), EXTRACT(DECADE FROM d), EXTRACT(CENTURY FROM d), EXTRACT(MILLENNIUM FROM d) FROM @s',
    "SELECT DATE_PART('year', d), DATE_PART('dow', d), COUNT(*) FROM @s GROUP BY 1, 2",
    'SELECT id FROM @s WHERE EXTRACT(EPOCH FROM d) < 0',
    'SELECT id FROM @s WHERE EXTRACT(DOY FROM d) <= 32 AND EXTRACT(DECADE FROM d) = 202',
    "SELECT id, EPOCH(d) FROM @s WHERE DATE_PART('quarter', d) = 1",
  ],
  'pieces of text': [
    'SELECT id, SUBSTRING(t FROM 2 FOR 2), SUBSTRING(t FROM 2) FROM @s',
    [
      "SELECT id, TRIM(LEADING 'x' FROM t), TRIM(BOTH 'y' FROM t) FROM @s",
      "SELECT id, ltrim(t, 'x'), trim(t, 'y') FROM @s",
    ],
    ["SELECT id FROM @s WHERE POSITION('b' IN t) > 0", "SELECT id FROM @s WHERE position('b' IN t) > 0"],
    ["SELECT id, OVERLAY(t PLACING 'ZZ' FROM 2 FOR 1) FROM @s", "SELECT id, t[:1] || 'ZZ' || t[3:] FROM @s"],
    [
      "SELECT id FROM @s WHERE t SIMILAR TO '(x+|1)(a|7)%'",
      "SELECT id FROM @s WHERE regexp_full_match(t, '(x+|1)(a|7).*')",
    ],
    ["SELECT id FROM @s WHERE t NOT SIMILAR TO '[^x]_+'", "SELECT id FROM @s WHERE NOT regexp_full_match(t, '[^x].+')"],
  ],
  'casts that may fail': [
    [
      'SELECT id, TRY_CAST(t AS INT), TRY_CAST(t AS DATE), TRY_CAST(t AS DOUBLE) FROM @s',
      'SELECT id, TRY_CAST(t AS INT), CAST(TRY_CAST(t AS DATE) AS VARCHAR), TRY_CAST(t AS DOUBLE) FROM @s',
    ],
    'SELECT id FROM @s WHERE TRY_CAST(t AS INTEGER) > 3',
    'SELECT TRY_CAST(a.t AS BIGINT) AS x, COUNT(*) FROM @s a JOIN @s b ON a.id = b.id GROUP BY 1',
  ],
  'all values as one': [
    "SELECT g, STRING_AGG(t, ',' ORDER BY id), STRING_AGG(CAST(n AS VARCHAR), '-' ORDER BY n DESC, id) FROM @s GROUP BY g",
    [
      "SELECT g, STRING_AGG(n, '; ' ORDER BY id) FROM @s GROUP BY g",
      "SELECT g, STRING_AGG(CAST(n AS VARCHAR), '; ' ORDER BY id) FROM @s GROUP BY g",
    ],
    [
      "SELECT GROUP_CONCAT(DISTINCT n ORDER BY n DESC SEPARATOR '|'), GROUP_CONCAT(g ORDER BY id) FROM @s",
      "SELECT array_to_string(list(DISTINCT n ORDER BY n DESC) FILTER (WHERE n IS NOT NULL), '|'), STRING_AGG(g, ',' ORDER BY id) FROM @s",
    ],
    [
      "SELECT b, LISTAGG(g, '/') WITHIN GROUP (ORDER BY v DESC, id), LISTAGG(g) WITHIN GROUP (ORDER BY id) FROM @s GROUP BY b",
      "SELECT b, STRING_AGG(g, '/' ORDER BY v DESC, id), STRING_AGG(g, '' ORDER BY id) FROM @s GROUP BY b",
    ],
    "SELECT STRING_AGG(g, ',' ORDER BY id) FILTER (WHERE n > 3), STRING_AGG(g, ',') FILTER (WHERE n > 100) FROM @s",
    "SELECT id, STRING_AGG(g, ',' ORDER BY id DESC) OVER (PARTITION BY b) FROM @s",
    "SELECT a.g, STRING_AGG(b.t, ',' ORDER BY b.id) FROM @s a JOIN @s b ON a.id = b.id GROUP BY a.g HAVING STRING_AGG(b.t, ',' ORDER BY b.id) LIKE '%,%'",
    "SELECT MAX(x) FROM (SELECT STRING_AGG(g, '' ORDER BY id) AS x FROM @s GROUP BY b) q",
    'SELECT g, ARRAY_AGG(n ORDER BY id), ARRAY_AGG(t ORDER BY id), ARRAY_AGG(b ORDER BY id) FROM @s GROUP BY g',
    'SELECT ARRAY_AGG(n) FROM @s WHERE id > 100',
    'SELECT ARRAY_AGG(DISTINCT v ORDER BY v DESC NULLS LAST) FROM @s',
  ],
  'figures of two columns and of the order': [
    'SELECT MEDIAN(v), MEDIAN(n) FROM @s',
    'SELECT g, MEDIAN(v), COUNT(*) FROM @s GROUP BY g',
    'SELECT PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY v), PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY v DESC) FROM @s',
    'SELECT g, PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY n), PERCENTILE_DISC(0) WITHIN GROUP (ORDER BY t) FROM @s GROUP BY g',
    'SELECT MODE() WITHIN GROUP (ORDER BY b), MODE(g) FROM @s WHERE id <> 3',
    'SELECT MAX_BY(t, n), MIN_BY(g, v), ARG_MAX(id, d) FROM @s',
    [
      'SELECT g, BOOL_AND(b), BOOL_OR(n > 3), EVERY(v > 0) FROM @s GROUP BY g',
      'SELECT g, BOOL_AND(b), BOOL_OR(n > 3), BOOL_AND(v > 0) FROM @s GROUP BY g',
    ],
    'SELECT COUNT_IF(n > 3), COUNT_IF(b) FROM @s',
    'SELECT CORR(v, n), COVAR_POP(v, n), COVAR_SAMP(v, n), REGR_COUNT(v, n) FROM @s',
    'SELECT REGR_SLOPE(v, n), REGR_INTERCEPT(v, n), REGR_R2(v, n), REGR_AVGX(v, n), REGR_AVGY(v, n) FROM @s',
    'SELECT REGR_SXX(v, n), REGR_SYY(v, n), REGR_SXY(v, n) FROM @s',
    'SELECT COVAR_SAMP(v, n), CORR(v, n), MEDIAN(v), REGR_COUNT(v, n), COUNT_IF(b) FROM @s WHERE id > 100',
    ['SELECT g, ANY_VALUE(b) FROM @s WHERE n > 3 GROUP BY g', 'SELECT g, MIN(b) FROM @s WHERE n > 3 GROUP BY g'],
    'SELECT id, MEDIAN(n) OVER (PARTITION BY b) FROM @s',
  ],
  'JSON text': [
    "SELECT id, j -> '$.k', j ->> '$.s', j -> 'k' ->> 'x' FROM @s",
    "SELECT id, JSON_EXTRACT(j, '$.k.x[1]'), JSON_EXTRACT_STRING(j, '$.s') FROM @s",
    "SELECT id FROM @s WHERE j ->> 's' = 'q'",
    [
      "SELECT a.id FROM @s a JOIN @s b ON a.j ->> 's' = b.j ->> 's'",
      "SELECT a.id FROM @s a JOIN @s b ON (a.j ->> 's') = (b.j ->> 's')",
    ],
    [
      "SELECT id, JSON_VALUE(j, '$.k.x[0]'), JSON_VALUE(j, '$.k.x') FROM @s",
      "SELECT id, j ->> '$.k.x[0]', NULL FROM @s",
    ],
  ],
};

const REFUSED: readonly (readonly [string, string])[] = [
  ["SELECT DATE_TRUNC('fortnight', d) FROM @s", 'DATE_TRUNC does not know the unit [fortnight]'],
  ['SELECT DATE_TRUNC(t, d) FROM @s', 'DATE_TRUNC takes a constant as its argument 1'],
  ['SELECT SPAN(n, 0) FROM @s', 'SPAN takes a width above 0'],
  ['SELECT DATE_BIN(INTERVAL 0 DAY, d) FROM @s', 'DATE_BIN takes an interval above 0'],
  ["SELECT DATE_PART('fortnight', d) FROM @s", 'DATE_PART does not know the part FORTNIGHT'],
  ["SELECT JSON_VALUE(j, '$..a') FROM @s", 'The JSON path [$..a] cannot be read at [..a]'],
  ["SELECT id FROM @s WHERE t SIMILAR TO 'a['", 'The pattern [a[] lacks a closing bracket'],
  ['SELECT TRY_CAST(d AS BOOLEAN) FROM @s', 'TRY_CAST to boolean cannot take [TIMESTAMP]'],
  [
    'SELECT PERCENTILE_CONT(0.5) FROM @s',
    'PERCENTILE_CONT is written PERCENTILE_CONT(share) WITHIN GROUP (ORDER BY value)',
  ],
  ['SELECT PERCENTILE_CONT(1.5) WITHIN GROUP (ORDER BY v) FROM @s', 'must be between 0 and 1'],
  ['SELECT SUM(v ORDER BY id) FROM @s', 'SUM takes its rows in no order'],
  ['SELECT UPPER(t ORDER BY id) FROM @s', 'stand only in an aggregate'],
  ["SELECT STRING_AGG(DISTINCT t, ',' ORDER BY id) FROM @s", 'can be ordered only by its own value'],
  ['SELECT GROUP_CONCAT(t, g) FROM @s', 'GROUP_CONCAT takes one value'],
  ['SELECT STRING_AGG(t, g) FROM @s', 'STRING_AGG takes a constant as its argument 2'],
  ['SELECT LISTAGG(t ORDER BY id) WITHIN GROUP (ORDER BY id) FROM @s', 'LISTAGG has an ORDER BY already'],
  ['SELECT FLOOR(d TO CUBIT) FROM @s', 'expected a unit of time'],
];

/** As an answer writes it. */
function written(cell: unknown): unknown {
  if (Array.isArray(cell)) return cell.map(written);
  if (typeof cell === 'bigint') return Number(cell);
  if (typeof cell === 'number') return Number(cell.toPrecision(12));
  if (!(cell instanceof Date)) return cell;
  return cell
    .toISOString()
    .replace('T', ' ')
    .replace(/\.?0*Z$/, '');
}

describe('functions of other dialects', () => {
  const prefix = uniqueName('functions').replaceAll('-', '_');
  const { url } = getEngine();
  const index = `${prefix}_s`;
  let proxy: SqlProxy;
  let judge: Awaited<ReturnType<DuckDBInstance['connect']>>;

  beforeAll(async () => {
    proxy = await startSqlProxy(url);
    judge = await (await DuckDBInstance.create()).connect();
    await judge.run("SET default_null_order='nulls_first_on_asc_last_on_desc'");
    const properties = Object.fromEntries(
      Object.entries(COLUMNS).map(([name, type]) => [
        name,
        { type: MAPPING[type], ...(type === 'TIMESTAMP' && DATES) },
      ]),
    );
    const create = await fetch(`${url}/${index}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ settings: { number_of_replicas: 0 }, mappings: { properties } }),
    });
    expect(create.status).toBe(200);
    const bulk = await fetch(`${url}/${index}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: SALES.map((doc) => `{"index":{}}\n${JSON.stringify(doc)}\n`).join(''),
    });
    expect(((await bulk.json()) as { readonly errors: boolean }).errors).toBe(false);
    const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
    await judge.run(`CREATE TABLE ${index} (${columns.join(', ')})`);
    for (const doc of SALES) {
      const cells = Object.keys(COLUMNS).map((name) => {
        const value = doc[name];
        if (value === undefined) return 'NULL';
        return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
      });
      await judge.run(`INSERT INTO ${index} VALUES (${cells.join(', ')})`);
    }
  });
  afterAll(async () => {
    await proxy?.close();
    judge?.closeSync();
    await fetch(`${url}/${index}`, { method: 'DELETE' });
  });

  async function compare(statement: Statement): Promise<void> {
    const [ours, theirs] = typeof statement === 'string' ? [statement, statement] : statement;
    const { datarows } = await proxy.query(ours.replaceAll('@s', index));
    const judged = (await judge.runAndReadAll(theirs.replaceAll('@s', index))).getRowsJS();
    const texts = (rows: readonly (readonly unknown[])[]): readonly string[] => {
      const all = rows.map((row) => JSON.stringify(row.map(written)));
      return /ORDER BY [^)]*$/.test(ours) ? all : all.sort();
    };
    expect(texts(datarows)).toEqual(texts(judged));
  }

  describe.each(Object.entries(STATEMENTS))('%s', (_, statements) => {
    it.each(statements.map((one) => [typeof one === 'string' ? one : one[0], one] as const))('%s', (_sql, one) =>
      compare(one),
    );
  });

  it('tells schema, version and user, in pages too', async () => {
    const { version } = (await (await fetch(url)).json()) as { readonly version: { readonly number: string } };
    const row = ['default', version.number, 'anonymous'];
    const asked = 'DATABASE() AS d, VERSION() AS v, CURRENT_USER() AS u';
    expect((await proxy.query(`SELECT ${asked}`)).datarows).toEqual([row]);
    expect((await proxy.query(`SELECT ${asked}, COUNT(*) FROM ${index} WHERE VERSION() <> '1'`)).datarows).toEqual([
      [...row, SALES.length],
    ]);
    const first = JSON.parse(
      await proxy.text(`SELECT ${asked}, id FROM ${index} ORDER BY id`, '', { fetch_size: 4 }),
    ) as { readonly datarows: unknown[][]; readonly cursor: string };
    const next = await fetch(`${proxy.url}/_plugins/_sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cursor: first.cursor }),
    });
    const { datarows } = (await next.json()) as { readonly datarows: unknown[][] };
    expect([...first.datarows, ...datarows]).toEqual(SALES.map(({ id }) => [...row, id]));
  });

  it.each(REFUSED)('tells what is wrong in %s', async (sql, message) => {
    const { error, status } = JSON.parse(await proxy.text(sql.replaceAll('@s', index), '')) as {
      readonly error: { readonly details: string };
      readonly status: number;
    };
    expect([status, error.details]).toEqual([400, expect.stringContaining(message)]);
  });
});
