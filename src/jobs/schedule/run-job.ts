/** Runs one claimed job to its end: under the identity of its key, with its time limit, again where a failure may pass. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from '../../cluster/context.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { timeoutOf } from '../domain/conf.ts';
import { type DliCode, DliError, dliErrorOf } from '../domain/errors.ts';
import { type Identities, type IdentityGone, isGone } from '../domain/identities.ts';
import { JobError } from '../domain/job-error.ts';
import type {
  ExportJob,
  ExportOutcome,
  Job,
  JobControl,
  JobProgress,
  JobRunner,
  QueryJob,
  QueryOutcome,
} from '../domain/model.ts';
import {
  type Change,
  type Ending,
  endUnfinished,
  finishExport,
  finishQuery,
  type JobRecord,
  putBack,
  writeJournal,
} from '../domain/record.ts';
import type { JobStore } from '../stores/store.ts';
import type { SubmitterOf } from '../submitter.ts';

export interface RunDeps {
  readonly server: string;
  readonly store: JobStore;
  readonly runner: JobRunner;
  readonly identities: Identities;
  readonly submitterOf: SubmitterOf;
  readonly attempts: number;
  /** Milliseconds; 0: none. */
  readonly timeout: number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Why the work on a job is broken off. */
export class Stop extends Error {
  constructor(readonly why: 'cancel' | 'timeout' | 'shutdown' | 'lost') {
    super(`the job is stopped: ${why}`);
    this.name = 'Stop';
  }
}

export interface Run {
  readonly job: Job;
  readonly attempt: number;
  /** Aborted with a Stop. */
  readonly controller: AbortController;
  progress: JobProgress;
}

/** Failures of somebody else that may be over soon: the job is begun again. */
const PASSING: ReadonlySet<DliCode> = new Set(['DLI.0012']);
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
/** How long the end of a job is tried to be written while the store of jobs does not answer. */
const WRITE_PAUSES = [100, 500, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000];

export async function runClaimed(record: JobRecord, run: Run, deps: RunDeps): Promise<void> {
  const { log, metrics } = deps;
  const { job } = record;
  const started = performance.now();
  const ended = await runToEnd(record, run, deps);
  const facts = { id: job.id, type: job.type, project: job.project, owner: job.owner, queue: job.queue };
  if (ended === undefined) {
    log.info('job left', { ...facts, why: (run.controller.signal.reason as Stop | undefined)?.why ?? 'lost' });
    return;
  }
  deps.identities.forget(job.id);
  const seconds = (performance.now() - started) / 1000;
  metrics.job(ended.type, ended.status, seconds);
  if (ended.type === 'EXPORT' && ended.result !== undefined) metrics.exported(ended.result.rows, ended.result.bytes);
  log[ended.status === 'FAILED' ? 'warn' : 'info']('job ended', {
    ...facts,
    status: ended.status,
    attempts: ended.attempts,
    rows: ended.progress.rows,
    ms: Math.round(seconds * 1000),
    ...(ended.errorCode === undefined ? {} : { error: ended.errorCode, reason: ended.message }),
  });
}

/** The job as it ended; undefined when it goes on elsewhere. */
async function runToEnd(record: JobRecord, run: Run, deps: RunDeps): Promise<Job | undefined> {
  const { job } = record;
  // What has begun to appear is rolled forward, whatever else has happened; that needs nobody's rights on the cluster.
  const publishing = job.type === 'EXPORT' && job.journal !== undefined && job.journal.phase !== 'uploading';
  const identity = deps.identities.of(job);
  if (!publishing) {
    if (record.cancelRequested) return end(run, deps, cancelled());
    if (isGone(identity)) return end(run, deps, failed(new DliError('DLI.0013', identity.gone)));
  }
  if (run.attempt > deps.attempts) {
    const message = `The job was begun ${deps.attempts} times, and each time its server stopped in the middle of it (JOB_ATTEMPTS).`;
    return end(run, deps, failed(new DliError('DLI.0999', message)));
  }
  const timer = startTimer(job, run, deps.timeout);
  try {
    return await tryRepeatedly(run, identity, publishing, deps);
  } catch (error) {
    return endAfter(error, run, deps);
  } finally {
    clearTimeout(timer);
  }
}

function startTimer(job: Job, run: Run, general: number): NodeJS.Timeout | undefined {
  const limits = [timeoutOf(job.conf), general].filter((limit) => limit > 0);
  // A longer delay than this would fire at once.
  const limit = Math.min(...limits, 2_147_483_647);
  if (limits.length === 0) return undefined;
  return setTimeout(() => run.controller.abort(new Stop('timeout')), limit);
}

async function tryRepeatedly(
  run: Run,
  identity: Identity | IdentityGone,
  publishing: boolean,
  deps: RunDeps,
): Promise<Job | undefined> {
  const { signal } = run.controller;
  for (let tries = 1; ; tries++) {
    try {
      if (!publishing && !isGone(identity)) await checkSubmitter(run.job, identity, deps);
      return await attempt(run, identity, deps);
    } catch (error) {
      const told = dliErrorOf(error);
      const passing = told !== undefined && PASSING.has(told.code);
      if (signal.aborted || !passing || tries >= deps.attempts) throw error;
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 3 ** (tries - 1));
      deps.log.warn('job is tried again', { id: run.job.id, tries, pause, error: told.message });
      await sleep(pause, undefined, { signal });
    }
  }
}

/** The rows would be those of somebody else than the one who may see them. */
async function checkSubmitter(job: Job, identity: Identity, { submitterOf }: RunDeps): Promise<void> {
  const { submitter, keyId, rawIdentity } = job;
  if (submitter === undefined || (await submitterOf({ identity, keyId, rawIdentity })) === submitter) return;
  throw new DliError(
    'DLI.0013',
    'The job was submitted by another user of the cluster than the one that it would run as now: submit it again.',
  );
}

async function attempt(run: Run, identity: Identity | IdentityGone, deps: RunDeps): Promise<Job | undefined> {
  const { store, server, runner } = deps;
  const { signal } = run.controller;
  signal.throwIfAborted();
  // As it is now: an earlier try has written its journal.
  const job = (await store.get(run.job.id))?.job ?? run.job;
  const control: JobControl = {
    get identity() {
      if (isGone(identity)) throw new DliError('DLI.0013', identity.gone);
      return identity;
    },
    signal,
    progress(progress) {
      run.progress = progress;
    },
    async journal(journal) {
      // What has begun to appear is not stopped any more.
      if (journal.phase === 'publishing') signal.throwIfAborted();
      const written = await store.change(job.id, writeJournal(server, run.attempt, journal));
      if (written === undefined) run.controller.abort(new Stop('lost'));
      // Of uploads after the write: one that has just been begun must be known, should it not be possible to abort it now.
      if (written === undefined || journal.phase === 'uploading') signal.throwIfAborted();
    },
  };
  if (job.type === 'QUERY') return finishedQuery(run, job, await runner.runQuery(job, control), deps);
  const source = (await store.get(job.source))?.job;
  if (source?.type !== 'QUERY') throw new DliError('DLI.0100', `The result of job ${job.source} is no longer kept.`);
  return finishedExport(run, await runner.runExport(job, source, control), deps);
}

async function finishedQuery(run: Run, job: QueryJob, result: QueryOutcome, deps: RunDeps): Promise<Job | undefined> {
  const { signal } = run.controller;
  if (signal.aborted) {
    const { why } = signal.reason as Stop;
    // Whoever wanted it stopped does not want the rows; at shutdown they are too good to throw away.
    if (why !== 'shutdown') {
      if (why !== 'lost') await deps.runner.discard({ ...job, result });
      throw signal.reason;
    }
  }
  return written(run, deps, finishQuery(deps.server, run.attempt, Date.now(), result));
}

/** What is published is there, also when somebody wanted it stopped at the last moment. */
const finishedExport = (run: Run, result: ExportOutcome, deps: RunDeps): Promise<Job | undefined> =>
  written(run, deps, finishExport(deps.server, run.attempt, Date.now(), result));

async function endAfter(error: unknown, run: Run, deps: RunDeps): Promise<Job | undefined> {
  const { signal } = run.controller;
  if (!signal.aborted) return end(run, deps, failed(toldOf(error, run, deps)));
  switch ((signal.reason as Stop).why) {
    case 'cancel':
      return end(run, deps, cancelled());
    case 'timeout':
      return end(run, deps, { status: 'CANCELLED', errorCode: 'DLI.0019', message: timeoutMessage(run.job, deps) });
    case 'shutdown':
      await written(run, deps, putBack(deps.server, run.attempt));
      return undefined;
    case 'lost':
      return undefined;
  }
}

function toldOf(error: unknown, run: Run, { log }: RunDeps): DliError {
  const told = dliErrorOf(error);
  if (told !== undefined) return told;
  log.error('a job failed unexpectedly', {
    id: run.job.id,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return new DliError('DLI.0999', "An unexpected error occurred; the server's log has it under the id of the job.");
}

type Ended = Omit<Ending, 'uncleaned'>;

const failed = (error: DliError): Ended => ({ status: 'FAILED', errorCode: error.code, message: error.message });

const cancelled = (): Ended => ({ status: 'CANCELLED', message: 'The job was cancelled.' });

function timeoutMessage(job: Job, { timeout }: RunDeps): string {
  const own = timeoutOf(job.conf);
  return own > 0 && (timeout === 0 || own <= timeout)
    ? `The job ran longer than its dli.sql.job.timeout of ${own / 1000} seconds.`
    : `The job ran longer than ${timeout / 1000} seconds (JOB_TIMEOUT).`;
}

/** What the job may have left is removed before anybody is told that it has ended; where that fails, it is tried again later. */
async function end(run: Run, deps: RunDeps, ended: Ended): Promise<Job | undefined> {
  const { store, runner, log, server } = deps;
  const record = await store.get(run.job.id);
  // What is there may be the work of the server that has the job now.
  if (record?.lease?.server !== server || record.job.attempts !== run.attempt) return undefined;
  const { job } = record;
  if (job.type === 'EXPORT' && job.journal?.phase === 'published') return endPublished(job, run, deps);
  let uncleaned = false;
  // An attempt that was killed may have begun an upload that its journal does not know yet.
  const begun = job.type === 'EXPORT' && (job.journal !== undefined || job.attempts > 1);
  if (begun) uncleaned = !(await cleanUp(job, runner, log));
  return written(run, deps, endUnfinished(server, run.attempt, Date.now(), { ...ended, uncleaned }));
}

/** The status and the folder must say the same: the job goes on until its folder is complete, however long the store is away. */
async function endPublished(job: ExportJob, run: Run, deps: RunDeps): Promise<Job | undefined> {
  const { runner, log, server } = deps;
  const { signal } = run.controller;
  for (let tries = 1; ; tries++) {
    const why = signal.aborted ? (signal.reason as Stop).why : undefined;
    if (why === 'lost') return undefined;
    if (why === 'shutdown') {
      await written(run, deps, putBack(server, run.attempt));
      return undefined;
    }
    try {
      const result = await runner.cleanUp(job);
      if (result !== undefined) return await finishedExport(run, result, deps);
    } catch (error) {
      if (error instanceof JobError) {
        const ending = { ...failed(toldOf(error, run, deps)), uncleaned: false };
        return written(run, deps, endUnfinished(server, run.attempt, Date.now(), ending));
      }
      log.warn('an export could not be completed yet', { id: job.id, tries, error: String(error) });
    }
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 3 ** (tries - 1));
    await sleep(pause, undefined, signal.aborted ? {} : { signal }).catch(() => undefined);
  }
}

/** Whether nothing is left to do. */
export async function cleanUp(job: ExportJob, runner: JobRunner, log: Log): Promise<boolean> {
  try {
    await runner.cleanUp(job);
    return true;
  } catch (error) {
    log.warn('what a job left could not be removed', {
      id: job.id,
      error: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}

/** Undefined where the job is another server's by now. */
async function written(run: Run, { store, log }: RunDeps, change: Change): Promise<Job | undefined> {
  for (let tries = 0; ; tries++) {
    try {
      return (await store.change(run.job.id, change))?.job;
    } catch (error) {
      const pause = WRITE_PAUSES[tries];
      if (pause === undefined) throw error;
      log.warn('the state of a job could not be written', {
        id: run.job.id,
        error: error instanceof Error ? error.message : String(error),
      });
      await sleep(pause);
    }
  }
}
