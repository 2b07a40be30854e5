/** A folder that cannot be used and a disk that is full are told as what they are: nothing of the server is broken. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dliErrorOf } from '../../src/jobs/domain/errors.ts';
import type { JobRecord } from '../../src/jobs/domain/record.ts';
import { openSqliteStore } from '../../src/jobs/stores/sqlite-store.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { queryJob } from '../support/export-jobs.ts';
import { call, startJobs } from './export-kit.ts';
import { startPagingProxy } from './paging-proxy.ts';

const index = uniqueName('storage');
const folder = mkdtempSync(join(tmpdir(), 'storage-'));

/** Mounting needs rights that not every machine gives. */
function smallDisk(): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'storage-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
    return disk;
  } catch {
    rmSync(disk, { recursive: true });
    return undefined;
  }
}
const disk = smallDisk();

beforeAll(async () => {
  // Kept rows are compressed: of these nothing can be saved.
  const lines = Array.from({ length: 3_000 }, (_, n) => {
    const t = randomBytes(200).toString('base64');
    return `{"index":{}}\n${JSON.stringify({ n, t })}\n`;
  });
  await call('POST', `/${index}/_bulk?refresh=true`, lines.join(''));
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
  rmSync(folder, { recursive: true });
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

const SPOOLED = `SELECT n, t FROM ${index} ORDER BY n * -1`;
const JOINED = `SELECT a.n FROM ${index} a JOIN ${index} b ON a.n = b.n`;

describe('a DATA_DIR that is a file', () => {
  let files = 0;
  /** Becomes one while the server runs: it refuses to start over one. */
  const path = (): string => join(folder, `file${files++}`);

  it.each([
    ['pages of a computed result', { query: SPOOLED, fetch_size: 10 }],
    ['a join', { query: JOINED }],
  ])('for %s', async (_, body) => {
    const file = path();
    const proxy = await startPagingProxy(getEngine().url, { DATA_DIR: file });
    rmSync(file, { recursive: true, force: true });
    writeFileSync(file, '');
    try {
      const { status, json } = await proxy.post(body);
      expect([status, json.error]).toMatchObject([507, { type: 'StorageException' }]);
      expect(json.error.details).toMatch(/DATA_DIR: it is a file/);
      expect(json.error.details).not.toContain(folder);
    } finally {
      await proxy.close();
    }
  });

  it('for the rows of a job', async () => {
    const file = path();
    writeFileSync(file, '');
    const jobs = await startJobs({ DATA_DIR: file, STORAGE_URL: `file:${folder}/objects` });
    const error = await jobs.query(SPOOLED).catch((fault: unknown) => fault);
    expect(dliErrorOf(error)).toMatchObject({ code: 'DLI.0012', status: 400 });
    await jobs.stop();
  });
});

describe.skipIf(disk === undefined)('a full disk', () => {
  it('for pages of a computed result', async () => {
    const proxy = await startPagingProxy(getEngine().url, { DATA_DIR: join(disk!, 'data') });
    try {
      const { status, json } = await proxy.post({ query: SPOOLED, fetch_size: 10 });
      expect([status, json.error]).toMatchObject([507, { type: 'StorageException' }]);
      expect(json.error.details).toMatch(/is full/);
      expect(readdirSync(join(disk!, 'data/spool/cursors'))).toEqual([]);
      // What needs no room is answered.
      expect((await proxy.post({ query: `SELECT n FROM ${index} LIMIT 1` })).status).toBe(200);
    } finally {
      await proxy.close();
    }
  });

  it('for the list of jobs', async () => {
    const store = await openSqliteStore(join(disk!, 'list'), 'test');
    const jobs: string[] = [];
    let fault: unknown;
    while (fault === undefined && jobs.length < 1_000) {
      const job = queryJob(`SELECT '${'x'.repeat(5_000)}'`);
      await store.add({ job }).then(
        () => void jobs.push(job.id),
        (error: unknown) => {
          fault = error;
        },
      );
    }
    expect(dliErrorOf(fault)).toMatchObject({ code: 'DLI.0009', status: 400 });
    // A change is one transaction, of which the disk has room for a part.
    const grown = (record: JobRecord): JobRecord => ({ job: { ...record.job, message: 'y'.repeat(500_000) } });
    const error = await store.change(jobs[0]!, grown).catch((reason: unknown) => reason);
    expect(dliErrorOf(error)).toMatchObject({ code: 'DLI.0009', status: 400 });
    // Nothing of it was kept, and what is there can be read.
    expect((await store.get(jobs[0]!))?.job.message).toBe('');
    await store.close();
    rmSync(join(disk!, 'list'), { recursive: true });
  });

  it('for the rows of a job', async () => {
    const jobs = await startJobs({ DATA_DIR: join(disk!, 'jobs'), STORAGE_URL: `file:${folder}/objects` });
    const error = await jobs.query(SPOOLED).catch((fault: unknown) => fault);
    expect(dliErrorOf(error)).toMatchObject({ code: 'DLI.0009', status: 400 });
    await jobs.stop();
  });
});
