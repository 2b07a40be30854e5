/** The table of scalar functions of SQL over objects: one row each; checks, engines and the reference all read it. */
import { SelectFault } from './errors.ts';
import type { SelectMeasure, SelectType } from './expr.ts';
import {
  addToTimestamp,
  DATE_PARTS,
  type DatePart,
  fieldsOf,
  parseTimestamp,
  Timestamp,
  timestampDifference,
} from './timestamp.ts';
import { timestampWriter } from './timestamp-pattern.ts';
import { timestampReader } from './timestamp-reader.ts';
import { equalValues, isObject, numericOf, type SelectValue, textOf, timestampOf } from './value.ts';

export interface SelectFunction {
  readonly name: string;
  readonly group: 'string' | 'date' | 'conditional';
  /** As the reference shows it. */
  readonly usage: string;
  readonly meaning: string;
  readonly args: readonly [least: number, most: number];
  /** `args`: the type that the arguments share. */
  readonly returns: SelectType | 'args';
  /** NULL or MISSING in any argument is the answer. */
  readonly strict: boolean;
  readonly js: (...args: SelectValue[]) => SelectValue;
  /** What the check puts in the place of the call. */
  readonly means?: 'now' | 'nullIfEqual';
  /** The same in DuckDB over arguments that are texts of ASCII; absent: only here. */
  readonly duckdb?: (...args: string[]) => string;
  /** SQL and the text of its value. */
  readonly examples: readonly (readonly [sql: string, text: string])[];
}

function wrong(name: string, wanted: string): never {
  throw new SelectFault('IncorrectSqlFunctionArgumentType', `${name} wants ${wanted}`);
}

const text = (name: string, value: SelectValue): string =>
  Array.isArray(value) || isObject(value) ? wrong(name, 'a text') : textOf(value);

function whole(name: string, value: SelectValue): bigint {
  const number = numericOf(value);
  if (typeof number === 'bigint') return number;
  if (typeof number === 'number' && Number.isInteger(number)) return BigInt(number);
  if (typeof value === 'string' && /^[+-]?\d{1,18}$/.test(value)) return BigInt(value);
  return wrong(name, 'a whole number');
}

const timestamp = (name: string, value: SelectValue): Timestamp => timestampOf(value) ?? wrong(name, 'a timestamp');

function datePart(name: string, value: SelectValue): DatePart {
  const part = String(value).toLowerCase();
  if (DATE_PARTS.some((each) => each === part)) return part as DatePart;
  throw new SelectFault('ParseExpectedDatePart', `${name} knows no part ${part.toUpperCase()}`);
}

/** Between a start that may be before the text and a length: what is before the first character counts too, as in SQL. */
function substring(value: SelectValue, from: SelectValue, length?: SelectValue): string {
  const characters = text('SUBSTRING', value);
  const start = Number(whole('SUBSTRING', from));
  const count = length === undefined ? Number.POSITIVE_INFINITY : Number(whole('SUBSTRING', length));
  if (count < 0) throw new SelectFault('EvaluatorInvalidArguments', 'SUBSTRING wants a length of 0 or more');
  const first = Math.max(start, 1) - 1;
  const end = start - 1 + count;
  if (end <= first) return '';
  return isAscii(characters) ? characters.slice(first, end) : [...characters].slice(first, end).join('');
}

const isAscii = (characters: string): boolean => !/[^\0-\x7f]/.test(characters);

function trim(value: SelectValue, side: SelectValue = 'BOTH', set: SelectValue = ' '): string {
  const from = text('TRIM', value);
  const characters = new Set(text('TRIM', set));
  if (isAscii(from)) return from.slice(...trimBounds(from, String(side), characters));
  const points = [...from];
  return points.slice(...trimBounds(points, String(side), characters)).join('');
}

function trimBounds(points: ArrayLike<string>, side: string, characters: ReadonlySet<string>): [number, number] {
  let start = 0;
  let end = points.length;
  if (side !== 'TRAILING') while (start < end && characters.has(points[start]!)) start++;
  if (side !== 'LEADING') while (end > start && characters.has(points[end - 1]!)) end--;
  return [start, end];
}

const EXTRACTED: Readonly<Record<string, (t: Timestamp) => number>> = {
  timezone_hour: ({ offset }) => Math.trunc(offset / 60),
  timezone_minute: ({ offset }) => offset % 60,
};

function extract(part: SelectValue, value: SelectValue): bigint {
  const name = String(part).toLowerCase();
  const t = timestamp('EXTRACT', value);
  const zone = Object.hasOwn(EXTRACTED, name) ? EXTRACTED[name] : undefined;
  return BigInt(zone === undefined ? fieldsOf(t)[datePart('EXTRACT', part)] : zone(t));
}

/** Patterns are few and texts are many. */
function remembered<T>(make: (pattern: string) => T): (pattern: string) => T {
  let last: { readonly pattern: string; readonly made: T } | undefined;
  return (pattern) => {
    if (last?.pattern !== pattern) last = { pattern, made: make(pattern) };
    return last.made;
  };
}
const writerOf = remembered(timestampWriter);
const readerOf = remembered(timestampReader);

function toTimestamp(value: SelectValue, pattern?: SelectValue): Timestamp {
  if (value instanceof Timestamp) return value;
  const from = text('TO_TIMESTAMP', value);
  const read = pattern === undefined ? parseTimestamp(from) : readerOf(text('TO_TIMESTAMP', pattern))(from);
  if (read === undefined) throw new SelectFault('CastFailed', `'${from.slice(0, 100)}' is no TIMESTAMP`);
  return read;
}

const ROWS: readonly SelectFunction[] = [
  {
    name: 'CHAR_LENGTH',
    group: 'string',
    usage: 'CHAR_LENGTH(s)',
    meaning: 'Characters of a text; also CHARACTER_LENGTH.',
    args: [1, 1],
    returns: 'int',
    strict: true,
    js: (s) => {
      const from = text('CHAR_LENGTH', s);
      return BigInt(isAscii(from) ? from.length : [...from].length);
    },
    duckdb: (s) => `length(${s})`,
    examples: [
      ["CHAR_LENGTH('')", '0'],
      ["CHAR_LENGTH('abcdefg')", '7'],
      ["CHAR_LENGTH('eѐ😁')", '3'],
    ],
  },
  {
    name: 'LOWER',
    group: 'string',
    usage: 'LOWER(s)',
    meaning: 'In lower case.',
    args: [1, 1],
    returns: 'string',
    strict: true,
    js: (s) => text('LOWER', s).toLowerCase(),
    duckdb: (s) => `lower(${s})`,
    examples: [["LOWER('AbCdEfG!@#$')", 'abcdefg!@#$']],
  },
  {
    name: 'UPPER',
    group: 'string',
    usage: 'UPPER(s)',
    meaning: 'In upper case.',
    args: [1, 1],
    returns: 'string',
    strict: true,
    js: (s) => text('UPPER', s).toUpperCase(),
    duckdb: (s) => `upper(${s})`,
    examples: [["UPPER('AbCdEfG!@#$')", 'ABCDEFG!@#$']],
  },
  {
    name: 'SUBSTRING',
    group: 'string',
    usage: 'SUBSTRING(s FROM i [FOR n]), SUBSTRING(s, i [, n])',
    meaning: 'From the i-th character, counted from 1; n characters or the rest. Places before 1 count, but are empty.',
    args: [2, 3],
    returns: 'string',
    strict: true,
    js: substring,
    examples: [
      ["SUBSTRING('123456789', 0)", '123456789'],
      ["SUBSTRING('123456789', 2)", '23456789'],
      ["SUBSTRING('123456789', 0, 999)", '123456789'],
      ["SUBSTRING('123456789' FROM 0 FOR 3)", '12'],
      ["SUBSTRING('123456789' FROM 4 FOR 2)", '45'],
      ["SUBSTRING('abcdefghi' FROM -4 FOR 1)", ''],
    ],
  },
  {
    name: 'TRIM',
    group: 'string',
    usage: 'TRIM([[LEADING | TRAILING | BOTH] [chars] FROM] s)',
    meaning: 'Without the given characters (blanks) at its ends.',
    args: [1, 3],
    returns: 'string',
    strict: true,
    js: trim,
    examples: [
      ["TRIM('       foobar         ')", 'foobar'],
      ["TRIM(LEADING FROM '   x ')", 'x '],
      ["TRIM(TRAILING FROM '  x  ')", '  x'],
      ["TRIM(BOTH FROM '  x  ')", 'x'],
      ["TRIM(BOTH '12' FROM '1112211foobar22211122')", 'foobar'],
      ["TRIM('x' FROM 'xaxx')", 'a'],
    ],
  },
  {
    name: 'DATE_ADD',
    group: 'date',
    usage: 'DATE_ADD(part, n, ts)',
    meaning: 'Later by n parts; the precision grows to that of the part.',
    args: [3, 3],
    returns: 'timestamp',
    strict: true,
    js: (part, n, ts) => addToTimestamp(datePart('DATE_ADD', part), whole('DATE_ADD', n), timestamp('DATE_ADD', ts)),
    examples: [
      ['DATE_ADD(year, 5, `2010-01-01T`)', '2015-01-01'],
      ['DATE_ADD(month, 1, `2010T`)', '2010-02T'],
      ['DATE_ADD(month, 13, `2010T`)', '2011-02T'],
      ['DATE_ADD(day, -1, `2017-01-10T`)', '2017-01-09'],
      ['DATE_ADD(hour, 1, `2017T`)', '2017-01-01T01:00Z'],
      ['DATE_ADD(hour, 1, `2017-01-02T03:04Z`)', '2017-01-02T04:04Z'],
      ['DATE_ADD(minute, 1, `2017-01-02T03:04:05.006Z`)', '2017-01-02T03:05:05.006Z'],
      ['DATE_ADD(second, 1, `2017-01-02T03:04:05.006Z`)', '2017-01-02T03:04:06.006Z'],
      ['DATE_ADD(month, 1, `2020-01-31T`)', '2020-02-29'],
    ],
  },
  {
    name: 'DATE_DIFF',
    group: 'date',
    usage: 'DATE_DIFF(part, a, b)',
    meaning: 'Whole parts from a to b; negative when b is before a.',
    args: [3, 3],
    returns: 'int',
    strict: true,
    js: (part, a, b) =>
      timestampDifference(datePart('DATE_DIFF', part), timestamp('DATE_DIFF', a), timestamp('DATE_DIFF', b)),
    examples: [
      ['DATE_DIFF(year, `2010-01-01T`, `2011-01-01T`)', '1'],
      ['DATE_DIFF(year, `2010T`, `2010-05T`)', '0'],
      ['DATE_DIFF(month, `2010T`, `2011T`)', '12'],
      ['DATE_DIFF(month, `2010-01-01T`, `2010-05T`)', '4'],
      ['DATE_DIFF(month, `2011T`, `2010T`)', '-12'],
      ['DATE_DIFF(day, `2010-01-01T23:00Z`, `2010-01-02T01:00Z`)', '0'],
    ],
  },
  {
    name: 'EXTRACT',
    group: 'date',
    usage: 'EXTRACT(part FROM ts)',
    meaning: 'A part of a timestamp, also timezone_hour and timezone_minute.',
    args: [2, 2],
    returns: 'int',
    strict: true,
    js: extract,
    examples: [
      ['EXTRACT(year FROM `2010-01-01T`)', '2010'],
      ['EXTRACT(month FROM `2010T`)', '1'],
      ['EXTRACT(month FROM `2010-10T`)', '10'],
      ['EXTRACT(hour FROM `2017-01-02T03:04:05+07:08`)', '3'],
      ['EXTRACT(minute FROM `2017-01-02T03:04:05+07:08`)', '4'],
      ['EXTRACT(timezone_hour FROM `2017-01-02T03:04:05+07:08`)', '7'],
      ['EXTRACT(timezone_minute FROM `2017-01-02T03:04:05+07:08`)', '8'],
    ],
  },
  {
    name: 'TO_STRING',
    group: 'date',
    usage: 'TO_STRING(ts, pattern)',
    meaning: 'A timestamp as text, by a pattern.',
    args: [2, 2],
    returns: 'string',
    strict: true,
    js: (ts, pattern) => writerOf(text('TO_STRING', pattern))(timestamp('TO_STRING', ts)),
    examples: [
      ["TO_STRING(`1969-07-20T20:18Z`, 'MMMM d, y')", 'July 20, 1969'],
      ["TO_STRING(`1969-07-20T20:18Z`, 'MMM d, yyyy')", 'Jul 20, 1969'],
      ["TO_STRING(`1969-07-20T20:18Z`, 'M-d-yy')", '7-20-69'],
      ["TO_STRING(`1969-07-20T20:18Z`, 'MM-d-y')", '07-20-1969'],
      ["TO_STRING(`1969-07-20T20:18Z`, 'MMMM d, y h:m a')", 'July 20, 1969 8:18 PM'],
      ["TO_STRING(`1969-07-20T20:18Z`, 'y-MM-dd''T''H:m:ssX')", '1969-07-20T20:18:00Z'],
      ["TO_STRING(`1969-07-20T20:18+08:00`, 'y-MM-dd''T''H:m:ssX')", '1969-07-20T20:18:00+08'],
      ["TO_STRING(`1969-07-20T20:18:00+08:00`, 'y-MM-dd''T''H:m:ssXXXX')", '1969-07-20T20:18:00+0800'],
      ["TO_STRING(`1969-07-20T20:18:00+08:00`, 'y-MM-dd''T''H:m:ssXXXXX')", '1969-07-20T20:18:00+08:00'],
    ],
  },
  {
    name: 'TO_TIMESTAMP',
    group: 'date',
    usage: 'TO_TIMESTAMP(s [, pattern])',
    meaning: 'The timestamp that a text is, in the form of timestamp literals or by a pattern.',
    args: [1, 2],
    returns: 'timestamp',
    strict: true,
    js: toTimestamp,
    examples: [
      ["TO_TIMESTAMP('2007T')", '2007T'],
      ["TO_TIMESTAMP('2007-02-23T12:14:33.079-08:00')", '2007-02-23T12:14:33.079-08:00'],
      ["TO_TIMESTAMP('23/02/2007 12:14', 'dd/MM/yyyy HH:mm')", '2007-02-23T12:14Z'],
    ],
  },
  {
    name: 'UTCNOW',
    means: 'now',
    group: 'date',
    usage: 'UTCNOW()',
    meaning: 'The time at which the statement began, in UTC.',
    args: [0, 0],
    returns: 'timestamp',
    strict: true,
    // The check puts the statement's own time in its place: this table reads no clock.
    js: () => null,
    examples: [],
  },
  {
    name: 'COALESCE',
    group: 'conditional',
    usage: 'COALESCE(a, b, …)',
    meaning: 'The first value that is neither NULL nor MISSING.',
    args: [1, 1000],
    returns: 'args',
    strict: false,
    js: (...args) => args.find((value) => value !== null && value !== undefined) ?? null,
    examples: [
      ['COALESCE(1)', '1'],
      ['COALESCE(NULL, NULL, 1)', '1'],
      ["COALESCE(NULL, 'x', 2)", 'x'],
      ['COALESCE(NULL, NULL)', ''],
    ],
  },
  {
    name: 'NULLIF',
    means: 'nullIfEqual',
    group: 'conditional',
    usage: 'NULLIF(a, b)',
    meaning: 'NULL where both are equal, else a.',
    args: [2, 2],
    returns: 'args',
    strict: false,
    // The check writes it as a CASE, where cells are compared by the rules of cells.
    js: (a, b) => (equalValues(a, b) === true ? null : a),
    examples: [
      ['NULLIF(1, 2)', '1'],
      ["NULLIF('x', 'x')", ''],
      ['NULLIF(1, 1.0)', ''],
    ],
  },
];

const TABLE: ReadonlyMap<string, SelectFunction> = new Map([
  ...ROWS.map((row): [string, SelectFunction] => [row.name, row]),
  ['CHARACTER_LENGTH', ROWS[0]!],
]);

export const SELECT_FUNCTIONS: readonly SelectFunction[] = ROWS;

const AGGREGATES: ReadonlyMap<string, SelectMeasure> = new Map([
  ['COUNT', 'count'],
  ['SUM', 'sum'],
  ['AVG', 'average'],
  ['MIN', 'least'],
  ['MAX', 'greatest'],
]);

/** What the aggregate of this name (in upper case) measures. */
export const selectAggregate = (name: string): SelectMeasure | undefined => AGGREGATES.get(name);

/** By name in upper case. */
export const selectFunction = (name: string): SelectFunction | undefined => TABLE.get(name);
