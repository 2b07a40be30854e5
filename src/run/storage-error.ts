/** Faults of the folder that the server keeps its own files in, as errors that say what an operator can mend. */
import { SqlError } from '../../translators/errors.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL']);
const UNUSABLE: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file, or a folder in it is',
  ENOTDIR: 'it is a file, or a folder in it is',
  EACCES: 'the server has no right to write there',
  EPERM: 'the server has no right to write there',
  EROFS: 'its file system is read-only',
  ENOENT: 'it has been removed',
  EIO: 'its disk fails',
  EMFILE: 'the server has too many open files',
  ENFILE: 'the machine has too many open files',
  SQLITE_READONLY: 'the server has no right to write there',
  SQLITE_CANTOPEN: 'a file in it cannot be opened',
  SQLITE_IOERR: 'its disk fails',
};

/** Paths of the machine stay out of the message, which goes to clients. Other errors stay what they are. */
export function storageError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (FULL.has(code)) return storageFull(error);
  // SQLite says more precisely after these words where in its work it was.
  const why = UNUSABLE[/^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code];
  if (why === undefined) return error;
  const details = `The server cannot keep files under its DATA_DIR: ${why} (${code}).`;
  return new SqlError('storageUnusable', { details, cause: error });
}

export const storageFull = (cause: unknown): SqlError =>
  new SqlError('storageFull', {
    details: 'The disk under the DATA_DIR of the server is full; ask for fewer rows, or try again later.',
    cause,
  });

/** Runs work on files of the server. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

/** The same for work that is done when it returns. */
export function storingNow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageError(error);
  }
}
