/** Makes an export visible, or takes it back: the steps and their order are those of docs/exports.md. */
import { type ObjectInfo, type ObjectStore, ObjectStoreError, type UploadRef } from '../../objects/store.ts';
import { JobError } from '../domain/job-error.ts';
import type { ExportJob, ExportJournal, ExportOutcome } from '../domain/model.ts';
import { claimKey, isClaim, isPartOf, successKey } from './names.ts';
import type { SealedPart } from './uploads.ts';

/** A claim this old belongs to nobody who is still publishing. */
const FORGOTTEN_MILLISECONDS = 3_600_000;
/** Objects that one Overwrite replaces: their keys are kept in the journal. */
const MOST_REPLACED = 100_000;

/** Rejects with `folderExists` where something stands in the way. */
export async function requireFolder(store: ObjectStore, job: ExportJob, signal: AbortSignal): Promise<void> {
  const { bucket, folder, mode, dataPath } = job.request;
  if (store.makesBuckets && !(await store.bucketExists(bucket, signal))) return;
  if (await store.head(bucket, folder, signal)) {
    throw new JobError('folderExists', `An object stands at the path itself: ${dataPath}`);
  }
  if (mode === 'Overwrite') return;
  const { objects } = await store.list(bucket, { prefix: `${folder}/`, limit: 1 }, signal);
  if (objects.length > 0) throw folderExists(job);
}

/**
 * Two exports must not mix in one folder: each says first that it publishes, then looks who else does. Whoever sees another
 * claim gives up its own, so that of two at once at most one goes on.
 */
export async function publish(
  store: ObjectStore,
  job: ExportJob,
  sealed: readonly SealedPart[],
  journal: (journal: ExportJournal) => Promise<void>,
  signal: AbortSignal,
): Promise<ExportOutcome> {
  const { bucket } = job.request;
  const claim = claimKey(job);
  await store.put(bucket, claim, Buffer.alloc(0), signal);
  let replaced: readonly string[];
  try {
    replaced = await toReplace(store, job, signal);
    signal.throwIfAborted();
    await journal({ phase: 'publishing', open: [], sealed, replaced });
  } catch (error) {
    await store.delete(bucket, [claim]);
    throw error;
  }
  return finish(store, job, sealed, replaced, journal);
}

async function toReplace(store: ObjectStore, job: ExportJob, signal: AbortSignal): Promise<readonly string[]> {
  const standing = await folderOf(store, job, signal);
  const claims = standing.filter(({ key }) => isClaim(job, key) && key !== claimKey(job));
  if (claims.some(({ lastModified }) => lastModified.getTime() + FORGOTTEN_MILLISECONDS > Date.now())) {
    throw new JobError('folderExists', `Another export is being published into ${job.request.dataPath}`);
  }
  const others = standing.map(({ key }) => key).filter((key) => key !== claimKey(job));
  if (job.request.mode === 'ErrorIfExists' && others.length > claims.length) throw folderExists(job);
  if (others.length > MOST_REPLACED) {
    throw new JobError(
      'resultTooLarge',
      `More than ${MOST_REPLACED} objects stand under ${job.request.dataPath}; delete them first.`,
    );
  }
  return others;
}

/** Goes on with what an earlier attempt began to publish; undefined where it did not, or was taken back, or lost the folder. */
export async function resume(
  store: ObjectStore,
  job: ExportJob,
  journal: (journal: ExportJournal) => Promise<void>,
): Promise<ExportOutcome | undefined> {
  if (job.journal === undefined || job.journal.phase === 'uploading') return undefined;
  const { phase, sealed, replaced } = job.journal;
  if (phase === 'published') return complete(store, job, sealed, replaced);
  return (await holdsFolder(store, job)) ? finish(store, job, sealed, replaced, journal) : undefined;
}

/** No signal stops it half-way. Each step may be repeated. */
export async function finish(
  store: ObjectStore,
  job: ExportJob,
  sealed: readonly SealedPart[],
  replaced: readonly string[],
  journal: (journal: ExportJournal) => Promise<void>,
): Promise<ExportOutcome> {
  const { bucket } = job.request;
  const success = successKey(job);
  try {
    if (replaced.includes(success)) await store.delete(bucket, [success]);
    for (const part of sealed) await store.publish(part);
  } catch (error) {
    await takeBack(store, job, sealed, replaced);
    throw error;
  }
  // Not taken back when this fails: whether it was stored is known when the job is read again.
  await journal({ phase: 'published', open: [], sealed, replaced });
  return complete(store, job, sealed, replaced);
}

/** All parts were visible: old objects may be deleted already, so there is only the way forward. Each step may be repeated. */
export async function complete(
  store: ObjectStore,
  job: ExportJob,
  sealed: readonly SealedPart[],
  replaced: readonly string[],
): Promise<ExportOutcome> {
  const { bucket } = job.request;
  const success = successKey(job);
  if (!(await allVisible(store, job, sealed))) {
    await removeLeftovers(store, job);
    throw new JobError(
      'resultGone',
      `Files of the export were deleted while it was published: ${job.request.dataPath}`,
    );
  }
  const old = replaced.filter((key) => key !== success);
  if (old.length > 0) await store.delete(bucket, old);
  await store.put(bucket, success, Buffer.alloc(0));
  await release(store, job);
  return {
    files: sealed.map(({ key, size, rows }) => ({ key, size, rows })),
    rows: sealed.reduce((sum, part) => sum + part.rows, 0),
    bytes: sealed.reduce((sum, part) => sum + part.size, 0),
  };
}

/** Before any old object is deleted: parts that are visible go, the old result counts again. Each step may be repeated. */
export async function takeBack(
  store: ObjectStore,
  job: ExportJob,
  sealed: readonly SealedPart[],
  replaced: readonly string[],
): Promise<void> {
  const { bucket } = job.request;
  for (const part of sealed) await store.abort(part);
  await removeOwn(store, job);
  // Without the claim it was taken back before, or the folder is another export's by now.
  if (!(await holdsFolder(store, job))) return;
  if (replaced.includes(successKey(job))) await store.put(bucket, successKey(job), Buffer.alloc(0));
  await release(store, job);
}

const holdsFolder = async (store: ObjectStore, job: ExportJob): Promise<boolean> =>
  (await store.head(job.request.bucket, claimKey(job))) !== undefined;

async function allVisible(store: ObjectStore, job: ExportJob, sealed: readonly SealedPart[]): Promise<boolean> {
  for (const { key } of sealed) if (!(await store.head(job.request.bucket, key))) return false;
  return true;
}

/**
 * The last step of a job that publishes. Nobody else writes the `_SUCCESS` of the folder meanwhile, so that a write of it,
 * or of the claim, that a killed server left half-done is this job's to remove.
 */
async function release(store: ObjectStore, job: ExportJob): Promise<void> {
  const { bucket } = job.request;
  const marks = [claimKey(job), successKey(job)];
  for (const upload of await uploadsOf(store, job)) if (marks.includes(upload.key)) await store.abort(upload);
  await store.delete(bucket, [claimKey(job)]);
}

/**
 * What a job may have left of its own, also where its journal came too late. What cannot be removed keeps nothing else from
 * being removed, but a store that does not answer is left in peace; rejects with the first error.
 */
export async function removeLeftovers(store: ObjectStore, job: ExportJob): Promise<void> {
  const { bucket } = job.request;
  const { open = [], sealed = [] } = job.journal ?? {};
  const failures: unknown[] = [];
  const tried = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof ObjectStoreError && error.fault === 'unreachable') throw error;
      failures.push(error);
    }
  };
  const abortAll = async (uploads: readonly UploadRef[]): Promise<void> => {
    for (const upload of uploads) await tried(() => store.abort(upload));
  };
  await abortAll([...open, ...sealed]);
  await tried(async () =>
    abortAll((await uploadsOf(store, job)).filter(({ key }) => isPartOf(job, key) || key === claimKey(job))),
  );
  // A directory store makes its buckets when the first object is published.
  if (await store.bucketExists(bucket)) {
    await tried(() => removeOwn(store, job));
    await tried(() => store.delete(bucket, [claimKey(job)]));
  }
  if (failures.length > 0) throw failures[0];
}

const uploadsOf = (store: ObjectStore, { request }: ExportJob): Promise<readonly UploadRef[]> =>
  store.uploads(request.bucket, `${request.folder}/`).catch(noneWithoutBucket);

function noneWithoutBucket(error: unknown): readonly [] {
  if (error instanceof ObjectStoreError && error.fault === 'noSuchBucket') return [];
  throw error;
}

async function removeOwn(store: ObjectStore, job: ExportJob): Promise<void> {
  const own = (await folderOf(store, job)).map(({ key }) => key).filter((key) => isPartOf(job, key));
  if (own.length > 0) await store.delete(job.request.bucket, own);
}

async function folderOf(store: ObjectStore, job: ExportJob, signal?: AbortSignal): Promise<readonly ObjectInfo[]> {
  const { bucket, folder } = job.request;
  const found: ObjectInfo[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(bucket, { prefix: `${folder}/`, ...(after === undefined ? {} : { after }) }, signal);
    found.push(...page.objects);
    after = page.next;
  } while (after !== undefined && found.length <= MOST_REPLACED + 1);
  return found;
}

const folderExists = ({ request }: ExportJob): JobError =>
  new JobError('folderExists', `The folder exists already: ${request.dataPath}`);
