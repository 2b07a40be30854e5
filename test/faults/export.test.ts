/** Exports under faults that really happen: cancels, servers killed in mid-export, two servers, the cluster restarted, a full disk. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedNode } from '../../src/node/start.ts';
import { call } from '../cluster/export-kit.ts';
import { FULL, uniqueName } from '../support/engine.ts';
import { findMoto } from '../support/moto.ts';
import { type Env, jobsClient } from '../support/server-process.ts';
import { JAR_CACHE, TEST_PORTS } from '../support/start-engine.ts';
import { startTcpRelay } from '../support/tcp-relay.ts';
import {
  expectNoSearches,
  expectWhole,
  expectWholeIn,
  exportTo,
  faultServers,
  finishedQuery,
  loadRows,
  openSearches,
  ROWS,
  s3Env,
  startExportService,
} from './export-kit.ts';

const KILLS = FULL ? 20 : 3;
const moto = FULL ? await findMoto() : { missing: 'npm run test:full has it' };
const index = uniqueName('export-faults');
const servers = faultServers();

beforeAll(() => loadRows(index));
afterAll(async () => {
  await call('DELETE', `/${index}`);
});
afterEach(() => servers.clear());

it('a cancelled export leaves no file, no upload and no search', { timeout: 120_000 }, async () => {
  const env = { DATA_DIR: servers.folder() };
  const server = await servers.start(env);
  const client = jobsClient(() => server.url);
  const source = await finishedQuery(client, index);
  const id = await exportTo(client, source, 'cancelled');
  while ((await openSearches(index)) === 0) await sleep(10);
  expect((await client.call('DELETE', `/${id}`)).status).toBe(200);
  expect(await client.end(id)).toMatchObject({ status: 'CANCELLED' });
  const objects = join(env.DATA_DIR, 'objects');
  for (const until = Date.now() + 20_000; ; await sleep(100)) {
    const left = readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /part-|[0-9a-f]{8}-/.test(name),
    );
    if (left.length === 0 && (await openSearches(index)) === 0) break;
    if (Date.now() > until) throw new Error(`left: ${left.join(', ')}, ${await openSearches(index)} searches`);
  }
});

describe('a server that is killed in mid-export', () => {
  it('ends each export in the directory store once, with nothing beside it', { timeout: 900_000 }, async () => {
    const env = { DATA_DIR: servers.folder() };
    const objects = join(env.DATA_DIR, 'objects');
    let server = await servers.start(env);
    const client = jobsClient(() => server.url);
    const source = await finishedQuery(client, index);
    const jobs: string[] = [];
    let caught = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      jobs.push(await exportTo(client, source, `dir/${kill}`));
      jobs.push(await exportTo(client, source, 'dir/same', { export_mode: 'Overwrite' }));
      await sleep(200 + 170 * (kill % 7));
      caught += (await Promise.all(jobs.map(client.status))).filter((one) => one.status === 'RUNNING').length;
      await server.kill();
      // Whatever has been made visible is whole, or says that it is not.
      for (const name of existsSync(join(objects, 'bucket/dir')) ? readdirSync(join(objects, 'bucket/dir')) : []) {
        if (existsSync(join(objects, 'bucket/dir', name, '_SUCCESS'))) expectWhole(join(objects, 'bucket/dir', name));
      }
      server = await servers.start(env);
    }
    expect(caught).toBeGreaterThan(0);
    let finished = 0;
    for (const [i, id] of jobs.entries()) {
      const { status, message } = await client.end(id, 120_000);
      // Of those that publish into one folder at a time some give way.
      if (i % 2 === 0 || status === 'FINISHED') expect(status, String(message)).toBe('FINISHED');
      else expect(message).toMatch(/Another export|exists/);
      if (i % 2 === 1 && status === 'FINISHED') finished++;
    }
    for (let kill = 0; kill < KILLS; kill++) expectWhole(join(objects, 'bucket/dir', String(kill)));
    if (finished > 0) expectWhole(join(objects, 'bucket/dir/same'));
    expect(await server.stop()).toBe(0);
    const uploads = readdirSync(objects).filter((name) => name.startsWith('.'));
    for (const name of uploads) expect(readdirSync(join(objects, name))).toEqual([]);
    // They last a minute.
    if (FULL) await expectNoSearches(index);
  });

  it.skipIf('missing' in moto)('leaves no multipart upload in an S3 service', { timeout: 900_000 }, async () => {
    const s3 = await startExportService((moto as { readonly path: string }).path);
    try {
      const env = { DATA_DIR: servers.folder(), ...s3Env(s3.url) };
      let server = await servers.start(env);
      const client = jobsClient(() => server.url);
      const source = await finishedQuery(client, index);
      const jobs: string[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        jobs.push(await exportTo(client, source, `s3/${kill}`));
        await sleep(250 + 170 * (kill % 5));
        await server.kill();
        server = await servers.start(env);
      }
      for (const id of jobs) {
        const { status, message } = await client.end(id, 120_000);
        expect(status, String(message)).toBe('FINISHED');
      }
      expect(await server.stop()).toBe(0);
      expect(await s3.unfinished()).toEqual([]);
      for (let kill = 0; kill < KILLS; kill++) await expectWholeIn(s3, `s3/${kill}`);
    } finally {
      await s3.stop();
    }
  });
});

const STORES: readonly (readonly [string, () => Env])[] = [
  ['SQLite', () => ({ JOB_STORE: 'sqlite' })],
  ['an index', () => ({ JOB_STORE: 'index', JOB_INDEX: uniqueName('jobs-export-faults'), JOB_LEASE: '5s' })],
];

describe.each(STORES)('two servers with jobs in %s', (name, storeEnv) => {
  it.runIf(FULL || name === 'SQLite')('share exports, each done once', { timeout: 200_000 }, async () => {
    const data = servers.folder();
    const env = { ...storeEnv(), DATA_DIR: data, JOB_RESULT_STORE: 'kept/rows', JOB_QUEUES: 'default:2' };
    const both = await Promise.all([servers.start(env), servers.start(env)]);
    const clients = both.map((server) => jobsClient(() => server.url));
    const source = await finishedQuery(clients[0]!, index);
    const jobs = await Promise.all(
      Array.from({ length: 10 }, (_, i) => exportTo(clients[i % 2]!, source, `shared/${i}`)),
    );
    for (const id of jobs) expect(await clients[1]!.end(id, 120_000)).toMatchObject({ status: 'FINISHED' });
    for (const i of jobs.keys()) expectWhole(join(data, 'objects/bucket/shared', String(i)));
    // Only then all that they have logged is here.
    expect(await Promise.all(both.map((server) => server.stop()))).toEqual([0, 0]);
    for (const id of jobs) {
      const ends = servers.endsOf(id);
      expect(ends).toHaveLength(1);
      expect(ends[0]).toMatchObject({ status: 'FINISHED', attempts: 1, rows: ROWS });
    }
    for (const { log } of both) expect(log.some((one) => jobs.includes(String(one.id)))).toBe(true);
  });
});

describe('a cluster that is restarted in mid-export', () => {
  it.runIf(FULL)('delays the export, which still has each row once', { timeout: 600_000 }, async () => {
    const nodeData = servers.folder();
    const startNode = () =>
      startEmbeddedNode({ dataDir: nodeData, cacheDir: JAR_CACHE, runtime: 'maven', ports: TEST_PORTS });
    let node = await startNode();
    const relay = await startTcpRelay(node.url);
    try {
      await loadRows(index, node.url);
      const data = servers.folder();
      const server = await servers.start({ DATA_DIR: data, OPENSEARCH_URL: relay.url });
      const client = jobsClient(() => server.url);
      const source = await finishedQuery(client, index);
      const id = await exportTo(client, source, 'restarted');
      while ((await openSearches(index, node.url)) === 0) await sleep(10);
      expect((await client.status(id)).status).toBe('RUNNING');
      relay.target(undefined);
      await node.stop();
      await sleep(3_000);
      node = await startNode();
      relay.target(node.url);
      expect(await client.end(id, 200_000)).toMatchObject({ status: 'FINISHED' });
      expectWhole(join(data, 'objects/bucket/restarted'));
      expect(await openSearches(index, node.url)).toBe(0);
      expect(await server.stop()).toBe(0);
      expect(servers.endsOf(id)).toHaveLength(1);
    } finally {
      await relay.close();
      await node.stop();
    }
  });
});

/** Mounting needs rights that not every machine gives. */
function smallDisk(): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'export-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
    return disk;
  } catch {
    rmSync(disk, { recursive: true });
    return undefined;
  }
}
const disk = smallDisk();
afterAll(() => {
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

it.skipIf(disk === undefined)(
  'a full disk ends the export as failed and leaves nothing on it',
  { timeout: 120_000 },
  async () => {
    mkdirSync(join(disk!, 'objects'));
    const server = await servers.start({ DATA_DIR: servers.folder(), STORAGE_URL: `file:${disk}/objects` });
    const client = jobsClient(() => server.url);
    const source = await client.submit(`SELECT n, text, text AS a, text AS b, text AS c, text AS d FROM ${index}`);
    await client.end(source);
    const id = await exportTo(client, source, 'full', { compress: 'none' });
    expect(await client.end(id)).toMatchObject({ status: 'FAILED' });
    expect((await client.status(id)).message).toMatch(/full|space/i);
    const left = readdirSync(join(disk!, 'objects'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('part-'),
    );
    expect(left).toEqual([]);
    expect(readFileSync('/proc/mounts', 'utf8')).toContain(disk);
  },
);
