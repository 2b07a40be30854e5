/** Runs the statement and gives its rows as pages. */
import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import type { DuckQuery } from '../../../translators/algebra/index.ts';
import { SqlError } from '../../../translators/errors.ts';
import { quoteName } from '../../../translators/execution.ts';
import type { Page, Row } from '../../rows/page.ts';
import { cellReader } from './cells.ts';
import type { Engine } from './engine.ts';

const ANSWER = quoteName('the answer');

interface Answer {
  readonly rows: number;
  /** Read once, while the engine is open. */
  readonly pages: AsyncGenerator<Page, void, undefined>;
}

/**
 * The answer is computed into a table (which may spill) before its first page goes out. A result that DuckDB computes while it is
 * read ends like a complete one when a late row fails (an overflow, no memory): its client library does not report the error. So
 * statements fail before the first row, and the rows read are counted against those stored.
 */
export async function computeAnswer(engine: Engine, query: DuckQuery, throwIfAborted: () => void): Promise<Answer> {
  const { connection } = engine;
  const names = query.output.map((_, i) => `o${i}`);
  const declared = names.length === 0 ? '' : `(${names.join(', ')})`;
  const stored = await connection.run(`CREATE TABLE ${ANSWER}${declared} AS ${query.sql}`);
  const [count] = await stored.getRowsJS();
  const rows = Number(count?.[0]);
  // Their room is the answer's now.
  for (const { name } of query.tables) await connection.run(`DROP TABLE ${quoteName(name)}`);
  return { rows, pages: readAnswer(engine, query, rows, throwIfAborted) };
}

async function* readAnswer(
  engine: Engine,
  query: DuckQuery,
  rows: number,
  throwIfAborted: () => void,
): AsyncGenerator<Page, void, undefined> {
  const result = await engine.connection.stream(`SELECT * FROM ${ANSWER}`);
  // Cells are read by position: one column more would put every other in its neighbour's place.
  const { length } = query.output;
  if (length > 0 && result.columnCount !== length)
    throw new SqlError('internal', `the statement gave ${result.columnCount} columns, not ${length}`);
  const toPage = pageReader(query, result, engine);
  let read = 0;
  for (;;) {
    throwIfAborted();
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    read += chunk.rowCount;
    yield toPage(chunk);
  }
  throwIfAborted();
  if (read !== rows)
    throw new SqlError(
      'resourceLimit',
      `only ${read} of ${rows} rows of the answer could be read back in the memory of one query`,
    );
}

function pageReader(query: DuckQuery, result: DuckDBResult, { duckdb }: Engine): (chunk: DuckDBDataChunk) => Page {
  const readers = query.output.map(({ column, carried }, i) =>
    cellReader(result.columnType(i), column.type, carried, duckdb),
  );
  return (chunk) => {
    const rows = chunk.rowCount;
    const page: Page = new Array<Row>(rows);
    for (let r = 0; r < rows; r++) page[r] = new Array(readers.length).fill(null);
    for (const [c, read] of readers.entries()) {
      const vector = chunk.getColumnVector(c);
      for (let r = 0; r < rows; r++) {
        const item = vector.getItem(r);
        if (item !== null) page[r]![c] = read(item);
      }
    }
    return page;
  };
}
