/** The answers of the job routes, in the shapes that SDKs read (spec dli-jobs 3 to 8). */

import { ENDED, type ExportJob, type Job, type QueryJob, type QueryOutcome } from '../../jobs/domain/model.ts';
import { resultSchema, sparkSchema } from '../../jobs/domain/spark-types.ts';
import { stringifyJson } from '../../rows/longs.ts';

export type Answer = Readonly<Record<string, unknown>>;

const SUCCESS = { is_success: true, message: '' } as const;
const ASYNC = { job_mode: 'async' } as const;

/** Of the work itself, in milliseconds: time in the queue does not count. */
const durationOf = ({ started, ended }: Job, now: number): number =>
  started === undefined ? 0 : Math.max(0, (ended ?? now) - started);

/** A failed job's cause stands where the routes have room for it. */
const messageOf = ({ message, errorCode }: Job): string =>
  errorCode === undefined ? message : `${errorCode}: ${message}`;

export const submitted = (job: Job): Answer => ({
  ...SUCCESS,
  job_id: job.id,
  job_type: job.type,
  schema: [],
  rows: [],
  ...ASYNC,
});

export const exported = (job: Job): Answer => ({ ...SUCCESS, job_id: job.id, ...ASYNC });

export const cancelled = (done: boolean): Answer => ({
  is_success: true,
  message: done ? '' : 'The job is being stopped.',
});

export const checked = (problem: string | undefined, note = ''): Answer => ({
  is_success: problem === undefined,
  message: problem ?? note,
  ...(problem === undefined ? { job_type: 'QUERY' } : {}),
});

export const status = (job: Job, now: number): Answer => ({ is_success: true, ...describe(job, now) });

function describe(job: Job, now: number): Answer {
  return {
    message: messageOf(job),
    job_id: job.id,
    job_type: job.type,
    ...ASYNC,
    queue_name: job.queue,
    owner: job.owner,
    start_time: job.submitted,
    duration: durationOf(job, now),
    status: job.status,
    ...(job.type === 'QUERY' ? queryFields(job) : exportFields(job)),
    ...source(job),
    statement: job.statement,
    tags: job.tags,
    user_conf: job.conf.join('\n'),
  };
}

function queryFields({ result, progress }: QueryJob): Answer {
  if (result === undefined) return { input_size: progress.bytes, result_count: progress.rows };
  const { scannedBytes, rows, columns } = result;
  return { input_size: scannedBytes, result_count: rows, detail: sparkSchema(columns) };
}

const exportFields = ({ progress }: ExportJob): Answer => ({ result_count: progress.rows });

const source = ({ database, table }: Job): Answer => ({
  ...(database === undefined ? {} : { database_name: database }),
  ...(table === undefined ? {} : { table_name: table }),
});

export const list = (total: number, jobs: readonly Job[], now: number): Answer => ({
  ...SUCCESS,
  job_count: total,
  jobs: jobs.map((job) => ({
    ...describe(job, now),
    engine_type: 'spark',
    ...(job.ended === undefined ? {} : { end_time: job.ended }),
    ...(job.type === 'EXPORT'
      ? { with_column_header: job.request.withColumnHeader, output_byte: String(job.progress.bytes) }
      : {}),
  })),
});

/** Of an export the request's values come back. */
export function detail(job: Job, now: number): Answer {
  return {
    is_success: true,
    message: messageOf(job),
    job_id: job.id,
    owner: job.owner,
    start_time: job.submitted,
    duration: durationOf(job, now),
    ...source(job),
    ...(job.type === 'EXPORT' ? exportDetail(job) : {}),
    tags: job.tags,
  };
}

function exportDetail({ request }: ExportJob): Answer {
  const csv = { delimiter: ',', quote_char: request.quoteChar, escape_char: request.escapeChar };
  return {
    export_mode: request.mode,
    data_path: request.dataPath,
    data_type: request.dataType,
    with_column_header: request.withColumnHeader,
    ...(request.dataType === 'csv' ? csv : {}),
    compress: request.compress,
  };
}

/** `rows` and `bytes` are more than the papers know: what an export has written so far. */
export function progress(job: Job): Answer {
  const { rows, bytes, estimatedRows } = job.progress;
  return {
    is_success: true,
    message: messageOf(job),
    job_id: job.id,
    status: job.status,
    progress: share(job),
    sub_jobs: [],
    rows,
    bytes,
    ...(estimatedRows === undefined ? {} : { estimated_rows: estimatedRows }),
  };
}

/** From 0 before the job runs to 1 at its end; an estimate that was too small never tells of an end that is none. */
function share(job: Job): number {
  if (ENDED.includes(job.status)) return 1;
  const { rows, estimatedRows = 0 } = job.progress;
  if (job.status === 'LAUNCHING' || estimatedRows === 0) return 0;
  return Math.min(0.99, Math.floor((rows / estimatedRows) * 100) / 100);
}

/** As text, since 64-bit integers are numbers here. */
export function result(job: QueryJob, outcome: QueryOutcome, rows: readonly (readonly unknown[])[]): string {
  return stringifyJson({
    ...SUCCESS,
    job_id: job.id,
    job_type: job.type,
    row_count: outcome.rows,
    input_size: outcome.scannedBytes,
    schema: resultSchema(outcome.columns),
    rows: rows.map((row) => row.map(cell)),
  });
}

/** Objects and arrays are JSON text, as they are in exported files. */
const cell = (value: unknown): unknown => (typeof value === 'object' && value !== null ? stringifyJson(value) : value);
