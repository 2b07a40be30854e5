/** One private, locked-down DuckDB in memory, with its own spill directory: made for a query, closed after it. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlError } from '../../../translators/errors.ts';
import { storing } from '../../run/storage-error.ts';
import { type DuckDb, loadDuckDb } from './client.ts';

export interface EngineLimits {
  /** Bytes, or as DuckDB writes sizes (`256MiB`); what is over it spills. */
  readonly memoryLimit: number | string;
  readonly threads: number;
  /** Spill files go into a new directory below this one. */
  readonly tempDirectory: string;
  /** Most bytes that may be spilled; absent: nine tenths of the free disk. */
  readonly tempLimit?: number;
  /** The one directory that statements may read and write files in; absent: none. */
  readonly directory?: string;
}

export interface Engine {
  readonly duckdb: DuckDb;
  readonly connection: DuckDBConnection;
  /** A further one to the same database, for statements that run beside each other; it closes with the engine. */
  connect(): Promise<DuckDBConnection>;
  /** Bytes that lie in its spill directory. */
  spilled(): Promise<number>;
  /** Whether as much is spilled as may be: DuckDB then says that it has no memory. */
  isSpillFull(): Promise<boolean>;
  /** Must only be called while no statement runs. */
  close(): Promise<void>;
}

/** After these nothing outside of the process can be reached, and nothing of this can be undone. */
const LOCK_DOWN = [
  'SET enable_external_access = false',
  'SET autoinstall_known_extensions = false',
  'SET autoload_known_extensions = false',
  'SET allow_community_extensions = false',
  'SET lock_configuration = true',
];

/** With it, DuckDB 1.5 drops or adds rows where EXISTS is correlated by `<>` beside another comparison. */
const RIGHT_ROWS = "SET disabled_optimizers = 'deliminator'";

export async function openEngine(limits: EngineLimits): Promise<Engine> {
  const duckdb = await loadDuckDb();
  const spill = await storing(async () => {
    await mkdir(limits.tempDirectory, { recursive: true });
    return mkdtemp(join(limits.tempDirectory, 'residual-'));
  });
  const removeSpill = (): Promise<void> => rm(spill, { recursive: true, force: true });
  try {
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      memory_limit: `${bytesOf(limits.memoryLimit)}B`,
      threads: String(affordableThreads(limits)),
      temp_directory: spill,
      ...(limits.tempLimit !== undefined && { max_temp_directory_size: `${limits.tempLimit}B` }),
    });
    try {
      const connection = await instance.connect();
      const connections = [connection];
      if (limits.directory !== undefined) {
        await connection.run(`SET allowed_directories = [${quoteText(limits.directory)}]`);
      }
      await connection.run(RIGHT_ROWS);
      for (const statement of LOCK_DOWN) await connection.run(statement);
      return {
        duckdb,
        connection,
        async connect() {
          const further = await instance.connect();
          connections.push(further);
          return further;
        },
        spilled: () => bytesIn(spill),
        isSpillFull: async () => limits.tempLimit !== undefined && (await bytesIn(spill)) >= limits.tempLimit * FULL,
        async close() {
          for (const each of connections) each.closeSync();
          instance.closeSync();
          await removeSpill();
        },
      };
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  } catch (error) {
    await removeSpill();
    throw error;
  }
}

/** Blocks of several sizes do not fill a limit to its last byte. */
const FULL = 0.8;

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A sort keeps about this much for each thread and cannot spill it: with less, fewer threads finish where more would fail. */
const MEMORY_A_THREAD = 120_000_000;

const UNITS: Readonly<Record<string, number>> = {
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  KI: 2 ** 10,
  MI: 2 ** 20,
  GI: 2 ** 30,
  TI: 2 ** 40,
};

const affordableThreads = ({ memoryLimit, threads }: EngineLimits): number =>
  Math.max(1, Math.min(threads, Math.floor(bytesOf(memoryLimit) / MEMORY_A_THREAD)));

function bytesOf(size: number | string): number {
  if (typeof size === 'number') return size;
  const [, amount, unit = ''] = /^([\d.]+)\s*(?:([KMGT]I?)?B)?$/i.exec(size.trim()) ?? [];
  if (amount === undefined) throw new SqlError('internal', `the memory limit ${size} is no size`);
  return Math.floor(Number(amount) * (UNITS[unit.toUpperCase()] ?? 1));
}
