/** Patterns of TO_STRING: from a pattern to a writer, or to what is wrong with it (spec s3-select 5). */
import { MONTH_NAMES, SHORT_MONTH_NAMES } from '../temporal/date-names.ts';
import { SelectFault } from './errors.ts';
import { fieldsOf, offsetText, pad, type Timestamp, type TimestampFields } from './timestamp.ts';

type Writer = (fields: TimestampFields, timestamp: Timestamp) => string;

interface PatternRow {
  /** What of the timestamp it writes: twice in one pattern is a mistake. */
  readonly field: string;
  readonly write: Writer;
}

const hour12 = (hour: number): number => hour % 12 || 12;
const offset =
  (separator: string, zulu: boolean, hoursOnly = false): Writer =>
  (_, { offset: minutes }) => {
    const text = offsetText(minutes, separator, zulu);
    return hoursOnly && minutes % 60 === 0 && text !== 'Z' ? text.slice(0, 3) : text;
  };

/** One row a symbol, by length: the reference prints it as it is. */
export const PATTERN_SYMBOLS: Readonly<Record<string, PatternRow>> = {
  yy: { field: 'year', write: ({ year }) => pad(year % 100, 2) },
  yyyy: { field: 'year', write: ({ year }) => pad(year, 4) },
  y: { field: 'year', write: ({ year }) => String(year) },
  M: { field: 'month', write: ({ month }) => String(month) },
  MM: { field: 'month', write: ({ month }) => pad(month, 2) },
  MMM: { field: 'month', write: ({ month }) => SHORT_MONTH_NAMES[month - 1]! },
  MMMM: { field: 'month', write: ({ month }) => MONTH_NAMES[month - 1]! },
  MMMMM: { field: 'month', write: ({ month }) => MONTH_NAMES[month - 1]![0]! },
  d: { field: 'day', write: ({ day }) => String(day) },
  dd: { field: 'day', write: ({ day }) => pad(day, 2) },
  a: { field: 'half', write: ({ hour }) => (hour < 12 ? 'AM' : 'PM') },
  h: { field: 'hour', write: ({ hour }) => String(hour12(hour)) },
  hh: { field: 'hour', write: ({ hour }) => pad(hour12(hour), 2) },
  H: { field: 'hour', write: ({ hour }) => String(hour) },
  HH: { field: 'hour', write: ({ hour }) => pad(hour, 2) },
  m: { field: 'minute', write: ({ minute }) => String(minute) },
  mm: { field: 'minute', write: ({ minute }) => pad(minute, 2) },
  s: { field: 'second', write: ({ second }) => String(second) },
  ss: { field: 'second', write: ({ second }) => pad(second, 2) },
  n: { field: 'fraction', write: (_, { nanos }) => String(nanos) },
  X: { field: 'offset', write: offset('', true, true) },
  XX: { field: 'offset', write: offset('', true) },
  XXX: { field: 'offset', write: offset(':', true) },
  XXXX: { field: 'offset', write: offset('', true) },
  XXXXX: { field: 'offset', write: offset(':', true) },
  x: { field: 'offset', write: offset('', false, true) },
  xx: { field: 'offset', write: offset('', false) },
  xxx: { field: 'offset', write: offset(':', false) },
  xxxx: { field: 'offset', write: offset('', false) },
  xxxxx: { field: 'offset', write: offset(':', false) },
};

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;

export function timestampWriter(pattern: string): (timestamp: Timestamp) => string {
  const writers: Writer[] = [];
  const seen = new Set<string>();
  for (const match of pattern.matchAll(TOKEN)) {
    const [token, quoted] = match;
    if (token === "'") {
      throw new SelectFault(
        'EvaluatorUnterminatedTimestampFormatPatternToken',
        `a quoted text in the pattern ${pattern} is not closed`,
      );
    }
    if (quoted !== undefined) {
      const text = token === "''" ? "'" : quoted.replaceAll("''", "'");
      writers.push(() => text);
    } else if (/^[A-Za-z]/.test(token)) writers.push(symbolWriter(token, pattern, seen));
    else writers.push(() => token);
  }
  checkHourClock(pattern, seen);
  return (timestamp) => {
    const fields = fieldsOf(timestamp);
    return writers.map((write) => write(fields, timestamp)).join('');
  };
}

function symbolWriter(token: string, pattern: string, seen: Set<string>): Writer {
  const row: PatternRow | undefined = /^S+$/.test(token)
    ? { field: 'fraction', write: (_, { nanos }) => pad(nanos, 9).padEnd(token.length, '0').slice(0, token.length) }
    : Object.hasOwn(PATTERN_SYMBOLS, token)
      ? PATTERN_SYMBOLS[token]
      : undefined;
  if (row === undefined) {
    throw new SelectFault(
      'EvaluatorInvalidTimestampFormatPattern',
      `${token} in the pattern ${pattern} has no meaning`,
    );
  }
  if (seen.has(row.field)) {
    throw new SelectFault(
      'EvaluatorTimestampFormatPatternDuplicateFields',
      `the pattern ${pattern} has the ${row.field} twice`,
    );
  }
  seen.add(row.field);
  if (token[0] === 'h') seen.add('12');
  if (token[0] === 'H') seen.add('24');
  return row.write;
}

function checkHourClock(pattern: string, seen: ReadonlySet<string>): void {
  const half = seen.has('half');
  if ((seen.has('24') && half) || (seen.has('12') && !half)) {
    throw new SelectFault(
      'EvaluatorTimestampFormatPatternHourClockAmPmMismatch',
      `the pattern ${pattern} has hours of ${half ? '24 with' : '12 without'} AM or PM`,
    );
  }
}
