/** Writes pages as parquet files, each whole on disk before anybody reads it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBValue } from '@duckdb/node-api';
import type { SqlType, Value } from '../../../translators/algebra/index.ts';
import { SqlError } from '../../../translators/errors.ts';
import { quoteName } from '../../../translators/execution.ts';
import type { Page } from '../../rows/page.ts';
import { storing } from '../../run/storage-error.ts';
import { type Engine, type EngineLimits, openEngine, quoteText } from './engine.ts';
import { engineError } from './engine-error.ts';

interface ParquetColumn {
  /** No two may be equal, whatever their case. */
  readonly name: string;
  readonly type: SqlType;
  /** Of what is no number and no boolean. */
  readonly text: (value: Value) => string;
}

interface ParquetOptions {
  readonly columns: readonly ParquetColumn[];
  readonly compression: 'uncompressed' | 'gzip';
  readonly limits: Omit<EngineLimits, 'directory'>;
}

export interface ParquetFiles {
  append(page: Page, count: number): Promise<void>;
  /** About as many bytes as the rows since the last file are of. */
  readonly size: number;
  /** A file of the rows appended since the last one; `done` removes it. */
  file(): Promise<{ readonly path: string; done(): Promise<void> }>;
  close(): Promise<void>;
}

type Stored = 'VARCHAR' | 'BOOLEAN' | 'BIGINT' | 'HUGEINT' | 'FLOAT' | 'DOUBLE';

/** Sums of integers may have left 32 bits, differences of unsigned numbers zero. */
function storedAs(type: SqlType): Stored {
  switch (type) {
    case 'boolean':
      return 'BOOLEAN';
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return 'BIGINT';
    case 'unsigned_long':
      return 'HUGEINT';
    case 'float':
      return 'FLOAT';
    case 'double':
      return 'DOUBLE';
    default:
      return 'VARCHAR';
  }
}

const CHUNK_ROWS = 2_048;
const TABLE = 'part';

export async function openParquetFiles({ columns, compression, limits }: ParquetOptions): Promise<ParquetFiles> {
  await storing(() => mkdir(limits.tempDirectory, { recursive: true }));
  const directory = await mkdtemp(join(limits.tempDirectory, 'parquet-'));
  let engine: Engine;
  try {
    engine = await openEngine({ ...limits, directory });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  const { connection, duckdb } = engine;
  const stored = columns.map(({ type }) => storedAs(type));
  const writers = columns.map((column, i) => writerOf(column, stored[i]!));
  const chunk = duckdb.DuckDBDataChunk.create(stored.map((type) => duckdb[type]));
  let size = 0;
  let files = 0;

  const createTable = async (): Promise<void> => {
    const declared = columns.map(({ name }, i) => `${quoteName(name)} ${stored[i]}`).join(', ');
    await connection.run(`CREATE OR REPLACE TABLE ${TABLE} (${declared})`);
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw engineError(error);
    }
  };
  await createTable();

  return {
    get size() {
      return size;
    },
    append: (page, count) =>
      guarded(async () => {
        const appender = await connection.createAppender(TABLE);
        try {
          for (let from = 0; from < count; from += CHUNK_ROWS) {
            const rows = Math.min(CHUNK_ROWS, count - from);
            chunk.reset();
            chunk.rowCount = rows;
            for (const [c, write] of writers.entries()) {
              const vector = chunk.getColumnVector(c);
              for (let r = 0; r < rows; r++) {
                const value = page[from + r]![c]!;
                const item = value === null ? null : write(value);
                size += typeof item === 'string' ? item.length : 8;
                vector.setItem(r, item);
              }
              vector.flush();
            }
            appender.appendDataChunk(chunk);
          }
        } catch (error) {
          appender.clear();
          throw error;
        } finally {
          appender.closeSync();
        }
      }),
    file: () =>
      guarded(async () => {
        const path = join(directory, `${files++}.parquet`);
        const cells: string[] = [];
        for (const { name, type } of columns) cells.push(`${await printed(engine, name, type)} AS ${quoteName(name)}`);
        await connection.run(
          `COPY (SELECT ${cells.join(', ')} FROM ${TABLE}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION ${compression})`,
        );
        await createTable();
        size = 0;
        return { path, done: () => rm(path, { force: true }) };
      }),
    async close() {
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function printed({ connection }: Engine, name: string, type: SqlType): Promise<string> {
  const column = quoteName(name);
  switch (type) {
    // Parquet has no integer of 128 bits.
    case 'unsigned_long':
      return `${column}::DECIMAL(38, 0)`;
    case 'date':
      return `${column}::DATE`;
    case 'timestamp': {
      // Microseconds hold every year, nanoseconds only those around ours: they are taken where a value has them.
      const finest = await connection.runAndReadAll(`SELECT max(length(${column})) FROM ${TABLE}`);
      return Number(finest.value(0, 0) ?? 0) > MICROSECONDS ? `${column}::TIMESTAMP_NS` : `${column}::TIMESTAMP`;
    }
    default:
      return column;
  }
}

/** Length of `yyyy-MM-dd HH:mm:ss.ffffff`. */
const MICROSECONDS = 26;

function writerOf({ name, type, text }: ParquetColumn, stored: Stored): (value: Exclude<Value, null>) => DuckDBValue {
  const single = (value: Exclude<Value, null>): boolean | number | bigint | string => {
    if (typeof value !== 'object') return value;
    throw new SqlError(
      'evaluation',
      `the column ${name} holds several values in one row, which parquet's ${type} cannot; export it as csv or json`,
    );
  };
  switch (stored) {
    case 'VARCHAR':
      if (type === 'date' || type === 'timestamp') return (value) => String(single(value));
      return text;
    case 'BIGINT':
    case 'HUGEINT':
      return (value) => BigInt(single(value));
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => Number(single(value));
    case 'BOOLEAN':
      return (value) => single(value) as boolean;
  }
}
