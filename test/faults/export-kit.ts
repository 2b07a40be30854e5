/** What fault tests of exports share: an index, servers that are slow enough to be met in mid-export, and checks of what they left. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openStore } from '../../src/objects/open-store.ts';
import { call } from '../cluster/export-kit.ts';
import { getEngine } from '../support/engine.ts';
import { startMoto } from '../support/moto.ts';
import { S3_KEY } from '../support/s3-server.ts';
import { type Env, type JobsClient, type ServerProcess, startServerProcess } from '../support/server-process.ts';

export const ROWS = 6_000;

export async function loadRows(index: string, url = getEngine().url): Promise<void> {
  const body = {
    settings: { number_of_shards: 3, number_of_replicas: 0 },
    mappings: { properties: { n: { type: 'long' }, text: { type: 'keyword' } } },
  };
  await call('PUT', `/${index}`, body, url);
  const lines = Array.from({ length: ROWS }, (_, n) => `{"index":{}}\n{"n":${n},"text":"row, ${n}"}\n`).join('');
  await call('POST', `/${index}/_bulk?refresh=true`, lines, url);
}

/** Small pages and parts: slow enough to be met in the middle, with many steps to be met at. */
const SLOW: Env = {
  PAGE_ROWS: '20',
  JOB_POLL: '100ms',
  JOB_REREAD_ROWS: '100',
  JOB_QUEUES: 'default:8',
  JOB_ATTEMPTS: '100',
};

export interface FaultServers {
  start(env: Env): Promise<ServerProcess>;
  folder(): string;
  /** What all servers together say of how a job ended. */
  endsOf(id: string): readonly unknown[];
  clear(): Promise<void>;
}

export function faultServers(): FaultServers {
  const folders: string[] = [];
  const servers: ServerProcess[] = [];
  return {
    async start(env) {
      const server = await startServerProcess({ OPENSEARCH_URL: getEngine().url, ...SLOW, ...env });
      servers.push(server);
      return server;
    },
    folder() {
      const made = mkdtempSync(join(tmpdir(), 'export-faults-'));
      folders.push(made);
      return made;
    },
    endsOf: (id) => servers.flatMap(({ log }) => log.filter((one) => one.message === 'job ended' && one.id === id)),
    async clear() {
      await Promise.all(servers.splice(0).map((server) => server.kill()));
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function finishedQuery(client: JobsClient, index: string): Promise<string> {
  const conf = ['spark.sql.files.maxRecordsPerFile = 500'];
  const id = await client.submit(`SELECT n, text FROM ${index}`, { conf });
  expect(await client.end(id)).toMatchObject({ status: 'FINISHED', result_count: ROWS });
  return id;
}

export const exportTo = (client: JobsClient, source: string, path: string, more: object = {}): Promise<string> =>
  client.export(source, { data_path: `obs://bucket/${path}`, data_type: 'csv', compress: 'gzip', ...more });

/** Each row once, in whole files, and the mark that says so. */
export function expectWhole(path: string): void {
  const names = readdirSync(path);
  expectNames(names);
  const parts = names.filter((name) => name.startsWith('part-'));
  expectRows(parts.map((name) => execFileSync('gzip', ['-dc', join(path, name)], { encoding: 'utf8' })).join(''));
}

function expectNames(names: readonly string[]): void {
  expect(names).toContain('_SUCCESS');
  expect(names.filter((name) => !/^(_SUCCESS|part-\d{5}-[0-9a-f-]+-c000\.csv\.gz)$/.test(name))).toEqual([]);
}

function expectRows(text: string): void {
  const lines = text.trimEnd().split('\n');
  const rows = lines.map((line) => Number(line.split(',', 1)[0]));
  expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, n) => n));
}

/** An S3 service whose unfinished uploads can be aborted and listed. `packages`: the folder of moto. */
export interface ExportService {
  readonly url: string;
  /** Keys of the multipart uploads that are neither completed nor aborted. */
  unfinished(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startExportService(packages: string): Promise<ExportService> {
  const moto = await startMoto(packages);
  await moto.makeBucket('bucket');
  return {
    url: moto.settings.endpoint!,
    async unfinished() {
      const { Uploads = [] } = await moto.client.send(new ListMultipartUploadsCommand({ Bucket: 'bucket' }));
      return Uploads.map(({ Key }) => Key!);
    },
    stop: () => moto.stop(),
  };
}

export const s3Env = (url: string): Env => ({
  STORAGE_URL: `s3:${url}`,
  S3_ACCESS_KEY: S3_KEY,
  S3_SECRET_KEY: S3_KEY,
});

/** The same of a folder in the bucket as the service gives it. */
export async function expectWholeIn(s3: { readonly url: string }, folder: string): Promise<void> {
  const store = await openStore(loadConfig(s3Env(s3.url)));
  try {
    const keys = (await store.list('bucket', { prefix: `${folder}/` })).objects.map(({ key }) => key);
    expectNames(keys.map((key) => key.slice(folder.length + 1)));
    let text = '';
    for (const key of keys.filter((name) => name.includes('/part-'))) {
      const chunks: Buffer[] = [];
      for await (const chunk of (await store.read('bucket', key)).bytes) chunks.push(chunk);
      text += gunzipSync(Buffer.concat(chunks)).toString();
    }
    expectRows(text);
  } finally {
    await store.close();
  }
}

export async function keysIn(s3: { readonly url: string }, folder: string): Promise<readonly string[]> {
  const store = await openStore(loadConfig(s3Env(s3.url)));
  const { objects } = await store.list('bucket', { prefix: `${folder}/` }).finally(() => store.close());
  return objects.map(({ key }) => key);
}

/** Of the index alone: other suites search the same node. */
export async function openSearches(index: string, url = getEngine().url): Promise<number> {
  const stats = JSON.parse(await call('GET', `/${index}/_stats/search`, undefined, url)) as {
    readonly _all: { readonly total: { readonly search: { readonly open_contexts: number } } };
  };
  return stats._all.total.search.open_contexts;
}

/** Views of killed servers go with their time. */
export async function expectNoSearches(index: string): Promise<void> {
  for (const until = Date.now() + 150_000; (await openSearches(index)) > 0; await sleep(1_000)) {
    if (Date.now() > until) throw new Error('points in time are still open');
  }
}
