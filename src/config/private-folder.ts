/** Keeps DATA_DIR to the user who runs the server: what it holds are rows, statements and keys of its callers. */
import { chmodSync, type Dirent, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';

const FOLDER = 0o700;
const FILE = 0o600;
const PERMISSIONS = 0o777;
/** For whatever this process and its children make from now on: SQLite, DuckDB and the embedded node take no mode. */
const UMASK = 0o077;

export interface PrivateFolder {
  readonly warnings: readonly string[];
  /** As it was: what is kept elsewhere, for others too, goes by it. */
  readonly umask: number | undefined;
}

/**
 * What earlier versions made for everybody is mended. Warns where the folder is not ours to change; below it
 * that does not matter, since nobody else gets through a folder of mode 0700.
 */
export function keepPrivate(folder: string): PrivateFolder {
  if (process.platform === 'win32') return { warnings: [], umask: undefined };
  const umask = process.umask(UMASK);
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER });
  } catch (error) {
    throw new ConfigError([`DATA_DIR ${folder} cannot be used as a folder: ${(error as Error).message}`]);
  }
  try {
    mend(folder, FOLDER);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    const warning = `DATA_DIR ${folder} may be readable for other users of this machine: its mode cannot be changed (${why})`;
    return { warnings: [warning], umask };
  }
  mendBelow(folder);
  return { warnings: [], umask };
}

function mendBelow(folder: string): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    const isFolder = entry.isDirectory();
    // Links lead out of the folder, and sockets have no content.
    if (!isFolder && !entry.isFile()) continue;
    try {
      mend(path, isFolder ? FOLDER : FILE);
    } catch {
      // It went away meanwhile, or is another user's, such as the files of a node in a container.
      continue;
    }
    if (isFolder) mendBelow(path);
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function mend(path: string, mode: number): void {
  if ((statSync(path).mode & PERMISSIONS) !== mode) chmodSync(path, mode);
}
