/** The tables of jobs in SQLite, brought up to the present version step by step. */
import type Database from 'libsql';
import { JobStoreError } from './store.ts';

/** One step a version; a step that was released is never changed. */
const STEPS: readonly string[] = [
  `CREATE TABLE jobs (
     id TEXT PRIMARY KEY,
     project TEXT NOT NULL,
     owner TEXT NOT NULL,
     queue TEXT NOT NULL,
     type TEXT NOT NULL,
     status TEXT NOT NULL,
     submitted INTEGER NOT NULL,
     started INTEGER,
     ended INTEGER,
     database TEXT,
     "table" TEXT,
     -- One tag a line, with a line break before and after each.
     tags TEXT NOT NULL,
     statement TEXT NOT NULL,
     source TEXT,
     server TEXT,
     lease_until INTEGER NOT NULL,
     cancel_requested INTEGER NOT NULL,
     uncleaned INTEGER NOT NULL,
     result_expires INTEGER,
     record TEXT NOT NULL
   ) STRICT;
   CREATE INDEX jobs_by_project ON jobs (project, submitted);
   CREATE INDEX jobs_by_end ON jobs (ended) WHERE ended IS NOT NULL;
   CREATE INDEX jobs_unended ON jobs (queue, project, owner, submitted) WHERE ended IS NULL;
   CREATE INDEX jobs_uncleaned ON jobs (ended) WHERE uncleaned = 1;
   CREATE INDEX jobs_by_expiry ON jobs (result_expires) WHERE result_expires IS NOT NULL;`,
  // NULL in jobs of before: they stay with their project.
  'ALTER TABLE jobs ADD COLUMN submitter TEXT',
];

export function migrate(database: Database.Database): void {
  const upgrade = database.transaction(() => {
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > STEPS.length) {
      throw new JobStoreError(`${database.name} was written by a newer version of this server (schema ${version}).`);
    }
    for (const step of STEPS.slice(version)) database.exec(step);
    if (version < STEPS.length) database.exec(`PRAGMA user_version = ${STEPS.length}`);
  });
  upgrade.immediate();
}
