/** Values of SQL over objects, how they compare, and their texts. */
import { compareDecimals } from '../algebra/decimal.ts';
import { Decimal, parseDecimal } from './decimal.ts';
import { compareTimestamps, parseTimestamp, Timestamp } from './timestamp.ts';

/** A number of a JSON text that a JavaScript number would not give back as written: `3.0`, `1e3`, more than 15 digits. */
export class JsonNumber {
  constructor(
    readonly text: string,
    /** A FLOAT, an INT, or a decimal where neither holds it. */
    readonly value: number | bigint | Decimal,
  ) {}
}

export interface SelectObject {
  readonly [key: string]: SelectValue;
}

/**
 * `undefined` is MISSING. INT is bigint, FLOAT is number; inside JSON a whole number may be a number too, and turns into bigint
 * where it is computed with.
 */
export type SelectValue =
  | undefined
  | null
  | boolean
  | bigint
  | number
  | Decimal
  | JsonNumber
  | string
  | Timestamp
  | readonly SelectValue[]
  | SelectObject;

export type NumericValue = bigint | number | Decimal;

export const isObject = (value: SelectValue): value is SelectObject =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Timestamp) &&
  !(value instanceof Decimal) &&
  !(value instanceof JsonNumber);

/** The number that a value is; whole numbers of JSON become INT. */
export function numericOf(value: SelectValue): NumericValue | undefined {
  switch (typeof value) {
    case 'bigint':
      return value;
    case 'number':
      return value;
    case 'object':
      if (value instanceof Decimal) return value;
      if (value instanceof JsonNumber) return value.value;
      return undefined;
    default:
      return undefined;
  }
}

/** A number of a parsed JSON text: only there is a whole `number` an INT. */
export const jsonNumber = (value: number): NumericValue => (Number.isSafeInteger(value) ? BigInt(value) : value);

export function compareNumbers(a: NumericValue, b: NumericValue): number {
  if (a instanceof Decimal || b instanceof Decimal) {
    const x = toDecimal(a);
    const y = toDecimal(b);
    if (x !== undefined && y !== undefined) return compareDecimals(x, y);
    return compareDoubles(toDouble(a), toDouble(b));
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

const compareDoubles = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

function toDecimal(value: NumericValue): Decimal | undefined {
  if (value instanceof Decimal) return value;
  return parseDecimal(String(value));
}

export const toDouble = (value: NumericValue): number => (value instanceof Decimal ? value.toNumber() : Number(value));

/** By code points, as UTF-8 sorts: surrogates would stand before U+E000. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? rank(x) - rank(y) : x - y;
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

/**
 * Undefined: not comparable (null, MISSING, or types that have no order). Text against a timestamp is read as one.
 */
export function compareValues(a: SelectValue, b: SelectValue): number | undefined {
  if (a === undefined || a === null || b === undefined || b === null) return undefined;
  const x = numericOf(a);
  if (x !== undefined) {
    const y = numericOf(b);
    return y === undefined ? undefined : compareNumbers(x, y);
  }
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (a instanceof Timestamp || b instanceof Timestamp) {
    const s = timestampOf(a);
    const t = timestampOf(b);
    return s === undefined || t === undefined ? undefined : compareTimestamps(s, t);
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return undefined;
}

export const timestampOf = (value: SelectValue): Timestamp | undefined =>
  value instanceof Timestamp ? value : typeof value === 'string' ? parseTimestamp(value) : undefined;

/** Null: unknown. Values of different types are not equal; arrays and objects are compared member by member. */
export function equalValues(a: SelectValue, b: SelectValue): boolean | null {
  if (a === undefined || a === null || b === undefined || b === null) return null;
  const order = compareValues(a, b);
  if (order !== undefined) return order === 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, i) => sameValue(each, b[i]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
    );
  }
  return false;
}

const sameValue = (a: SelectValue, b: SelectValue): boolean => (a === null ? b === null : equalValues(a, b) === true);

/** As a csv cell and as CAST to STRING writes it; null and MISSING are empty. */
export function textOf(value: SelectValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'undefined':
      return '';
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return '';
      if (value instanceof Decimal || value instanceof Timestamp) return value.toString();
      if (value instanceof JsonNumber) return value.text;
      return jsonText(value);
  }
}

/** Members that are MISSING are left out; a number that JSON cannot hold is null. */
export function jsonText(value: SelectValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'null';
    case 'object':
      break;
  }
  if (value === null) return 'null';
  if (value instanceof Timestamp) return JSON.stringify(value.toString());
  if (value instanceof Decimal) return value.toString();
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${jsonText(member)}`);
  }
  return `{${members.join(',')}}`;
}
