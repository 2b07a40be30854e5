/** Tells living servers of one machine from dead ones: each holds a lock that the system lets go with the process. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'libsql';

interface ServerLocks {
  /** Servers that hold no lock any more; what they have left is removed. */
  dead(servers: readonly string[]): readonly string[];
  close(): void;
}

type Opener = (path: string) => Database.Database;

const SUFFIX = '.lock';
const OLD_MILLISECONDS = 3_600_000;

/** A lock is an exclusive transaction that never ends, in a database of its own: SQLite locks files on every system. */
export function openServerLocks(folder: string, server: string, open: Opener): ServerLocks {
  mkdirSync(folder, { recursive: true });
  const pathOf = (name: string): string => join(folder, name + SUFFIX);
  const own = locked(pathOf(server), open);
  if (own === undefined) throw new Error(`the lock ${pathOf(server)} is held by another process`);

  function isDead(name: string): boolean {
    if (name === server) return false;
    const taken = locked(pathOf(name), open);
    taken?.close();
    return taken !== undefined;
  }

  function remove(name: string): void {
    for (const end of ['', '-journal']) rmSync(pathOf(name) + end, { force: true });
  }

  // Servers that died without jobs left their files. A young file may be of a server that is about to lock it.
  for (const file of readdirSync(folder)) {
    const name = file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : undefined;
    if (name !== undefined && isOld(pathOf(name)) && isDead(name)) remove(name);
  }

  return {
    dead(servers) {
      const gone = servers.filter(isDead);
      for (const name of gone) remove(name);
      return gone;
    },
    close() {
      own.close();
      remove(server);
    },
  };
}

function isOld(path: string): boolean {
  const { mtimeMs = Date.now() } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs > OLD_MILLISECONDS;
}

/** The database that holds the lock; undefined where another process holds it. */
function locked(path: string, open: Opener): Database.Database | undefined {
  const database = open(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch {
    database.close();
    return undefined;
  }
}
