/** Short statements of much work: they are answered or refused, and meanwhile others are answered too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../src/sample-data/random.ts';
import { printStatement } from '../differential/statement.ts';
import { Statements } from '../differential/statements.ts';
import { type FuzzTable, loadTables } from '../differential/tables.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const times = (n: number, each: (i: number) => string, between = ''): string =>
  Array.from({ length: n }, (_, i) => each(i)).join(between);

const FUZZ_SEED = 20_240_517;
const FUZZ_STATEMENTS = 60;

/** More than a list of IN takes. */
const MANY = 70_000;

describe('statements of much work', () => {
  const prefix = uniqueName('heavy');
  const { url } = getEngine();
  let proxy: SqlProxy;

  async function load(name: string, properties: object, docs: readonly object[]): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const mappings = { properties };
    await fetch(`${url}/${prefix}_${name}`, { method: 'PUT', headers, body: JSON.stringify({ mappings }) });
    for (let i = 0; i < docs.length; i += 10_000) {
      const lines = docs.slice(i, i + 10_000).map((doc) => `{"index":{}}\n${JSON.stringify(doc)}\n`);
      const target = `${url}/${prefix}_${name}/_bulk?refresh=true`;
      const response = await fetch(target, { method: 'POST', headers, body: lines.join('') });
      expect(response.ok, await response.text()).toBe(true);
    }
  }

  beforeAll(async () => {
    proxy = await startSqlProxy(url);
    await load('few', { x: { type: 'integer' }, g: { type: 'keyword' } }, [
      { x: 1, g: 'a' },
      { x: 69_999, g: 'b' },
      { x: 70_001, g: 'a' },
      { g: 'c' },
    ]);
    await load('many', { n: { type: 'integer' }, m: { type: 'integer' } }, [
      ...Array.from({ length: MANY }, (_, n) => ({ n, m: n })),
      { n: -1 },
    ]);
  }, 120_000);

  afterAll(async () => {
    await fetch(`${url}/${prefix}_*`, { method: 'DELETE' });
    await proxy.close();
  });

  const named = (sql: string): string => sql.replaceAll('@', `${prefix}_`);
  const rowsOf = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await proxy.query(named(sql))).datarows;

  describe('IN over more values than a list takes', () => {
    it.each<[string, readonly (readonly unknown[])[]]>([
      ['SELECT x FROM @few WHERE x IN (SELECT n FROM @many) ORDER BY x', [[1], [69_999]]],
      ['SELECT x FROM @few WHERE x NOT IN (SELECT n FROM @many)', [[70_001]]],
      // One NULL among the values leaves open whether anything is not among them.
      ['SELECT x FROM @few WHERE x NOT IN (SELECT m FROM @many)', []],
      ["SELECT g FROM @few WHERE g = 'c' OR x IN (SELECT n FROM @many WHERE n > 0) ORDER BY g", [['a'], ['b'], ['c']]],
      [
        'SELECT x, x IN (SELECT n FROM @many) AS listed, x IN (SELECT m FROM @many) AS open FROM @few ORDER BY x',
        [
          [null, null, null],
          [1, true, true],
          [69_999, true, true],
          [70_001, false, null],
        ],
      ],
      [
        'SELECT g, COUNT(*) FROM @few WHERE x IN (SELECT n FROM @many) GROUP BY g ORDER BY g',
        [
          ['a', 1],
          ['b', 1],
        ],
      ],
      ["SELECT COUNT(*) FROM @few WHERE NOT (x IN (SELECT n FROM @many) AND g = 'a')", [[3]]],
      ["SELECT x FROM @few WHERE x IN (SELECT n FROM @many) AND g = 'b'", [[69_999]]],
    ])('%s', { timeout: 60_000 }, async (sql, expected) => {
      expect(await rowsOf(sql)).toEqual(expected);
    });
  });

  describe('common tables', () => {
    it('give volatile values once', async () => {
      const rows = await rowsOf(
        'WITH c AS (SELECT x, RAND() AS r FROM @few) SELECT COUNT(*) FROM c a JOIN c b ON a.r = b.r',
      );
      expect(rows).toEqual([[4]]);
      const two = await rowsOf('WITH c AS (SELECT RAND() AS r FROM @few) SELECT r FROM c UNION SELECT r FROM c');
      expect(two).toHaveLength(4);
    });

    it('are asked of the cluster once', async () => {
      const sql =
        'WITH c AS (SELECT g, COUNT(*) AS n FROM @few GROUP BY g) SELECT a.g, b.g FROM c a JOIN c b ON a.n < b.n';
      expect(await rowsOf(`${sql} ORDER BY b.g, a.g`)).toEqual([
        ['b', 'a'],
        ['c', 'a'],
      ]);
      expect(proxy.lastCalls().filter((call) => call === 'search')).toHaveLength(1);
    });
  });

  describe('others are answered meanwhile', () => {
    const deep = (n: number, inner: string, tail: string): string =>
      `${times(n, () => inner)}@few${times(n, (i) => `) a${i}${i < n - 1 ? tail : ''}`)}`;
    const statements: Readonly<Record<string, string>> = {
      joins: `SELECT COUNT(*) FROM @few t${times(20, (i) => ` JOIN @few t${i} ON t.x = t${i}.x`)}`,
      'many joins': `SELECT COUNT(*) FROM @few t${times(1_200, (i) => ` JOIN @few t${i} ON t.x = t${i}.x`)}`,
      unions: times(200, () => 'SELECT x FROM @few WHERE x < 0', ' UNION '),
      'groups in groups': `SELECT COUNT(*) FROM ${deep(20, '(SELECT x, g FROM ', ' GROUP BY x, g')}`,
      'expressions in expressions': `SELECT x FROM ${deep(22, '(SELECT x*2-x AS x FROM ', '')} WHERE x = 1`,
      exists: `SELECT COUNT(*) FROM @few p WHERE 1 = 1${times(20, (i) => ` AND EXISTS (SELECT 1 FROM @few e${i} WHERE e${i}.x = p.x)`)}`,
      'common tables': `WITH c0 AS (SELECT x, g FROM @few GROUP BY x, g)${times(40, (i) => `, c${i + 1} AS (SELECT a.x, b.g FROM c${i} a JOIN c${i} b ON a.x = b.x)`)} SELECT COUNT(*) FROM c40`,
      'many values': 'SELECT x FROM @few WHERE x IN (SELECT n FROM @many)',
      'a long list': `SELECT COUNT(*) FROM @few WHERE x IN (${times(50_000, String, ',')})`,
      'a list of texts': `SELECT x FROM @few WHERE g IN (${times(60_000, (i) => `'v${i}'`, ',')})`,
      'a list of 100,000 for each row': `SELECT x FROM @few WHERE LENGTH(g) + x IN (${times(100_000, String, ',')})`,
      'a long CASE': `SELECT CASE ${times(20_000, (i) => `WHEN x = ${i} THEN ${i}`, ' ')} ELSE 0 END FROM @few`,
      'a deep CASE': `SELECT ${times(900, (i) => `CASE WHEN x = ${i} THEN ${i} ELSE `)} 0 ${times(900, () => 'END', ' ')} FROM @few`,
      'many columns': `SELECT ${times(50_000, (i) => `x+${i}`, ',')} FROM @few`,
      'many conditions': `SELECT x FROM @few WHERE ${times(15_000, (i) => `g LIKE '%a${i}%b_c'`, ' OR ')}`,
      '900 unions': times(900, (i) => `SELECT x FROM @few WHERE x < ${-i}`, ' UNION '),
      '900 joins': `SELECT COUNT(*) FROM @few t${times(900, (i) => ` JOIN @few t${i} ON t.x = t${i}.x`)}`,
      '16,000 branches': times(16_000, (i) => `SELECT ${i} AS x`, ' UNION ALL '),
      'a long chain': `SELECT ${times(60_000, (i) => `'a${i}'`, ' || ')} FROM @few`,
      '400 common tables': `WITH c0 AS (SELECT x, g FROM @few GROUP BY x, g)${times(400, (i) => `, c${i + 1} AS (SELECT a.x, b.g FROM c${i} a JOIN c${i} b ON a.x = b.x)`)} SELECT COUNT(*) FROM c400`,
    };
    it.each(Object.entries(statements))('%s', { timeout: 90_000 }, async (_, sql) => {
      const asked = post(proxy, named(sql));
      expect(await bestHealth(proxy.url)).toBeLessThan(250);
      expect([200, 400]).toContain((await asked).status);
    });
  });

  describe('a statement that nobody waits for', () => {
    const sql = `SELECT ${times(50_000, (i) => `x+${i}`, ',')} FROM @few`;

    it('ends when its time is over', { timeout: 60_000 }, async () => {
      const hasty = await startSqlProxy(url, { QUERY_TIMEOUT: '500ms' });
      const started = performance.now();
      expect((await post(hasty, named(sql))).status).toBe(504);
      expect(performance.now() - started).toBeLessThan(2_000);
      await hasty.close();
    });

    it('does not hold up the next one', { timeout: 60_000 }, async () => {
      const abort = new AbortController();
      const left = post(proxy, named(sql.replace('x+1,', 'x+3,')), abort.signal).catch((error: unknown) => error);
      await new Promise((done) => setTimeout(done, 400));
      abort.abort();
      await left;
      const started = performance.now();
      expect(await rowsOf(`SELECT x FROM @few WHERE x = 1${' '.repeat(5_000)}`)).toEqual([[1]]);
      // A new thread reads its sources first.
      expect(performance.now() - started).toBeLessThan(8_000);
    });
  });

  describe('statements of the fuzz test', () => {
    let tables: readonly FuzzTable[];
    beforeAll(async () => {
      tables = await loadTables(url, `${prefix}_`);
    }, 120_000);

    it('are planned on the thread as they are here, and others are answered meanwhile', {
      timeout: 180_000,
    }, async () => {
      for (let number = 0; number < FUZZ_STATEMENTS; number++) {
        const sql = printStatement(new Statements(seeded(FUZZ_SEED + number), tables).statement());
        const here = comparable(await (await post(proxy, sql)).text());
        const asked = post(proxy, `${sql}${' '.repeat(5_000)}`);
        expect(await bestHealth(proxy.url), sql).toBeLessThan(250);
        expect(comparable(await (await asked).text()), sql).toEqual(here);
      }
    });
  });
});

function post(proxy: SqlProxy, sql: string, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ query: sql });
  const headers = { 'content-type': 'application/json' };
  return fetch(`${proxy.url}/_plugins/_sql`, { method: 'POST', headers, body, signal });
}

/** Rows in one order, and numbers without the digits that the order of a sum decides; of an error its kind. */
function comparable(text: string): unknown {
  const { schema, datarows, error } = JSON.parse(text, (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(10)) : value,
  ) as {
    readonly schema?: unknown;
    readonly datarows?: readonly unknown[];
    readonly error?: { readonly type: string };
  };
  return { schema, rows: datarows?.map((row) => JSON.stringify(row)).sort(), error: error?.type };
}

/** Milliseconds: the best of three calls. */
async function bestHealth(proxyUrl: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const before = performance.now();
    await (await fetch(`${proxyUrl}/_proxy/health`)).text();
    best = Math.min(best, performance.now() - before);
    await new Promise((done) => setTimeout(done, 100));
  }
  return best;
}
