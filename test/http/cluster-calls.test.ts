/** The cluster's side against a real node, and against a stand-in for what a real one will not do on demand. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallContext } from '../../src/cluster/context.ts';
import { checkCluster } from '../../src/cluster/startup-check.ts';
import { SqlError } from '../../translators/errors.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { indexTarget } from '../support/index-target.ts';
import { deadUrl, type RunningProxy, type Served, serve, startProxy } from './proxy-under-test.ts';

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function context(more: Partial<CallContext> = {}): CallContext {
  return { identity: {}, calls: [], ...more };
}

describe('a real node', () => {
  const index = uniqueName('calls');
  let proxy: RunningProxy;
  const put = (method: string, path: string, body?: unknown) =>
    fetch(proxy.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  beforeAll(async () => {
    proxy = await startProxy(getEngine().url, { MAPPING_CACHE_TTL: '1h' });
    await put('PUT', `/${index}`, {
      settings: { number_of_shards: 2 },
      mappings: { properties: { n: { type: 'long' } } },
    });
    for (const n of ['9007199254740993', '1', '2', '3']) {
      await fetch(`${proxy.url}/${index}/_doc?refresh=true`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"n":${n}}`,
      });
    }
  });
  afterAll(async () => {
    await put('DELETE', `/${index}*`);
    await proxy.close();
  });

  it('searches, longs exactly, in one call', async () => {
    const at = context();
    const { json, text } = await proxy.cluster.search(
      indexTarget(index),
      { query: { term: { n: 9007199254740993n } } },
      at,
    );
    expect(json.hits?.hits).toMatchObject([{ _source: { n: 9007199254740993n } }]);
    expect(text).toContain('9007199254740993');
    expect(at.calls).toEqual(['search']);
  });

  it('reads through a point in time, by its documented ties', async () => {
    const at = context();
    const { pointInTime, shardDocSort } = await proxy.cluster.capabilities(at);
    if (pointInTime === 'none') return;
    const { id, shards } = await proxy.cluster.openPit(indexTarget(index), 60_000, at);
    expect(shards).toBeGreaterThan(0);
    const sort = shardDocSort ? [{ _shard_doc: 'asc' }] : [{ n: 'asc' }];
    const seen: unknown[] = [];
    let after: readonly unknown[] | undefined;
    for (;;) {
      const body = {
        size: 1,
        sort,
        ...(after === undefined ? {} : { search_after: after }),
      };
      const { json } = await proxy.cluster.searchPit({ id, keepAliveMilliseconds: 60_000 }, body, at);
      const [hit] = (json.hits?.hits ?? []) as {
        readonly _source: { n: unknown };
        readonly sort: readonly unknown[];
      }[];
      if (hit === undefined) break;
      seen.push(hit._source.n);
      after = hit.sort;
    }
    expect(seen.map(String).sort()).toEqual(['1', '2', '3', '9007199254740993']);
    expect(await proxy.cluster.closePit(id, at)).toBe(true);
    const gone = proxy.cluster.searchPit({ id, keepAliveMilliseconds: 60_000 }, {}, at);
    await expect(gone).rejects.toMatchObject({ status: 404 });
    expect(await proxy.cluster.closePit('nonsense', at)).toBe(false);
  });

  it('reads through a scroll', async () => {
    const at = context();
    const first = await proxy.cluster.openScroll(indexTarget(index), { size: 3 }, 60_000, at);
    const second = await proxy.cluster.scroll(first.json._scroll_id!, 60_000, at);
    expect([first.json.hits?.hits.length, second.json.hits?.hits.length]).toEqual([3, 1]);
    expect(await proxy.cluster.closeScroll(second.json._scroll_id!, at)).toBe(true);
    expect(at.calls).toEqual(['search', 'scroll', 'close_scroll']);
  });

  it('tells the errors of the node in the words of the plugin', async () => {
    await expect(proxy.cluster.search(indexTarget('no-such'), {}, context())).rejects.toMatchObject({
      code: 'indexNotFound',
      status: 404,
      reason: 'Error occurred in OpenSearch engine: no such index [no-such]',
      details: expect.stringMatching(
        /^\[no-such\] IndexNotFoundException\[no such index \[no-such\]\]\nFor more details/,
      ),
    });
    await expect(
      proxy.cluster.search(indexTarget(index), { query: { term: { n: 'x' } } }, context()),
    ).rejects.toMatchObject({
      status: 400,
      type: 'SearchPhaseExecutionException',
      details: expect.stringMatching(/^Shard\[\d\]: .*QueryShardException.*For input string/),
    });
  });

  it('knows mappings until they change through us', async () => {
    const at = context();
    const before = await proxy.mappings.get(index, at);
    expect(before.indices[index]).toMatchObject({ properties: { n: { type: 'long' } } });
    expect(await proxy.mappings.get(index, at)).toBe(before);
    expect(at.calls).toEqual(['mapping']);
    // The same content is the same object, also when it is read again.
    expect(await proxy.mappings.refresh(index, at)).toBe(before);
    await put('PUT', `/${index}/_mapping`, { properties: { k: { type: 'keyword' } } });
    const after = await proxy.mappings.get(index, at);
    expect(after.version).not.toBe(before.version);
    expect(after.indices[index]).toMatchObject({ properties: { k: { type: 'keyword' } } });
    expect(at.calls).toHaveLength(3);
  });

  it('reads mappings of patterns and aliases; a pattern without a match is a missing index', async () => {
    await put('PUT', `/${index}-b`);
    await put('POST', '/_aliases', { actions: [{ add: { index: `${index}-b`, alias: `${index}-alias` } }] });
    expect(Object.keys((await proxy.mappings.get(`${index}*`, context())).indices).sort()).toEqual([
      index,
      `${index}-b`,
    ]);
    expect(Object.keys((await proxy.mappings.get(`${index}-alias`, context())).indices)).toEqual([`${index}-b`]);
    for (const missing of [`${index}-x`, `${index}-x*`]) {
      await expect(proxy.mappings.get(missing, context())).rejects.toMatchObject({
        code: 'indexNotFound',
        reason: `Error occurred in OpenSearch engine: no such index [${missing}]`,
      });
    }
  });

  it('is found at start', async () => {
    const found = await checkCluster({ cluster: proxy.cluster, identity: {}, urls: [], wait: 0 });
    expect(found.title).toMatch(/^(OpenSearch|Elasticsearch) \d+\.\d+/);
  });
});

describe('a stand-in', () => {
  async function front(answers: readonly (readonly [number, string])[], env: Record<string, string> = {}) {
    const asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
    const upstream = await serve((request, response) => {
      asked.push({ path: request.url!, authorization: request.headers.authorization });
      const [status, body] = answers[Math.min(asked.length, answers.length) - 1]!;
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    const proxy = await startProxy(upstream.url, env);
    open.push(proxy, upstream);
    return { proxy, asked };
  }

  const EMPTY = '{"hits":{"hits":[]}}';

  it('is asked again when it is overloaded, not when the query is too much for it', async () => {
    const busy = await front([
      [429, '{}'],
      [503, '{}'],
      [200, EMPTY],
    ]);
    const at = context();
    await busy.proxy.cluster.search(indexTarget('a'), {}, at);
    expect([busy.asked.length, at.calls]).toEqual([3, ['search']]);
    expect(await busy.proxy.metrics.value('cluster_retries_total', { kind: 'search' })).toBe(2);

    const buckets = '{"error":{"type":"too_many_buckets_exception","reason":"many"},"status":503}';
    const much = await front([[503, buckets]]);
    await expect(much.proxy.cluster.search(indexTarget('a'), {}, context())).rejects.toMatchObject({
      type: 'TooManyBucketsException',
      status: 503,
    });
    expect(much.asked).toHaveLength(1);

    const always = await front([[429, '{}']]);
    await expect(always.proxy.cluster.search(indexTarget('a'), {}, context())).rejects.toMatchObject({ status: 429 });
    expect(always.asked).toHaveLength(3);
  });

  it('gets the credentials of the caller, never ours', async () => {
    const env = { OPENSEARCH_USERNAME: 'service', OPENSEARCH_PASSWORD: 'secret' };
    const { proxy, asked } = await front([[200, EMPTY]], env);
    await proxy.cluster.search(indexTarget('a'), {}, context());
    await proxy.cluster.search(indexTarget('a'), {}, context({ identity: { authorization: 'Basic caller' } }));
    await fetch(`${proxy.url}/x`);
    await fetch(`${proxy.url}/_proxy/health`);
    expect(asked.map((one) => one.authorization)).toEqual([
      undefined,
      'Basic caller',
      undefined,
      `Basic ${Buffer.from('service:secret').toString('base64')}`,
    ]);
  });

  it('keeps the mappings of callers apart and reads once for all who wait', async () => {
    const { proxy, asked } = await front([[200, '{"a":{"mappings":{}}}']]);
    const one = context({ identity: { authorization: 'Basic 1' } });
    await Promise.all(Array.from({ length: 5 }, () => proxy.mappings.get('a', one)));
    expect(asked).toHaveLength(1);
    await proxy.mappings.get('a', context({ identity: { authorization: 'Basic 2' } }));
    expect(asked.map((each) => each.authorization)).toEqual(['Basic 1', 'Basic 2']);
  });

  it('is not trusted with an answer that was asked for before a change', async () => {
    const { proxy, asked } = await front([[200, '{"a":{"mappings":{}}}']], { MAPPING_CACHE_TTL: '1h' });
    const early = proxy.mappings.get('a', context());
    proxy.mappings.invalidate();
    await early;
    await proxy.mappings.get('a', context());
    expect(asked).toHaveLength(2);
  });

  it('that does not know its version for us is served on an assumption', async () => {
    const { proxy } = await front([
      [401, 'Unauthorized'],
      [200, '{"version":{"number":"1.3.0","distribution":"opensearch"}}'],
    ]);
    expect(await proxy.cluster.capabilities(context())).toMatchObject({
      engine: 'opensearch',
      pointInTime: 'opensearch',
    });
    expect(await proxy.cluster.capabilities(context())).toMatchObject({ version: '1.3.0', pointInTime: 'none' });
    const at = context();
    await proxy.cluster.capabilities(at);
    expect(at.calls).toEqual([]);
  });

  it('renews a mapping that is in use before its time is over, and nobody waits', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    try {
      const mapping = (type: string): string => `{"a":{"mappings":{"properties":{"x":{"type":"${type}"}}}}}`;
      const { proxy, asked } = await front(
        [
          [200, mapping('long')],
          [200, mapping('keyword')],
          [503, '{}'],
        ],
        { MAPPING_CACHE_TTL: '10s' },
      );
      const read = async () => (await proxy.mappings.get('a', context())).indices.a;
      const long = { properties: { x: { type: 'long' } } };
      const keyword = { properties: { x: { type: 'keyword' } } };
      expect(await read()).toEqual(long);
      vi.setSystemTime(1_004_000);
      expect(await read()).toEqual(long);
      expect(asked).toHaveLength(1);
      vi.setSystemTime(1_006_000);
      expect(await read()).toEqual(long);
      await vi.waitFor(async () => expect(await read()).toEqual(keyword));
      expect(asked).toHaveLength(2);
      // The new one is trusted from when it was read.
      vi.setSystemTime(1_010_500);
      expect(await read()).toEqual(keyword);
      expect(asked).toHaveLength(2);
      // What cannot be renewed serves to its end, and no longer.
      vi.setSystemTime(1_015_000);
      expect(await read()).toEqual(keyword);
      await vi.waitFor(() => expect(asked.length).toBeGreaterThan(2));
      vi.setSystemTime(1_017_000);
      await expect(read()).rejects.toMatchObject({ status: 503 });
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ['found only some rows in its time', '{"timed_out":true,"hits":{"hits":[]}}', 'clusterTimeout'],
    ['lacks the rows of a shard', '{"_shards":{"failed":1},"hits":{"hits":[]}}', 'clusterUnreachable'],
    ['says nothing of hits', '{"timed_out":false}', 'clusterUnreadable'],
  ])('that %s has given no answer', async (_, text, code) => {
    const { proxy, asked } = await front([[200, text]]);
    await expect(proxy.cluster.search(indexTarget('a'), {}, context())).rejects.toMatchObject({ code });
    expect(asked[0]!.path).toBe('/a/_search?allow_partial_search_results=false');
  });

  it('that is silent, gone or no longer wanted ends the call', async () => {
    const silent = await serve(() => undefined);
    const proxy = await startProxy(silent.url, { CLUSTER_TIMEOUT: '1s' });
    open.push(proxy, silent);
    await expect(proxy.cluster.search(indexTarget('a'), {}, context())).rejects.toMatchObject({
      code: 'clusterTimeout',
      status: 504,
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new SqlError('cancelled', 'left')), 50);
    const started = performance.now();
    await expect(
      proxy.cluster.search(indexTarget('a'), {}, context({ signal: controller.signal })),
    ).rejects.toMatchObject({
      code: 'cancelled',
      message: 'left',
    });
    expect(performance.now() - started).toBeLessThan(500);
    const gone = await startProxy(await deadUrl());
    open.push(gone);
    await expect(gone.cluster.search(indexTarget('a'), {}, context())).rejects.toMatchObject({
      code: 'clusterUnreachable',
      status: 502,
    });
  });

  it('is told apart at start: refused, unreachable, no cluster at all', async () => {
    const user = { authorization: 'Basic x' };
    const { proxy: locked } = await front([[401, 'Unauthorized']]);
    const check = (proxy: RunningProxy, identity = {}) =>
      checkCluster({ cluster: proxy.cluster, identity, urls: ['http://c'], wait: 0 });
    expect((await check(locked)).title).toBe('a cluster that wants credentials');
    await expect(check(locked, user)).rejects.toThrow(
      'The cluster at http://c does not accept OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD (status 401).',
    );
    const { proxy: other } = await front([[200, '<html>hello</html>']]);
    await expect(check(other)).rejects.toThrow('The cluster at http://c does not answer as a search cluster.');
    const dead = await startProxy(await deadUrl());
    open.push(dead);
    await expect(check(dead)).rejects.toThrow(
      /^The cluster at http:\/\/127\.0\.0\.1:\d+ cannot be reached: connect ECONNREFUSED.* Check OPENSEARCH_URL\.$/,
    );
  });
});
