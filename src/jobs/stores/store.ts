/** Where jobs are kept: one interface, over SQLite for one machine and over an index of the cluster for several servers. */
import type { JobStatus } from '../domain/model.ts';
import type { Change, JobRecord } from '../domain/record.ts';

export const LIST_ORDERS = ['start_time_desc', 'start_time_asc', 'duration_desc', 'duration_asc'] as const;
export type ListOrder = (typeof LIST_ORDERS)[number];

/** All that is given must hold (spec dli-jobs 6). */
export interface JobFilter {
  readonly project: string;
  /** Only jobs of that user of the cluster, and those that name none. */
  readonly submitter: string;
  readonly id?: string;
  /** undefined: all; empty: none. */
  readonly types?: readonly string[];
  readonly status?: string;
  /** Exclusive bounds of the time of submission, in epoch milliseconds. */
  readonly after?: number;
  readonly before?: number;
  readonly queue?: string;
  readonly owner?: string;
  readonly database?: string;
  readonly table?: string;
  /** Part of the statement, in any case. */
  readonly pattern?: string;
  /** `key=value`. */
  readonly tags?: readonly string[];
}

export interface ListPage {
  readonly order: ListOrder;
  readonly offset: number;
  readonly count: number;
  /** Running jobs have lasted until now. */
  readonly now: number;
}

interface JobListing {
  /** Before paging. */
  readonly total: number;
  readonly jobs: readonly JobRecord[];
}

/** The store cannot be used: told to whoever starts the server. */
export class JobStoreError extends Error {
  override readonly name = 'JobStoreError';
}

/** What fairness goes by: jobs of the same queue, project and owner are one share, served in order. */
export interface Waiting {
  readonly id: string;
  readonly queue: string;
  readonly project: string;
  readonly owner: string;
  readonly submitted: number;
}

/** Ended jobs that something is left to do for. */
export type Due =
  | { readonly kind: 'uncleaned' }
  /** Rows are kept that have expired. */
  | { readonly kind: 'resultExpired'; readonly now: number }
  /** Ended before that time, of one project or of all. */
  | { readonly kind: 'ended'; readonly before: number; readonly project?: string };

export interface JobCounts {
  readonly status: JobStatus;
  readonly queue: string;
  readonly count: number;
}

export interface JobStore {
  /** For messages and the log: without credentials. */
  readonly description: string;
  /** Durable before it resolves; rejects when there is such a job already. */
  add(record: JobRecord): Promise<void>;
  get(id: string): Promise<JobRecord | undefined>;
  /**
   * Reads, changes and writes, with nobody else's write in between; durable before it resolves.
   * Undefined where there is no such job or the change is refused. `change` may be called more than once.
   */
  change(id: string, change: Change): Promise<JobRecord | undefined>;
  list(filter: JobFilter, page: ListPage): Promise<JobListing>;
  /** Of each share the first job that this server may claim. */
  waiting(server: string, now: number): Promise<readonly Waiting[]>;
  /** Jobs that this server runs and somebody wants cancelled. */
  cancelRequests(server: string): Promise<readonly string[]>;
  /** Running jobs whose server is gone and that somebody wants cancelled, whatever their queue. */
  abandoned(now: number): Promise<readonly string[]>;
  /** Oldest end first. */
  due(due: Due, limit: number): Promise<readonly JobRecord[]>;
  /** Exports that are not ended and read the result of that job. */
  exportsOf(source: string): Promise<number>;
  remove(ids: readonly string[]): Promise<void>;
  countOf(project: string): Promise<number>;
  counts(): Promise<readonly JobCounts[]>;
  /** Ends the leases of servers that are known to be dead; a store that cannot know leaves them to time. */
  releaseDead(): Promise<void>;
  close(): Promise<void>;
}

/** The fields that stores search by, made once for all of them. */
export interface SearchFields {
  readonly project: string;
  readonly submitter: string | undefined;
  readonly owner: string;
  readonly queue: string;
  readonly type: string;
  readonly status: JobStatus;
  readonly submitted: number;
  readonly started: number | undefined;
  readonly ended: number | undefined;
  readonly database: string | undefined;
  readonly table: string | undefined;
  readonly tags: readonly string[];
  readonly source: string | undefined;
  readonly server: string | undefined;
  /** 0: nobody holds it. */
  readonly leaseUntil: number;
  readonly cancelRequested: boolean;
  readonly uncleaned: boolean;
  /** When rows that are still kept expire. */
  readonly resultExpires: number | undefined;
}

export function searchFields({ job, lease, ...flags }: JobRecord): SearchFields {
  const kept = job.type === 'QUERY' && flags.discarded !== true ? job.result : undefined;
  return {
    project: job.project,
    submitter: job.submitter,
    owner: job.owner,
    queue: job.queue,
    type: job.type,
    status: job.status,
    submitted: job.submitted,
    started: job.started,
    ended: job.ended,
    database: job.database,
    table: job.table,
    tags: job.tags.map(({ key, value }) => `${key}=${value}`),
    source: job.type === 'EXPORT' ? job.source : undefined,
    server: lease?.server,
    leaseUntil: lease?.until ?? 0,
    cancelRequested: flags.cancelRequested === true,
    uncleaned: flags.uncleaned === true,
    resultExpires: kept?.expires,
  };
}

/** Both sides of the comparison of a part of a statement. */
export const folded = (text: string): string => text.toLowerCase();
