/** Exports into an S3 service that is overloaded, breaks connections, is slow, falls silent, or is gone for good. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/jobs/stores/sqlite-store.ts';
import { call } from '../cluster/export-kit.ts';
import { FULL, uniqueName } from '../support/engine.ts';
import { findMoto } from '../support/moto.ts';
import { startS3Server } from '../support/s3-server.ts';
import { jobsClient } from '../support/server-process.ts';
import {
  expectWholeIn,
  exportTo,
  faultServers,
  finishedQuery,
  keysIn,
  loadRows,
  s3Env,
  startExportService,
} from './export-kit.ts';
import { type StoreFault, startFaultyStore } from './faulty-store.ts';

const index = uniqueName('export-store-faults');
const servers = faultServers();
const moto = FULL ? await findMoto() : { missing: 'npm run test:full has it' };

beforeAll(() => loadRows(index));
afterAll(async () => {
  await call('DELETE', `/${index}`);
});
afterEach(() => servers.clear());

const PASSING: readonly (readonly [string, StoreFault])[] = [
  ['answers 503 now and then', { status: 503, every: 5 }],
  ['breaks connections now and then', { reset: true, every: 7 }],
  ['is slow', { delay: 150, every: 1 }],
  ['does not answer now and then', { hang: true, every: 9 }],
];

it.each(FULL ? PASSING : PASSING.slice(0, 1))(
  'a service that %s only makes exports take longer',
  { timeout: 300_000 },
  async (_, fault) => {
    const s3 = await startS3Server('bucket');
    const faulty = await startFaultyStore(s3.url, fault);
    try {
      const env = { DATA_DIR: servers.folder(), ...s3Env(faulty.url), STORAGE_TIMEOUT: '1s' };
      const server = await servers.start(env);
      const client = jobsClient(() => server.url);
      const source = await finishedQuery(client, index);
      const id = await exportTo(client, source, 'faulty');
      expect(await client.end(id, 200_000)).toMatchObject({ status: 'FINISHED' });
      expect(faulty.faults()).toBeGreaterThan(0);
      await expectWholeIn(s3, 'faulty');
      expect(s3.unfinished('bucket')).toEqual([]);
    } finally {
      await faulty.stop();
      await s3.stop();
    }
  },
);

it.each([
  [405, 'MethodNotAllowed'],
  [501, 'NotImplemented'],
] as const)(
  'a service that has no abort of uploads (%i %s) ends a cancelled export, with nothing left to do',
  { timeout: 120_000 },
  async (status, code) => {
    const s3 = await startS3Server('bucket');
    const faulty = await startFaultyStore(s3.url, {
      status,
      code,
      every: 1,
      only: /^DELETE .*uploadId=|^GET .*[?&]uploads/,
    });
    try {
      const env = { DATA_DIR: servers.folder(), ...s3Env(faulty.url) };
      const server = await servers.start(env);
      const client = jobsClient(() => server.url);
      const source = await finishedQuery(client, index);
      const id = await exportTo(client, source, 'stuck');
      const rows = async (): Promise<unknown> => (await client.call('GET', `/${id}/progress`)).body.rows;
      while ((await rows()) === 0) await sleep(10);
      expect((await client.call('DELETE', `/${id}`)).status).toBe(200);
      expect(await client.end(id)).toMatchObject({ status: 'CANCELLED' });
      expect(faulty.faults()).toBeGreaterThan(0);
      expect(await server.stop()).toBe(0);
      expect(server.log.filter(({ message }) => /could not be removed/.test(message))).toEqual([]);
      // Nobody will come back to it.
      const store = await openSqliteStore(env.DATA_DIR, 'test');
      try {
        expect((await store.get(id))?.uncleaned).not.toBe(true);
        expect(await store.due({ kind: 'uncleaned' }, 10)).toEqual([]);
      } finally {
        await store.close();
      }
    } finally {
      await faulty.stop();
      await s3.stop();
    }
  },
);

const FINAL: readonly (readonly [string, StoreFault])[] = [
  ['refuses everything from the middle on', { status: 503, every: 1, after: 15 }],
  ['falls silent for good', { hang: true, every: 1, after: 15 }],
  ['is gone while parts are made visible', { reset: true, every: 1, afterPublished: 3 }],
];

describe.skipIf('missing' in moto)('a service that', () => {
  it.each(FINAL)(
    '%s fails the export, with a sentence, and keeps nothing of it',
    { timeout: 600_000 },
    async (_, fault) => {
      const s3 = await startExportService((moto as { readonly path: string }).path);
      const faulty = await startFaultyStore(s3.url, fault);
      try {
        const env = {
          DATA_DIR: servers.folder(),
          ...s3Env(faulty.url),
          STORAGE_TIMEOUT: '1s',
          JOB_ATTEMPTS: '2',
        };
        let server = await servers.start(env);
        const client = jobsClient(() => server.url);
        const source = await finishedQuery(client, index);
        const id = await exportTo(client, source, 'gone');
        const ended = await client.end(id, 400_000);
        expect(ended.status).toBe('FAILED');
        expect(ended.message).toMatch(/^DLI\.0012: The object store does not answer, or is too busy/);
        expect(await keysIn(s3, 'gone')).not.toContain('gone/_SUCCESS');
        const left = async (): Promise<number> => (await s3.unfinished()).length + (await keysIn(s3, 'gone')).length;
        expect(await left()).toBeGreaterThan(0);
        // When it is back, what was begun is removed: by the next server too.
        expect(await server.stop()).toBe(0);
        faulty.heal();
        server = await servers.start(env);
        for (const until = Date.now() + 100_000; (await left()) > 0; await sleep(500)) {
          if (Date.now() > until) throw new Error(`${await left()} uploads and objects are left`);
        }
        expect(await client.status(id)).toMatchObject({ status: 'FAILED' });
      } finally {
        await faulty.stop();
        await s3.stop();
      }
    },
  );
});
