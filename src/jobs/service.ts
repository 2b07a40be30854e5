/** The service behind the job routes: takes jobs in, tells of them, cancels them, and keeps the machinery that runs them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../auth/principal.ts';
import type { Identity } from '../cluster/context.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { DliError } from './domain/errors.ts';
import { createIdentities } from './domain/identities.ts';
import {
  ENDED,
  type ExportJob,
  type ExportRequest,
  type Job,
  type JobRunner,
  type QueryJob,
  type Tag,
} from './domain/model.ts';
import { cancel, isEnded, type JobRecord } from './domain/record.ts';
import { readJobStatement } from './domain/statement.ts';
import { createHousekeeping } from './schedule/housekeeping.ts';
import { createScheduler } from './schedule/scheduler.ts';
import type { JobFilter, JobStore, ListPage } from './stores/store.ts';
import type { SubmitterOf } from './submitter.ts';

interface JobServiceDeps {
  readonly config: Config;
  readonly store: JobStore;
  readonly runner: JobRunner;
  /** Names this server among those that share the store. */
  readonly server: string;
  /** The cluster identity of a stored job by its key, or of jobs without one; undefined for keys that are not declared. */
  readonly declared: (keyId: string | undefined) => Identity | undefined;
  /** Which user of the cluster asks: a job answers to the one that submitted it. */
  readonly submitterOf: SubmitterOf;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface QuerySubmission {
  readonly sql: string;
  readonly database: string | undefined;
  readonly queue: string;
  readonly conf: readonly string[];
  readonly tags: readonly Tag[];
}

export interface JobService {
  submitQuery(project: string, submission: QuerySubmission, principal: Principal): Promise<QueryJob>;
  submitExport(source: QueryJob, queue: string, request: ExportRequest, principal: Principal): Promise<ExportJob>;
  /** With the progress of this moment; rejects with DLI.0002 for a job that the project does not have, or not for this caller. */
  job(project: string, id: string, principal: Principal): Promise<Job>;
  /** A finished QUERY job whose result is kept, or the error that says why it is none. */
  result(
    project: string,
    id: string,
    principal: Principal,
  ): Promise<QueryJob & { readonly result: NonNullable<QueryJob['result']> }>;
  preview(job: QueryJob, rows: number, principal: Principal, signal: AbortSignal): ReturnType<JobRunner['preview']>;
  list(
    filter: Omit<JobFilter, 'submitter'>,
    page: ListPage,
    principal: Principal,
  ): Promise<{ readonly total: number; readonly jobs: readonly Job[] }>;
  /** True once the job is CANCELLED; false while it is still being stopped. */
  cancel(project: string, id: string, principal: Principal): Promise<boolean>;
  /** For the health route: never rejects. */
  health(): Promise<Readonly<Record<string, unknown>>>;
  start(): void;
  /** Running jobs are put back for the next start. The store stays open: requests may still be answered from it. */
  stop(grace: number): Promise<void>;
}

/** How long a cancel waits for the job to stop, before it answers that it is being stopped. */
const CANCEL_PATIENCE = 10_000;
const CANCEL_LOOK = 100;

/** Long because its methods share what the service was opened with; each of them is short. */
export function createJobService(deps: JobServiceDeps): JobService {
  const { config, store, runner, server, submitterOf, log, metrics } = deps;
  const identities = createIdentities(deps.declared);
  const scheduler = createScheduler({
    server,
    store,
    runner,
    identities,
    submitterOf,
    queues: config.jobQueues,
    lease: config.jobLease,
    poll: config.jobPoll,
    attempts: config.jobAttempts,
    timeout: config.jobTimeout,
    log,
    metrics,
  });
  const housekeeping = createHousekeeping({ store, runner, keep: config.jobKeep, log });
  metrics.watchJobs(() => store.counts());

  async function record(project: string, id: string, principal: Principal): Promise<JobRecord> {
    const [found, submitter] = await Promise.all([store.get(id), submitterOf(principal)]);
    // A job of another project or user is answered like none, so that ids tell nothing.
    if (found === undefined || found.job.project !== project || !belongsTo(found.job, submitter)) {
      throw new DliError('DLI.0002', `There is no job ${id} in project ${project}.`);
    }
    return found;
  }

  function live(job: Job): Job {
    const progress = ENDED.includes(job.status) ? undefined : scheduler.progressOf(job.id);
    return progress === undefined ? job : { ...job, progress };
  }

  async function accept(job: Job, { identity }: Principal): Promise<void> {
    if (!config.jobQueues.has(job.queue)) {
      throw new DliError('DLI.0002', `There is no queue named '${job.queue}'.`);
    }
    if (!(await housekeeping.makeRoom(job.project, config.jobsPerProject))) {
      throw new DliError(
        'DLI.1028',
        `Project ${job.project} has ${config.jobsPerProject} jobs that wait or run (JOBS_PER_PROJECT).`,
      );
    }
    if (job.rawIdentity) {
      identities.keep(job.id, identity);
      try {
        await store.add({ job, lease: { server, until: Date.now() + config.jobLease } });
      } catch (error) {
        identities.forget(job.id);
        throw error;
      }
    } else {
      await store.add({ job });
    }
    scheduler.wake();
  }

  const common = async (project: string, queue: string, principal: Principal) => ({
    id: randomUUID(),
    project,
    submitter: await submitterOf(principal),
    owner: principal.user,
    keyId: principal.keyId,
    rawIdentity: principal.rawIdentity,
    queue,
    status: 'LAUNCHING' as const,
    message: '',
    submitted: Date.now(),
    progress: { rows: 0, bytes: 0 },
    attempts: 0,
  });

  return {
    async submitQuery(project, submission, principal) {
      const { sql, database, queue, conf, tags } = submission;
      const { table } = readJobStatement(sql, config);
      const job: QueryJob = {
        type: 'QUERY',
        ...(await common(project, queue, principal)),
        statement: sql,
        ...(database === undefined ? {} : { database }),
        ...(table === undefined ? {} : { table }),
        conf,
        tags,
      };
      await accept(job, principal);
      return job;
    },

    async submitExport(source, queue, request, principal) {
      const { statement, database, table, tags } = source;
      const job: ExportJob = {
        type: 'EXPORT',
        ...(await common(source.project, queue, principal)),
        source: source.id,
        request,
        statement,
        ...(database === undefined ? {} : { database }),
        ...(table === undefined ? {} : { table }),
        conf: [],
        tags,
      };
      await accept(job, principal);
      return job;
    },

    job: async (project, id, principal) => live((await record(project, id, principal)).job),

    async result(project, id, principal) {
      const { job, discarded } = await record(project, id, principal);
      if (job.type !== 'QUERY') {
        throw new DliError('DLI.0007', `Job ${id} is of type ${job.type}; only a QUERY job has a result.`);
      }
      const { result } = job;
      if (!ENDED.includes(job.status)) throw new DliError('DLI.0012', `Job ${id} has not finished yet: ${job.status}.`);
      if (result === undefined) throw new DliError('DLI.0007', `Job ${id} has no result: it is ${job.status}.`);
      if (discarded === true || result.expires <= Date.now()) {
        throw new DliError('DLI.0100', `The result of job ${id} has expired (JOB_RESULT_KEEP).`);
      }
      return { ...job, result };
    },

    preview: (job, rows, { identity }, signal) => runner.preview(job, rows, { identity, signal }),

    async list(filter, page, principal) {
      const submitter = await submitterOf(principal);
      const { total, jobs } = await store.list({ ...filter, submitter }, page);
      // A server of an earlier version that shares the index writes no field to search by; the job itself still says it.
      const seen = jobs.filter(({ job }) => belongsTo(job, submitter));
      return { total: total - (jobs.length - seen.length), jobs: seen.map(({ job }) => live(job)) };
    },

    async cancel(project, id, principal) {
      const before = await record(project, id, principal);
      const refused = (status: string) => new DliError('DLI.0007', `Job ${id} has ended already: ${status}.`);
      if (isEnded(before)) throw refused(before.job.status);
      await store.change(id, cancel(Date.now()));
      scheduler.cancel(id);
      scheduler.wake();
      for (const deadline = Date.now() + CANCEL_PATIENCE; ; ) {
        const { job } = await record(project, id, principal);
        if (job.status === 'CANCELLED') return true;
        if (ENDED.includes(job.status)) throw refused(job.status);
        if (Date.now() > deadline) return false;
        // Elsewhere it is stopped by its own server, which looks at requests now and then.
        await Promise.race([scheduler.ended(id) ?? sleep(CANCEL_LOOK), sleep(10 * CANCEL_LOOK)]);
      }
    },

    async health() {
      try {
        const counts = await store.counts();
        const of = (status: Job['status']): number =>
          counts.reduce((sum, one) => (one.status === status ? sum + one.count : sum), 0);
        return { reachable: true, waiting: of('LAUNCHING'), running: of('RUNNING') };
      } catch (error) {
        return { reachable: false, reason: error instanceof Error ? error.message : String(error) };
      }
    },

    start() {
      scheduler.start();
      housekeeping.start();
    },

    async stop(grace) {
      housekeeping.stop();
      await scheduler.stop(grace);
    },
  };
}

const belongsTo = (job: Job, submitter: string): boolean => job.submitter === undefined || job.submitter === submitter;
