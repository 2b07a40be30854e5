/** Puts a finished file in its place, durably, and takes away folders that hold nothing. */
import { constants } from 'node:fs';
import { mkdir, open, rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { missingIsUndefined } from './directory-faults.ts';

/** Another writer may remove the empty folder between the two steps; then it is made again. */
export async function moveTo(from: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const first = await mkdir(dirname(path), { recursive: true });
    try {
      await rename(from, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && attempt < 10) continue;
      throw error;
    }
    await syncFolders(dirname(path), first);
    return;
  }
}

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

/** Up to the bucket, which stays. */
export async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let at = folder; at.length > top.length; at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}
