/** Pages of a scroll that lack rows are refused: the cluster answers them with status 200. What is opened for nobody is closed. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, createCluster } from '../../../src/cluster/cluster.ts';
import type { CallContext } from '../../../src/cluster/context.ts';
import { type ClusterPools, createPools } from '../../../src/cluster/pool.ts';
import { loadConfig } from '../../../src/config.ts';
import { createMetrics } from '../../../src/metrics.ts';
import { indexTarget } from '../../support/index-target.ts';

let answer = '';
let asked = 0;
let closed: string[] = [];
let hold: Promise<void> | undefined;
let server: Server;
let pools: ClusterPools;
let cluster: Cluster;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    if (request.method === 'DELETE') {
      closed.push(`${request.url} ${Buffer.concat(await request.toArray()).toString()}`);
      response.end('{"succeeded":true}');
      return;
    }
    if (request.url === '/') {
      response.end('{"version":{"distribution":"opensearch","number":"3.3.0"}}');
      return;
    }
    asked++;
    await hold;
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = loadConfig({ OPENSEARCH_URL: `http://127.0.0.1:${port}` });
  pools = createPools(config);
  cluster = createCluster(config, pools, createMetrics());
});
afterAll(async () => {
  await pools.close();
  server.close();
});

const context = (): CallContext => ({ identity: {}, calls: [] });
const page = (timedOut: boolean, shards: string, source = '{}'): string =>
  `{"_scroll_id":"s","took":1,"timed_out":${timedOut},"_shards":{${shards}},"hits":{"total":{"value":2,"relation":"eq"},"max_score":null,"hits":[{"_id":"1","_source":${source},"sort":[0]}]}}`;
const WHOLE = '"total":3,"successful":3,"skipped":0,"failed":0';
const LACKING =
  '"total":3,"successful":2,"skipped":0,"failed":1,"failures":[{"shard":1,"reason":{"type":"node_not_connected_exception","reason":"[n] Node not connected"}}]';

it.each([
  ['whole', page(false, WHOLE, page(true, LACKING)), undefined],
  ['of which a shard failed', page(false, LACKING), 'clusterUnreachable'],
  ['cut at the time limit', page(true, WHOLE), 'clusterTimeout'],
])('a page %s', async (_, given, code) => {
  answer = given;
  for (const call of [
    () => cluster.scroll('s', 60_000, context()),
    () => cluster.openScroll(indexTarget('index'), {}, 60_000, context()),
  ]) {
    asked = 0;
    const told = await call().then(
      ({ bytes }) => (bytes.toString() === given ? undefined : 'other bytes'),
      (error: { code: string }) => error.code,
    );
    expect(told).toBe(code);
    // A second try would skip a page.
    expect(asked).toBe(1);
  }
});

const SCROLL = '/_search/scroll {"scroll_id":["s"]}';

it.each([
  ['of which a shard failed', page(false, LACKING)],
  ['cut at the time limit', page(true, WHOLE)],
])('a scroll whose first page is one %s stays not open', async (_, given) => {
  answer = given;
  closed = [];
  await expect(cluster.openScroll(indexTarget('index'), {}, 60_000, context())).rejects.toThrow();
  expect(closed).toEqual([SCROLL]);
});

it.each([
  ['scroll', page(false, WHOLE), SCROLL, 'openScroll'],
  ['point in time', '{"pit_id":"p","_shards":{"total":3}}', '/_search/point_in_time {"pit_id":["p"]}', 'openPit'],
] as const)('a %s that opens after its caller left is closed', async (_, given, wanted, open) => {
  answer = given;
  closed = [];
  asked = 0;
  let answerNow = (): void => undefined;
  hold = new Promise((resolve) => {
    answerNow = resolve;
  });
  const controller = new AbortController();
  const at = { ...context(), signal: controller.signal };
  const opening =
    open === 'openPit'
      ? cluster.openPit(indexTarget('index'), 60_000, at)
      : cluster.openScroll(indexTarget('index'), {}, 60_000, at);
  await expect.poll(() => asked).toBe(1);
  controller.abort();
  // Nobody waits for the cluster any more.
  await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  expect(closed).toEqual([]);
  hold = undefined;
  answerNow();
  await expect.poll(() => closed).toEqual([wanted]);
});
