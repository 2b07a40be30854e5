/** Walks the folders of a bucket in the order of keys, and reads no folder that the listing does not need. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './directory-faults.ts';

/** Where the walk goes on; moved by the reader while it walks. */
export interface WalkPosition {
  /** Only keys behind it. */
  after: string;
  /** No keys under it. */
  skip: string | undefined;
}

interface Entry {
  /** Of a folder with a slash: so it sorts as its keys do. */
  readonly name: string;
  readonly folder: boolean;
}

/** The folder that a prefix names whole: only what lies in it is searched. Undefined: no key begins like that. */
export function folderOfPrefix(prefix: string): string | undefined {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const segments = folder.split('/').slice(0, -1);
  // `a//b` or `../x` name no folder of the store, whatever the file system makes of them.
  const strange = segments.some((segment) => segment === '' || segment === '.' || segment === '..');
  return strange || folder.includes('\0') ? undefined : folder;
}

/** Keys of a folder (`` or with a slash at its end) that begin with `prefix`; links, pipes and the like are no objects. */
export async function* walkKeys(
  bucketPath: string,
  folder: string,
  prefix: string,
  position: WalkPosition,
): AsyncGenerator<string> {
  for (const { name, folder: isFolder } of await readEntries(join(bucketPath, folder))) {
    const key = folder + name;
    if (!key.startsWith(prefix) && !(isFolder && prefix.startsWith(key))) continue;
    if (position.skip !== undefined && key.startsWith(position.skip)) continue;
    if (isFolder) {
      const holdsMore = position.after.startsWith(key) || compareKeys(key, position.after) > 0;
      if (holdsMore) yield* walkKeys(bucketPath, key, prefix, position);
    } else if (compareKeys(key, position.after) > 0) {
      yield key;
    }
  }
}

async function readEntries(path: string): Promise<readonly Entry[]> {
  let found: Dirent[];
  try {
    found = await readdir(path, { withFileTypes: true });
  } catch (error) {
    // Deleted meanwhile, or an object of the name of the folder.
    if (isMissing(error)) return [];
    throw error;
  }
  const entries: Entry[] = [];
  for (const entry of found) {
    if (entry.isDirectory()) entries.push({ name: `${entry.name}/`, folder: true });
    else if (entry.isFile()) entries.push({ name: entry.name, folder: false });
  }
  return entries.sort((a, b) => compareKeys(a.name, b.name));
}

/** By UTF-8 bytes, as S3 does; plain string comparison puts characters beyond U+FFFF elsewhere. */
function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
