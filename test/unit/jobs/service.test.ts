/** The service of jobs: queues, fairness, identities, limits, restarts and tidying, over a SQLite file. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../src/auth/principal.ts';
import { DliError } from '../../../src/jobs/domain/errors.ts';
import type { QueryJob } from '../../../src/jobs/domain/model.ts';
import { openSqliteStore } from '../../../src/jobs/stores/sqlite-store.ts';
import { exportJob, exportRequest } from '../../support/export-jobs.ts';
import { ANYBODY } from '../../support/principals.ts';
import { type TestServer, type TestServers, testServers } from './jobs-kit.ts';

let servers: TestServers;
beforeEach(() => {
  servers = testServers();
});
afterEach(() => servers.close());

const of = (user: string): Principal => ({ ...ANYBODY, user });

const code = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof DliError ? error.code : String(error);
};

const REQUEST = exportRequest();

async function source(server: TestServer, sql = 'SELECT 1'): Promise<QueryJob> {
  const { id } = await server.submit(sql);
  return (await server.until(id, 'FINISHED')) as QueryJob;
}

describe('a queue', () => {
  it('runs as many jobs as it is configured for, in order, beside the others', async () => {
    const server = await servers.start({ JOB_QUEUES: 'default:2,small:1' });
    const first = [];
    for (const name of ['a', 'b', 'c']) first.push(await server.submit(`SELECT 1 /* hold=${name} */`));
    const small = await server.submit('SELECT 1 /* hold=s */', { queue: 'small' });
    const after = await server.submit('SELECT 1', { queue: 'small' });
    await server.until(small.id, 'RUNNING');
    await sleep(200);
    expect(new Set(server.runner.begun)).toEqual(new Set([first[0]!.id, first[1]!.id, small.id]));
    server.runner.release('b');
    await server.until(first[2]!.id, 'RUNNING');
    server.runner.release('s');
    await server.until(after.id, 'FINISHED');
    expect((await server.jobs.job('p', first[0]!.id, ANYBODY)).status).toBe('RUNNING');
  });

  it('is shared by projects, and by owners in a project, whoever has queued more', async () => {
    const server = await servers.start({ JOB_QUEUES: 'default:1' });
    const held = await server.submit('SELECT 1 /* hold */', {}, of('zoe'), 'other');
    await server.until(held.id, 'RUNNING', 'other');
    const names = new Map<string, string>();
    const add = async (name: string, user: string, project: string): Promise<void> => {
      names.set((await server.submit('SELECT 1', {}, of(user), project)).id, name);
      await sleep(2);
    };
    for (let i = 1; i <= 4; i++) await add(`anna${i}`, 'anna', 'big');
    for (let i = 1; i <= 2; i++) await add(`bert${i}`, 'bert', 'big');
    for (let i = 1; i <= 2; i++) await add(`cleo${i}`, 'cleo', 'small');
    server.runner.release();
    for (const id of names.keys()) {
      for (const project of ['big', 'small']) await server.until(id, 'FINISHED', project).catch(() => undefined);
    }
    const order = server.runner.begun.slice(1).map((id) => names.get(id));
    expect(order).toEqual(['anna1', 'cleo1', 'bert1', 'cleo2', 'anna2', 'bert2', 'anna3', 'anna4']);
  }, 60_000);

  it('that is configured no more still empties', async () => {
    const before = await servers.start({ JOB_QUEUES: 'default:1,old:1' });
    const held = await before.submit('SELECT 1 /* hold */', { queue: 'old' });
    const waiting = await before.submit('SELECT 1', { queue: 'old' });
    await before.until(held.id, 'RUNNING');
    await before.stop();
    const after = await servers.start({ JOB_QUEUES: 'default:1' });
    expect(await code(after.submit('SELECT 1', { queue: 'old' }))).toBe('DLI.0002');
    after.runner.release();
    await after.until(waiting.id, 'FINISHED');
    await after.until(held.id, 'FINISHED');
  });
});

describe('a restart', () => {
  it('goes on with running and waiting jobs, and does not count a shutdown as an attempt', async () => {
    const first = await servers.start({ JOB_QUEUES: 'default:1' });
    const held = await first.submit('SELECT 1 /* hold */');
    const waiting = await first.submit('SELECT 1');
    await first.until(held.id, 'RUNNING');
    await first.stop();
    const second = await servers.start({ JOB_QUEUES: 'default:1' });
    await sleep(100);
    expect((await second.jobs.job('p', held.id, ANYBODY)).status).toBe('RUNNING');
    second.runner.release();
    expect((await second.until(held.id, 'FINISHED')).attempts).toBe(1);
    await second.until(waiting.id, 'FINISHED');
    expect([first.runner.begun, second.runner.begun]).toEqual([[held.id], [held.id, waiting.id]]);
  });

  it('ends a job whose credentials were in memory only, saying so', async () => {
    const raw: Principal = { ...ANYBODY, identity: { authorization: 'Basic secret' }, rawIdentity: true };
    const first = await servers.start({ JOB_QUEUES: 'default:1' });
    const held = await first.submit('SELECT 1 /* hold */', {}, raw);
    const waiting = await first.submit('SELECT 1', {}, raw);
    await first.until(held.id, 'RUNNING');
    expect(first.runner.identities.get(held.id)).toEqual({ authorization: 'Basic secret' });
    await first.stop();
    const second = await servers.start();
    for (const { id } of [held, waiting]) {
      const job = await second.until(id, 'FAILED');
      expect(job).toMatchObject({ errorCode: 'DLI.0013', message: expect.stringMatching(/in the memory of a server/) });
    }
    expect(second.runner.begun).toEqual([]);
  });

  it('runs a job with what its key stands for now, and not at all when the key is gone', async () => {
    const keyed = (keyId: string): Principal => ({ ...ANYBODY, keyId, identity: { authorization: 'of then' } });
    const first = await servers.start({ JOB_QUEUES: 'default:2' });
    const [kept, gone] = [
      await first.submit('SELECT 1 /* hold */', {}, keyed('k1')),
      await first.submit('SELECT 1 /* hold */', {}, keyed('k2')),
    ];
    for (const { id } of [kept, gone]) await first.until(id, 'RUNNING');
    await first.stop();
    const second = await servers.start({}, (keyId) => (keyId === 'k1' ? { authorization: 'of now' } : undefined));
    second.runner.release();
    await second.until(kept.id, 'FINISHED');
    expect(second.runner.identities.get(kept.id)).toEqual({ authorization: 'of now' });
    expect(await second.until(gone.id, 'FAILED')).toMatchObject({ errorCode: 'DLI.0013', message: /k2/ });
  });
});

describe('two servers on one file', () => {
  it('share the work, and run no job twice', async () => {
    const [a, b] = [await servers.start({ JOB_QUEUES: 'default:3' }), await servers.start({ JOB_QUEUES: 'default:3' })];
    const jobs = [];
    for (let i = 0; i < 30; i++) jobs.push(await (i % 2 ? a : b).submit(`SELECT ${i}`));
    for (const { id } of jobs) await a.until(id, 'FINISHED');
    const begun = [...a.runner.begun, ...b.runner.begun];
    expect(begun).toHaveLength(30);
    expect(new Set(begun).size).toBe(30);
    expect(Math.min(a.runner.begun.length, b.runner.begun.length)).toBeGreaterThan(0);
  });

  it('cancel each other’s jobs', async () => {
    const a = await servers.start({ JOB_QUEUES: 'default:1' });
    const held = await a.submit('SELECT 1 /* hold */');
    await a.until(held.id, 'RUNNING');
    const b = await servers.start();
    expect(await b.jobs.cancel('p', held.id, ANYBODY)).toBe(true);
    expect((await a.jobs.job('p', held.id, ANYBODY)).status).toBe('CANCELLED');
    expect(b.runner.begun).toEqual([]);
  });

  it('leave jobs with credentials in memory to the server that has them', async () => {
    const a = await servers.start({ JOB_QUEUES: 'default:1', JOB_LEASE: '1s' });
    const b = await servers.start({ JOB_QUEUES: 'default:5', JOB_LEASE: '1s' });
    const raw: Principal = { ...ANYBODY, identity: { authorization: 'x' }, rawIdentity: true };
    const held = await a.submit('SELECT 1 /* hold */', {}, raw);
    const waiting = await a.submit('SELECT 1', {}, raw);
    await a.until(held.id, 'RUNNING');
    // Longer than its lease: the server renews what only it can run.
    await sleep(1_500);
    expect((await b.jobs.job('p', waiting.id, ANYBODY)).status).toBe('LAUNCHING');
    a.runner.release();
    await a.until(waiting.id, 'FINISHED');
    expect(b.runner.begun).toEqual([]);
  });
});

describe('a running job', () => {
  it('is cancelled after dli.sql.job.timeout', async () => {
    const server = await servers.start();
    const { id } = await server.submit('SELECT 1 /* hold */', { conf: ['dli.sql.job.timeout = 1'] });
    const job = await server.until(id, 'CANCELLED');
    expect(job).toMatchObject({ errorCode: 'DLI.0019', message: /longer than its dli.sql.job.timeout of 1 seconds/ });
    expect(job.ended! - job.started!).toBeGreaterThanOrEqual(990);
  });

  it('is cancelled after JOB_TIMEOUT', async () => {
    const server = await servers.start({ JOB_TIMEOUT: '100ms' });
    const { id } = await server.submit('SELECT 1 /* hold */', { conf: ['dli.sql.job.timeout=60'] });
    expect(await server.until(id, 'CANCELLED')).toMatchObject({ message: /JOB_TIMEOUT/ });
  });

  it('is begun again after a failure that may pass, and only then', async () => {
    const server = await servers.start();
    const passing = await server.submit('SELECT 1 /* fail=clusterUnreachable*1 */');
    const lasting = await server.submit('SELECT 1 /* fail=semantic*1 */');
    expect(await server.until(lasting.id, 'FAILED')).toMatchObject({ errorCode: 'DLI.0005' });
    await server.until(passing.id, 'FINISHED');
    expect(server.runner.begun.filter((id) => id === passing.id)).toHaveLength(2);
    expect(server.runner.begun.filter((id) => id === lasting.id)).toHaveLength(1);
  });

  it('is given up when its servers die too often', async () => {
    const server = await servers.start({ JOB_ATTEMPTS: '2', JOB_QUEUES: 'default:1' });
    const { id } = await server.submit('SELECT 1 /* hold */');
    await server.until(id, 'RUNNING');
    // As two servers leave it that are killed.
    await server.store.change(id, (record) => ({ ...record, job: { ...record.job, attempts: 2 }, lease: undefined }));
    const next = await servers.start({ JOB_ATTEMPTS: '2' });
    expect(await next.until(id, 'FAILED')).toMatchObject({ errorCode: 'DLI.0999', message: /JOB_ATTEMPTS/ });
    expect(next.runner.begun).toEqual([]);
  });

  it('whose lease is lost writes nothing more', async () => {
    const server = await servers.start({ JOB_LEASE: '1s' });
    const { id } = await server.submit('SELECT 1 /* hold stubborn */');
    await server.until(id, 'RUNNING');
    const another = await openSqliteStore(servers.folder, 'another');
    await another.change(id, (record) => ({
      ...record,
      job: { ...record.job, attempts: 2 },
      lease: { server: 'another', until: Date.now() + 60_000 },
    }));
    await sleep(600);
    server.runner.release();
    await sleep(200);
    expect((await another.get(id))?.job).toMatchObject({ status: 'RUNNING', attempts: 2 });
    await another.close();
  });

  it('tells its progress as it is', async () => {
    const server = await servers.start();
    const { id } = await server.submit('SELECT 1 /* hold */');
    while (server.runner.begun.length === 0) await sleep(5);
    expect((await server.jobs.job('p', id, ANYBODY)).progress).toEqual({ rows: 1, bytes: 10, estimatedRows: 4 });
    expect((await server.store.get(id))?.job.progress).toEqual({ rows: 0, bytes: 0 });
  });
});

describe('an export', () => {
  it('whose key is gone is cleaned up', async () => {
    const server = await servers.start();
    const query = await source(server, 'SELECT 1 /* exporthold */');
    const job = await server.jobs.submitExport(query, 'default', REQUEST, ANYBODY);
    while (!server.runner.begun.includes(job.id)) await sleep(5);
    await server.stop();
    const next = await servers.start({}, () => undefined);
    await next.until(job.id, 'FAILED');
    expect(next.runner.cleaned).toEqual([job.id]);
  });

  it('that was killed before its journal knew an upload is cleaned up', async () => {
    const server = await servers.start();
    const query = await source(server, 'SELECT 1');
    await server.stop();
    const store = await openSqliteStore(servers.folder, 'killed');
    const job = exportJob(REQUEST, { project: 'p', source: query.id });
    await store.add({ job, lease: { server: 'killed', until: 1 }, cancelRequested: true });
    await store.close();
    const next = await servers.start();
    await next.until(job.id, 'CANCELLED');
    expect(next.runner.cleaned).toEqual([job.id]);
  });

  it('that is cancelled while it publishes is finished by the next server', async () => {
    const server = await servers.start();
    const query = await source(server, 'SELECT 1 /* exporthold */');
    const { id } = await server.jobs.submitExport(query, 'default', REQUEST, ANYBODY);
    while (!server.runner.begun.includes(id)) await sleep(5);
    await server.stop();
    const store = await openSqliteStore(servers.folder, 'another');
    const journal = { phase: 'publishing', open: [], sealed: [], replaced: [] } as const;
    await store.change(id, (record) => ({
      ...record,
      cancelRequested: true,
      job: record.job.type === 'EXPORT' ? { ...record.job, journal } : record.job,
    }));
    await store.close();
    const last = await servers.start({}, () => undefined);
    last.runner.release();
    expect(await last.until(id, 'FINISHED')).toMatchObject({ type: 'EXPORT', result: { rows: 3 } });
    expect(last.runner.cleaned).toEqual([]);
  });

  it.each([
    ['fails', 'fail=internal', false],
    ['is cancelled', 'exporthold', true],
  ] as const)('that %s after its parts were published goes on until it is complete', async (_, how, cancels) => {
    const server = await servers.start();
    const query = await source(server, 'SELECT 1 /* rows=5 */');
    const held = { ...query, statement: `SELECT 1 /* rows=5 published ${how} */` };
    server.runner.failCleanUps = 1;
    const { id } = await server.jobs.submitExport(held, 'default', REQUEST, ANYBODY);
    while (!server.runner.begun.includes(id)) await sleep(5);
    const told = cancels ? code(server.jobs.cancel('p', id, ANYBODY)) : undefined;
    await sleep(300);
    expect((await server.jobs.job('p', id, ANYBODY)).status).toBe('RUNNING');
    expect(await server.until(id, 'FINISHED')).toMatchObject({ type: 'EXPORT', result: { rows: 5, bytes: 50 } });
    expect(server.runner.cleaned).toEqual([id]);
    if (cancels) expect(await told).toBe('DLI.0007');
  });

  it('whose leavings cannot be removed is cleaned later', async () => {
    const server = await servers.start();
    const query = await source(server, 'SELECT 1 /* exporthold */');
    const job = await server.jobs.submitExport(query, 'default', REQUEST, ANYBODY);
    while (!server.runner.begun.includes(job.id)) await sleep(5);
    server.runner.failCleanUps = 1;
    expect(await server.jobs.cancel('p', job.id, ANYBODY)).toBe(true);
    expect(server.runner.cleaned).toEqual([]);
    expect((await server.store.due({ kind: 'uncleaned' }, 10)).map((record) => record.job.id)).toEqual([job.id]);
    await server.stop();
    const next = await servers.start();
    while (next.runner.cleaned.length === 0) await sleep(10);
    expect(next.runner.cleaned).toEqual([job.id]);
    await sleep(50);
    expect(await next.store.due({ kind: 'uncleaned' }, 10)).toEqual([]);
  });
});

describe('tidying', () => {
  it('makes room by the oldest ended jobs, and refuses when all are going', async () => {
    const server = await servers.start({ JOBS_PER_PROJECT: '3', JOB_QUEUES: 'default:4' });
    const first = await source(server);
    const second = await source(server);
    for (let i = 0; i < 2; i++) await server.submit('SELECT 1 /* hold */');
    expect(await code(server.jobs.job('p', first.id, ANYBODY))).toBe('DLI.0002');
    expect(server.runner.discarded).toEqual([first.id]);
    expect((await server.jobs.job('p', second.id, ANYBODY)).status).toBe('FINISHED');
    await server.submit('SELECT 1 /* hold */');
    expect(await code(server.submit('SELECT 1'))).toBe('DLI.1028');
    await server.submit('SELECT 1', {}, ANYBODY, 'other');
    server.runner.release();
  });

  it('removes jobs after JOB_KEEP, with their rows', async () => {
    const server = await servers.start();
    const job = await source(server);
    await server.stop();
    const next = await servers.start({ JOB_KEEP: '1ms' });
    while (next.runner.discarded.length === 0) await sleep(10);
    expect(next.runner.discarded).toEqual([job.id]);
    await sleep(50);
    expect(await code(next.jobs.job('p', job.id, ANYBODY))).toBe('DLI.0002');
  });

  it('keeps an expired result while an export reads it', async () => {
    const server = await servers.start();
    server.runner.resultMilliseconds = 300;
    const query = await source(server, 'SELECT 1 /* exporthold */');
    const job = await server.jobs.submitExport(query, 'default', REQUEST, ANYBODY);
    while (!server.runner.begun.includes(job.id)) await sleep(5);
    await sleep(350);
    expect(await code(server.jobs.result('p', query.id, ANYBODY))).toBe('DLI.0100');
    await server.stop();
    const next = await servers.start();
    await sleep(300);
    expect(next.runner.discarded).toEqual([]);
    next.runner.release();
    await next.until(job.id, 'FINISHED');
    await next.stop();
    const last = await servers.start();
    while (last.runner.discarded.length === 0) await sleep(10);
    expect(last.runner.discarded).toEqual([query.id]);
  });

  it('counts jobs by state and queue in the metrics', async () => {
    const server = await servers.start({ JOB_QUEUES: 'default:1' });
    await source(server);
    await server.submit('SELECT 1 /* hold */');
    await server.submit('SELECT 1');
    await sleep(100);
    const text = await server.metrics.text();
    for (const line of [
      'sqlproxy_jobs{status="FINISHED",queue="default"} 1',
      'sqlproxy_jobs{status="RUNNING",queue="default"} 1',
      'sqlproxy_jobs{status="LAUNCHING",queue="default"} 1',
      'sqlproxy_job_seconds_count{type="QUERY",status="FINISHED"} 1',
    ]) {
      expect(text).toContain(line);
    }
    server.runner.release();
  });
});
