/** The directory store: plain files `bucket/key` under one root, each made visible by a rename. */
import { randomUUID } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { lstat, mkdir, open, realpath, rm, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FileBytes } from './directory-body.ts';
import { directoryError, guarded, missingIsUndefined } from './directory-faults.ts';
import { folderOfPrefix, type WalkPosition, walkKeys } from './directory-list.ts';
import { chmodBetween, createFile, moveTo, removeEmpty, type SharedModes } from './directory-moves.ts';
import { DirectoryPaths } from './directory-paths.ts';
import { sweepUploads } from './directory-sweep.ts';
import { DirectoryUpload, etagOf } from './directory-upload.ts';
import { commonPrefix, isCommonPrefix, pageLimit } from './page-of-keys.ts';
import {
  type Listing,
  type ListOptions,
  type ObjectBody,
  type ObjectInfo,
  type ObjectStore,
  ObjectStoreError,
  type SealedUpload,
  type Upload,
  type UploadRef,
} from './store.ts';

/** Uploads that nobody touched for so long belong to no running server; those of jobs are removed by their journals. */
const FORGOTTEN = 7 * 24 * 3_600_000;
/** `O_NONBLOCK`: a pipe that somebody put there must not hang us. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export async function openDirectoryStore(directory: string, shared?: SharedModes): Promise<ObjectStore> {
  const given = resolve(directory);
  try {
    const made = await mkdir(given, { recursive: true });
    if (made !== undefined && shared !== undefined) await chmodBetween(made, given, shared.folder);
    const paths = new DirectoryPaths(await realpath(given));
    await mkdir(paths.uploads, { recursive: true, mode: 0o700 });
    await sweepUploads(paths.uploads, Date.now() - FORGOTTEN);
    return new DirectoryStore(paths, given, shared);
  } catch (error) {
    const cause = directoryError(error);
    const fault = cause instanceof ObjectStoreError ? cause.fault : 'failed';
    throw new ObjectStoreError(
      fault,
      `The directory store ${given} cannot be used: ${(error as Error).message}`,
      error,
    );
  }
}

class DirectoryStore implements ObjectStore {
  readonly description: string;
  readonly makesBuckets = true;
  readonly #paths: DirectoryPaths;
  readonly #shared: SharedModes | undefined;

  constructor(paths: DirectoryPaths, shown: string, shared: SharedModes | undefined) {
    this.#paths = paths;
    this.#shared = shared;
    this.description = `the directory ${shown}`;
  }

  async bucketExists(bucket: string): Promise<boolean> {
    return guarded(async () => {
      const found = await lstat(this.#paths.bucket(bucket)).catch(missingIsUndefined);
      return found?.isDirectory() ?? false;
    });
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    return guarded(async () => {
      const path = this.#paths.object(bucket, key);
      await this.#paths.refuseLinks(path);
      const found = await lstat(path, { bigint: true }).catch(missingIsUndefined);
      return found?.isFile() ? infoOf(key, found) : undefined;
    });
  }

  async read(
    bucket: string,
    key: string,
    { range, ifMatch, signal }: Parameters<ObjectStore['read']>[2] = {},
  ): Promise<ObjectBody> {
    return guarded(async () => {
      signal?.throwIfAborted();
      const path = this.#paths.object(bucket, key);
      await this.#paths.refuseLinks(path);
      const file = await open(path, READ_FLAGS).catch(missingIsUndefined);
      if (file === undefined) throw await this.#notThere(bucket, key);
      try {
        const found = await file.stat({ bigint: true });
        if (!found.isFile()) throw await this.#notThere(bucket, key);
        const info = infoOf(key, found);
        if (ifMatch !== undefined && ifMatch !== info.etag) {
          throw new ObjectStoreError('changed', `The object '${key}' has been replaced`);
        }
        const start = range?.start ?? 0;
        const end = range === undefined ? info.size : Math.min(info.size, range.end + 1);
        return { info, bytes: new FileBytes(file, start, end, signal) };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  async list(bucket: string, options: ListOptions = {}, signal?: AbortSignal): Promise<Listing> {
    return guarded(async () => {
      const { prefix = '', after = '', delimiter } = options;
      const limit = pageLimit(options);
      if (!(await this.bucketExists(bucket))) throw noBucket(bucket);
      const folder = folderOfPrefix(prefix);
      if (folder === undefined) return { objects: [], prefixes: [], next: undefined };
      await this.#paths.refuseLinks(join(this.#paths.bucket(bucket), folder, '.'));
      const position: WalkPosition = { after, skip: isCommonPrefix(after, prefix, delimiter) ? after : undefined };
      const objects: ObjectInfo[] = [];
      const prefixes: string[] = [];
      let last: string | undefined;
      for await (const key of walkKeys(this.#paths.bucket(bucket), folder, prefix, position)) {
        signal?.throwIfAborted();
        if (position.skip !== undefined && key.startsWith(position.skip)) continue;
        // One more is there: only now the page is known not to be the last.
        if (objects.length + prefixes.length === limit) return { objects, prefixes, next: last };
        const group = commonPrefix(key, prefix, delimiter);
        if (group !== undefined) {
          prefixes.push(group);
          position.skip = group;
          last = group;
          continue;
        }
        const found = await lstat(join(this.#paths.bucket(bucket), key), { bigint: true }).catch(missingIsUndefined);
        if (!found?.isFile()) continue;
        objects.push(infoOf(key, found));
        last = key;
      }
      return { objects, prefixes, next: undefined };
    });
  }

  async put(bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const upload = await this.startUpload(bucket, key, signal);
    try {
      await upload.write(bytes);
      await this.publish(await upload.seal(), signal);
    } catch (error) {
      await upload.abort();
      throw error;
    }
  }

  async startUpload(bucket: string, key: string, signal?: AbortSignal): Promise<Upload> {
    return guarded(async () => {
      signal?.throwIfAborted();
      const path = this.#paths.object(bucket, key);
      await this.#checkPlace(bucket, path);
      const ref = { bucket, key, id: randomUUID() };
      const file = await createFile(this.#paths.upload(ref), this.#shared);
      return new DirectoryUpload(ref, file, () => this.abort(ref), signal);
    });
  }

  async publish(upload: SealedUpload, signal?: AbortSignal): Promise<void> {
    return guarded(async () => {
      signal?.throwIfAborted();
      const path = this.#paths.object(upload.bucket, upload.key);
      const from = this.#paths.upload(upload);
      const found = await lstat(from, { bigint: true }).catch(missingIsUndefined);
      const [tag] = upload.pieces;
      if (found === undefined) {
        // A rename keeps what the tag is made of: the file at the key is this upload, or another one.
        const there = await lstat(path, { bigint: true }).catch(missingIsUndefined);
        if (there !== undefined && etagOf(there) === tag) return removeEmpty(dirname(from), this.#paths.uploads);
        throw new ObjectStoreError('noSuchKey', `The upload of '${upload.key}' is gone`);
      }
      if (etagOf(found) !== tag) throw new ObjectStoreError('failed', `The upload of '${upload.key}' is damaged`);
      await this.#checkPlace(upload.bucket, path);
      await moveTo(from, path, this.#shared);
      await removeEmpty(dirname(from), this.#paths.uploads);
    });
  }

  async abort(upload: UploadRef): Promise<void> {
    return guarded(async () => {
      const path = this.#paths.upload(upload);
      await rm(path, { force: true });
      await removeEmpty(dirname(path), this.#paths.uploads);
    });
  }

  async uploads(bucket: string, prefix: string, signal?: AbortSignal): Promise<readonly UploadRef[]> {
    return guarded(async () => {
      const top = this.#paths.uploadsOf(bucket);
      const folder = folderOfPrefix(prefix);
      if (folder === undefined) return [];
      const found: UploadRef[] = [];
      for await (const path of walkKeys(top, folder, prefix, { after: '', skip: undefined })) {
        signal?.throwIfAborted();
        const ref = this.#paths.uploadAt(bucket, path);
        if (ref?.key.startsWith(prefix)) found.push(ref);
      }
      return found;
    });
  }

  async delete(bucket: string, keys: readonly string[], signal?: AbortSignal): Promise<void> {
    return guarded(async () => {
      const top = this.#paths.bucket(bucket);
      for (const key of keys) {
        signal?.throwIfAborted();
        const path = this.#paths.object(bucket, key);
        await this.#paths.refuseLinks(path);
        const found = await lstat(path).catch(missingIsUndefined);
        if (!found?.isFile()) continue;
        await unlink(path).catch(missingIsUndefined);
        await removeEmpty(dirname(path), top);
      }
    });
  }

  async presign(bucket: string, key: string): Promise<undefined> {
    this.#paths.object(bucket, key);
  }

  async close(): Promise<void> {}

  async #notThere(bucket: string, key: string): Promise<ObjectStoreError> {
    return (await this.bucketExists(bucket))
      ? new ObjectStoreError('noSuchKey', `There is no object '${key}' in the bucket '${bucket}'`)
      : noBucket(bucket);
  }

  /** Told before a byte is sent: a file at a folder's place, a folder at the file's. */
  async #checkPlace(bucket: string, path: string): Promise<void> {
    await this.#paths.refuseLinks(path);
    const found = await lstat(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (found?.isDirectory()) {
      // What deletes left behind, or what was made by hand, is no object.
      await removeEmpty(path, this.#paths.bucket(bucket));
      if ((await lstat(path).catch(missingIsUndefined)) !== undefined) throw errno('EISDIR');
    } else if (found !== undefined && !found.isFile()) {
      throw new ObjectStoreError('denied', 'Something that is no plain file stands at this key');
    }
  }
}

function infoOf(key: string, found: BigIntStats): ObjectInfo {
  return { key, size: Number(found.size), lastModified: new Date(Number(found.mtimeMs)), etag: etagOf(found) };
}

function noBucket(bucket: string): ObjectStoreError {
  return new ObjectStoreError('noSuchBucket', `There is no bucket '${bucket}'`);
}

function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
