/** Exports under faults that really happen: servers killed in mid-export, stores that fail or hang, a full disk, cancels. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call, openContexts } from '../cluster/export-kit.ts';
import { FULL, getEngine, uniqueName } from '../support/engine.ts';
import { S3_KEY, type S3Server, startS3Server } from '../support/s3-server.ts';
import {
  type Env,
  type JobsClient,
  jobsClient,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';
import { startFaultyStore } from './faulty-store.ts';

const ROWS = 6_000;
const KILLS = FULL ? 20 : 3;
const index = uniqueName('export-faults');

beforeAll(async () => {
  await call('PUT', `/${index}`, {
    settings: { number_of_shards: 3, number_of_replicas: 0 },
    mappings: { properties: { n: { type: 'long' }, text: { type: 'keyword' } } },
  });
  const lines = Array.from({ length: ROWS }, (_, n) => `{"index":{}}\n{"n":${n},"text":"row, ${n}"}\n`).join('');
  await call('POST', `/${index}/_bulk?refresh=true`, lines);
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
});

const folders: string[] = [];
const servers: ServerProcess[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'export-faults-'));
  folders.push(made);
  return made;
}

/** Small pages and parts: slow enough to be met in the middle, with many steps to be met at. */
const SLOW: Env = {
  PAGE_ROWS: '20',
  JOB_POLL: '100ms',
  JOB_REREAD_ROWS: '100',
  JOB_QUEUES: 'default:8',
  JOB_ATTEMPTS: '100',
};

async function start(env: Env): Promise<ServerProcess> {
  const server = await startServerProcess({ OPENSEARCH_URL: getEngine().url, ...SLOW, ...env });
  servers.push(server);
  return server;
}

async function finishedQuery(client: JobsClient): Promise<string> {
  const id = await client.submit(`SELECT n, text FROM ${index}`, { conf: ['spark.sql.files.maxRecordsPerFile = 500'] });
  expect(await client.end(id)).toMatchObject({ status: 'FINISHED', result_count: ROWS });
  return id;
}

const exportTo = (client: JobsClient, source: string, path: string, more: object = {}): Promise<string> =>
  client.export(source, { data_path: `obs://bucket/${path}`, data_type: 'csv', compress: 'gzip', ...more });

/** Each row once, in whole files, and the mark that says so. */
function expectWhole(path: string): void {
  const names = readdirSync(path);
  expect(names).toContain('_SUCCESS');
  expect(names.filter((name) => !/^(_SUCCESS|part-\d{5}-[0-9a-f-]+-c000\.csv\.gz)$/.test(name))).toEqual([]);
  const parts = names.filter((name) => name.startsWith('part-'));
  const text = parts.map((name) => execFileSync('gzip', ['-dc', join(path, name)], { encoding: 'utf8' })).join('');
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.split(',', 1)[0]));
  expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, n) => n));
}

/** Views of killed servers go with their time. */
async function expectNoContexts(): Promise<void> {
  for (const until = Date.now() + 150_000; (await openContexts()) > 0; await sleep(1_000)) {
    if (Date.now() > until) throw new Error('points in time are still open');
  }
}

describe('a server that is killed in mid-export', () => {
  it('ends each export in the directory store once, with nothing beside it', { timeout: 600_000 }, async () => {
    const env = { DATA_DIR: folder() };
    const objects = join(env.DATA_DIR, 'objects');
    let server = await start(env);
    const client = jobsClient(() => server.url);
    const source = await finishedQuery(client);
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
      server = await start(env);
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
    await expectNoContexts();
  });
});

/** Rows of the folder's parts as the service gives them. */
async function rowsIn(s3: S3Server, prefix: string): Promise<number> {
  const { openStore } = await import('../../src/objects/open-store.ts');
  const { loadConfig } = await import('../../src/config.ts');
  const { gunzipSync } = await import('node:zlib');
  const store = await openStore(
    loadConfig({ STORAGE_URL: `s3:${s3.url}`, S3_ACCESS_KEY: S3_KEY, S3_SECRET_KEY: S3_KEY }),
  );
  const { objects } = await store.list('bucket', { prefix: `${prefix}/` });
  expect(objects.map(({ key }) => key)).toContain(`${prefix}/_SUCCESS`);
  const seen = new Set<string>();
  let rows = 0;
  for (const { key } of objects.filter(({ key: name }) => name.includes('/part-'))) {
    const chunks: Buffer[] = [];
    for await (const chunk of (await store.read('bucket', key)).bytes) chunks.push(chunk);
    for (const line of gunzipSync(Buffer.concat(chunks)).toString().trimEnd().split('\n')) {
      seen.add(line);
      rows++;
    }
  }
  await store.close();
  expect(seen.size).toBe(rows);
  return rows;
}

it('a cancelled export leaves no file, no upload and no search', { timeout: 120_000 }, async () => {
  const env = { DATA_DIR: folder() };
  const server = await start(env);
  const client = jobsClient(() => server.url);
  const source = await finishedQuery(client);
  const id = await exportTo(client, source, 'cancelled');
  while ((await client.status(id)).status === 'LAUNCHING') await sleep(10);
  await sleep(200);
  expect((await client.call('DELETE', `/${id}`)).status).toBe(200);
  expect(await client.end(id)).toMatchObject({ status: 'CANCELLED' });
  const objects = join(env.DATA_DIR, 'objects');
  for (const until = Date.now() + 20_000; ; await sleep(100)) {
    const left = readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /part-|[0-9a-f]{8}-/.test(name),
    );
    if (left.length === 0 && (await openContexts()) === 0) break;
    if (Date.now() > until) throw new Error(`left: ${left.join(', ')}, ${await openContexts()} searches`);
  }
});

describe('an S3 service that fails', () => {
  it.each([['answers 503 now and then', { status: 503, every: 5 }]] as const)(
    'and %s only makes exports take longer',
    { timeout: 300_000 },
    async (_, fault) => {
      const s3 = await startS3Server('bucket');
      const faulty = await startFaultyStore(s3.url, fault);
      try {
        const server = await start({
          DATA_DIR: folder(),
          STORAGE_URL: `s3:${faulty.url}`,
          S3_ACCESS_KEY: S3_KEY,
          S3_SECRET_KEY: S3_KEY,
        });
        const client = jobsClient(() => server.url);
        const source = await finishedQuery(client);
        const id = await exportTo(client, source, 'faulty');
        expect(await client.end(id, 200_000)).toMatchObject({ status: 'FINISHED' });
        expect(faulty.faults()).toBeGreaterThan(0);
        expect(await rowsIn(s3, 'faulty')).toBe(ROWS);
        expect(s3.unfinished('bucket')).toEqual([]);
      } finally {
        await faulty.stop();
        await s3.stop();
      }
    },
  );
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
    const server = await start({ DATA_DIR: folder(), STORAGE_URL: `file:${disk}/objects` });
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
