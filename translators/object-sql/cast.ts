/** CAST: which types there are, and a value on its way into each (spec s3-select 4). */
import { Decimal, parseDecimal, rescale } from './decimal.ts';
import { SelectFault } from './errors.ts';
import { integerOf, numberOf } from './number-text.ts';
import { parseTimestamp, Timestamp } from './timestamp.ts';
import { JsonNumber, numericOf, type SelectValue, textOf, toDouble } from './value.ts';

type CastType = 'bool' | 'int' | 'float' | 'decimal' | 'string' | 'timestamp';

/** Every spelling, with the type that it means; the reference is printed from it. */
export const CAST_TYPES: Readonly<Record<string, CastType>> = {
  BOOL: 'bool',
  BOOLEAN: 'bool',
  INT: 'int',
  INTEGER: 'int',
  BIGINT: 'int',
  SMALLINT: 'int',
  FLOAT: 'float',
  DOUBLE: 'float',
  REAL: 'float',
  DECIMAL: 'decimal',
  NUMERIC: 'decimal',
  STRING: 'string',
  VARCHAR: 'string',
  CHAR: 'string',
  CHARACTER: 'string',
  TIMESTAMP: 'timestamp',
};

export interface CastTarget {
  readonly type: CastType;
  /** Digits in all, and after the point, of a decimal. */
  readonly digits?: number;
  readonly scale?: number;
}

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;

/** Null and MISSING stay what they are. */
export function castValue(value: SelectValue, target: CastTarget): SelectValue {
  if (value === undefined || value === null) return value;
  switch (target.type) {
    case 'string':
      return textOf(value);
    case 'bool':
      return castToBool(value);
    case 'int':
      return castToInt(value);
    case 'float':
      return castToFloat(value);
    case 'decimal':
      return castToDecimal(value, target);
    case 'timestamp': {
      if (value instanceof Timestamp) return value;
      if (typeof value !== 'string') return noCast(value, target.type);
      return parseTimestamp(value) ?? failed(value, target.type);
    }
  }
}

function castToBool(value: SelectValue): boolean {
  if (typeof value === 'boolean') return value;
  const number = numericOf(value);
  if (number !== undefined) return toDouble(number) !== 0;
  if (typeof value !== 'string') return noCast(value, 'bool');
  const word = value.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : failed(value, 'bool');
}

function castToInt(value: SelectValue): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  const number = numericOf(value);
  if (number === undefined) {
    if (typeof value !== 'string') return noCast(value, 'int');
    return integerOf(value) ?? failed(value, 'int');
  }
  if (number instanceof Decimal) return inRange(number.truncate(), value);
  if (typeof number === 'bigint') return number;
  return Number.isFinite(number) ? inRange(BigInt(Math.trunc(number)), value) : failed(value, 'int');
}

const inRange = (whole: bigint, value: SelectValue): bigint =>
  whole >= INT_MIN && whole <= INT_MAX ? whole : failed(value, 'int');

function castToFloat(value: SelectValue): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = numericOf(value);
  if (number !== undefined) return toDouble(number);
  if (typeof value !== 'string') return noCast(value, 'float');
  return numberOf(value) ?? failed(value, 'float');
}

function castToDecimal(value: SelectValue, { digits, scale }: CastTarget): Decimal {
  const number = numericOf(value);
  let decimal: Decimal | undefined;
  if (number instanceof Decimal) decimal = number;
  else if (value instanceof JsonNumber) decimal = parseDecimal(value.text);
  else if (number !== undefined) decimal = parseDecimal(String(number));
  else if (typeof value === 'boolean') decimal = new Decimal(value ? 1n : 0n, 0);
  else if (typeof value === 'string') decimal = parseDecimal(value.trim());
  else return noCast(value, 'decimal');
  if (decimal === undefined) return failed(value, 'decimal');
  if (digits === undefined) return decimal;
  const rounded = rescale(decimal, scale ?? 0);
  return rounded.unscaled.toString().replace('-', '').length > digits ? failed(value, 'decimal') : rounded;
}

const shown = (value: SelectValue): string => textOf(value).slice(0, 100);

function failed(value: SelectValue, type: CastType): never {
  throw new SelectFault('CastFailed', `'${shown(value)}' is no ${type.toUpperCase()}`);
}

function noCast(value: SelectValue, type: CastType): never {
  throw new SelectFault('InvalidCast', `${shown(value)} has a type that cannot become ${type.toUpperCase()}`);
}
