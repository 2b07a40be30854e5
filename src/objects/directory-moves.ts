/** Makes new files and puts finished ones in their place, durably, and takes away folders that hold nothing. */
import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { missingIsUndefined } from './directory-faults.ts';

const MOST_TRIES = 10;

/** Of what is made in a store that others share; undefined: as the umask of the process has it. */
export interface SharedModes {
  readonly file: number;
  readonly folder: number;
}

export async function moveTo(from: string, path: string, shared?: SharedModes): Promise<void> {
  const { first } = await inFolder(path, () => rename(from, path));
  if (shared !== undefined && first !== undefined) await chmodBetween(first, dirname(path), shared.folder);
  await syncFolders(dirname(path), first);
}

/** Folders just made, from the last up to the first. */
export async function chmodBetween(first: string, last: string, mode: number): Promise<void> {
  for (let at = last; at.length >= first.length; at = dirname(at)) await chmod(at, mode);
}

/** With the folders that it needs. */
export async function createFile(path: string, shared?: SharedModes): Promise<FileHandle> {
  const { made } = await inFolder(path, () => open(path, 'wx', 0o644));
  if (shared !== undefined) await made.chmod(shared.file);
  return made;
}

/** Another process may remove the empty folder before its file is made; then it is made again. `first`: the topmost folder made. */
async function inFolder<T>(path: string, make: () => Promise<T>): Promise<{ made: T; first: string | undefined }> {
  for (let attempt = 1; ; attempt++) {
    let isThere = false;
    try {
      const first = await mkdir(dirname(path), { recursive: true });
      isThere = true;
      return { made: await make(), first };
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      const isGone = code === 'ENOENT' || (!isThere && LOOKS_TAKEN.has(code));
      if (!isGone || attempt === MOST_TRIES) throw error;
    }
  }
}

/** What making folders fails with where a part is a file; and where a part was a folder, but is removed before that is looked at. */
const LOOKS_TAKEN = new Set(['EEXIST', 'ENOTDIR']);

/** A name is durable when its folder is; so is each folder that was made for it. */
async function syncFolders(folder: string, firstMade: string | undefined): Promise<void> {
  const top = firstMade === undefined ? folder : dirname(firstMade);
  for (let at = folder; at.length >= top.length; at = dirname(at)) {
    const handle = await open(at, constants.O_RDONLY).catch(missingIsUndefined);
    if (handle === undefined) continue;
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** Up to `top`, which stays. */
export async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let at = folder; at.length > top.length; at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}
