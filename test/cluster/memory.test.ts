/** Many rows as csv flow through a server of its own process without that process growing; a slow reader holds them back. */
import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../bench/data.ts';
import { type ServerProcess, startServer } from '../bench/server.ts';
import { getEngine, uniqueName } from '../support/engine.ts';

const ROWS = 1_000_000;
/** From here on everything that a drain needs is there: code is compiled, buffers have their size. */
const SETTLED = 100_000;
const ALLOWED_GROWTH = 64 * 1_048_576;
const BULK = 10_000;
const index = uniqueName('memory');

let cluster: Pool;
let server: ServerProcess;

beforeAll(async () => {
  cluster = new Pool(getEngine().url, { connections: 2 });
  const created = await call(cluster, 'PUT', `/${index}`, {
    settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
    mappings: { properties: { id: { type: 'long' }, k: { type: 'keyword' }, v: { type: 'double' } } },
  });
  expect(created.status).toBe(200);
  for (let from = 0; from < ROWS; from += 2 * BULK) {
    await Promise.all([from, from + BULK].map(load));
  }
  await call(cluster, 'POST', `/${index}/_refresh`);
  server = await startServer(getEngine().url);
}, 300_000);
afterAll(async () => {
  await server?.stop();
  await call(cluster, 'DELETE', `/${index}`);
  await cluster.close();
});

async function load(from: number): Promise<void> {
  const lines: string[] = [];
  for (let id = from; id < Math.min(from + BULK, ROWS); id++) {
    lines.push('{"index":{}}', `{"id":${id},"k":"key-${id % 1000}","v":${id / 4}}`);
  }
  if (lines.length === 0) return;
  const { status, text } = await call(cluster, 'POST', `/${index}/_bulk?filter_path=errors`, `${lines.join('\n')}\n`);
  if (status !== 200 || text.includes('true')) throw new Error(`bulk: ${status} ${text.slice(0, 300)}`);
}

async function csv(sql: string): Promise<IncomingMessage> {
  const sent = request(`${server.url}/_plugins/_sql?format=csv`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  sent.end(JSON.stringify({ query: sql }));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  return response;
}

function countLines(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}

/** Searches that the server has made so far. */
async function searches(): Promise<number> {
  const [response] = (await once(get(`${server.url}/_proxy/metrics`), 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const counted = /^sqlproxy_cluster_call_seconds_count\{kind="search",status="200"\} (\d+)$/m.exec(text);
  return Number(counted?.[1] ?? 0);
}

describe(`${ROWS.toLocaleString('en')} rows as csv`, () => {
  it('are all there, and the process does not grow while they stream', async () => {
    const response = await csv(`SELECT id, k, v FROM ${index} LIMIT ${ROWS}`);
    let lines = 0;
    let settled: number | undefined;
    let most = 0;
    let sampled = 0;
    for await (const chunk of response) {
      lines += countLines(chunk as Buffer);
      if (lines < SETTLED || lines - sampled < 5_000) continue;
      sampled = lines;
      const memory = server.memory();
      settled ??= memory;
      most = Math.max(most, memory);
    }
    // A header; no line feed after the last row.
    expect(lines).toBe(ROWS);
    const grown = most - settled!;
    console.log(
      `[memory] ${megabytes(settled!)} at row ${SETTLED}, at most ${megabytes(most)}: grown by ${megabytes(grown)}`,
    );
    expect(grown).toBeLessThan(ALLOWED_GROWTH);
  }, 300_000);

  it('wait for a reader that stands still', async () => {
    const before = await searches();
    const response = await csv(`SELECT id, k, v FROM ${index} LIMIT ${ROWS}`);
    await sleep(2_500);
    // What sockets and one page ahead hold is far from a hundred pages; on a busy machine the last of it comes late.
    expect((await searches()) - before).toBeLessThan(40);
    response.destroy();
  }, 60_000);
});

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`;
