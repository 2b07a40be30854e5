/** One attempt of an export: rows into parts, parts into the folder. */
import { SqlError } from '../../../translators/errors.ts';
import type { Config } from '../../config.ts';
import type { ObjectStore } from '../../objects/store.ts';
import type { ExportJob, ExportOutcome, JobControl } from '../domain/model.ts';
import type { ExportRows } from '../export/export-rows.ts';
import { publish } from '../export/publish.ts';
import { ExportUploads } from '../export/uploads.ts';
import { writeParts } from '../export/write-parts.ts';

interface ExportDeps {
  readonly config: Config;
  readonly store: ObjectStore;
}

export async function exportOnce(
  { config, store }: ExportDeps,
  job: ExportJob,
  openRows: (signal: AbortSignal) => Promise<ExportRows>,
  control: JobControl,
): Promise<ExportOutcome> {
  const { request } = job;
  const stop = new AbortController();
  const forward = (): void => stop.abort(control.signal.reason);
  if (control.signal.aborted) forward();
  control.signal.addEventListener('abort', forward, { once: true });
  const uploads = new ExportUploads(store, job, (journal) => control.journal(journal), stop.signal);
  let rows: ExportRows | undefined;
  try {
    rows = await openRows(stop.signal);
    let done = 0;
    let bytes = 0;
    const limit = request.limitNum === 0 ? Number.POSITIVE_INFINITY : request.limitNum;
    const estimatedRows = rows.estimatedRows === undefined ? undefined : Math.min(rows.estimatedRows, limit);
    const tell = (): void =>
      control.progress({ rows: done, bytes, ...(estimatedRows === undefined ? {} : { estimatedRows }) });
    const wrote = (count: number): void => {
      done += count;
      tell();
    };
    const written = (count: number): void => {
      bytes += count;
    };
    await writeParts({ config, request, rows, uploads, limit, wrote, written }, stop);
    if (rows.exactRows !== undefined && done !== Math.min(rows.exactRows, limit)) {
      throw new SqlError(
        'clusterUnreadable',
        `The answers of the cluster held ${done} rows of the ${rows.exactRows} that are in the view of the index.`,
      );
    }
    stop.signal.throwIfAborted();
    return await publish(store, job, uploads.sealed, (journal) => control.journal(journal), control.signal);
  } catch (error) {
    // What cannot be removed is tried again when the job is cleaned up; the fault to tell is what came first.
    await uploads.abort().catch(() => undefined);
    throw error;
  } finally {
    await rows?.close();
    control.signal.removeEventListener('abort', forward);
  }
}
