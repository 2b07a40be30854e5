/** A DuckDB that holds the rows of the judged tables by itself: it shares neither parser, binder nor lowering with the server. */
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { Value } from '../../translators/algebra/types.ts';
import type { Outcome } from './both-paths.ts';
import { JUDGED_SETS, type JudgedSet } from './judged-tables.ts';

export interface Judge {
  ask(sql: string): Promise<Outcome>;
  close(): void;
}

/** As the dialect has it: NULL is the least value, a quotient of whole numbers is one. */
const SETTINGS = [
  "default_null_order = 'nulls_first_on_asc_last_on_desc'",
  'integer_division = true',
  "TimeZone = 'UTC'",
];

export async function openJudge(prefix: string): Promise<Judge> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  for (const setting of SETTINGS) await connection.run(`SET ${setting}`);
  // As it is written: a rewrite of its own lost rows of EXISTS (src/engine/duckdb/engine.ts).
  await connection.run('PRAGMA disable_optimizer');
  for (const set of JUDGED_SETS) await fill(connection, prefix, set);
  return {
    async ask(sql) {
      try {
        const reader = await connection.runAndReadAll(inItsWords(sql));
        return { rows: reader.getRows().map((row) => row.map(cellOf)) };
      } catch (error) {
        return { error };
      }
    },
    close: () => connection.closeSync(),
  };
}

async function fill(connection: DuckDBConnection, prefix: string, { name, columns, rows }: JudgedSet): Promise<void> {
  const types = Object.entries(columns).map(([column, { type }]) => `${column} ${type}`);
  await connection.run(`CREATE TABLE ${prefix}${name} (${types.join(', ')})`);
  for (const row of rows) {
    const cells = Object.keys(columns).map((column) => literal(row[column]));
    await connection.run(`INSERT INTO ${prefix}${name} VALUES (${cells.join(', ')})`);
  }
}

const literal = (value: unknown): string =>
  value === undefined
    ? 'NULL'
    : typeof value === 'string'
      ? `'${value.replace('T', ' ').replace('Z', '')}'`
      : String(value);

/**
 * What the dialect spells in another way: LIKE that folds ASCII, MINUS, DIV, equality for which NULL equals NULL; and fractions, which are
 * doubles there beside any column.
 */
const inItsWords = (sql: string): string =>
  sql
    .split(/('[^']*')/)
    .map((piece) => (piece.startsWith("'") ? piece : worded(piece)))
    .join('');

const worded = (piece: string): string =>
  piece
    // Decimals of many digits are exact beside whole numbers, here as there.
    .replace(/\b\d{1,15}\.\d+\b/g, '$&e0')
    .replace(/(\w+\.flag) (=|<>|<=?|>=?) (-?\d)/g, 'CAST($1 AS INTEGER) $2 $3')
    // A number beside a date is in milliseconds.
    .replace(/([\w.]+) (=|<>|<=?|>=?) (\d{13})\b/g, 'epoch_ms($1) $2 $3')
    .replaceAll(' LIKE ', ' ILIKE ')
    .replaceAll(' MINUS ', ' EXCEPT ')
    .replaceAll(' DIV ', ' // ')
    .replaceAll(' <=> ', ' IS NOT DISTINCT FROM ');

function cellOf(value: DuckDBValue): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === null || typeof value !== 'object') return value as Value;
  const text = String(value);
  // A decimal, which the dialect has as a double.
  return 'scale' in value ? Number(text) : text;
}
