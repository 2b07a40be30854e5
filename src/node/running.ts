/** What the two ways of running a node have in common: a process, its log, and the wait until it answers. */
import { existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedNodeError } from './error.ts';

export interface RunningNode {
  readonly url: string;
  readonly pid: number;
  /** Resolves with what happened once the node has ended, asked for or not. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

interface NodeInfo {
  readonly name: string;
  readonly version: { readonly number: string; readonly distribution?: string };
}

/** A new log for each start; the one before is kept beside it. */
export function openLog(file: string): number {
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return openSync(file, 'a');
}

function lastLines(file: string, count = 8): string {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines
      .slice(-count)
      .map((line) => `  ${line.slice(0, 300)}`)
      .join('\n');
  } catch {
    return '  (no log)';
  }
}

function diedError(title: string, what: string, log: string): EmbeddedNodeError {
  return new EmbeddedNodeError(`${title} ended while starting (${what}). Its log ${log} ends with:\n${lastLines(log)}`);
}

async function get<T>(url: string): Promise<T | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const body = await response.text();
    return response.ok ? (JSON.parse(body) as T) : undefined;
  } catch {
    return undefined;
  }
}

interface WaitOptions {
  readonly title: string;
  readonly log: string;
  readonly limitMs: number;
  readonly exited: Promise<string>;
  readonly signal?: AbortSignal;
}

/** Asks `probe` again and again until it answers, the node has died, or the time is up. */
export async function waitFor<T>(probe: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
  const { title, log, limitMs, signal } = options;
  let ended: string | undefined;
  void options.exited.then((what) => {
    ended = what;
  });
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if (ended !== undefined) throw diedError(title, ended, log);
    const answer = await probe();
    if (answer !== undefined) return answer;
    await sleep(150, undefined, { signal });
  }
  const seconds = Math.round(limitMs / 1000);
  throw new EmbeddedNodeError(
    `${title} did not answer within ${seconds} seconds. Its log ${log} ends with:\n${lastLines(log)}`,
  );
}

/** Waits until the node answers and its health is yellow or green. */
export function waitUntilReady(url: string, options: WaitOptions): Promise<NodeInfo> {
  return waitFor(async () => {
    const info = await get<NodeInfo>(`${url}/`);
    if (!info?.version?.number) return undefined;
    const health = await get<{ status?: string; timed_out?: boolean }>(
      `${url}/_cluster/health?wait_for_status=yellow&timeout=2s`,
    );
    return health?.status === 'yellow' || health?.status === 'green' ? info : undefined;
  }, options);
}
