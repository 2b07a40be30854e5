/** `total`, and what headers and trailers say of truncation: of the answer that they stand on, and of no other. */
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { call } from './export-kit.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const ROWS = 3_000;
const index = uniqueName('totals');
let proxy: SqlProxy;

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url, {
    QUERY_SIZE_LIMIT: '500',
    MAX_RESULT_ROWS: '2000',
    TRACK_TOTAL_HITS: '1000',
    EXACT_DISTINCT_LIMIT: '100',
  });
  const mappings = { properties: { n: { type: 'integer' }, g: { type: 'keyword' }, t: { type: 'text' } } };
  await call('PUT', `/${index}`, { settings: { number_of_replicas: 0 }, mappings });
  const lines = Array.from(
    { length: ROWS },
    (_, n) => `{"index":{}}\n${JSON.stringify({ n, g: `g${n % 10}`, t: 'x'.repeat(900) })}\n`,
  );
  await call('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
  await proxy.close();
});

interface Answer {
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  readonly trailers: IncomingMessage['trailers'];
}

function ask(body: object, format = 'jdbc'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${proxy.url}/_plugins/_sql?format=${format}`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += String(chunk);
        if (response.statusCode !== 200) reject(new Error(`${response.statusCode} ${text.slice(0, 300)}`));
        resolve({ text, headers: response.headers, trailers: response.trailers });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

const sql = (text: string): string => text.replaceAll('$', index);
const FACTS = ['x-sql-truncated', 'x-sql-total-relation', 'x-sql-approximate'] as const;

/** `header: value` of those that there are. */
function said(fields: IncomingMessage['headers']): string[] {
  return FACTS.filter((name) => fields[name] !== undefined).map((name) => `${name}: ${String(fields[name])}`);
}

const CUT = 'x-sql-truncated: true';
const AT_LEAST = 'x-sql-total-relation: gte';

/** Statement, `total` and `size`, and the headers of jdbc; csv, raw and json state no total that a header could describe. */
const ANSWERS: readonly (readonly [string, number, number, readonly string[]])[] = [
  ['SELECT n FROM $', 1000, 500, [CUT, AT_LEAST]],
  ['SELECT n, t FROM $', 1000, 500, [CUT, AT_LEAST]],
  ['SELECT n FROM $ LIMIT 10', 1000, 10, [AT_LEAST]],
  ['SELECT n FROM $ WHERE n < 600', 600, 500, [CUT]],
  ['SELECT n FROM $ WHERE n < 500', 500, 500, []],
  ['SELECT n FROM $ WHERE n < 20 LIMIT 5', 20, 5, []],
  ['SELECT n FROM $ WHERE n < 20 LIMIT 5 OFFSET 18', 20, 2, []],
  ['(SELECT n FROM $ WHERE n < 20 LIMIT 5)', 20, 5, []],
  ['SELECT n FROM (SELECT n FROM $) a LIMIT 5', 1000, 5, [AT_LEAST]],
  ['SELECT n FROM (SELECT n FROM $ LIMIT 3) a', 3, 3, []],
  ['SELECT n FROM (SELECT n FROM $ LIMIT 30) a LIMIT 3', 3, 3, []],
  ['SELECT n + 1 AS m FROM (SELECT n FROM $ ORDER BY n LIMIT 3 OFFSET 4) a', 3, 3, []],
  ['SELECT COUNT(*) FROM $', 1, 1, []],
  ['SELECT COUNT(*), MAX(n) FROM $', 1, 1, []],
  ['SELECT COUNT(DISTINCT n) FROM $', 1, 1, ['x-sql-approximate: COUNT(DISTINCT) above 100 is an estimate']],
  ['SELECT g, COUNT(*) FROM $ GROUP BY g', 10, 10, []],
  ['SELECT g, COUNT(*) FROM $ GROUP BY g LIMIT 3', 3, 3, []],
  ['SELECT DISTINCT g FROM $', 10, 10, []],
  ['SELECT n FROM $ ORDER BY REVERSE(t), n LIMIT 7', 7, 7, []],
  ["SELECT n FROM $ WHERE REVERSE(t) <> 'y'", 500, 500, [CUT]],
  ['SELECT a.n FROM $ a JOIN $ b ON a.n = b.n WHERE a.n < 50', 50, 50, []],
  ['SELECT a.n FROM $ a JOIN $ b ON a.n = b.n', 500, 500, [CUT]],
  ['SELECT n FROM $ WHERE n IN (SELECT n FROM $ WHERE n < 9)', 9, 9, []],
  ['SELECT n FROM $ WHERE n < 5 UNION ALL SELECT n FROM $ WHERE n < 5', 10, 10, []],
  ['SELECT 1', 1, 1, []],
];

describe('whole answers', () => {
  it.each(ANSWERS)('%s', async (statement, total, size, facts) => {
    const query = sql(statement);
    const { text, headers, trailers } = await ask({ query });
    expect(JSON.parse(text)).toMatchObject({ total, size });
    expect([said(headers), said(trailers)]).toEqual([facts, []]);
    expect(headers.trailer).toBeUndefined();
    const ofRows = facts.filter((fact) => fact !== AT_LEAST);
    for (const format of ['csv', 'raw', 'json']) {
      const other = await ask({ query }, format);
      expect([format, said(other.headers), said(other.trailers)]).toEqual([format, ofRows, []]);
    }
  });

  it.each(['jdbc', 'csv', 'raw', 'json'])('in %s of which the end is not known at the start', async (format) => {
    const query = sql('SELECT a.n, a.t FROM $ a JOIN $ b ON a.n = b.n');
    const { headers, trailers } = await ask({ query }, format);
    expect([...said(headers), ...said(trailers)]).toEqual([CUT]);
    const whole = sql("SELECT n, t FROM $ WHERE REVERSE(t) <> 'y' LIMIT 1999");
    const uncut = await ask({ query: whole }, format);
    expect([said(uncut.headers), said(uncut.trailers), uncut.headers.trailer]).toEqual([[], [], undefined]);
  });

  it.each(['jdbc', 'csv', 'raw'])('in %s announce an estimate that a later branch may make', async (format) => {
    const rows = "SELECT n, t FROM $ WHERE REVERSE(t) <> 'y' LIMIT 1500";
    const { headers, trailers } = await ask(
      { query: sql(`(${rows}) UNION ALL SELECT COUNT(DISTINCT n), 'count' FROM $ LIMIT 1600`) },
      format,
    );
    expect([...said(headers), ...said(trailers)]).toEqual([
      'x-sql-approximate: COUNT(DISTINCT) above 100 is an estimate',
    ]);
    if (said(trailers).length > 0) expect(headers.trailer).toContain('X-SQL-Approximate');
  });
});

interface PageAnswer {
  readonly total: number;
  readonly size: number;
  readonly cursor?: string;
}

async function pages(query: string, fetchSize: number): Promise<(readonly [number, number, readonly string[]])[]> {
  const all: (readonly [number, number, readonly string[]])[] = [];
  let body: object = { query: sql(query), fetch_size: fetchSize };
  for (;;) {
    const { text, headers, trailers } = await ask(body);
    const { total, size, cursor } = JSON.parse(text) as PageAnswer;
    all.push([total, size, [...said(headers), ...said(trailers)]]);
    if (cursor === undefined) return all;
    body = { cursor };
  }
}

describe('pages', () => {
  it('of a search tell of themselves, as those of the plugin', async () => {
    expect(await pages('SELECT n FROM $ WHERE n < 25', 10)).toEqual([
      [10, 10, []],
      [10, 10, []],
      [5, 5, []],
    ]);
  });

  it.each([
    ['SELECT a.n FROM $ a JOIN $ b ON a.n = b.n WHERE a.n < 25', []],
    ['SELECT n, COUNT(*) FROM $ WHERE n < 25 GROUP BY n', []],
    ['SELECT n FROM $ WHERE n < 5 OR n > 2979 UNION ALL SELECT n FROM $ WHERE n < 0', []],
  ])('of %s, which is computed whole, tell its rows', async (query, facts) => {
    expect(await pages(query, 10)).toEqual([
      [25, 10, facts],
      [25, 10, facts],
      [25, 5, facts],
    ]);
  });

  it('of a computed result that is cut say so on each page', async () => {
    const all = await pages('SELECT a.n FROM $ a JOIN $ b ON a.n = b.n', 1_000);
    expect(all).toEqual([
      [2000, 1000, [CUT]],
      [2000, 1000, [CUT]],
    ]);
  });

  it('of a search that is cut say so on the last', async () => {
    const all = await pages('SELECT n FROM $ LIMIT 2500', 800);
    expect(all.map(([, size, facts]) => [size, facts])).toEqual([
      [800, []],
      [800, []],
      [400, [CUT]],
    ]);
    const uncut = await pages('SELECT n FROM $ WHERE n < 2000 LIMIT 2500', 800);
    expect(uncut.map(([, size, facts]) => [size, facts])).toEqual([
      [800, []],
      [800, []],
      [400, []],
    ]);
  });

  it('of an estimate say so', async () => {
    const [page] = await pages('SELECT COUNT(DISTINCT n) FROM $', 10);
    expect(page?.[2]).toEqual(['x-sql-approximate: COUNT(DISTINCT) above 100 is an estimate']);
  });
});
