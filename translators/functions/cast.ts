/** CAST: the names of its targets and the one matrix of conversions, explicit and implicit (spec data-types 4). */

import type { JsFunction } from '../algebra/function.ts';
import type { Session } from '../algebra/session.ts';
import { familyOf, isInteger, SQL_TYPES, type SqlType, type Value } from '../algebra/types.ts';
import { cellOf } from '../algebra/whole-number.ts';
import { SqlError } from '../errors.ts';
import {
  badDate,
  badTime,
  badTimestamp,
  dateOf,
  parseDate,
  parseTime,
  parseTimestamp,
  timeOf,
} from '../temporal/temporal-text.ts';
import { canonicalIp } from './ip.ts';
import { javaDouble } from './java-text.ts';
import { type Numeric, RANGES, wholeIn } from './numbers.ts';
import { onSessionClock } from './zoned.ts';

const TARGETS: Readonly<Record<string, SqlType>> = {
  BOOLEAN: 'boolean',
  BOOL: 'boolean',
  BIT: 'boolean',
  TINYINT: 'byte',
  BYTE: 'byte',
  SMALLINT: 'short',
  SHORT: 'short',
  INT: 'integer',
  INTEGER: 'integer',
  MEDIUMINT: 'integer',
  BIGINT: 'long',
  LONG: 'long',
  SIGNED: 'long',
  UNSIGNED: 'unsigned_long',
  UNSIGNED_LONG: 'unsigned_long',
  REAL: 'float',
  FLOAT: 'float',
  DOUBLE: 'double',
  DECIMAL: 'double',
  DEC: 'double',
  NUMERIC: 'double',
  NUMBER: 'double',
  STRING: 'keyword',
  VARCHAR: 'keyword',
  NVARCHAR: 'keyword',
  CHAR: 'keyword',
  NCHAR: 'keyword',
  CHARACTER: 'keyword',
  TEXT: 'keyword',
  KEYWORD: 'keyword',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
  DATETIME: 'timestamp',
  IP: 'ip',
};

/** The type that CAST's type name means: `VARCHAR`, `bigint` …; undefined for what is none. */
export const castTarget = (name: string): SqlType | undefined => TARGETS[name.toUpperCase()];

export const castTargets: readonly string[] = Object.keys(TARGETS);

/** The conversion of a value that is not NULL, or undefined where the types have none. */
export function castFunction(from: SqlType, to: SqlType, session: Session): JsFunction | undefined {
  return conversion(from, to, session) as JsFunction | undefined;
}

type Convert = (value: never) => Value;

const same = (value: Value): Value => value;

function conversion(from: SqlType, to: SqlType, session: Session): Convert | undefined {
  if (from === 'undefined' || to === 'undefined') return () => null;
  if (from === to) return same;
  switch (familyOf(to)) {
    case 'string':
      return toText(from);
    case 'number':
      return toNumber(from, to);
    case 'boolean':
      return toBoolean(from);
    case 'temporal':
      return toTemporal(from, to, session);
    case 'ip':
      return familyOf(from) === 'string' ? ipOf : undefined;
    default:
      return undefined;
  }
}

function toText(from: SqlType): Convert | undefined {
  switch (familyOf(from)) {
    case 'string':
    case 'temporal':
    case 'ip':
    case 'binary':
      return same;
    case 'boolean':
      return (value: boolean) => (value ? 'true' : 'false');
    case 'number':
      if (from === 'float' || from === 'double') return (value: number) => javaDouble(value, from);
      return (value: Numeric) => String(value);
    case 'object':
    case 'array':
    case 'geo':
      // The text that csv shows of them, rather than Java's.
      return (value: Value) => jsonText(value);
    default:
      return undefined;
  }
}

/** JSON with 64-bit integers kept whole. */
function jsonText(value: Value): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

function toNumber(from: SqlType, to: SqlType): Convert | undefined {
  switch (familyOf(from)) {
    case 'number':
      return narrow(from, to);
    case 'boolean':
      return (value: boolean) => (value ? 1 : 0);
    case 'string':
      return isInteger(to) ? (text: string) => parseInteger(text, to) : (text: string) => parseDouble(text, to);
    default:
      return undefined;
  }
}

/** Fractions are cut; what the type cannot hold is an error, never another number. */
function narrow(from: SqlType, to: SqlType): Convert {
  if (to === 'float') {
    return (value: Numeric) => {
      const narrowed = Math.fround(Number(value));
      if (Number.isFinite(narrowed) || !Number.isFinite(Number(value))) return narrowed;
      throw new SqlError('arithmetic', `the number ${value} is out of the range of float`);
    };
  }
  if (to === 'double') {
    // A float that COALESCE or CASE took from a long may still be one of the longs beyond 2^53.
    return from === 'float' ? (value: Numeric) => Math.fround(Number(value)) : (value: Numeric) => Number(value);
  }
  if (isInteger(from) && to !== 'unsigned_long' && SQL_TYPES[from].width <= SQL_TYPES[to].width) return same;
  return (value: Numeric) => wholeIn(value, to);
}

export const numberFormat = (text: string): SqlError => new SqlError('numberFormat', `For input string: "${text}"`);

/** `Integer.parseInt`: digits with a sign, nothing else, no blanks. */
function parseInteger(text: string, to: SqlType): Numeric {
  if (!/^[+-]?\d{1,40}$/.test(text)) throw numberFormat(text);
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  const [low, high] = RANGES[to]!;
  if (value < low || value > high) throw numberFormat(text);
  return cellOf(value);
}

/** `Double.parseDouble`: blanks around are allowed, and a type letter behind the digits. */
function parseDouble(text: string, to: SqlType): number {
  const match = /^[\0- ]*([+-]?)(NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?[\0- ]*$/.exec(text);
  if (!match || (/[N I]/.test(match[2]!) && /[fFdD][\0- ]*$/.test(text))) throw numberFormat(text);
  const value = Number(match[1]! + match[2]!);
  return to === 'float' ? Math.fround(value) : value;
}

function toBoolean(from: SqlType): Convert | undefined {
  switch (familyOf(from)) {
    case 'string':
      return (text: string) => text.length === 4 && text.toLowerCase() === 'true';
    case 'number':
      // BigInt zero is false as well.
      return (value: Numeric) => value !== 0 && value !== 0n;
    default:
      return undefined;
  }
}

function toTemporal(from: SqlType, to: SqlType, session: Session): Convert | undefined {
  if (familyOf(from) === 'string') return session.zone === undefined ? READERS[to] : zonedReader(to, session);
  if (familyOf(from) !== 'temporal') return undefined;
  if (to === 'time') return from === 'date' ? () => '00:00:00' : (timestamp: string) => timeOf(timestamp);
  if (from === 'time') {
    // Only a time of day needs to know the day: a plan made by the clock serves one request.
    const { today } = session;
    return to === 'date' ? () => today : (time: string) => `${today} ${time}`;
  }
  return to === 'date' ? (timestamp: string) => dateOf(timestamp) : (date: string) => `${date} 00:00:00`;
}

const READERS: Readonly<Partial<Record<SqlType, Convert>>> = {
  date: (text: string) => parseDate(text) ?? refuse(badDate(text)),
  time: (text: string) => parseTime(text) ?? refuse(badTime(text)),
  timestamp: (text: string) => parseTimestamp(text) ?? refuse(badTimestamp(text)),
};

/** Text that names its offset is brought to the session's clock. */
const zonedReader =
  (to: SqlType, session: Session): Convert =>
  (text: string) => {
    const utc = parseTimestamp(text);
    const wall = utc === undefined ? undefined : onSessionClock(text, utc, session);
    return (READERS[to] as (text: string) => Value)(wall ?? text);
  };

function ipOf(text: string): Value {
  return canonicalIp(text) ?? refuse(new SqlError('evaluation', `IP address string '${text}' is not valid`));
}

function refuse(error: SqlError): never {
  throw error;
}
