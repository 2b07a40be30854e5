/** Faults of the file system in the words of the object store. */
import { ObjectStoreError, type ObjectStoreFault } from './store.ts';

const FAULTS: Readonly<Record<string, readonly [ObjectStoreFault, string]>> = {
  ENOSPC: ['full', 'The disk of the object store is full'],
  EDQUOT: ['full', 'The disk quota of the object store is used up'],
  EFBIG: ['full', 'The file system of the object store takes no file so large'],
  EACCES: ['denied', 'The file system does not let the server use this object'],
  EPERM: ['denied', 'The file system does not let the server use this object'],
  EROFS: ['denied', 'The file system of the object store is read-only'],
  ELOOP: ['denied', 'Symbolic links inside the directory store are not followed'],
  ENAMETOOLONG: ['badName', 'The object key is too long for the file system'],
  EISDIR: ['badName', 'Other objects lie under this key, so a directory store cannot keep an object of this name'],
  ENOTDIR: ['badName', 'A part of this key is an object, so a directory store cannot keep others under it'],
  EEXIST: ['badName', 'A part of this key is an object, so a directory store cannot keep others under it'],
  ENOTEMPTY: ['badName', 'Other objects lie under this key, so a directory store cannot keep an object of this name'],
  EMFILE: ['unreachable', 'The server has too many open files'],
  ENFILE: ['unreachable', 'The machine has too many open files'],
  EXDEV: ['failed', 'A bucket of a directory store must lie on the same file system as the store'],
};

/**
 * Paths of the machine stay out of the message: it goes to clients. The cause, with the path, is for the log.
 * What is no fault of the file system (an aborted signal's reason) stays as it is.
 */
export function directoryError(error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return error;
  const known = FAULTS[code];
  if (known !== undefined) return new ObjectStoreError(known[0], known[1], error);
  return new ObjectStoreError('failed', `The object store failed (${code})`, error);
}

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** For `catch`: what is not there is undefined, every other fault stays one. */
export function missingIsUndefined(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

/** Runs work on files; what it throws is in the words of the store. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw directoryError(error);
  }
}
