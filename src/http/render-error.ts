/** Writes any failure as the plugin's error body: what went wrong, never where in our code. */
import { randomUUID } from 'node:crypto';
import { SqlError, SqlSyntaxError } from '../../translators/errors.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import type { Log } from '../log.ts';

export interface RenderedError {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export const JSON_TYPE = 'application/json; charset=UTF-8';

export function renderError(error: unknown, log: Log): RenderedError {
  const { status, type, reason, details, headers = {} } = describe(error, log);
  const body = JSON.stringify({ error: { reason: reason ?? sentenceFor(status), details, type }, status }, null, 2);
  return { status, type, headers, body };
}

interface Described {
  readonly status: number;
  readonly type: string;
  readonly reason?: string | undefined;
  readonly details: string;
  readonly headers?: RenderedError['headers'];
}

function describe(error: unknown, log: Log): Described {
  if (error instanceof SqlSyntaxError) return { status: 400, type: 'SyntaxCheckException', details: error.message };
  if (error instanceof SqlError) {
    const { status, type, reason, details } = error;
    return { status, type, reason, details, ...(error instanceof ClusterError ? { headers: error.headers } : {}) };
  }
  const id = randomUUID().slice(0, 8);
  log.error('unexpected error', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return {
    status: 500,
    type: 'IllegalStateException',
    details: `An unexpected error occurred; the server's log has it under the id ${id}.`,
  };
}

function sentenceFor(status: number): string {
  return status >= 500 ? 'There was internal problem at backend' : 'Invalid SQL query';
}
