/** Loads the pages of an input into a table, column by column in chunks. */
import { setImmediate } from 'node:timers/promises';
import type { Column, DuckTable } from '../../../translators/algebra/index.ts';
import { columnName, type DuckType, duckType, NO_COLUMN, quoteName } from '../../../translators/execution.ts';
import type { Page, Row } from '../../rows/page.ts';
import { type CellWriter, carriedWriter, scalarWriter, vectorType } from './cells.ts';
import type { Engine } from './engine.ts';

/** Rows of a DuckDB vector. */
const CHUNK_ROWS = 2_048;
/** After so many chunks other work of the process gets its turn, even if the pages are all there. */
const CHUNKS_A_TURN = 8;

interface LoadColumn {
  readonly name: string;
  readonly type: DuckType;
  /** Place in the rows; -1: there is nothing to store. */
  readonly index: number;
  readonly write: CellWriter;
}

/** Answers the number of rows. */
export async function loadTable(
  engine: Engine,
  table: DuckTable,
  columns: readonly Column[],
  pages: AsyncIterable<Page>,
  throwIfAborted: () => void,
): Promise<number> {
  const { connection, duckdb } = engine;
  const loaded = loadColumns(table, columns);
  const declared = loaded.map(({ name, type }) => `${name} ${type}`).join(', ');
  await connection.run(`CREATE TABLE ${quoteName(table.name)} (${declared})`);
  const appender = await connection.createAppender(table.name);
  const types = loaded.map(({ type }) => vectorType(type, duckdb));
  const chunk = duckdb.DuckDBDataChunk.create(types);

  const append = (rows: readonly Row[]): void => {
    chunk.reset();
    chunk.rowCount = rows.length;
    for (const [i, { index, write }] of loaded.entries()) {
      const vector = chunk.getColumnVector(i);
      for (let r = 0; r < rows.length; r++) {
        const value = rows[r]![index];
        vector.setItem(r, value === null || value === undefined ? null : write(value));
      }
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  };

  try {
    let pending: Row[] = [];
    let chunks = 0;
    let count = 0;
    for await (const page of pages) {
      throwIfAborted();
      count += page.length;
      pending = pending.length === 0 ? page : pending.concat(page);
      let start = 0;
      for (; pending.length - start >= CHUNK_ROWS; start += CHUNK_ROWS) {
        append(pending.slice(start, start + CHUNK_ROWS));
        if (++chunks % CHUNKS_A_TURN === 0) {
          await setImmediate();
          throwIfAborted();
        }
      }
      if (start > 0) pending = pending.slice(start);
    }
    if (pending.length > 0) append(pending);
    return count;
  } catch (error) {
    // What is not flushed must be dropped: the appender would flush it into a closed database.
    appender.clear();
    throw error;
  } finally {
    appender.closeSync();
  }
}

function loadColumns(table: DuckTable, columns: readonly Column[]): readonly LoadColumn[] {
  if (table.columns.length === 0)
    return [{ name: NO_COLUMN, type: 'BOOLEAN', index: -1, write: scalarWriter('BOOLEAN') }];
  return table.columns.map(({ column, carried }) => {
    const type = carried ? 'VARCHAR' : duckType(column.type);
    return {
      name: columnName(column),
      type,
      index: columns.findIndex((each) => each.id === column.id),
      write: carried ? carriedWriter : scalarWriter(type, column),
    };
  });
}
