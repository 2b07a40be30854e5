/** Statements with `time_zone`: dates on the clock of the zone, over both changes of a year, on every way of running a plan. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('zones');
const MOMENTS: Readonly<Record<string, string>> = {
  a: '2023-12-31T23:30:00Z',
  b: '2024-03-30T23:30:00Z',
  c: '2024-03-31T00:59:59Z',
  d: '2024-03-31T01:00:00Z',
  e: '2024-10-27T00:30:00Z',
  f: '2024-10-27T01:30:00Z',
  g: '2024-10-27T02:00:00Z',
};
const BERLIN: Readonly<Record<string, string>> = {
  a: '2024-01-01 00:30:00',
  b: '2024-03-31 00:30:00',
  c: '2024-03-31 01:59:59',
  d: '2024-03-31 03:00:00',
  e: '2024-10-27 02:30:00',
  f: '2024-10-27 02:30:00',
  g: '2024-10-27 03:00:00',
};

let proxy: SqlProxy;
const send = async (method: string, path: string, body?: string): Promise<void> => {
  const headers = { 'content-type': path.includes('_bulk') ? 'application/x-ndjson' : 'application/json' };
  const response = await fetch(getEngine().url + path, { method, headers, body });
  expect(response.status, await response.clone().text()).toBe(200);
};

beforeAll(async () => {
  const properties = {
    id: { type: 'keyword' },
    ts: { type: 'date' },
    fine: { type: 'date_nanos' },
    day: { type: 'date', format: 'yyyy-MM-dd' },
  };
  await send('PUT', `/${index}`, JSON.stringify({ settings: { number_of_shards: 2 }, mappings: { properties } }));
  const lines = Object.entries(MOMENTS).map(
    ([id, ts]) => `{"index":{"_id":"${id}"}}\n${JSON.stringify({ id, ts, fine: ts, day: ts.slice(0, 10) })}\n`,
  );
  await send('POST', `/${index}/_bulk?refresh=true`, `${lines.join('')}{"index":{}}\n{"id":"none"}\n`);
  proxy = await startSqlProxy(getEngine().url);
});
afterAll(async () => {
  await proxy.close();
  await send('DELETE', `/${index}`);
});

const rows = async (sql: string, zone = 'Europe/Berlin'): Promise<readonly (readonly unknown[])[]> =>
  (await proxy.query(sql.replaceAll('$T', index), { time_zone: zone })).datarows;
const found = async (where: string): Promise<string> =>
  (await rows(`SELECT id FROM $T WHERE ${where} ORDER BY id`)).map(([id]) => String(id)).join('');

describe('time_zone', () => {
  it.each(['ts', 'fine'])('shows dates on the clock of the zone: %s', async (field) => {
    expect(await rows(`SELECT id, ${field} FROM $T WHERE ${field} IS NOT NULL ORDER BY ${field}`)).toEqual(
      Object.entries(BERLIN),
    );
    expect(await rows("SELECT day FROM $T WHERE id = 'a'")).toEqual([['2023-12-31']]);
  });

  it.each([
    ["ts = '2024-10-27 02:30:00'", 'ef'],
    ["ts > '2024-10-27 02:30:00'", 'g'],
    ["ts >= '2024-03-31 02:30:00'", 'defg'],
    ["NOT ts >= '2024-03-31 02:30:00'", 'abc'],
    ["ts < '2024-01-01T00:00:00+00:00'", 'a'],
    ["ts = TIMESTAMP '2024-03-31T01:00:00Z'", 'd'],
    ["fine BETWEEN '2024-03-31 00:00:00' AND '2024-03-31 02:00:00'", 'bc'],
    ["ts BETWEEN '2024-03-31' AND '2024-04-01'", 'bcd'],
    ['YEAR(ts) = 2024', 'abcdefg'],
    ['YEAR(ts) = 2024 AND MONTH(ts) = 3', 'bcd'],
    ["DATE(ts) = '2024-10-27'", 'efg'],
    ["DATE_FORMAT(ts, '%Y-%m-%d %H') = '2024-10-27 02'", 'ef'],
    ['HOUR(ts) = 2', 'ef'],
    ['HOUR(fine) % 2 = 1', 'cdg'],
    ["DATE(ts) = '2024-10-27' AND HOUR(ts) >= 3", 'g'],
    ["DATE_SUB(ts, INTERVAL 1 DAY) >= '2024-10-26 03:00:00'", 'g'],
    ["DAYNAME(ts) = 'Monday'", 'a'],
    ['UNIX_TIMESTAMP(ts) = 1729989000', 'e'],
    ['ts = FROM_UNIXTIME(1711846800)', 'd'],
    ['ts IS NULL', 'none'],
    ['ts = (SELECT MAX(ts) FROM $T)', 'g'],
    ["ts IN ('2024-01-01 00:30:00', '2024-03-31 03:00:00')", 'ad'],
    ["day = '2023-12-31'", 'a'],
  ])('finds %s', async (where, ids) => {
    expect(await found(where)).toBe(ids);
  });

  it.each([
    ['SELECT YEAR(ts) AS k, COUNT(*) FROM $T WHERE ts IS NOT NULL GROUP BY YEAR(ts) ORDER BY k', [[2024, 7]]],
    [
      'SELECT DATE(ts) AS k, COUNT(*) FROM $T WHERE ts IS NOT NULL GROUP BY DATE(ts) ORDER BY k',
      [
        ['2024-01-01', 1],
        ['2024-03-31', 3],
        ['2024-10-27', 3],
      ],
    ],
    [
      "SELECT DATE_FORMAT(ts, '%Y-%m-%d %H') AS k, COUNT(*) FROM $T WHERE DATE(ts) = '2024-10-27' GROUP BY DATE_FORMAT(ts, '%Y-%m-%d %H') ORDER BY k",
      [
        ['2024-10-27 02', 2],
        ['2024-10-27 03', 1],
      ],
    ],
    [
      "SELECT DATE_FORMAT(ts, '%Y-%m') AS k, MIN(ts), MAX(fine) FROM $T WHERE ts IS NOT NULL GROUP BY DATE_FORMAT(ts, '%Y-%m') ORDER BY k",
      [
        ['2024-01', BERLIN.a, BERLIN.a],
        ['2024-03', BERLIN.b, BERLIN.d],
        ['2024-10', BERLIN.e, BERLIN.g],
      ],
    ],
    [
      'SELECT HOUR(ts) AS k, COUNT(*) FROM $T WHERE ts IS NOT NULL GROUP BY HOUR(ts) ORDER BY k',
      [
        [0, 2],
        [1, 1],
        [2, 2],
        [3, 2],
      ],
    ],
    [
      "SELECT ts, COUNT(*) FROM $T WHERE DATE(ts) = '2024-10-27' GROUP BY ts ORDER BY ts",
      [
        [BERLIN.e, 1],
        [BERLIN.f, 1],
        [BERLIN.g, 1],
      ],
    ],
    [
      "SELECT COUNT(*) FROM $T WHERE ts IS NOT NULL GROUP BY date_histogram('field'='ts', 'interval'='day', 'alias'='d')",
      [
        ['2024-01-01 00:00:00', 1],
        ['2024-03-31 00:00:00', 3],
        ['2024-10-27 00:00:00', 3],
      ],
    ],
    ['SELECT COUNT(ts), COUNT(DISTINCT ts), MAX(ts) FROM $T', [[7, 7, BERLIN.g]]],
    [
      "SELECT x.id, ROW_NUMBER() OVER (ORDER BY x.id) FROM $T x JOIN $T y ON x.ts = y.ts WHERE x.id = 'e' AND y.id IN ('e', 'f') ORDER BY y.id",
      [
        ['e', 1],
        ['e', 2],
      ],
    ],
    ["SELECT id FROM (SELECT id, ts AS t FROM $T) q WHERE t > '2024-10-27 02:45:00'", [['g']]],
    ["SELECT FROM_UNIXTIME(0), UNIX_TIMESTAMP(TIMESTAMP '1970-01-01 01:00:00')", [['1970-01-01 01:00:00', 0]]],
    [
      "SELECT CAST('2024-07-01T00:00:00Z' AS TIMESTAMP), DATE('2024-06-30T23:00:00Z')",
      [['2024-07-01 02:00:00', '2024-07-01']],
    ],
  ])('answers %s', async (sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });

  it('reads the clock of the statement', async () => {
    const sql =
      'SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()), DATE(NOW()) = CURDATE(), UNIX_TIMESTAMP() - UNIX_TIMESTAMP(UTC_TIMESTAMP())';
    expect(await rows(sql, '+05:30')).toEqual([[330, true, 19800]]);
    expect(await rows('SELECT TIMESTAMPDIFF(HOUR, UTC_TIMESTAMP(), SYSDATE())', '+05:30')).toEqual([[5]]);
  });

  it('plans each zone apart', async () => {
    const sql = "SELECT ts FROM $T WHERE id = 'e' AND YEAR(ts) = 2024";
    expect(await rows(sql, 'Asia/Kolkata')).toEqual([['2024-10-27 06:00:00']]);
    expect(await rows(sql, 'UTC')).toEqual([['2024-10-27 00:30:00']]);
    expect(await rows(sql, '-02:00')).toEqual([['2024-10-26 22:30:00']]);
    expect(await rows(sql, 'europe/berlin')).toEqual([[BERLIN.e]]);
  });

  it('keeps the zone from page to page', async () => {
    const first = (await proxy.query(`SELECT id, ts FROM ${index} WHERE ts IS NOT NULL ORDER BY ts`, {
      fetch_size: 4,
      time_zone: 'Europe/Berlin',
    })) as unknown as { cursor: string; datarows: unknown[] };
    const response = await fetch(`${proxy.url}/_plugins/_sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cursor: first.cursor }),
    });
    const second = (await response.json()) as { datarows: unknown[] };
    expect([...first.datarows, ...second.datarows]).toEqual(Object.entries(BERLIN));
  });

  it('asks the cluster for ranges and zoned histograms, not for scripts', async () => {
    const explained = async (sql: string): Promise<string> => {
      const response = await fetch(`${proxy.url}/_plugins/_sql/_explain`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: sql.replaceAll('$T', index), time_zone: 'Europe/Berlin' }),
      });
      return response.text();
    };
    const where = await explained("SELECT id FROM $T WHERE ts >= '2024-07-01' AND YEAR(ts) = 2024 ORDER BY ts LIMIT 3");
    expect(where).toContain('2024-06-30T22:00:00.000Z');
    expect(where).toContain('2023-12-31T23:00:00.000Z');
    expect(where).not.toMatch(/painless|after the scan|TakeOrdered/);
    const group = await explained('SELECT DATE(ts), COUNT(*) FROM $T GROUP BY DATE(ts)');
    expect(group).toContain('Europe/Berlin');
    expect(group).not.toMatch(/painless|Residual/);
  });

  it('refuses what is no zone', async () => {
    expect(await proxy.text('SELECT 1', '', { time_zone: 'Mars/Olympus' })).toContain(
      'Unknown time zone [Mars/Olympus]',
    );
    expect(await proxy.text('SELECT 1', '', { time_zone: '+19:00' })).toContain('Unknown time zone');
  });
});
