/** EXTRACT: one part of a date or time, or several side by side (spec sql-functions 5.3). */

import { lit, type ScalarFunction, str, timestamp } from '../algebra/function.ts';
import { type Period, RISES } from '../algebra/function-facts.ts';
import { SqlError } from '../errors.ts';
import { quarterOf } from '../temporal/calendar.ts';
import { epochDaysOf, fieldsOf, type TimestampFields } from '../temporal/temporal-text.ts';
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
};

/** The period inside which a part grows. */
const LONGER: Readonly<Record<string, Period>> = {
  QUARTER: 'year',
  MONTH: 'year',
  DAY: 'month',
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

const AT = "'2024-05-17 08:30:15.123456'";

export const EXTRACT: ScalarFunction = {
  name: 'EXTRACT',
  family: 'datetime',
  summary: 'Part of a date or time, or several parts with their digits side by side.',
  signatures: [[lit(str), timestamp]],
  returns: 'long',
  nulls: 'strict',
  syntax: 'unitFrom',
  moment: ({ args: [unit, arg] }) =>
    arg && unit?.kind === 'literal' && unit.value === 'YEAR' ? { arg, cut: 'year' } : undefined,
  motion: ({ constants: [unit] }) => {
    const part = String(unit).toUpperCase();
    if (part === 'YEAR' || part === 'YEAR_MONTH') return RISES;
    const within = LONGER[part];
    return within && { ...RISES, within };
  },
  js: () => (unit: string, text: string) => {
    const extract = EXTRACTORS[unit.toUpperCase()];
    if (!extract) throw new SqlError('semantic', `EXTRACT does not know the part ${unit}`);
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
    }).map(([unit, value]) => ({ sql: `EXTRACT(${unit} FROM ${AT})`, value })),
    { sql: "EXTRACT(YEAR_MONTH FROM DATE '2024-05-17')", value: 202405 },
    { sql: "EXTRACT(HOUR FROM TIME '08:30:15')", value: 8 },
  ],
};
