/** Takes away what killed processes left among the uploads: safe while other servers write there. */
import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { missingIsUndefined } from './directory-faults.ts';

/**
 * Removes files that nobody has touched since `before` (epoch milliseconds), and all folders without files: a process was
 * killed before it made the file in them, or when it had moved it away. Who is about to make one makes the folder again.
 */
export async function sweepUploads(folder: string, before: number): Promise<void> {
  for (const entry of (await readdir(folder, { withFileTypes: true }).catch(missingIsUndefined)) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await sweepUploads(path, before);
      // Not empty, or gone already.
      await rmdir(path).catch(() => undefined);
      continue;
    }
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < before) await rm(path, { force: true });
  }
}
