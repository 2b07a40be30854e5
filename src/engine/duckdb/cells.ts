/** Cells on their way into and out of DuckDB vectors: one closure a column, chosen once. */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Column, SqlType, Value } from '../../../translators/algebra/index.ts';
import { SqlError } from '../../../translators/errors.ts';
import { type DuckType, readCell, writeCell } from '../../../translators/execution.ts';
import { mentionOf } from '../../../translators/index.ts';
import type { DuckDb } from './client.ts';

/** Never called with null. */
export type CellWriter = (value: Exclude<Value, null>) => DuckDBValue;
/** Never called with null. */
type CellReader = (item: DuckDBValue) => Value;

export const vectorType = (type: DuckType, duckdb: DuckDb): DuckDBType => duckdb[type];

export const carriedWriter: CellWriter = writeCell;

/** Into a column that is computed on, where an array of several values would have no single answer. */
export function scalarWriter(type: DuckType, column?: Column): CellWriter {
  const write = SCALAR_WRITERS[type];
  return (value) => {
    if (!Array.isArray(value)) return write(value);
    const one = onlyValue(value, column);
    return one === null ? null : write(one);
  };
}

function onlyValue(values: readonly Value[], column: Column | undefined): Value {
  const present = values.filter((value) => value !== null);
  if (present.length > 1) {
    const what = column === undefined ? 'a column' : `[${column.name}]`;
    throw new SqlError(
      'severalValues',
      `${what} holds several values in a document: joins, windows, sets and groups that are computed here need one${column ? mentionOf(column) : ''}`,
    );
  }
  const [one = null] = present;
  return Array.isArray(one) ? onlyValue(one, column) : one;
}

const SCALAR_WRITERS: Readonly<Record<DuckType, CellWriter>> = {
  VARCHAR: (value) => (typeof value === 'string' ? value : writeCell(value)),
  BOOLEAN: (value) =>
    typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : misfit(value, 'boolean'),
  INTEGER: (value) => within32Bits(Math.trunc(toNumber(value))),
  BIGINT: (value) => within64Bits(toBigInt(value)),
  HUGEINT: toBigInt,
  FLOAT: toNumber,
  DOUBLE: toNumber,
};

function within32Bits(n: number): number {
  if (Math.abs(n) <= 2_147_483_647 || n === -2_147_483_648) return n;
  throw new SqlError('arithmetic', `integer overflow: ${n} does not fit 32 bits`);
}

function within64Bits(n: bigint): bigint {
  if (BigInt.asIntN(64, n) === n) return n;
  throw new SqlError('arithmetic', `integer overflow: ${n} does not fit 64 bits`);
}

function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  const n =
    typeof value === 'bigint' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
  return Number.isNaN(n) ? misfit(value, 'number') : n;
}

function toBigInt(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number')
    return Number.isFinite(value) ? BigInt(Math.trunc(value)) : misfit(value, 'whole number');
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return BigInt(value);
  return BigInt(Math.trunc(toNumber(value)));
}

function misfit(value: Value, wanted: string): never {
  throw new SqlError('evaluation', `the value ${writeCell(value ?? 'null').slice(0, 100)} is no ${wanted}`);
}

const asIs: CellReader = (item) => item as Value;
const wholeNumber: CellReader = (item) => {
  const n = Number(item);
  return Number.isSafeInteger(n) ? n : (item as bigint);
};

/** A reader for a vector of the given DuckDB type that holds a column of `type`. */
export function cellReader(vector: DuckDBType, type: SqlType, carried: boolean, duckdb: DuckDb): CellReader {
  const { DuckDBTypeId, DuckDBDecimalValue } = duckdb;
  switch (vector.typeId) {
    case DuckDBTypeId.VARCHAR:
      return carried ? (item) => readCell(item as string, type) : asIs;
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
      return wholeNumber;
    case DuckDBTypeId.FLOAT:
      return (item) => shortestFloat(item as number);
    case DuckDBTypeId.DECIMAL:
      return (item) => (item instanceof DuckDBDecimalValue ? item.toDouble() : (item as Value));
    case DuckDBTypeId.BOOLEAN:
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.DOUBLE:
      return asIs;
    default:
      return (item) => String(item);
  }
}

/** The number whose text is the shortest that rounds to this float: 0.1, not 0.10000000149011612. */
function shortestFloat(value: number): number {
  if (!Number.isFinite(value) || Number.isInteger(value)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
