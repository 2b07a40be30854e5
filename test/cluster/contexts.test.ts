/** A node that holds few contexts: cursors take half of them at most, and who gets none reads another way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine } from '../support/engine.ts';
import { type PagingProxy, startPagingProxy } from './paging-proxy.ts';

const url = getEngine().url;
const index = 'contexts_of_cursors';
const ROWS = 12_000;
const LIMIT = 'search.max_open_pit_context';
const SCROLLS = 'search.max_open_scroll_context';
const all = `SELECT n FROM ${index} ORDER BY n LIMIT ${ROWS}`;

let proxy: PagingProxy;
let native = false;

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url + path, {
    method,
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  });
  return (await response.json()) as Record<string, unknown>;
}

const limit = (most: Record<string, number | null>): Promise<unknown> =>
  call('PUT', '/_cluster/settings', { persistent: most });

/** A server that has not asked for the limit yet. */
async function fresh(env: Record<string, string> = {}): Promise<PagingProxy> {
  const one = await startPagingProxy(url, env);
  return one;
}

beforeAll(async () => {
  await call('DELETE', `/${index}`);
  await call('PUT', `/${index}`, {
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: { properties: { n: { type: 'integer' } } },
  });
  for (let from = 0; from < ROWS; from += 4_000) {
    const lines = Array.from({ length: 4_000 }, (_, i) => `{"index":{}}\n{"n":${from + i}}\n`);
    await call('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
  }
  proxy = await fresh();
  const { pointInTime, shardDocSort } = await proxy.cluster.capabilities({ identity: {}, calls: [] });
  native = pointInTime === 'opensearch' && shardDocSort;
});
afterAll(async () => {
  await limit({ [LIMIT]: null, [SCROLLS]: null });
  await call('DELETE', '/_search/point_in_time/_all');
  await call('DELETE', `/${index}`);
  await proxy.close();
});

/** Of the node, as it counts them. */
async function held(): Promise<number> {
  const stats = (await call('GET', '/_nodes/stats/indices/search')) as {
    nodes: Record<string, { indices: { search: { point_in_time_current: number } } }>;
  };
  return Object.values(stats.nodes).reduce((sum, node) => sum + node.indices.search.point_in_time_current, 0);
}

const numbers = (pages: readonly { readonly datarows: readonly (readonly unknown[])[] }[]): unknown[] =>
  pages.flatMap((page) => page.datarows.map(([n]) => n));
const EVERY = Array.from({ length: ROWS }, (_, n) => n);

describe('a node whose contexts are few', () => {
  it('gives cursors half of them; the others are read from a file', async () => {
    if (!native) return;
    await limit({ [LIMIT]: 6 });
    const server = await fresh();
    try {
      const before = await held();
      const cursors: string[] = [];
      for (let i = 0; i < 8; i++) {
        const { json } = await server.post({ query: `SELECT n FROM ${index} ORDER BY n`, fetch_size: 10 });
        cursors.push(json.cursor!);
      }
      expect((await held()) - before).toBe(3);
      expect(await server.metrics.value('cursor_contexts')).toBe(3);
      // Both kinds go on, and give back what they hold.
      for (const cursor of cursors) {
        const { json } = await server.post({ cursor });
        expect(json.datarows[0]).toEqual([10]);
        expect((await server.post({ cursor: json.cursor! }, { path: '/_plugins/_sql/close' })).status).toBe(200);
      }
      expect((await held()) - before).toBe(0);
      expect(await server.metrics.value('cursor_contexts')).toBe(0);
      // There is room again.
      const { json } = await server.post({ query: `SELECT n FROM ${index} ORDER BY n`, fetch_size: 10 });
      expect(await server.metrics.value('cursor_contexts')).toBe(1);
      await server.post({ cursor: json.cursor! }, { path: '/_plugins/_sql/close' });
    } finally {
      await server.close();
      await limit({ [LIMIT]: null });
    }
  });

  it('that has none left is read by scrolls: long answers, joins and cursors', async () => {
    if (!native) return;
    await limit({ [LIMIT]: 1 });
    const taken = (await call('POST', `/${index}/_search/point_in_time?keep_alive=1m`)) as { pit_id: string };
    const server = await fresh();
    try {
      const { json: whole } = await server.post({ query: all });
      expect(numbers([whole])).toEqual(EVERY);
      const { json: join } = await server.post({
        query: `SELECT COUNT(*), MAX(a.n) FROM ${index} a JOIN ${index} b ON a.n = b.n`,
      });
      expect(join.datarows).toEqual([[ROWS, ROWS - 1]]);
      expect(numbers(await server.pages(all, 5_000))).toEqual(EVERY);
    } finally {
      await server.close();
      await call('DELETE', '/_search/point_in_time', { pit_id: [taken.pit_id] });
      await limit({ [LIMIT]: null });
    }
  });

  it('that has neither says so', async () => {
    if (!native) return;
    await limit({ [LIMIT]: 0, [SCROLLS]: 0 });
    const server = await fresh();
    try {
      const { status, json } = await server.post({ query: all });
      expect(status).toBe(429);
      expect(json.error.details).toMatch(/Trying to create too many scroll contexts/);
    } finally {
      await server.close();
      await limit({ [LIMIT]: null, [SCROLLS]: null });
    }
  });
});
