/** Jobs in one SQLite file under DATA_DIR: for one server, or several processes of one machine. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'libsql';
import { storingNow } from '../../run/storage-error.ts';
import type { JobStatus } from '../domain/model.ts';
import { changed, type JobRecord } from '../domain/record.ts';
import { openServerLocks } from './server-locks.ts';
import { migrate } from './sqlite-schema.ts';
import {
  type Due,
  folded,
  type JobCounts,
  type JobFilter,
  type JobStore,
  type ListOrder,
  searchFields,
  type Waiting,
} from './store.ts';

/** How long a write waits for another process. */
const BUSY_MILLISECONDS = 10_000;

type Binding = string | number | null;

const COLUMNS = [
  'id',
  'project',
  'owner',
  'queue',
  'type',
  'status',
  'submitted',
  'started',
  'ended',
  'database',
  '"table"',
  'tags',
  'statement',
  'source',
  'server',
  'lease_until',
  'cancel_requested',
  'uncleaned',
  'result_expires',
  'record',
  'submitter',
] as const;

const ORDER_BY: Readonly<Record<ListOrder, string>> = {
  start_time_desc: 'submitted DESC, id',
  start_time_asc: 'submitted, id',
  duration_desc: 'ifnull(ifnull(ended, ?) - started, 0) DESC, id',
  duration_asc: 'ifnull(ifnull(ended, ?) - started, 0), id',
};

const UNENDED = 'ended IS NULL';

/** `server` names this process among those that share the file. */
export async function openSqliteStore(dataDir: string, server: string): Promise<JobStore> {
  const { default: Libsql } = await import('libsql');
  const folder = join(dataDir, 'jobs');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'jobs.db');
  const database = new Libsql(path, { timeout: BUSY_MILLISECONDS });
  // FULL: a commit is on the disk when it returns, so that a job that was accepted is never lost.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  migrate(database);
  const locks = openServerLocks(join(folder, 'servers'), server, (file) => new Libsql(file, { timeout: 0 }));
  return new SqliteStore(database, path, locks);
}

class SqliteStore implements JobStore {
  readonly description: string;
  private readonly statements = new Map<string, Database.Statement>();

  constructor(
    private readonly database: Database.Database,
    path: string,
    private readonly locks: ReturnType<typeof openServerLocks>,
  ) {
    this.description = path;
  }

  async add(record: JobRecord): Promise<void> {
    this.run(`INSERT INTO jobs (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`, row(record));
  }

  async get(id: string): Promise<JobRecord | undefined> {
    return this.read(id);
  }

  async change(id: string, change: Parameters<JobStore['change']>[1]): Promise<JobRecord | undefined> {
    const set = COLUMNS.map((column) => `${column} = ?`).join(', ');
    return this.inOne(() => {
      const before = this.read(id);
      const after = before && changed(before, change);
      if (after !== undefined) this.run(`UPDATE jobs SET ${set} WHERE id = ?`, [...row(after), id]);
      return after;
    });
  }

  async list(filter: JobFilter, page: Parameters<JobStore['list']>[1]) {
    const { where, values } = conditions(filter);
    const { total } = this.one<{ total: number }>(`SELECT count(*) AS total FROM jobs WHERE ${where}`, values);
    const now = page.order.startsWith('duration') ? [page.now] : [];
    const jobs = this.records(`${where} ORDER BY ${ORDER_BY[page.order]} LIMIT ? OFFSET ?`, [
      ...values,
      ...now,
      page.count,
      page.offset,
    ]);
    return { total, jobs };
  }

  async waiting(server: string, now: number): Promise<readonly Waiting[]> {
    // With min() the other columns are those of its row.
    return this.all<Waiting>(
      `SELECT id, queue, project, owner, min(submitted) AS submitted FROM jobs
       WHERE ${UNENDED} AND (lease_until <= ? OR (status = 'LAUNCHING' AND server = ?)) GROUP BY queue, project, owner`,
      [now, server],
    );
  }

  async cancelRequests(server: string): Promise<readonly string[]> {
    return this.ids(`${UNENDED} AND cancel_requested = 1 AND server = ?`, [server]);
  }

  async abandoned(now: number): Promise<readonly string[]> {
    return this.ids(`${UNENDED} AND cancel_requested = 1 AND lease_until <= ?`, [now]);
  }

  async due(due: Due, limit: number): Promise<readonly JobRecord[]> {
    switch (due.kind) {
      case 'uncleaned':
        return this.records('uncleaned = 1 ORDER BY ended LIMIT ?', [limit]);
      case 'resultExpired':
        return this.records('result_expires <= ? ORDER BY ended LIMIT ?', [due.now, limit]);
      case 'ended':
        return due.project === undefined
          ? this.records('ended < ? ORDER BY ended LIMIT ?', [due.before, limit])
          : this.records('ended < ? AND project = ? ORDER BY ended LIMIT ?', [due.before, due.project, limit]);
    }
  }

  async exportsOf(source: string): Promise<number> {
    return this.one<{ n: number }>(`SELECT count(*) AS n FROM jobs WHERE ${UNENDED} AND source = ?`, [source]).n;
  }

  async remove(ids: readonly string[]): Promise<void> {
    this.inOne(() => {
      for (const id of ids) this.run('DELETE FROM jobs WHERE id = ?', [id]);
    });
  }

  async countOf(project: string): Promise<number> {
    return this.one<{ n: number }>('SELECT count(*) AS n FROM jobs WHERE project = ?', [project]).n;
  }

  async counts(): Promise<readonly JobCounts[]> {
    return this.all<{ status: JobStatus; queue: string; count: number }>(
      'SELECT status, queue, count(*) AS count FROM jobs GROUP BY status, queue',
    );
  }

  async releaseDead(): Promise<void> {
    const holders = this.all<{ server: string }>(
      `SELECT DISTINCT server FROM jobs WHERE ${UNENDED} AND server IS NOT NULL AND lease_until > 0`,
    );
    for (const server of this.locks.dead(holders.map((holder) => holder.server))) {
      for (const id of this.ids(`${UNENDED} AND server = ?`, [server])) {
        await this.change(id, ({ lease, ...rest }) => (lease?.server === server ? rest : undefined));
      }
    }
  }

  async close(): Promise<void> {
    this.locks.close();
    this.database.close();
  }

  private read(id: string): JobRecord | undefined {
    return this.records('id = ?', [id])[0];
  }

  private records(where: string, values: readonly Binding[]): JobRecord[] {
    const rows = this.all<{ record: string }>(`SELECT record FROM jobs WHERE ${where}`, values);
    return rows.map(({ record }) => JSON.parse(record) as JobRecord);
  }

  private ids(where: string, values: readonly Binding[]): string[] {
    return this.all<{ id: string }>(`SELECT id FROM jobs WHERE ${where}`, values).map(({ id }) => id);
  }

  private one<T>(sql: string, values: readonly Binding[]): T {
    return storingNow(() => this.statement(sql).get(...values)) as T;
  }

  private all<T>(sql: string, values: readonly Binding[] = []): T[] {
    return storingNow(() => this.statement(sql).all(...values)) as T[];
  }

  private run(sql: string, values: readonly Binding[]): void {
    storingNow(() => this.statement(sql).run(...values));
  }

  /** All of it or nothing. The client's own form of it hides why a full disk ended it: SQLite has taken it back by then. */
  private inOne<T>(work: () => T): T {
    this.run('BEGIN IMMEDIATE', []);
    try {
      const done = work();
      this.run('COMMIT', []);
      return done;
    } catch (error) {
      try {
        this.run('ROLLBACK', []);
      } catch {
        // It was taken back already.
      }
      throw error;
    }
  }

  private statement(sql: string): Database.Statement {
    let prepared = this.statements.get(sql);
    if (prepared === undefined) {
      prepared = this.database.prepare(sql);
      this.statements.set(sql, prepared);
    }
    return prepared;
  }
}

function row(record: JobRecord): Binding[] {
  const fields = searchFields(record);
  return [
    record.job.id,
    fields.project,
    fields.owner,
    fields.queue,
    fields.type,
    fields.status,
    fields.submitted,
    fields.started ?? null,
    fields.ended ?? null,
    fields.database ?? null,
    fields.table ?? null,
    `\n${fields.tags.map((tag) => `${tag}\n`).join('')}`,
    folded(record.job.statement),
    fields.source ?? null,
    fields.server ?? null,
    fields.leaseUntil,
    fields.cancelRequested ? 1 : 0,
    fields.uncleaned ? 1 : 0,
    fields.resultExpires ?? null,
    JSON.stringify(record),
    fields.submitter ?? null,
  ];
}

/** Always of one project and one user: no filter can widen that. */
function conditions(filter: JobFilter): { readonly where: string; readonly values: readonly Binding[] } {
  const parts: string[] = ['project = ?', '(submitter IS NULL OR submitter = ?)'];
  const values: Binding[] = [filter.project, filter.submitter];
  const add = (condition: string, ...bound: readonly (Binding | undefined)[]): void => {
    if (bound.includes(undefined)) return;
    parts.push(condition);
    values.push(...(bound as Binding[]));
  };
  add('id = ?', filter.id);
  add('status = ?', filter.status);
  add('submitted > ?', filter.after);
  add('submitted < ?', filter.before);
  add('queue = ?', filter.queue);
  add('owner = ?', filter.owner);
  add('database = ?', filter.database);
  add('"table" = ?', filter.table);
  add('instr(statement, ?) > 0', filter.pattern === undefined ? undefined : folded(filter.pattern));
  if (filter.types !== undefined) add(`type IN (${filter.types.map(() => '?').join(', ')})`, ...filter.types);
  for (const tag of filter.tags ?? []) add('instr(tags, ?) > 0', `\n${tag}\n`);
  return { where: parts.join(' AND '), values };
}
