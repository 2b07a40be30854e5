/** The disk of one statement: spills and kept rows together, each given back when it is gone. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { Spools } from '../../../src/cursor/spool.ts';
import { DiskKeeper } from '../../../src/jobs/results/disk-keeper.ts';
import type { Page } from '../../../src/rows/page.ts';
import type { Execution } from '../../../src/run/context.ts';
import { HeavyStatements } from '../../../src/run/heavy.ts';
import { runResidualQuery } from '../../../src/run/residual-node.ts';
import { diskOf, StatementDisk } from '../../../src/run/statement-disk.ts';
import { lowerToDuckDb } from '../../../translators/lower/duckdb/index.ts';
import { asc, ref, SESSION, table } from '../plan/plan-kit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statement-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tooMuch = { code: 'spoolLimit', status: 507, details: expect.stringContaining('MAX_SPOOL_PER_STATEMENT') };

describe('what a statement takes', () => {
  it('is what is spilled and what is kept', async () => {
    const disk = new StatementDisk(100);
    let size = 30;
    const gone = disk.spills({ spilled: async () => size });
    expect(await disk.left()).toBe(70);
    disk.keep(50);
    expect(await disk.left()).toBe(20);
    expect(() => disk.keep(30)).toThrow(expect.objectContaining(tooMuch));
    size = 0;
    await gone();
    expect(await disk.left()).toBe(20);
    disk.keep(20);
    expect(await disk.left()).toBe(0);
  });

  it('has no bound where none is set', async () => {
    const disk = new StatementDisk(0);
    disk.keep(1e15);
    expect(await disk.left()).toBeUndefined();
  });

  it('is counted by request', () => {
    const [one, other] = [{}, {}];
    expect(diskOf(one, 5)).toBe(diskOf(one, 5));
    expect(diskOf(one, 5)).not.toBe(diskOf(other, 5));
  });
});

async function* rows(count: number, width: number): AsyncGenerator<Page> {
  for (let from = 0; from < count; from += 1_000) {
    yield Array.from({ length: 1_000 }, (_, i) => [`${(from + i) * 7919}`.padEnd(width, 'x')]);
  }
}

describe('beyond the bound', () => {
  it('a cursor is not made, and leaves nothing', async () => {
    const spools = new Spools({ folder, limit: () => 1e9, keepAlive: () => 60_000 });
    const disk = new StatementDisk(1_000_000);
    const written = spools.write([{ name: 'a', type: 'keyword' }], rows(100_000, 100), 1_000, (bytes) =>
      disk.keep(bytes),
    );
    await expect(written).rejects.toMatchObject(tooMuch);
    expect(readdirSync(folder)).toEqual([]);
    expect(spools.bytes).toBe(0);
  });

  it('a job keeps no rows', async () => {
    const keeper = new DiskKeeper({ folder, limit: () => 1e9 });
    // Blocks of kept rows are compressed.
    const disk = new StatementDisk(10_000);
    const signal = new AbortController().signal;
    const written = keeper.write('job', rows(100_000, 100), signal, (bytes) => disk.keep(bytes));
    await expect(written).rejects.toMatchObject(tooMuch);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('DuckDB spills no more than is left beside what is kept', async () => {
    const config = loadConfig({
      LOG_LEVEL: 'silent',
      DATA_DIR: folder,
      DUCKDB_MEMORY_LIMIT: '30mb',
      DUCKDB_THREADS: '1',
      MAX_SPOOL_PER_STATEMENT: '20mb',
    });
    const t = table('t', { k: 'keyword' }, []);
    const query = lowerToDuckDb({ kind: 'sort', input: t.plan, keys: [asc(ref(t.columns[0]!))] }, SESSION);
    const request = {
      id: 'x',
      identity: {},
      calls: [],
      signal: new AbortController().signal,
      stage: () => undefined,
      rows: () => undefined,
    };
    const heavy = new HeavyStatements(config);
    const execution: Execution = {
      cluster: {} as Execution['cluster'],
      config,
      request,
      session: SESSION,
      heavy,
      info: {},
    };
    diskOf(request, config.maxSpoolPerStatement).keep(15 * 1_048_576);
    mkdirSync(join(folder, 'spool'));
    const run = async (): Promise<void> => {
      const inputs = [{ name: t.plan.name, columns: t.columns, pages: rows(200_000, 500) }];
      for await (const _ of runResidualQuery(query, inputs, execution));
    };
    await expect(run()).rejects.toMatchObject(tooMuch);
    expect(readdirSync(join(folder, 'spool'))).toEqual([]);
    expect(heavy.running).toBe(0);
  }, 60_000);
});
