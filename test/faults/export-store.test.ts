/** Exports into an S3 service that is overloaded, breaks connections, is slow, or falls silent. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { call } from '../cluster/export-kit.ts';
import { FULL, uniqueName } from '../support/engine.ts';
import { startS3Server } from '../support/s3-server.ts';
import { jobsClient } from '../support/server-process.ts';
import { expectWholeIn, exportTo, faultServers, finishedQuery, loadRows, s3Env } from './export-kit.ts';
import { type StoreFault, startFaultyStore } from './faulty-store.ts';

const index = uniqueName('export-store-faults');
const servers = faultServers();

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
