/** Answers of searches that a node seldom gives: SQL over a stand-in that gives them. */
import { afterEach, describe, expect, it } from 'vitest';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { type Served, serve } from './proxy-under-test.ts';

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const MAPPING = JSON.stringify({ t: { mappings: { properties: { k: { type: 'keyword' }, n: { type: 'long' } } } } });

async function front(answer: string | Buffer): Promise<SqlProxy> {
  const upstream = await serve((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(request.url === '/t/_mapping' ? MAPPING : answer);
  });
  const proxy = await startSqlProxy(upstream.url);
  open.push(proxy, upstream);
  return proxy;
}

const hits = (sources: string, more = ''): string =>
  `{"took":1,"timed_out":false${more},"hits":{"total":{"value":2,"relation":"eq"},"max_score":1.0,"hits":[${sources}]}}`;

it('passes on a raw answer as it came, and says what the limit cut', async () => {
  const answer = hits('{"_source":{"k" : "\\u0061"}},{"_source":{}}').replace('"value":2', '"value":12000');
  const proxy = await front(answer);
  const response = await fetch(`${proxy.url}/_plugins/_sql?format=json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'SELECT k FROM t' }),
  });
  expect(await response.text()).toBe(answer);
  expect(response.headers.get('x-sql-truncated')).toBe('true');
});

it('refuses a raw answer that holds some of the rows only, or is cut off', async () => {
  const format = '?format=json';
  const whole = hits('{"_source":{"k":"a","n":1}}');
  const slow = await front(whole.replace('false', 'true'));
  expect(await slow.text('SELECT k, n FROM t', format)).toMatch(/The search ran out of its time on the cluster/);
  const cut = await front(whole.slice(0, -3));
  expect(JSON.parse(await cut.text('SELECT k, n FROM t', format))).toMatchObject({ status: 502 });
});

describe.each(['?format=jdbc', '?format=csv', '?format=raw', '?format=jdbc&pretty=true'])('%s', (format) => {
  it('refuses an answer that holds some of the rows only', async () => {
    const proxy = await front(hits('{"_source":{"k":"a","n":1}}').replace('false', 'true'));
    expect(await proxy.text('SELECT k, n FROM t', format)).toMatch(/The search ran out of its time on the cluster/);
  });

  it('refuses an answer that is cut off', async () => {
    const whole = hits('{"_source":{"k":"a","n":1}},{"_source":{"k":"b","n":2}}');
    const proxy = await front(whole.slice(0, -30));
    expect(JSON.parse(await proxy.text('SELECT k, n FROM t', format))).toMatchObject({ status: 502 });
  });

  it('reads documents of which each is written in its own way', async () => {
    const proxy = await front(
      hits(
        '{"_source":{"n":1,"k":"a"}},{"_source":{ "k" : "b\\u0063" }},{"_source":{"k":["x","y"],"n":9007199254740993}}',
      ),
    );
    const text = await proxy.text('SELECT k, n, k AS again FROM t', format);
    expect(text.match(/a|bc|x|y|\b1\b|9007199254740993/g)).toEqual(
      expect.arrayContaining(['a', 'bc', 'x', 'y', '1', '9007199254740993']),
    );
  });

  it('reads bytes that are no UTF-8 as a parser does', async () => {
    const proxy = await front(Buffer.from(hits('{"_source":{"n":1,"k":"\xff"}}'), 'latin1'));
    expect(await proxy.text('SELECT n, k FROM t', format)).toContain('\ufffd');
  });
});

describe('answers that cannot be read', () => {
  const STATEMENTS = [
    { query: 'SELECT k, n FROM t' },
    { query: 'SELECT k, n FROM t LIMIT 20000' },
    { query: 'SELECT COUNT(*) FROM t' },
    { query: 'SELECT k, COUNT(*), MAX(n) FROM t GROUP BY k' },
    { query: 'SELECT COUNT(DISTINCT n) FROM t' },
    { query: 'SELECT a.k FROM t a JOIN t b ON a.n = b.n' },
    { query: 'SELECT k, n FROM t', fetch_size: 5 },
    { query: 'SHOW TABLES LIKE %' },
  ];

  describe.each([
    ['a page of a gateway', '<html><body>Please log in</body></html>'],
    ['nothing', ''],
    [
      'half of one',
      '{"took":1,"timed_out":false,"hits":{"total":{"value":2,"relation":"eq"},"hits":[{"_source":{"k":"a',
    ],
    ['no object', '[1]'],
    ['null', 'null'],
    ['an object of something else', '{"acknowledged":true}'],
    ['hits that are none', '{"hits":{"total":5}}'],
  ])('%s', (_, answer) => {
    it.each(STATEMENTS)('$query $fetch_size', async (body) => {
      const proxy = await front(answer);
      for (const format of ['jdbc', 'csv', 'raw', 'json']) {
        const response = await fetch(`${proxy.url}/_plugins/_sql?format=${format}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        const text = await response.text();
        if (body.query.startsWith('SHOW') && response.status === 200) continue;
        expect([format, response.status, text]).toEqual([
          format,
          502,
          expect.stringContaining('ClusterAnswerException'),
        ]);
      }
    });
  });

  it('are shown in part, as text', async () => {
    const proxy = await front('<html><body>Please log in</body></html>');
    expect(await proxy.text('SELECT k FROM t', '')).toContain('It begins with: <html><body>Please log in');
  });

  it('of the mapping too', async () => {
    const upstream = await serve((request, response) => {
      request.resume();
      response.end('{"t":5}');
    });
    const proxy = await startSqlProxy(upstream.url);
    open.push(proxy, upstream);
    expect(JSON.parse(await proxy.text('SELECT k FROM t', ''))).toMatchObject({ status: 502 });
  });
});
