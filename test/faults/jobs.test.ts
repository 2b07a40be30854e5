/** Jobs under faults that really happen: servers killed in mid-job, two servers on one store of jobs, the cluster restarted. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedNode } from '../../src/node/start.ts';
import { FULL, getEngine, uniqueName } from '../support/engine.ts';
import { type Env, jobsClient, type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { JAR_CACHE, TEST_PORTS } from '../support/start-engine.ts';
import { startTcpRelay } from '../support/tcp-relay.ts';

const ROWS = 6_000;
const index = uniqueName('faults');

async function load(url: string): Promise<void> {
  const lines = Array.from({ length: ROWS }, (_, i) => `{"index":{}}\n{"n":${i}}\n`).join('');
  const response = await fetch(`${url}/${index}/_bulk?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines,
  });
  if (!response.ok) throw new Error(await response.text());
}

beforeAll(() => load(getEngine().url));
afterAll(() => fetch(`${getEngine().url}/${index}`, { method: 'DELETE' }));

/** Small pages: slow enough to be met in the middle. */
const SLOW: Env = { PAGE_ROWS: '10', JOB_POLL: '100ms', JOB_REREAD_ROWS: '0', JOB_QUEUES: 'default:4' };
const SQL = `SELECT n FROM ${index}`;

const folders: string[] = [];
const servers: ServerProcess[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'job-faults-'));
  folders.push(made);
  return made;
}

async function start(env: Env): Promise<ServerProcess> {
  const server = await startServerProcess({ OPENSEARCH_URL: getEngine().url, ...SLOW, ...env });
  servers.push(server);
  return server;
}

/** What all servers together say of how jobs ended. */
const endsOf = (id: string): readonly unknown[] =>
  servers.flatMap(({ log }) => log.filter((record) => record.message === 'job ended' && record.id === id));

const STORES: readonly (readonly [string, () => Env])[] = [
  ['SQLite', () => ({ JOB_STORE: 'sqlite' })],
  ['an index', () => ({ JOB_STORE: 'index', JOB_INDEX: uniqueName('jobs-faults'), JOB_LEASE: '2s' })],
];

describe.each(STORES)('with jobs in %s', (_name, storeEnv) => {
  it('a server that is killed again and again in mid-job loses none, and ends each once', {
    timeout: 300_000,
  }, async () => {
    const env = { ...storeEnv(), DATA_DIR: folder(), JOB_ATTEMPTS: '100' };
    let server = await start(env);
    const client = jobsClient(() => server.url);
    const jobs: string[] = [];
    const kills = FULL ? 20 : 4;
    let caught = 0;
    for (let kill = 0; kill < kills; kill++) {
      jobs.push(await client.submit(`${SQL} WHERE n >= ${kill}`), await client.submit(`${SQL} WHERE n < ${kill}`));
      await sleep(100 + 150 * (kill % 5));
      caught += (await Promise.all(jobs.map(client.status))).filter((one) => one.status === 'RUNNING').length;
      await server.kill();
      server = await start(env);
    }
    expect(caught).toBeGreaterThan(0);
    for (const [i, id] of jobs.entries()) {
      const kill = Math.floor(i / 2);
      expect(await client.end(id)).toMatchObject({
        status: 'FINISHED',
        result_count: i % 2 === 0 ? ROWS - kill : kill,
      });
      const ends = endsOf(id);
      // The record of an end may die with the server that wrote it, but there are never two.
      expect(ends.length).toBeLessThanOrEqual(1);
    }
    const { body } = await client.call('GET', '?page-size=100');
    expect(body.job_count).toBe(jobs.length);
    const kept = readdirSync(join(env.DATA_DIR, 'jobs', 'results'));
    expect(kept.sort()).toEqual(jobs.map((id) => `${id}.rows`).sort());
    expect(await server.stop()).toBe(0);
  });

  it('two servers share the work, and the one takes over what the other leaves when it is killed', {
    timeout: 200_000,
  }, async () => {
    const env = { ...storeEnv(), DATA_DIR: folder(), JOB_ATTEMPTS: '100', JOB_QUEUES: 'default:2' };
    const [first, second] = await Promise.all([start(env), start(env)]);
    const clients = [jobsClient(() => first.url), jobsClient(() => second.url)];
    const jobs: string[] = [];
    for (let i = 0; i < 10; i++) jobs.push(await clients[i % 2]!.submit(`${SQL} WHERE n >= ${i}`));
    await sleep(1_000);
    const running = await Promise.all(jobs.map(clients[1]!.status));
    expect(running.some((one) => one.status === 'RUNNING')).toBe(true);
    await first.kill();
    for (const [i, id] of jobs.entries()) {
      expect(await clients[1]!.end(id)).toMatchObject({ status: 'FINISHED', result_count: ROWS - i });
      expect(endsOf(id).length).toBeLessThanOrEqual(1);
    }
    const ended = (server: ServerProcess) => server.log.filter((record) => record.message === 'job ended').length;
    expect(ended(first) + ended(second)).toBeGreaterThanOrEqual(9);
    expect(ended(second)).toBeGreaterThan(0);
  });

  it('a server that is stopped puts its jobs back, and the next one goes on', { timeout: 120_000 }, async () => {
    const env = { ...storeEnv(), DATA_DIR: folder(), JOB_ATTEMPTS: '1' };
    let server = await start(env);
    const client = jobsClient(() => server.url);
    const id = await client.submit(SQL);
    while ((await client.status(id)).status === 'LAUNCHING') await sleep(20);
    expect(await server.stop()).toBe(0);
    server = await start(env);
    // Neither finished before nor counted as an attempt: only one is allowed.
    expect(await client.end(id)).toMatchObject({ status: 'FINISHED', result_count: ROWS });
    // Only then all that it has logged is here.
    expect(await server.stop()).toBe(0);
    expect(endsOf(id)).toHaveLength(1);
  });
});

describe('a cluster that is restarted in mid-query', () => {
  it.runIf(FULL).each(STORES)(
    'delays jobs, kept in %s, but ends them',
    { timeout: 600_000 },
    async (_name, storeEnv) => {
      const nodeData = folder();
      const startNode = () =>
        startEmbeddedNode({ dataDir: nodeData, cacheDir: JAR_CACHE, runtime: 'maven', ports: TEST_PORTS });
      let node = await startNode();
      const relay = await startTcpRelay(node.url);
      try {
        await load(node.url);
        const server = await start({ ...storeEnv(), DATA_DIR: folder(), OPENSEARCH_URL: relay.url });
        const client = jobsClient(() => server.url);
        const id = await client.submit(SQL);
        while ((await client.status(id)).status === 'LAUNCHING') await sleep(20);
        relay.target(undefined);
        await node.stop();
        await sleep(3_000);
        node = await startNode();
        relay.target(node.url);
        for (;;) {
          const told = await client.end(id, 120_000).catch((error: Error) => error);
          // Where jobs are in the cluster, it cannot be asked for them until it is back.
          if (told instanceof Error && /DLI\.0012|DLI\.0019/.test(told.message)) await sleep(500);
          else {
            expect(told).toMatchObject({ status: 'FINISHED', result_count: ROWS });
            break;
          }
        }
        expect(await server.stop()).toBe(0);
        expect(endsOf(id)).toHaveLength(1);
      } finally {
        await relay.close();
        await node.stop();
      }
    },
  );
});
