/**
 * Parquet objects: spooled to a file, read by DuckDB, and given on as JSON rows, which the statement then runs over. Rows that a simple
 * condition leaves out are not even read, and are counted where only their number is asked for.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { quoteName, textLiteral } from '../../../translators/execution.ts';
import { type CheckedSelect, childrenOf, parseJson, type SelectExpr } from '../../../translators/object-sql/index.ts';
import { engineError } from '../../engine/duckdb/engine-error.ts';
import type { FileScanner } from '../../engine/duckdb/file-scanner.ts';
import type { ByteRange } from '../../objects/store.ts';
import { storing } from '../../run/storage-error.ts';
import { SelectError } from '../errors.ts';
import type { RowBatch } from '../row-batch.ts';
import { parquetCondition } from './parquet-condition.ts';

interface ParquetSource {
  readonly bytes: AsyncIterable<Buffer>;
  readonly range: ByteRange | undefined;
  /** Most bytes that are spooled. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
  openScanner(): Promise<FileScanner>;
}

/** JSON deeper than that is no value of a column. */
const MAX_DEPTH = 512;

export async function* parquetRows(
  source: ParquetSource,
  select: CheckedSelect,
): AsyncGenerator<RowBatch, void, undefined> {
  const scanner = await source.openScanner();
  try {
    const path = join(scanner.directory, 'object.parquet');
    await spool(source, path);
    yield* rowsOfFile(scanner, textLiteral(path), source, select);
  } finally {
    await scanner.close();
  }
}

async function spool({ bytes, mostBytes, signal }: ParquetSource, path: string): Promise<void> {
  const capped = async function* (): AsyncGenerator<Buffer, void, undefined> {
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > mostBytes) {
        throw new SelectError('ParquetParsingError', `a parquet object may have at most ${mostBytes} bytes here`);
      }
      yield chunk;
    }
  };
  const bytesIn = Readable.from(capped(), { objectMode: false });
  await storing(() => pipeline(bytesIn, createWriteStream(path, { mode: 0o600 }), { signal }));
}

async function* rowsOfFile(
  scanner: FileScanner,
  file: string,
  { range, signal }: ParquetSource,
  select: CheckedSelect,
): AsyncGenerator<RowBatch, void, undefined> {
  const groups = await parquet(() => scanner.query(groupsOf(file)));
  const columns = await parquet(() => scanner.query(`DESCRIBE SELECT * FROM read_parquet(${file})`));
  const wanted = wantedNames(select);
  const fields = columns
    .filter(([name]) => wanted === undefined || wanted.has(String(name).toLowerCase()))
    .map(([name, type]) => {
      const column = quoteName(String(name));
      return `${textLiteral(`${JSON.stringify(name)}:`)}, coalesce(${jsonOf(column, String(type))}, 'null')`;
    });
  const inRange = rowsInRange(groups, range);
  let { where, rows } = inRange;
  if (rows === 0n) return;
  const condition =
    select.where &&
    parquetCondition(
      select.where,
      columns.map(([name, type]) => ({ name: String(name), type: String(type) })),
    );
  if (condition !== undefined) {
    where = where === '' ? ` WHERE ${condition}` : `${where} AND ${condition}`;
    const [counted] = await parquet(() =>
      scanner.query(`SELECT count(*) FROM read_parquet(${file}, file_row_number = true)${where}`),
    );
    rows = BigInt(counted![0] as bigint);
  }
  const { aggregates } = select;
  const known = select.where === undefined || condition !== undefined;
  if (known && aggregates?.every(({ arg }) => arg === undefined)) {
    yield { rows: [], counted: rows };
    return;
  }
  const object = fields.length === 0 ? "'{}'" : `concat('{', ${fields.join(", ',', ")}, '}')`;
  let read = 0n;
  const texts = scanner.stream(`SELECT ${object} FROM read_parquet(${file}, file_row_number = true)${where}`);
  try {
    for await (const batch of texts) {
      signal.throwIfAborted();
      read += BigInt(batch.length);
      yield { rows: batch.map((text) => parseJson(text, MAX_DEPTH)), texts: batch };
    }
  } catch (error) {
    throw parquetError(error);
  }
  // A result that fails late ends as if it were complete.
  if (read !== rows) throw new SelectError('ParquetParsingError', `only ${read} of ${rows} rows could be read`);
}

/** Where each row group begins, and its rows. */
const groupsOf = (file: string): string =>
  `SELECT any_value(row_group_num_rows)::BIGINT, min(least(coalesce(dictionary_page_offset, data_page_offset), data_page_offset))::BIGINT
   FROM parquet_metadata(${file}) GROUP BY row_group_id ORDER BY row_group_id`;

/** A row group belongs to the range in which its first byte lies (spec s3-select 1). */
function rowsInRange(
  groups: readonly (readonly unknown[])[],
  range: ByteRange | undefined,
): { readonly where: string; readonly rows: bigint } {
  let first = 0n;
  let rows = 0n;
  const conditions: string[] = [];
  for (const [count, offset] of groups as readonly (readonly [bigint, bigint])[]) {
    const inside = range === undefined || (offset >= BigInt(range.start) && offset <= BigInt(range.end));
    if (inside) {
      rows += count;
      conditions.push(`(file_row_number >= ${first} AND file_row_number < ${first + count})`);
    }
    first += count;
  }
  return { rows, where: range === undefined ? '' : ` WHERE (${conditions.join(' OR ') || 'FALSE'})` };
}

/** Undefined: all columns. */
function wantedNames({ items, where, aggregates }: CheckedSelect): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  let all = items.some((item) => item.kind === 'star');
  const visit = (expr: SelectExpr): void => {
    if (expr.kind === 'path') {
      const [first] = expr.steps;
      if (first?.kind === 'member') names.add(first.name.toLowerCase());
      else all = true;
    }
    childrenOf(expr).forEach(visit);
  };
  for (const item of items) if (item.kind === 'expr') visit(item.expr);
  for (const { arg } of aggregates ?? []) if (arg !== undefined) visit(arg);
  if (where !== undefined) visit(where);
  return all ? undefined : names;
}

/** The value as JSON text: what JSON would lose is given as text, or as a number with all its digits. */
function jsonOf(column: string, type: string): string {
  if (/^(DECIMAL\(|HUGEINT|UHUGEINT)/.test(type)) return `${column}::VARCHAR`;
  return `to_json(${jsonValue(column, type)})::VARCHAR`;
}

function jsonValue(column: string, type: string): string {
  if (type === 'TIMESTAMP WITH TIME ZONE') return isoText(`(${column} AT TIME ZONE 'UTC')`);
  if (/^TIMESTAMP(_\w+)?$/.test(type)) return isoText(column);
  if (type === 'FLOAT' || type === 'DOUBLE') return `CASE WHEN isfinite(${column}) THEN ${column} END`;
  return type === 'BLOB' ? `base64(${column})` : column;
}

const isoText = (timestamp: string): string => `replace(${timestamp}::VARCHAR, ' ', 'T') || 'Z'`;

async function parquet<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw parquetError(error);
  }
}

function parquetError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (/^INTERRUPT/i.test(message) || error instanceof SelectError) return error;
  // Nothing is wrong with the object.
  if (/^Out of Memory|max_temp_directory_size|No space left/i.test(message)) return engineError(error);
  // The file's own name says nothing to the client.
  const reason = message.split('\n', 1)[0]!.replace(/'[^']*object\.parquet'/g, 'the object');
  return new SelectError('ParquetParsingError', `the parquet object cannot be read: ${reason.slice(0, 200)}`, error);
}
