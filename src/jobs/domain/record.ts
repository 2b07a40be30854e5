/** What a job store keeps of a job, and the only ways in which it may change: pure functions, undefined where a change is refused. */
import type { DliCode } from './errors.ts';
import {
  ENDED,
  type ExportJournal,
  type ExportOutcome,
  type Job,
  type JobProgress,
  type JobStatus,
  type QueryOutcome,
} from './model.ts';

/** Whose work a job is. A server that dies stops renewing, and the job is anybody's after `until`. */
interface Lease {
  readonly server: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface JobRecord {
  readonly job: Job;
  readonly lease?: Lease;
  readonly cancelRequested?: boolean;
  /** The job has ended, but what it left behind could not be removed yet. */
  readonly uncleaned?: boolean;
  /** The rows of the result are removed. */
  readonly discarded?: boolean;
}

export type Change = (record: JobRecord) => JobRecord | undefined;

const NEXT: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  LAUNCHING: ['RUNNING', 'CANCELLED'],
  RUNNING: ['FINISHED', 'FAILED', 'CANCELLED'],
  FINISHED: [],
  FAILED: [],
  CANCELLED: [],
};

/** Every store applies changes through this, so that no status can go back. */
export function changed(before: JobRecord, change: Change): JobRecord | undefined {
  const after = change(before);
  if (after === undefined) return undefined;
  const [from, to] = [before.job.status, after.job.status];
  if (from !== to && !NEXT[from].includes(to)) throw new Error(`a job may not go from ${from} to ${to}`);
  return after;
}

export const isEnded = ({ job }: JobRecord): boolean => ENDED.includes(job.status);

const heldBy = ({ lease }: JobRecord, server: string, now: number): boolean =>
  lease !== undefined && lease.server === server && lease.until > now;

/**
 * Takes a job that nobody works on. A waiting job that its own server holds (its credentials are in that server's memory)
 * is for that server alone.
 */
export function claim(server: string, now: number, until: number): Change {
  return (record) => {
    const { job, lease } = record;
    if (isEnded(record)) return undefined;
    const ours = job.status === 'LAUNCHING' && heldBy(record, server, now);
    if (!ours && lease !== undefined && lease.until > now) return undefined;
    return {
      ...record,
      job: { ...job, status: 'RUNNING', started: job.started ?? now, attempts: job.attempts + 1 },
      lease: { server, until },
    };
  };
}

/** A change that only the server working on the job may make; `attempt` tells its present run from a former one. */
function own(server: string, attempt: number, change: Change): Change {
  return (record) =>
    record.job.status === 'RUNNING' && record.lease?.server === server && record.job.attempts === attempt
      ? change(record)
      : undefined;
}

export const renew = (server: string, attempt: number, until: number, progress: JobProgress): Change =>
  own(server, attempt, (record) => ({ ...record, job: { ...record.job, progress }, lease: { server, until } }));

/** Of a waiting job that only this server can run. */
export const keepWaiting =
  (server: string, until: number): Change =>
  (record) =>
    record.job.status === 'LAUNCHING' && record.lease?.server === server
      ? { ...record, lease: { server, until } }
      : undefined;

export const writeJournal = (server: string, attempt: number, journal: ExportJournal): Change =>
  own(server, attempt, (record) =>
    record.job.type === 'EXPORT' ? { ...record, job: { ...record.job, journal } } : undefined,
  );

export const finishQuery = (server: string, attempt: number, now: number, result: QueryOutcome): Change =>
  own(server, attempt, ({ lease: _, ...record }) =>
    record.job.type === 'QUERY'
      ? { ...record, job: { ...record.job, status: 'FINISHED', ended: now, result, progress: queryProgress(result) } }
      : undefined,
  );

const queryProgress = ({ rows, scannedBytes }: QueryOutcome): JobProgress => ({
  rows,
  bytes: scannedBytes,
  estimatedRows: rows,
});

export const finishExport = (server: string, attempt: number, now: number, result: ExportOutcome): Change =>
  own(server, attempt, ({ lease: _, ...record }) => {
    if (record.job.type !== 'EXPORT') return undefined;
    const { journal: __, ...job } = record.job;
    const progress = { rows: result.rows, bytes: result.bytes, estimatedRows: result.rows };
    return { ...record, job: { ...job, status: 'FINISHED', ended: now, result, progress } };
  });

export interface Ending {
  readonly status: 'FAILED' | 'CANCELLED';
  readonly errorCode?: DliCode;
  readonly message: string;
  /** What it wrote could not be removed: to be tried again. */
  readonly uncleaned: boolean;
}

export const endUnfinished = (server: string, attempt: number, now: number, ending: Ending): Change =>
  own(server, attempt, ({ lease: _, ...record }) => {
    const { status, errorCode, message, uncleaned } = ending;
    return {
      ...record,
      job: { ...record.job, status, ...(errorCode === undefined ? {} : { errorCode }), message, ended: now },
      ...(uncleaned ? { uncleaned } : {}),
    };
  });

/** At shutdown: the next server goes on at once, and the attempt does not count. */
export const putBack = (server: string, attempt: number): Change =>
  own(server, attempt, ({ lease: _, ...record }) => ({ ...record, job: { ...record.job, attempts: attempt - 1 } }));

/** A waiting job is cancelled by this alone; a running one is stopped by the server that works on it, which sees the request. */
export const cancel =
  (now: number): Change =>
  (record) => {
    if (record.job.status === 'LAUNCHING') {
      const { lease: _, ...rest } = record;
      return { ...rest, job: { ...record.job, status: 'CANCELLED', ended: now, message: 'The job was cancelled.' } };
    }
    return isEnded(record) ? undefined : { ...record, cancelRequested: true };
  };

export const discarded: Change = (record) => (isEnded(record) ? { ...record, discarded: true } : undefined);

export const cleaned: Change = ({ uncleaned: _, ...record }) => record;
