/** The SQL routes around a service of the test's own: checks, errors, streaming, limits, what is counted. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import supertest from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { clusterError } from '../../src/cluster/cluster-error.ts';
import type { RequestContext, SqlAnswer, SqlService } from '../../src/contract/sql-service.ts';
import { SqlError } from '../../translators/errors.ts';
import { SqlSyntaxError } from '../../translators/syntax/errors.ts';
import { deadUrl, type RunningProxy, type Served, serve, startProxy } from './proxy-under-test.ts';

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

type Query = SqlService['query'];

async function front(query: Query, env: Record<string, string> = {}, upstream?: string): Promise<RunningProxy> {
  const service: SqlService = {
    query,
    explain: async (request) => ({ root: { name: 'X', description: request, children: [] } }),
    close: async (cursor) => cursor === 'known',
  };
  const proxy = await startProxy(upstream ?? (await deadUrl()), env, service);
  open.push(proxy);
  return proxy;
}

function answer(body: AsyncIterable<string | Buffer>, more: Partial<SqlAnswer> = {}): SqlAnswer {
  return { contentType: 'text/plain; charset=UTF-8', headers: {}, body, ...more };
}

async function* chunks(...parts: readonly string[]): AsyncGenerator<string> {
  yield* parts;
}

const echo: Query = async (request, context) => answer(chunks(JSON.stringify({ request, identity: context.identity })));
const QUERY = { query: 'SELECT 1' };
const SQL = '/_plugins/_sql';

describe('requests', () => {
  it.each([SQL, `${SQL}/`, '/_opendistro/_sql', `${SQL}?format=jdbc`])('are taken at %s', async (path) => {
    const proxy = await front(echo);
    const got = await supertest(proxy.url)
      .post(path)
      .set('Authorization', 'Basic x')
      .set('X-Opaque-Id', 'q1')
      .send(QUERY);
    expect(got.status).toBe(200);
    expect(got.headers['x-opaque-id']).toBe('q1');
    expect(JSON.parse(got.text)).toMatchObject({
      request: { kind: 'query', query: 'SELECT 1', format: 'jdbc' },
      identity: { authorization: 'Basic x', 'x-opaque-id': 'q1' },
    });
  });

  it('may be gzipped, within the limit', async () => {
    const proxy = await front(echo, { MAX_BODY_BYTES: '1kb' });
    const send = (body: Buffer) =>
      fetch(proxy.url + SQL, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body,
      });
    expect((await send(gzipSync(JSON.stringify(QUERY)))).status).toBe(200);
    expect((await send(gzipSync(JSON.stringify({ query: 'x'.repeat(2_000) })))).status).toBe(413);
    expect((await send(Buffer.from('no gzip'))).status).toBe(400);
    const plain = await supertest(proxy.url)
      .post(SQL)
      .send({ query: 'x'.repeat(2_000) });
    expect(plain.body).toMatchObject({ error: { details: expect.stringContaining('MAX_BODY_BYTES') }, status: 413 });
  });

  it('are refused where they are not UTF-8, and told where', async () => {
    const proxy = await front(echo);
    const body = Buffer.from('{"query":"SELECT \'caf\u00e9\'"}', 'latin1');
    for (const path of [SQL, `${SQL}/_explain`, `${SQL}/close`]) {
      const got = await fetch(proxy.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect([got.status, await got.json()]).toMatchObject([
        400,
        { error: { details: 'The body is not UTF-8 (byte 22 of 25).' } },
      ]);
    }
  });

  it('are refused in the words of the core before the plugin sees them', async () => {
    const proxy = await front(echo);
    const agent = supertest(proxy.url);
    const get = await agent.get(SQL);
    expect([get.status, get.headers.allow, get.body]).toEqual([
      405,
      'POST',
      { error: 'Incorrect HTTP method for uri [/_plugins/_sql] and method [GET], allowed: [POST]', status: 405 },
    ]);
    const type = await agent.post(SQL).set('Content-Type', 'text/plain').send('{}');
    expect([type.status, type.body]).toEqual([
      406,
      { error: 'Content-Type header [text/plain] is not supported', status: 406 },
    ]);
    const parameter = await agent.post(`${SQL}?foo=1`).send(QUERY);
    const reason = 'request [/_plugins/_sql] contains unrecognized parameter: [foo]';
    expect([parameter.status, parameter.body]).toEqual([
      400,
      {
        error: {
          root_cause: [{ type: 'illegal_argument_exception', reason }],
          type: 'illegal_argument_exception',
          reason,
        },
        status: 400,
      },
    ]);
    expect((await agent.post(`${SQL}?fromat=csv`).send(QUERY)).body.error.reason).toContain(
      '[fromat] -> did you mean [format]?',
    );
    const options = await agent.options(SQL);
    expect([options.status, options.headers.allow]).toEqual([200, 'POST']);
    expect((await agent.post(SQL)).body.error.details).toBe('Failed to parse request payload');
  });

  it('reach explain, close and stats', async () => {
    const cluster = await serve((_request, response) => {
      response.writeHead(400).end('{"error":"no handler found for uri [/x] and method [GET]"}');
    });
    open.push(cluster);
    const proxy = await front(echo, {}, cluster.url);
    const agent = supertest(proxy.url);
    const explained = await agent.post(`${SQL}/_explain`).send(QUERY);
    expect(explained.text).toContain('{\n  "root": {\n    "name": "X"');
    expect((await agent.post(`${SQL}/close`).send({ cursor: 'known' })).text).toBe('{"succeeded":true}');
    expect((await agent.post(`${SQL}/close`).send({ cursor: 'other' })).text).toBe('{"succeeded":false}');
    expect((await agent.post(`${SQL}/close`).send({})).status).toBe(400);
    for (const got of [await agent.get(`${SQL}/stats`), await agent.post('/_opendistro/_sql/stats')]) {
      expect(got.body).toMatchObject({
        request_total: 4,
        request_count: 4,
        failed_request_count_cuserr: 1,
        failed_request_count_syserr: 0,
      });
    }
  });
});

describe('errors', () => {
  it.each([
    [
      new SqlSyntaxError('SELEC 1', 0, "'SELEC'", ['SELECT']),
      400,
      'SyntaxCheckException',
      "line 1, column 1: found 'SELEC'",
    ],
    [
      new SqlError('unknownField', 'Field [x] cannot be found or used here.'),
      400,
      'SemanticAnalysisException',
      'Field [x]',
    ],
    [new TypeError('oops at file.ts'), 500, 'IllegalStateException', 'under the id'],
    [
      clusterError(403, '{"error":{"type":"security_exception","reason":"no permissions"},"status":403}'),
      403,
      'OpenSearchSecurityException',
      'no permissions',
    ],
  ])('%s', async (error, status, type, details) => {
    const proxy = await front(() => Promise.reject(error));
    const got = await supertest(proxy.url).post(`${SQL}?format=csv`).send(QUERY);
    expect(got.status).toBe(status);
    expect(got.headers['content-type']).toBe('application/json; charset=UTF-8');
    expect(got.body).toMatchObject({ error: { type, details: expect.stringContaining(details) }, status });
    expect(got.text).not.toContain('.ts');
    expect(await proxy.metrics.value('errors_total', { type })).toBe(1);
  });

  it('keep the challenge that makes drivers send credentials', async () => {
    const challenge = 'Basic realm="OpenSearch Security"';
    const proxy = await front(() =>
      Promise.reject(clusterError(401, 'Unauthorized', { 'www-authenticate': challenge })),
    );
    const got = await supertest(proxy.url).post(SQL).send(QUERY);
    expect([got.status, got.headers['www-authenticate']]).toEqual([401, challenge]);
  });

  it('before the first byte are answers, after it broken connections', async () => {
    async function* failing(first: string): AsyncGenerator<string> {
      if (first !== '') yield first;
      await sleep(20);
      throw new SqlError('cluster', { status: 429, details: 'busy' });
    }
    const proxy = await front(async (request) => answer(failing(request.kind === 'query' ? request.query : '')));
    const early = await supertest(proxy.url).post(SQL).send({ query: '' });
    expect([early.status, early.headers['retry-after'], early.body.error.details]).toEqual([429, '1', 'busy']);
    const late = await fetch(proxy.url + SQL, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"begun"}',
    });
    expect(late.status).toBe(200);
    await expect(late.text()).rejects.toThrow();
  });
});

describe('answers', () => {
  function post(proxy: RunningProxy, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        proxy.url + SQL,
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
        resolve,
      );
      sent.on('error', reject);
      // With a text Node would write the head as UTF-8.
      sent.end(Buffer.from(JSON.stringify(QUERY)));
    });
  }

  async function drain(response: IncomingMessage): Promise<string> {
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return body;
  }

  const facts = () => ({ 'X-SQL-Truncated': 'true' });

  it('give an X-Opaque-Id back byte for byte', async () => {
    const proxy = await front(echo);
    const got = await post(proxy, { 'x-opaque-id': 'caf\u00e9' });
    expect(got.headers['x-opaque-id']).toBe('caf\u00e9');
    await drain(got);
  });

  it('that are short go out whole, with their length and all headers', async () => {
    const proxy = await front(async () => answer(chunks('a', 'ä', 'c'), { headers: { 'X-A': '1' }, facts }));
    const got = await post(proxy);
    expect(await drain(got)).toBe('aäc');
    expect(got.headers).toMatchObject({ 'content-length': '4', 'x-a': '1', 'x-sql-truncated': 'true' });
    expect(got.headers['transfer-encoding']).toBeUndefined();
  });

  it('that take longer are streamed, with what is known last as trailers', async () => {
    let truncated: boolean | undefined;
    async function* slow(): AsyncGenerator<string> {
      yield 'a';
      await sleep(200);
      truncated = true;
      yield 'b';
    }
    const late = {
      facts: () => ({ 'X-SQL-Warning': 'w', ...(truncated ? { 'X-SQL-Truncated': 'true' } : {}) }),
      pending: () => (truncated === undefined ? ['X-SQL-Truncated'] : []),
    };
    const proxy = await front(async () => answer(slow(), late));
    const started = performance.now();
    const got = await post(proxy);
    expect(performance.now() - started).toBeLessThan(190);
    expect(await drain(got)).toBe('ab');
    expect(got.headers['transfer-encoding']).toBe('chunked');
    expect(got.headers).toMatchObject({ trailer: 'X-SQL-Truncated', 'x-sql-warning': 'w' });
    expect(got.headers['x-sql-truncated']).toBeUndefined();
    expect(got.trailers).toEqual({ 'x-sql-truncated': 'true' });
  });

  it('that are streamed announce no trailer where all is known', async () => {
    async function* slow(): AsyncGenerator<string> {
      yield 'a';
      await sleep(50);
      yield 'b';
    }
    const got = await post(await front(async () => answer(slow(), { facts, pending: () => [] })));
    expect(await drain(got)).toBe('ab');
    expect(got.headers['x-sql-truncated']).toBe('true');
    expect(got.headers.trailer).toBeUndefined();
    expect(got.trailers).toEqual({});
  });

  it('are made at the pace of the client, and let go when it leaves', async () => {
    let made = 0;
    let released = false;
    const block = 'x'.repeat(64 * 1024);
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          made++;
          yield block;
          await sleep(0);
        }
      } finally {
        released = true;
      }
    }
    const proxy = await front(async () => answer(endless()));
    const got = await post(proxy);
    got.pause();
    await sleep(500);
    const soFar = made;
    await sleep(200);
    expect(made).toBe(soFar);
    got.destroy();
    await sleep(200);
    expect(released).toBe(true);
  });
});

describe('limits', () => {
  function waiting(): { readonly query: Query; readonly contexts: RequestContext[] } {
    const contexts: RequestContext[] = [];
    const query: Query = (_request, context) => {
      contexts.push(context);
      return new Promise(() => undefined);
    };
    return { query, contexts };
  }

  it('a query without an answer in time is 504', async () => {
    const { query, contexts } = waiting();
    const proxy = await front(query, { QUERY_TIMEOUT: '200ms' });
    const got = await supertest(proxy.url).post(SQL).send(QUERY);
    expect(got.body).toMatchObject({
      error: { type: 'ClusterTimeoutException', details: expect.stringContaining('QUERY_TIMEOUT') },
      status: 504,
    });
    expect(contexts[0]!.signal.aborted).toBe(true);
  });

  it('an answer that comes too late is closed unread', async () => {
    let closed = false;
    const late: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error('read')),
        return: async () => {
          closed = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const proxy = await front(() => sleep(300).then(() => answer(late)), { QUERY_TIMEOUT: '100ms' });
    expect((await supertest(proxy.url).post(SQL).send(QUERY)).status).toBe(504);
    await sleep(300);
    expect(closed).toBe(true);
  });

  it('a client that leaves ends its query and frees its place', async () => {
    const { query, contexts } = waiting();
    const proxy = await front(query, { MAX_CONCURRENT_QUERIES: '1' });
    const post = (signal?: AbortSignal) =>
      fetch(proxy.url + SQL, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(QUERY),
        signal,
      });
    const controller = new AbortController();
    const first = post(controller.signal).catch(() => undefined);
    await expect.poll(() => contexts.length).toBe(1);
    const refused = await post();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    controller.abort();
    await first;
    await expect.poll(() => contexts[0]!.signal.aborted).toBe(true);
    void post(AbortSignal.timeout(500)).catch(() => undefined);
    await expect.poll(() => contexts.length).toBe(2);
  });
});

describe('our own routes', () => {
  it('health is 503 without a cluster, 200 with one, 200 with one that wants credentials', async () => {
    const down = await front(echo);
    const bad = await supertest(down.url).get('/_proxy/health');
    expect([bad.status, bad.body.ready, bad.body.cluster.reachable]).toEqual([503, false, false]);

    const version = { number: '3.8.0', distribution: 'opensearch' };
    for (const [status, wanted] of [
      [200, { reachable: true, name: 'c', distribution: 'opensearch', version: '3.8.0' }],
      [401, { reachable: true, status: 401 }],
    ] as const) {
      const upstream = await serve((_request, response) =>
        response.writeHead(status).end(JSON.stringify({ cluster_name: 'c', version })),
      );
      const proxy = await startProxy(upstream.url);
      open.push(proxy, upstream);
      const good = await supertest(proxy.url).get('/_proxy/health');
      expect([good.status, good.body]).toMatchObject([200, { ready: true, version: '0.0.0-test', cluster: wanted }]);
    }
  });

  it('metrics tell what was done', async () => {
    const proxy = await front(async (_request, context) => {
      context.stage('parse', 2);
      context.rows('jdbc', 7);
      return answer(chunks('x'));
    });
    await supertest(proxy.url).post(SQL).send(QUERY);
    await supertest(proxy.url).get('/x');
    const { text } = await supertest(proxy.url).get('/_proxy/metrics');
    for (const line of [
      'sqlproxy_requests_total{route="sql",status="200"} 1',
      'sqlproxy_requests_total{route="passthrough",status="502"} 1',
      'sqlproxy_rows_total{format="jdbc"} 7',
      'sqlproxy_stage_seconds_sum{stage="parse"} 0.002',
      'sqlproxy_errors_total{type="ClusterUnreachableException"} 1',
      'sqlproxy_requests_in_flight{route="sql"} 0',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toContain('process_resident_memory_bytes');
    expect((await supertest(proxy.url).post('/_proxy/metrics')).status).toBe(405);
  });
});
