/** One contract for both stores of jobs: SQLite, and an index of the cluster. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCluster } from '../../src/cluster/cluster.ts';
import { createPools } from '../../src/cluster/pool.ts';
import { loadConfig } from '../../src/config.ts';
import type { ExportJob, ExportJournal, Job, QueryJob } from '../../src/jobs/domain/model.ts';
import {
  cancel,
  claim,
  discarded,
  endUnfinished,
  finishExport,
  finishQuery,
  type JobRecord,
  keepWaiting,
  putBack,
  renew,
  writeJournal,
} from '../../src/jobs/domain/record.ts';
import { INDEX_BODY, jobDocument } from '../../src/jobs/stores/index-mapping.ts';
import { openIndexStore } from '../../src/jobs/stores/index-store.ts';
import { openSqliteStore } from '../../src/jobs/stores/sqlite-store.ts';
import type { JobFilter, JobStore, ListOrder } from '../../src/jobs/stores/store.ts';
import { createMetrics } from '../../src/metrics.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { exportRequest } from '../support/export-jobs.ts';

const folder = mkdtempSync(join(tmpdir(), 'job-stores-'));
const config = loadConfig({ OPENSEARCH_URL: getEngine().url, DATA_DIR: folder });
const pools = createPools(config);
const cluster = createCluster(config, pools, createMetrics());
const index = uniqueName('jobs');

afterAll(async () => {
  await fetch(`${getEngine().url}/${index}`, { method: 'DELETE' });
  await pools.close();
  rmSync(folder, { recursive: true, force: true });
});

const STORES: readonly (readonly [string, (server: string) => Promise<JobStore>])[] = [
  ['SQLite', (server) => openSqliteStore(folder, server)],
  ['an index', () => openIndexStore({ cluster, identity: {}, index })],
];

const NOW = 1_800_000_000_000;
let clock = NOW;

function queryJob(more: Partial<QueryJob> = {}): QueryJob {
  return {
    type: 'QUERY',
    id: randomUUID(),
    project: 'p',
    owner: 'anna',
    keyId: 'key1',
    rawIdentity: false,
    queue: 'default',
    statement: 'SELECT 1',
    tags: [],
    conf: [],
    status: 'LAUNCHING',
    message: '',
    submitted: clock++,
    progress: { rows: 0, bytes: 0 },
    attempts: 0,
    ...more,
  };
}

const exportJob = (more: Partial<ExportJob> = {}): ExportJob => ({
  ...(queryJob() as Omit<QueryJob, 'type' | 'result'>),
  type: 'EXPORT',
  source: randomUUID(),
  request: exportRequest({ bucket: 'b', folder: 'f' }),
  ...more,
});

const JOURNAL: ExportJournal = {
  phase: 'uploading',
  open: [{ bucket: 'b', key: 'f/part-0', id: 'u1' }],
  sealed: [],
  replaced: ['f/old'],
};
const OUTCOME = {
  columns: [{ name: 'a', type: 'long' }],
  rows: 3,
  scannedBytes: 30,
  place: { kind: 'cluster', first: { kind: 'spool', path: 'x' } },
  expires: NOW + 1_000_000,
} as const;

describe.each(STORES)('%s', (_name, open) => {
  const server = randomUUID();
  const other = randomUUID();
  let store: JobStore;
  let project: string;
  const opened = open(server);
  afterAll(async () => (await opened).close());

  beforeEach(async () => {
    store = await opened;
    project = `p${randomUUID().slice(0, 8)}`;
  });

  async function added(job: Job, more: Partial<JobRecord> = {}): Promise<Job> {
    const record = { job: { ...job, project }, ...more };
    await store.add(record);
    return record.job;
  }

  async function running(job: Job, until = NOW + 1_000): Promise<Job> {
    const { id } = await added(job);
    const record = await store.change(id, claim(server, NOW, until));
    return record!.job;
  }

  async function finished(job: QueryJob, ended = NOW + 10): Promise<string> {
    const { id } = await running(job);
    expect(await store.change(id, finishQuery(server, 1, ended, OUTCOME))).toBeDefined();
    return id;
  }

  const page = { order: 'start_time_desc' as ListOrder, offset: 0, count: 50, now: NOW + 100 };
  const idsOf = async (filter: Partial<JobFilter>, more: Partial<typeof page> = {}) => {
    const { jobs } = await store.list({ project, submitter: 'anna', ...filter }, { ...page, ...more });
    return jobs.map((record) => record.job.id);
  };

  it('keeps a job as it was given, and knows no other', async () => {
    const job = await added(
      exportJob({ journal: JOURNAL, tags: [{ key: 'k', value: 'v' }], conf: ['a = b'], statement: "SELECT '日本'" }),
    );
    expect((await store.get(job.id))?.job).toEqual(job);
    expect(await store.get(randomUUID())).toBeUndefined();
    expect(await store.change(randomUUID(), (record) => record)).toBeUndefined();
    await expect(store.add({ job })).rejects.toThrow();
  });

  it('goes from LAUNCHING over RUNNING to FINISHED, and no way back', async () => {
    const { id } = await added(queryJob());
    expect(await store.change(id, finishQuery(server, 0, NOW, OUTCOME))).toBeUndefined();
    const claimed = await store.change(id, claim(server, NOW, NOW + 1_000));
    expect(claimed).toMatchObject({ job: { status: 'RUNNING', started: NOW, attempts: 1 }, lease: { server } });
    const ended = await store.change(id, finishQuery(server, 1, NOW + 7, OUTCOME));
    expect(ended).toMatchObject({ job: { status: 'FINISHED', ended: NOW + 7, result: OUTCOME } });
    expect(ended).not.toHaveProperty('lease');
    expect(await store.get(id)).toEqual(ended);
    expect(await store.change(id, claim(server, NOW, NOW + 1_000))).toBeUndefined();
    expect(await store.change(id, cancel(NOW))).toBeUndefined();
    await expect(
      store.change(id, (record) => ({ ...record, job: { ...record.job, status: 'RUNNING' } }) as JobRecord),
    ).rejects.toThrow(/FINISHED to RUNNING/);
  });

  it('is claimed by one of many who try at the same time', async () => {
    const { id } = await added(queryJob());
    const servers = Array.from({ length: 8 }, () => randomUUID());
    const claims = await Promise.all(servers.map((name) => store.change(id, claim(name, NOW, NOW + 1_000))));
    expect(claims.filter((one) => one !== undefined)).toHaveLength(1);
    expect((await store.get(id))?.job.attempts).toBe(1);
  });

  it('passes to another server when the lease has ended, and the first one can write no more', async () => {
    const { id } = await running(exportJob(), NOW + 1_000);
    expect(await store.change(id, claim(other, NOW + 999, NOW + 5_000))).toBeUndefined();
    expect(await store.change(id, renew(server, 1, NOW + 2_000, { rows: 5, bytes: 50 }))).toBeDefined();
    expect(await store.change(id, writeJournal(server, 1, JOURNAL))).toBeDefined();
    expect(await store.change(id, claim(other, NOW + 1_500, NOW + 5_000))).toBeUndefined();
    const taken = await store.change(id, claim(other, NOW + 2_000, NOW + 5_000));
    expect(taken).toMatchObject({ job: { attempts: 2, started: NOW, journal: JOURNAL, progress: { rows: 5 } } });
    expect(await store.change(id, renew(server, 1, NOW + 9_000, { rows: 6, bytes: 60 }))).toBeUndefined();
    expect(await store.change(id, writeJournal(server, 1, JOURNAL))).toBeUndefined();
    const ending = { status: 'FAILED', message: 'x', uncleaned: false } as const;
    expect(await store.change(id, endUnfinished(server, 1, NOW, ending))).toBeUndefined();
    const outcome = { files: [], rows: 1, bytes: 2 };
    expect(await store.change(id, finishExport(server, 1, NOW, outcome))).toBeUndefined();
    const done = await store.change(id, finishExport(other, 2, NOW + 3_000, outcome));
    expect(done?.job).toMatchObject({ status: 'FINISHED', result: outcome });
    expect(done?.job).not.toHaveProperty('journal');
  });

  it('tells a former run of the same server from the present one', async () => {
    const { id } = await running(queryJob(), NOW + 10);
    await store.change(id, claim(server, NOW + 20, NOW + 1_000));
    expect(await store.change(id, finishQuery(server, 1, NOW + 30, OUTCOME))).toBeUndefined();
    expect(await store.change(id, finishQuery(server, 2, NOW + 30, OUTCOME))).toBeDefined();
  });

  it('gives a job that was put back to the next server at once, without counting the attempt', async () => {
    const { id } = await running(queryJob());
    expect(await store.change(id, putBack(server, 1))).toMatchObject({ job: { status: 'RUNNING', attempts: 0 } });
    expect((await store.waiting(other, NOW)).map((one) => one.id)).toContain(id);
    expect(await store.change(id, claim(other, NOW, NOW + 1_000))).toMatchObject({
      job: { attempts: 1, started: NOW },
    });
  });

  it('keeps a job whose credentials one server has in memory for that server, until it is gone', async () => {
    const { id } = await added(queryJob({ rawIdentity: true }), { lease: { server, until: NOW + 1_000 } });
    const offered = async (name: string, now: number) =>
      (await store.waiting(name, now)).some((waiting) => waiting.id === id);
    expect([await offered(server, NOW), await offered(other, NOW)]).toEqual([true, false]);
    expect(await store.change(id, claim(other, NOW, NOW + 5_000))).toBeUndefined();
    expect(await store.change(id, keepWaiting(server, NOW + 2_000))).toBeDefined();
    expect(await store.change(id, claim(other, NOW + 1_500, NOW + 5_000))).toBeUndefined();
    expect(await store.change(id, claim(server, NOW + 1_500, NOW + 5_000))).toBeDefined();
    expect(await store.change(id, keepWaiting(server, NOW + 9_000))).toBeUndefined();
    const lost = await added(queryJob({ rawIdentity: true }), { lease: { server, until: NOW + 1_000 } });
    expect(await store.change(lost.id, claim(other, NOW + 1_000, NOW + 5_000))).toBeDefined();
  });

  it('offers the oldest job of each share', async () => {
    const first = await added(queryJob());
    await added(queryJob());
    const ofOther = await added(queryJob({ owner: 'bert' }));
    const ofQueue = await added(queryJob({ queue: 'queue2' }));
    await running(queryJob({ owner: 'cleo' }));
    await finished(queryJob({ owner: 'dora' }));
    const offered = (await store.waiting(server, NOW)).filter((waiting) => waiting.project === project);
    expect(new Set(offered.map(({ id }) => id))).toEqual(new Set([first.id, ofOther.id, ofQueue.id]));
    expect(offered.find(({ id }) => id === first.id)).toMatchObject({
      id: first.id,
      queue: 'default',
      project,
      owner: 'anna',
      submitted: first.submitted,
    });
  });

  it('cancels a waiting job at once, and tells the server of a running one', async () => {
    const waiting = await added(queryJob());
    const record = await store.change(waiting.id, cancel(NOW + 5));
    expect(record).toMatchObject({ job: { status: 'CANCELLED', ended: NOW + 5 } });
    const { id } = await running(queryJob());
    expect(await store.cancelRequests(server)).not.toContain(id);
    expect(await store.change(id, cancel(NOW + 5))).toMatchObject({
      job: { status: 'RUNNING' },
      cancelRequested: true,
    });
    expect(await store.cancelRequests(server)).toContain(id);
    expect(await store.cancelRequests(other)).not.toContain(id);
    expect(await store.abandoned(NOW + 999)).not.toContain(id);
    expect(await store.abandoned(NOW + 1_000)).toContain(id);
    // The request outlives a heartbeat.
    await store.change(id, renew(server, 1, NOW + 2_000, { rows: 1, bytes: 1 }));
    const ending = { status: 'CANCELLED', message: 'The job was cancelled.', uncleaned: false } as const;
    expect((await store.change(id, endUnfinished(server, 1, NOW + 9, ending)))?.job.status).toBe('CANCELLED');
    expect(await store.cancelRequests(server)).not.toContain(id);
  });

  it('lists by every filter, alone and together', async () => {
    const a = await added(
      queryJob({
        statement: "SELECT FirstName FROM People WHERE x = '100%_*?\\'",
        owner: 'owner-a',
        database: 'db1',
        table: 'people',
        tags: [
          { key: 'run', value: '1' },
          { key: 'team', value: 'a b' },
        ],
      }),
    );
    const b = await added(queryJob({ queue: 'queue2', tags: [{ key: 'run', value: '11' }] }));
    const c = await running(exportJob());
    const d = await finished(queryJob());
    await store.add({ job: queryJob({ project: `${project}x` }) });
    expect(await idsOf({})).toEqual([d, c.id, b.id, a.id]);
    expect(await idsOf({ id: b.id })).toEqual([b.id]);
    expect(await idsOf({ id: randomUUID() })).toEqual([]);
    expect(await idsOf({ types: ['EXPORT'] })).toEqual([c.id]);
    expect(await idsOf({ types: ['QUERY', 'EXPORT'] })).toHaveLength(4);
    expect(await idsOf({ types: [] })).toEqual([]);
    expect(await idsOf({ status: 'FINISHED' })).toEqual([d]);
    expect(await idsOf({ status: 'LAUNCHING', queue: 'queue2' })).toEqual([b.id]);
    expect(await idsOf({ after: a.submitted, before: c.submitted })).toEqual([b.id]);
    expect(await idsOf({ owner: 'owner-a' })).toEqual([a.id]);
    expect(await idsOf({ owner: 'Owner-a' })).toEqual([]);
    expect(await idsOf({ database: 'db1' })).toEqual([a.id]);
    expect(await idsOf({ table: 'people' })).toEqual([a.id]);
    expect(await idsOf({ tags: ['run=1'] })).toEqual([a.id]);
    expect(await idsOf({ tags: ['run=1', 'team=a b'] })).toEqual([a.id]);
    expect(await idsOf({ tags: ['run=1', 'team=b'] })).toEqual([]);
    expect(await idsOf({ status: 'RUNNING', types: ['QUERY'] })).toEqual([]);
    for (const pattern of ['FIRSTNAME', 'firstname from PEOPLE', "= '100%_*?\\'", '%_*?', '\\'])
      expect(await idsOf({ pattern })).toEqual([a.id]);
    for (const pattern of ['first%', 'f?rst', 'first*people', 'lastname']) expect(await idsOf({ pattern })).toEqual([]);
  });

  it('finds a part of a statement wherever it stands', async () => {
    const body = Array.from({ length: 3_000 }, (_, i) => `'İé漢${i}'`).join(', ');
    const { id } = await added(queryJob({ statement: `SELECT * FROM t WHERE a IN (${body}) AND z = 1` }));
    for (const start of [0, 5_000, 9_500, 10_000, 20_000, body.length - 1_024]) {
      const pattern = body.slice(start, start + 1_024);
      expect(await idsOf({ pattern })).toEqual([id]);
      expect(await idsOf({ pattern: `${pattern.slice(0, -1)}\u0001` })).toEqual([]);
    }
  });

  it('lists the jobs of one user of the cluster, and those of before, which name none', async () => {
    const anna = await added(queryJob({ submitter: 'anna' }));
    const bert = await added(queryJob({ submitter: 'bert', owner: 'anna' }));
    const of = (submitter: string, more: Partial<JobFilter> = {}) => idsOf({ submitter, ...more });
    const before = await added(queryJob());
    expect(await of('anna')).toEqual([before.id, anna.id]);
    expect(await of('bert')).toEqual([before.id, bert.id]);
    expect(await of('')).toEqual([before.id]);
    expect(await of('anna', { id: bert.id })).toEqual([]);
    expect(await of('anna', { owner: 'anna', pattern: 'select' })).toEqual([before.id, anna.id]);
    const { total } = await store.list({ project, submitter: 'anna' }, { ...page, count: 1 });
    expect(total).toBe(2);
    // What changes a job keeps whose it is.
    expect(await store.change(bert.id, cancel(NOW))).toBeDefined();
    expect(await of('anna')).toEqual([before.id, anna.id]);
  });

  it('orders by start and by duration, in pages that neither repeat nor leave out', async () => {
    // 30, 10 and 20 long; running for 100; waiting: 0. Two have the same duration.
    const ended = [];
    for (const duration of [30, 10, 20, 20]) ended.push(await finished(queryJob(), NOW + duration));
    const going = await running(queryJob());
    const waiting = await added(queryJob());
    const [thirty, ten, ...twenty] = ended as [string, string, string, string];
    twenty.sort();
    expect(await idsOf({}, { order: 'duration_asc' })).toEqual([waiting.id, ten, ...twenty, thirty, going.id]);
    expect(await idsOf({}, { order: 'duration_desc' })).toEqual([going.id, thirty, ...twenty, ten, waiting.id]);
    const byStart = [...ended, going.id, waiting.id];
    expect(await idsOf({}, { order: 'start_time_asc' })).toEqual(byStart);
    const paged = [];
    for (let offset = 0; offset < 8; offset += 2) {
      const { total, jobs } = await store.list(
        { project, submitter: 'anna' },
        { ...page, order: 'start_time_asc', offset, count: 2 },
      );
      expect(total).toBe(6);
      paged.push(...jobs.map((record) => record.job.id));
    }
    expect(paged).toEqual(byStart);
    expect(await idsOf({}, { offset: 5_000_000 })).toEqual([]);
  });

  it('tells what is due, oldest first', async () => {
    const late = await finished(queryJob(), NOW + 500);
    const early = await finished(queryJob(), NOW + 100);
    const failed = await running(exportJob());
    const ending = { status: 'FAILED', errorCode: 'DLI.0999', message: 'x', uncleaned: true } as const;
    expect(await store.change(failed.id, endUnfinished(server, 1, NOW + 300, ending))).toBeDefined();
    const due = async (what: Parameters<JobStore['due']>[0]) =>
      (await store.due(what, 1_000)).map(({ job }) => job).filter((job) => job.project === project);
    const ids = async (what: Parameters<JobStore['due']>[0]) => (await due(what)).map((job) => job.id);
    expect(await ids({ kind: 'ended', before: NOW + 500 })).toEqual([early, failed.id]);
    expect(await ids({ kind: 'ended', before: NOW + 501, project })).toEqual([early, failed.id, late]);
    expect(await ids({ kind: 'ended', before: NOW + 501, project: 'nobody' })).toEqual([]);
    expect(await ids({ kind: 'uncleaned' })).toEqual([failed.id]);
    expect((await due({ kind: 'uncleaned' }))[0]).toMatchObject({ errorCode: 'DLI.0999', message: 'x' });
    expect(await ids({ kind: 'resultExpired', now: OUTCOME.expires - 1 })).toEqual([]);
    expect(await ids({ kind: 'resultExpired', now: OUTCOME.expires })).toEqual([early, late]);
    await store.change(early, discarded);
    expect(await ids({ kind: 'resultExpired', now: OUTCOME.expires })).toEqual([late]);
    expect(await store.countOf(project)).toBe(3);
    await store.remove([late, failed.id, randomUUID()]);
    expect(await store.countOf(project)).toBe(1);
    expect(await store.get(late)).toBeUndefined();
  });

  it('counts by state and queue, and the exports that read a job', async () => {
    const count = async () =>
      (await store.counts()).find(({ status, queue }) => status === 'LAUNCHING' && queue === `q_${project}`)?.count;
    await added(queryJob({ queue: `q_${project}` }));
    await added(queryJob({ queue: `q_${project}` }));
    expect(await count()).toBe(2);
    const reading = await running(exportJob());
    if (reading.type !== 'EXPORT') throw new Error('no export');
    expect(await store.exportsOf(reading.source)).toBe(1);
    await store.change(reading.id, finishExport(server, 1, NOW + 5, { files: [], rows: 0, bytes: 0 }));
    expect(await store.exportsOf(reading.source)).toBe(0);
  });

  it('loses no change when many write the same job', async () => {
    const { id } = await running(exportJob());
    const add = () =>
      store.change(id, (record) => ({
        ...record,
        job: { ...record.job, progress: { rows: record.job.progress.rows + 1, bytes: 0 } },
      }));
    await Promise.all(Array.from({ length: 10 }, add));
    expect((await store.get(id))?.job.progress.rows).toBe(10);
  });

  it('is read by a second store of the same place', async () => {
    const { id } = await running(queryJob());
    const second = await open(randomUUID());
    expect((await second.get(id))?.job.status).toBe('RUNNING');
    expect(await second.change(id, claim(other, NOW + 10, NOW + 1_000))).toBeUndefined();
    await second.close();
  });
});

describe('SQLite', () => {
  it('releases the jobs of a server that is gone, and of no other', async () => {
    const [dead, alive] = [randomUUID(), randomUUID()];
    const first = await openSqliteStore(folder, dead);
    const second = await openSqliteStore(folder, alive);
    const jobs = [queryJob(), queryJob()] as const;
    for (const job of jobs) await first.add({ job });
    await first.change(jobs[0].id, claim(dead, NOW, NOW + 1e9));
    await second.change(jobs[1].id, claim(alive, NOW, NOW + 1e9));
    const third = await openSqliteStore(folder, randomUUID());
    await third.releaseDead();
    expect(await third.change(jobs[0].id, claim('x', NOW, NOW + 1e9))).toBeUndefined();
    await first.close();
    await third.releaseDead();
    expect(await third.change(jobs[0].id, claim('x', NOW, NOW + 1e9))).toBeDefined();
    expect(await third.change(jobs[1].id, claim('x', NOW, NOW + 1e9))).toBeUndefined();
    await second.close();
    await third.close();
  });
});

describe('a store of the version before', () => {
  const FILTER = { project: 'p', submitter: 'anna' };
  const PAGE = { order: 'start_time_asc' as const, offset: 0, count: 50, now: NOW };

  /** Jobs of then are everybody's in their project; those of now are not. */
  async function expectUpgraded(store: JobStore, old: QueryJob): Promise<void> {
    const mine = queryJob({ submitter: 'anna' });
    const theirs = queryJob({ submitter: 'bert' });
    for (const job of [mine, theirs]) await store.add({ job });
    expect((await store.list(FILTER, PAGE)).jobs.map(({ job }) => job.id)).toEqual([old.id, mine.id]);
    expect((await store.get(old.id))?.job).toEqual(old);
    expect((await store.change(old.id, cancel(NOW)))?.job.status).toBe('CANCELLED');
  }

  it('SQLite', async () => {
    const place = mkdtempSync(join(tmpdir(), 'old-jobs-'));
    const { default: Libsql } = await import('libsql');
    const first = await openSqliteStore(place, randomUUID());
    const old = queryJob();
    await first.add({ job: old });
    await first.close();
    const database = new Libsql(join(place, 'jobs', 'jobs.db'));
    database.exec('ALTER TABLE jobs DROP COLUMN submitter; PRAGMA user_version = 1');
    database.close();
    const store = await openSqliteStore(place, randomUUID());
    await expectUpgraded(store, old);
    await store.close();
    rmSync(place, { recursive: true, force: true });
  });

  it('an index', async () => {
    const name = uniqueName('old-jobs');
    const send = async (method: string, path: string, body: object): Promise<void> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${getEngine().url}/${name}${path}`, { method, headers, body: JSON.stringify(body) });
      expect(answer.status, await answer.text()).toBeLessThan(300);
    };
    const { submitter: _, ...properties } = INDEX_BODY.mappings.properties;
    const mappings = { ...INDEX_BODY.mappings, _meta: { version: 1 }, properties };
    await send('PUT', '', { ...INDEX_BODY, mappings });
    const old = queryJob();
    await send('PUT', `/_create/${old.id}?refresh=true`, jobDocument({ job: old }));
    const store = await openIndexStore({ cluster, identity: {}, index: name });
    await expectUpgraded(store, old);
    // The next server finds nothing to upgrade.
    await (await openIndexStore({ cluster, identity: {}, index: name })).close();
    await fetch(`${getEngine().url}/${name}`, { method: 'DELETE' });
  });
});

describe('an index', () => {
  it('of another kind is refused', async () => {
    const name = uniqueName('no-jobs');
    await fetch(`${getEngine().url}/${name}`, { method: 'PUT' });
    await expect(openIndexStore({ cluster, identity: {}, index: name })).rejects.toThrow(/JOB_INDEX/);
    await fetch(`${getEngine().url}/${name}`, { method: 'DELETE' });
  });
});
