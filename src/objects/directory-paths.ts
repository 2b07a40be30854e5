/** From bucket and key to a path of the directory store: nothing outside the bucket's folder has a name. */
import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { checkBucket, checkName } from './names.ts';
import { ObjectStoreError, type UploadRef } from './store.ts';

/** Of usual file systems, in bytes. */
const MAX_SEGMENT_BYTES = 255;
/** No bucket name begins with a dot, so no key leads here; on the file system of the buckets, for renames. */
const UPLOADS = '.uploads';
const UPLOAD_ID = /^[0-9a-f-]{36}$/;

export class DirectoryPaths {
  /** `root` is a real path, without symbolic links. */
  constructor(readonly root: string) {}

  get uploads(): string {
    return join(this.root, UPLOADS);
  }

  bucket(bucket: string): string {
    checkBucket(bucket);
    return join(this.root, bucket);
  }

  object(bucket: string, key: string): string {
    checkName(bucket, key);
    for (const segment of key.split('/')) {
      const fault = segmentFault(segment);
      if (fault !== undefined)
        throw new ObjectStoreError('badName', `A directory store has no object '${key}': ${fault}`);
    }
    return join(this.root, bucket, key);
  }

  /** Where the uploads of a bucket lie. */
  uploadsOf(bucket: string): string {
    checkBucket(bucket);
    return join(this.uploads, bucket);
  }

  /**
   * A file in a folder of the object's key: one step makes the upload and tells whose it is, so that a killed server leaves
   * none that nobody can name. Ids come back from journals: they must be names that we made.
   */
  upload({ bucket, key, id }: UploadRef): string {
    if (!UPLOAD_ID.test(id)) throw new ObjectStoreError('badName', `'${id}' is no upload of this store`);
    this.object(bucket, key);
    return join(this.uploads, bucket, key, id);
  }

  /** The upload that a path under `uploadsOf` is, if it is one. */
  uploadAt(bucket: string, path: string): UploadRef | undefined {
    const at = path.lastIndexOf('/');
    const id = path.slice(at + 1);
    return at > 0 && UPLOAD_ID.test(id) ? { bucket, key: path.slice(0, at), id } : undefined;
  }

  /**
   * Symbolic links below the root are not followed: one may lead anywhere. `path` need not be there, nor its folders.
   * Who can change folders of the store between this check and the use of the path has the files anyway.
   */
  async refuseLinks(path: string): Promise<void> {
    let at = path;
    for (;;) {
      try {
        const found = await realpath(at);
        if (found !== at)
          throw new ObjectStoreError('denied', 'Symbolic links inside the directory store are not followed');
        return;
      } catch (error) {
        if (error instanceof ObjectStoreError) throw error;
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
        if (code === 'ENOENT' && (await isDanglingLink(at))) {
          throw new ObjectStoreError('denied', 'Symbolic links inside the directory store are not followed');
        }
        at = at.slice(0, at.lastIndexOf(sep));
        if (at.length <= this.root.length) return;
      }
    }
  }
}

async function isDanglingLink(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isSymbolicLink() ?? false;
}

function segmentFault(segment: string): string | undefined {
  if (segment === '') return 'it has an empty segment';
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return `a segment is longer than ${MAX_SEGMENT_BYTES} bytes`;
  // There `\` parts folders and `:` names drives and streams.
  if (sep === '\\' && /[\\:]/.test(segment)) return 'a segment holds \\ or :';
  return undefined;
}
