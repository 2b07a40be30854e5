/** Writes a run to object storage, all or nothing, and is itself a run of one record that says what was written. */
import type { ObjectStore, Upload } from '../objects/store.ts';
import { SelectError } from './errors.ts';
import type { RecordsChunk, SelectLocation, SelectRun } from './requests/request.ts';

/** Rejects when the target is taken, before the source is opened. */
export async function openStoreRun(
  location: SelectLocation,
  store: ObjectStore,
  signal: AbortSignal,
  open: () => Promise<SelectRun>,
): Promise<SelectRun> {
  const { bucket, key } = location;
  if (!store.makesBuckets && !(await store.bucketExists(bucket, signal)))
    throw new SelectError('NoSuchBucket', `There is no bucket ${bucket}.`);
  await refuseTaken(location, store, signal);
  const run = await open();
  async function* records(): AsyncGenerator<RecordsChunk> {
    const upload = await store.startUpload(bucket, key, signal);
    let written: { readonly size: number; readonly records: number };
    try {
      written = await writeAll(run, upload);
      const sealed = await upload.seal();
      // Somebody may have been faster.
      await refuseTaken(location, store, signal);
      signal.throwIfAborted();
      await store.publish(sealed, signal);
    } catch (error) {
      await upload.abort();
      throw error;
    }
    yield { bytes: Buffer.from(`${JSON.stringify({ bucket, key, ...written })}\n`), records: 1 };
  }
  return { header: undefined, records: records(), progress: () => run.progress() };
}

async function writeAll(run: SelectRun, upload: Upload): Promise<{ readonly size: number; readonly records: number }> {
  let size = 0;
  let records = 0;
  if (run.header !== undefined) {
    await upload.write(run.header);
    size += run.header.length;
  }
  for await (const chunk of run.records) {
    await upload.write(chunk.bytes);
    size += chunk.bytes.length;
    records += chunk.records;
  }
  return { size, records };
}

async function refuseTaken(
  { bucket, key, mode }: SelectLocation,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<void> {
  if (mode === 'Overwrite' || (await store.head(bucket, key, signal)) === undefined) return;
  const message = `${bucket}/${key} is there already; with mode Overwrite it is replaced.`;
  throw new SelectError('PreconditionFailed', message);
}
