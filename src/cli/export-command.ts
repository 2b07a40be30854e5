/** `export`: a statement as a job, its result as files, and the list of them. */
import { readDataPath } from '../objects/data-path.ts';
import { type Client, RefusedError } from './client.ts';
import { jobsClient } from './jobs-client.ts';
import { type Given, UsageError } from './options.ts';
import { grouped, type ProgressView, sizeText } from './progress.ts';
import type { Output } from './run.ts';

export async function exportCommand(
  given: Given,
  client: Client,
  output: Output,
  view: ProgressView,
  signal: AbortSignal,
): Promise<void> {
  const [sql, ...more] = given.words;
  const to = given.text('to');
  if (sql === undefined || more.length > 0) throw new UsageError('export takes one statement, in quotes');
  if (to === undefined) throw new UsageError('--to is missing: where the files go, such as s3a://bucket/folder');
  const read = readDataPath(to);
  if (read.kind === 'fault') throw new UsageError(read.message);
  const queue = given.text('queue')!;
  const jobs = jobsClient(client, given.text('project')!);
  const request = {
    data_path: to,
    data_type: given.text('format'),
    compress: given.text('compress'),
    with_column_header: given.flag('header'),
    export_mode: given.flag('overwrite') ? 'Overwrite' : 'ErrorIfExists',
    limit_num: wholeNumber(given, 'limit'),
    encoding_type: given.text('encoding'),
    queue_name: queue,
  };
  const perFile = wholeNumber(given, 'max-records-per-file');
  const conf = perFile === 0 ? [] : [`spark.sql.files.maxRecordsPerFile = ${perFile}`];
  const started: string[] = [];
  try {
    const query = await jobs.submit(sql, queue, conf, signal);
    started.push(query);
    await jobs.wait(query, (progress) => view.show('query', progress), signal);
    const written = await jobs.exportResult(query, request, signal);
    started.push(written);
    await jobs.wait(written, (progress) => view.show('export', progress), signal);
  } catch (error) {
    // Whoever stops the command wants the work to stop too.
    if (signal.aborted) await Promise.allSettled(started.map((id) => jobs.cancel(id)));
    throw error;
  } finally {
    view.end();
  }
  await listFiles(client, read.path, output);
}

function wholeNumber(given: Given, name: string): number {
  const text = given.text(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${name} must be a whole number`);
  return Number(text);
}

interface ListedObject {
  readonly key: string;
  readonly size: number;
}

async function listFiles(
  client: Client,
  { bucket, folder }: { readonly bucket: string; readonly folder: string },
  output: Output,
): Promise<void> {
  let [count, bytes] = [0, 0];
  let after: string | undefined;
  try {
    do {
      const query = new URLSearchParams({ prefix: `${folder}/`, ...(after === undefined ? {} : { after }) });
      const page = await client.json('GET', `/v1/${bucket}?${query.toString()}`);
      for (const { key, size } of page.objects as readonly ListedObject[]) {
        if (key.endsWith('/_SUCCESS')) continue;
        output.out(`${bucket}/${key}\t${size}\n`);
        count += 1;
        bytes += size;
      }
      after = page.next as string | undefined;
    } while (after !== undefined);
  } catch (error) {
    // The right to write does not bring the right to read; the export is done all the same.
    if (!(error instanceof RefusedError)) throw error;
    output.err(`The export is finished; its files cannot be listed: ${error.message}\n`);
    return;
  }
  output.err(`${grouped(count)} ${count === 1 ? 'file' : 'files'}, ${sizeText(bytes)}\n`);
}
