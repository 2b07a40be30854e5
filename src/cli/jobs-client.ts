/** The job routes, as far as the commands need them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, Json } from './client.ts';
import type { Progress } from './progress.ts';

const ENDED = ['FINISHED', 'FAILED', 'CANCELLED'];
/** Short jobs are seen to end at once, long ones are not asked for all the time. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1_000;

export class JobFailedError extends Error {
  constructor(id: string, status: string, message: string) {
    super(`Job ${id} ${status === 'CANCELLED' ? 'was cancelled' : 'failed'}${message === '' ? '' : `: ${message}`}`);
    this.name = 'JobFailedError';
  }
}

export interface JobsClient {
  submit(sql: string, queue: string, conf: readonly string[], signal: AbortSignal): Promise<string>;
  exportResult(id: string, request: Json, signal: AbortSignal): Promise<string>;
  status(id: string): Promise<Json>;
  list(query: URLSearchParams): Promise<Json>;
  cancel(id: string): Promise<Json>;
  /** Until the job has ended; throws a JobFailedError unless it is finished. */
  wait(id: string, seen: (progress: Progress) => void, signal: AbortSignal): Promise<void>;
}

export function jobsClient(client: Client, project: string): JobsClient {
  const root = `/v1.0/${encodeURIComponent(project)}/jobs`;
  const idOf = ({ job_id }: Json): string => String(job_id);
  const of = (id: string): string => `${root}/${encodeURIComponent(id)}`;
  return {
    submit: async (sql, queue, conf, signal) =>
      idOf(await client.json('POST', `${root}/submit-job`, { sql, queue_name: queue, conf }, signal)),
    exportResult: async (id, request, signal) =>
      idOf(await client.json('POST', `${of(id)}/export-result`, request, signal)),
    status: (id) => client.json('GET', `${of(id)}/status`),
    list: (query) => client.json('GET', `${root}?${query.toString()}`),
    cancel: (id) => client.json('DELETE', of(id)),
    async wait(id, seen, signal) {
      const path = `/v1/${encodeURIComponent(project)}/jobs/${encodeURIComponent(id)}/progress`;
      for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE)) {
        const { status, rows, bytes, estimated_rows, message } = await client.json('GET', path, undefined, signal);
        seen({
          status: String(status),
          rows: Number(rows ?? 0),
          bytes: Number(bytes ?? 0),
          estimatedRows: estimated_rows === undefined ? undefined : Number(estimated_rows),
        });
        if (status === 'FINISHED') return;
        if (ENDED.includes(String(status))) throw new JobFailedError(id, String(status), String(message ?? ''));
        await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    },
  };
}
