/** EXTRACT: one part of a date or time, or several side by side (spec sql-functions 5.3). */

import type { Call, Expr } from '../algebra/expr.ts';
import { lit, type ScalarFunction, str, timestamp } from '../algebra/function.ts';
import { type Period, RISES, rises } from '../algebra/function-facts.ts';
import { SqlError } from '../errors.ts';
import { dayOfYear, quarterOf, weekdayOfDays } from '../temporal/calendar.ts';
import { epochDaysOf, epochSecondsOf, fieldsOf, type TimestampFields } from '../temporal/temporal-text.ts';
import { momentOf } from './datetime-numbers.ts';
import { isoWeek, microsOf } from './temporal.ts';

type Extractor = (f: TimestampFields, text: string) => number;

const upToSecond = (f: TimestampFields): number => f.minute * 100 + f.second;
const upToHour = (f: TimestampFields): number => f.hour * 10_000 + upToSecond(f);
const withMicros = (head: number, f: TimestampFields): number => head * 1_000_000 + microsOf(f.nano);

/** Digits of the components side by side, two each, six for the fraction, read as one number. */
const EXTRACTORS: Readonly<Record<string, Extractor>> = {
  MICROSECOND: (f) => microsOf(f.nano),
  SECOND: (f) => f.second,
  MINUTE: (f) => f.minute,
  HOUR: (f) => f.hour,
  DAY: (f) => f.day,
  WEEK: (_, text) => isoWeek(epochDaysOf(text)).week,
  MONTH: (f) => f.month,
  QUARTER: (f) => quarterOf(f.month),
  YEAR: (f) => f.year,
  SECOND_MICROSECOND: (f) => withMicros(f.second, f),
  MINUTE_MICROSECOND: (f) => withMicros(upToSecond(f), f),
  MINUTE_SECOND: upToSecond,
  HOUR_MICROSECOND: (f) => withMicros(upToHour(f), f),
  HOUR_SECOND: upToHour,
  HOUR_MINUTE: (f) => f.hour * 100 + f.minute,
  DAY_MICROSECOND: (f) => withMicros(f.day * 1_000_000 + upToHour(f), f),
  DAY_SECOND: (f) => f.day * 1_000_000 + upToHour(f),
  DAY_MINUTE: (f) => f.day * 10_000 + f.hour * 100 + f.minute,
  DAY_HOUR: (f) => f.day * 100 + f.hour,
  YEAR_MONTH: (f) => f.year * 100 + f.month,
  // Those of PostgreSQL and DuckDB; a century begins with its year 1.
  DOW: (_, text) => (weekdayOfDays(epochDaysOf(text)) + 1) % 7,
  ISODOW: (_, text) => weekdayOfDays(epochDaysOf(text)) + 1,
  DOY: (f) => dayOfYear(f.year, f.month, f.day),
  ISOYEAR: (_, text) => isoWeek(epochDaysOf(text)).year,
  DECADE: (f) => Math.floor(f.year / 10),
  CENTURY: (f) => Math.floor((f.year - 1) / 100) + 1,
  MILLENNIUM: (f) => Math.floor((f.year - 1) / 1000) + 1,
};

/** Words that may stand before FROM in EXTRACT and are no units of an interval. */
export const EXTRACTED: ReadonlySet<string> = new Set([
  'DOW',
  'ISODOW',
  'DOY',
  'ISOYEAR',
  'DECADE',
  'CENTURY',
  'MILLENNIUM',
  'EPOCH',
]);

const unknownPart = (name: string, part: string): SqlError =>
  new SqlError('semantic', `${name} does not know the part ${part}`);

/** The period inside which a part grows. */
const LONGER: Readonly<Record<string, Period>> = {
  QUARTER: 'year',
  MONTH: 'year',
  DAY: 'month',
  DOY: 'year',
  DAY_HOUR: 'month',
  DAY_MINUTE: 'month',
  DAY_SECOND: 'month',
  HOUR: 'day',
  HOUR_MINUTE: 'day',
  HOUR_SECOND: 'day',
  MINUTE: 'hour',
  MINUTE_SECOND: 'hour',
  SECOND: 'minute',
};

const ALWAYS_RISE: ReadonlySet<string> = new Set(['YEAR', 'YEAR_MONTH', 'ISOYEAR', 'DECADE', 'CENTURY', 'MILLENNIUM']);

const AT = "'2024-05-17 08:30:15.123456'";

const secondsOf = (arg: Expr, call: Call): Call => ({ ...call, type: 'double', fn: SECONDS_SINCE_1970, args: [arg] });

const SECONDS_SINCE_1970: ScalarFunction = {
  name: 'EPOCH',
  family: 'datetime',
  summary: 'Seconds since 1970-01-01 in UTC, with their fraction; negative before.',
  signatures: [[timestamp]],
  returns: 'double',
  nulls: 'strict',
  total: true,
  js: () => (text: string) => epochSecondsOf(text) + fieldsOf(text).nano / 1e9,
  painless: '(a0.toEpochSecond() + a0.getNano() / 1.0E9)',
  motion: rises,
  onClock: (call, clock) => {
    const [arg] = call.args;
    if (!arg) return undefined;
    return clock.isMoment(arg) ? call : { ...call, args: [momentOf(clock.expr(arg), clock.zone)] };
  },
  examples: [
    { sql: "EPOCH(TIMESTAMP '2023-11-14 22:13:20.5')", value: 1700000000.5 },
    { sql: "EPOCH(DATE '1969-12-31')", value: -86400 },
    { sql: "EXTRACT(EPOCH FROM TIMESTAMP '2023-11-14 22:13:20')", value: 1700000000 },
  ],
};

const EXTRACT: ScalarFunction = {
  name: 'EXTRACT',
  family: 'datetime',
  summary: 'Part of a date or time, or several parts with their digits side by side.',
  signatures: [[lit(str), timestamp]],
  returns: 'long',
  nulls: 'strict',
  syntax: 'unitFrom',
  plainer: (call) => {
    const [unit, arg] = call.args;
    return unit?.kind === 'literal' && String(unit.value).toUpperCase() === 'EPOCH' ? secondsOf(arg!, call) : undefined;
  },
  moment: ({ args: [unit, arg] }) =>
    arg && unit?.kind === 'literal' && unit.value === 'YEAR' ? { arg, cut: 'year' } : undefined,
  motion: ({ constants: [unit] }) => {
    const part = String(unit).toUpperCase();
    if (ALWAYS_RISE.has(part)) return RISES;
    const within = LONGER[part];
    return within && { ...RISES, within };
  },
  js: () => (unit: string, text: string) => {
    const part = unit.toUpperCase();
    const extract = Object.hasOwn(EXTRACTORS, part) ? EXTRACTORS[part] : undefined;
    if (!extract) throw unknownPart('EXTRACT', unit);
    return extract(fieldsOf(text), text);
  },
  examples: [
    ...Object.entries({
      MICROSECOND: 123456,
      SECOND: 15,
      MINUTE: 30,
      HOUR: 8,
      DAY: 17,
      WEEK: 20,
      MONTH: 5,
      QUARTER: 2,
      YEAR: 2024,
      SECOND_MICROSECOND: 15123456,
      MINUTE_MICROSECOND: 3015123456,
      MINUTE_SECOND: 3015,
      HOUR_MICROSECOND: 83015123456,
      HOUR_SECOND: 83015,
      HOUR_MINUTE: 830,
      DAY_MICROSECOND: 17083015123456,
      DAY_SECOND: 17083015,
      DAY_MINUTE: 170830,
      DAY_HOUR: 1708,
      YEAR_MONTH: 202405,
      DOW: 5,
      ISODOW: 5,
      DOY: 138,
      ISOYEAR: 2024,
      DECADE: 202,
      CENTURY: 21,
      MILLENNIUM: 3,
    }).map(([unit, value]) => ({ sql: `EXTRACT(${unit} FROM ${AT})`, value })),
    { sql: "EXTRACT(YEAR_MONTH FROM DATE '2024-05-17')", value: 202405 },
    { sql: "EXTRACT(HOUR FROM TIME '08:30:15')", value: 8 },
    { sql: "EXTRACT(DOW FROM DATE '2024-05-19')", value: 0 },
    { sql: "EXTRACT(CENTURY FROM DATE '2000-12-31')", value: 20 },
  ],
};

const DATE_PART: ScalarFunction = {
  ...EXTRACT,
  name: 'DATE_PART',
  syntax: undefined,
  summary: "EXTRACT with the part as a text: `DATE_PART('year', d)`.",
  plainer: (call) => {
    const [unit, arg] = call.args;
    const part = String(unit?.kind === 'literal' ? unit.value : '')
      .toUpperCase()
      .trim()
      .replace(/S$/, '');
    if (part === 'EPOCH') return secondsOf(arg!, call);
    if (!Object.hasOwn(EXTRACTORS, part)) throw unknownPart(DATE_PART.name, part);
    return { ...call, fn: EXTRACT, args: [{ kind: 'literal', type: 'keyword', value: part }, arg!] };
  },
  examples: [
    { sql: "DATE_PART('year', DATE '2024-05-17')", value: 2024 },
    { sql: `DATE_PART('Hours', ${AT})`, value: 8 },
    { sql: "DATE_PART('dow', DATE '2024-05-19')", value: 0 },
    { sql: "DATE_PART('epoch', DATE '1970-01-02')", value: 86400 },
  ],
};

export const datetimeExtract: readonly ScalarFunction[] = [EXTRACT, DATE_PART, SECONDS_SINCE_1970];
