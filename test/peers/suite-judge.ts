/** Asks the server and DuckDB the same statement, and tells what differs. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { stringifyJson } from '../../src/rows/longs.ts';
import type { Row } from '../../src/rows/page.ts';
import type { Value } from '../../translators/algebra/types.ts';
import type { SqlProxy } from '../cluster/sql-proxy.ts';
import { difference } from '../differential/compare.ts';
import type { Suite } from './suites.ts';

export interface Verdict {
  readonly name: string;
  readonly agrees: boolean;
  /** What differs, or why it is refused. */
  readonly why?: string;
}

/** Outside of texts: a table is called as its index, and so is what the statement calls as a table. */
function named(sql: string, suite: Suite, prefix: string): string {
  const names = new RegExp(`\\b(${suite.tables.map(({ name }) => name).join('|')})\\b`, 'gi');
  return outsideOfTexts(sql, (piece) => piece.replace(names, (name) => `${prefix}${name.toLowerCase()}`));
}

const outsideOfTexts = (sql: string, f: (piece: string) => string): string =>
  sql
    .split(/('(?:[^']|'')*')/)
    .map((piece) => (piece.startsWith("'") ? piece : f(piece)))
    .join('');

/** What the dialect has in another way: decimals are doubles, LIKE folds ASCII, `*` names fields by the alphabet. */
const inWordsOfTheJudge = (sql: string): string =>
  outsideOfTexts(sql, (piece) =>
    piece.replace(/\b(decimal|numeric)\s*\(\s*\d+\s*(,\s*\d+\s*)?\)/gi, 'double').replace(/\blike\b/gi, 'ILIKE'),
  );

function cellOf(value: DuckDBValue): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === null || typeof value !== 'object') return value as Value;
  const text = String(value);
  return 'scale' in value ? Number(text) : text;
}

/** A day is told with its midnight where the server computed it. */
const plain = (value: unknown): Value =>
  (typeof value === 'string' ? value.replace(/^(\d{4}-\d\d-\d\d) 00:00:00$/, '$1') : value) as Value;

export async function judge(
  suite: Suite,
  name: string,
  {
    connection,
    proxy,
    prefix,
  }: { readonly connection: DuckDBConnection; readonly proxy: SqlProxy; readonly prefix: string },
): Promise<Verdict> {
  const sql = named(suite.queries.get(name)!, suite, prefix);
  const told = inWordsOfTheJudge(sql);
  let expected: readonly Row[];
  let all: readonly Row[];
  try {
    expected = await rowsOf(connection, told);
    // Where the order leaves several choices to a LIMIT, any of them is right.
    all = await rowsOf(connection, told.replace(/\bLIMIT\s+\d+(\s+OFFSET\s+\d+)?\s*;?\s*$/i, ''));
  } catch (error) {
    return { name, agrees: false, why: `the judge: ${(error as Error).message.slice(0, 300)}` };
  }
  try {
    const { schema, datarows } = await proxy.query(sql);
    const order = /^\s*SELECT\s+\*\s/i.test(sql) ? placesOf(schema, suite) : places(schema);
    const rows: readonly Row[] = datarows.map((row) => order.map((i) => plain(row[i])));
    const why = difference(rows, expected, false) && foreign(rows, expected, all);
    return { name, agrees: why === undefined, ...(why === undefined ? {} : { why: why.slice(0, 500) }) };
  } catch (error) {
    const details = /"details": "(.*)"/.exec((error as Error).message)?.[1] ?? (error as Error).message.slice(-300);
    return { name, agrees: false, why: `refused: ${details.slice(0, 400)}` };
  }
}

type Schema = readonly { readonly name: string }[];

const places = (schema: Schema): readonly number[] => schema.map((_, i) => i);

/** Where the columns of a table stand among those of an answer that has just these. */
function placesOf(schema: Schema, { tables }: Suite): readonly number[] {
  const names = new Set(schema.map(({ name }) => name));
  const table = tables.find(
    ({ columns }) => columns.length === schema.length && columns.every(({ name }) => names.has(name)),
  );
  return table?.columns.map(({ name }) => schema.findIndex((column) => column.name === name)) ?? places(schema);
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly Row[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows().map((row) => row.map((cell) => plain(cellOf(cell))));
}

/** What is among no rows of the answer without its LIMIT, and whether there are as many as there should be. */
function foreign(rows: readonly Row[], expected: readonly Row[], all: readonly Row[]): string | undefined {
  if (rows.length !== expected.length || expected.length === all.length) return difference(rows, expected, false);
  const left = [...all];
  const strange = rows.filter((row) => {
    const at = left.findIndex((other) => difference([row], [other], true) === undefined);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return strange.length > 0 ? `only here: ${stringifyJson(strange[0])}` : undefined;
}
