/** `jobs`: what the server has to do and has done. */
import type { Client, Json } from './client.ts';
import { type JobsClient, jobsClient } from './jobs-client.ts';
import { type Given, UsageError } from './options.ts';
import { grouped } from './progress.ts';
import type { Output } from './run.ts';

export async function jobsCommand(given: Given, client: Client, output: Output): Promise<void> {
  const jobs = jobsClient(client, given.text('project')!);
  const [action = 'list', id, ...more] = given.words;
  if (more.length > 0) throw new UsageError('jobs takes one job at a time');
  if (action === 'list' && id === undefined) return list(given, jobs, output);
  if (action !== 'show' && action !== 'cancel') throw new UsageError('jobs can list, show ID or cancel ID');
  if (id === undefined) throw new UsageError(`jobs ${action} needs the id of a job`);
  const answer = action === 'show' ? await jobs.status(id) : await jobs.cancel(id);
  if (given.flag('json')) output.out(`${JSON.stringify(answer, null, 2)}\n`);
  else if (action === 'show') output.out(describe(answer));
  else output.err(`${String(answer.message) || 'Cancelled.'}\n`);
}

async function list(given: Given, jobs: JobsClient, output: Output): Promise<void> {
  const status = given.text('status');
  const query = new URLSearchParams({
    'page-size': given.text('limit')!,
    ...(status === undefined ? {} : { 'job-status': status.toUpperCase() }),
  });
  const answer = await jobs.list(query);
  if (given.flag('json')) {
    output.out(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  const found = answer.jobs as readonly Json[];
  const rows = found.map((job) => [
    String(job.job_id),
    String(job.status),
    String(job.job_type),
    time(job.start_time),
    grouped(Number(job.result_count ?? 0)),
    oneLine(String(job.statement ?? '')),
  ]);
  output.out(table(['JOB', 'STATUS', 'TYPE', 'SUBMITTED', 'ROWS', 'STATEMENT'], rows));
  const left = Number(answer.job_count) - found.length;
  if (left > 0) output.err(`and ${grouped(left)} more\n`);
}

function describe(job: Json): string {
  const shown = Object.entries(job).filter(([name]) => name !== 'is_success' && name !== 'detail');
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${text(name, value)}\n`).join('');
}

function text(name: string, value: unknown): string {
  if (name === 'start_time') return time(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function time(value: unknown): string {
  return typeof value === 'number' ? new Date(value).toISOString().slice(0, 19).replace('T', ' ') : '';
}

function oneLine(statement: string): string {
  const line = statement.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    `${row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd()}\n`;
  return [head, ...rows].map(line).join('');
}
