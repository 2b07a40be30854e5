/** Dates cut to a unit or a span of time, as other dialects write it: each stands for the bucket of DATE_HISTOGRAM or HISTOGRAM that it names. */
import type { Call, Expr, Literal } from '../algebra/expr.ts';
import { interval, lit, num, opt, type ScalarFunction, str, timestamp } from '../algebra/function.ts';
import { RISES } from '../algebra/function-facts.ts';
import { type Interval, isNumber, type Value } from '../algebra/types.ts';
import { SqlError } from '../errors.ts';
import { civilOfDays, daysOfCivil } from '../temporal/calendar.ts';
import {
  dateFields,
  epochMillisOf,
  epochNanosOf,
  parseTimestamp,
  timestampFromEpochMillis,
} from '../temporal/temporal-text.ts';
import { checkedZone, DATE_HISTOGRAM, HISTOGRAM, startOf } from './bucket.ts';
import { bucketInterval } from './bucket-interval.ts';
import { addInterval, intervalOf } from './temporal.ts';

const base = { family: 'datetime', nulls: 'strict', returns: 'timestamp' } as const;

/** Of rows for which another call always stands. */
const standsNowhere: ScalarFunction['js'] = (types) => {
  throw new Error(`a call of [${types.join(', ')}] was to be said by another function`);
};

const text = (value: string): Literal => ({ kind: 'literal', type: 'keyword', value });

/** Every unit that a date can be cut to, with its other spellings. */
const UNITS: Readonly<Record<string, string>> = {
  millisecond: '1ms',
  second: 'second',
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  week: 'week',
  month: 'month',
  quarter: 'quarter',
  year: 'year',
};

/** The interval of a unit's name: `month`, `MONTHS`. */
function intervalNamed(unit: Value, name: string): string {
  const word = String(unit).trim().toLowerCase();
  const singular = word.replace(/s$/, '');
  if (Object.hasOwn(UNITS, singular)) return UNITS[singular]!;
  const known = Object.keys(UNITS).join(', ');
  throw new SqlError('illegalArgument', `${name} does not know the unit [${unit}]. Available units are ${known}`);
}

const constantOf = (expr: Expr | undefined): Value | undefined => (expr?.kind === 'literal' ? expr.value : undefined);

const histogram = (call: Call, moment: Expr, ...literals: readonly string[]): Call => ({
  ...call,
  fn: DATE_HISTOGRAM,
  args: [moment, ...literals.map(text)],
});

const DATE_TRUNC: ScalarFunction = {
  ...base,
  name: 'DATE_TRUNC',
  summary: 'A date or time cut to a unit, from millisecond to year, in UTC or in the time zone of the third argument.',
  signatures: [[lit(str), timestamp, opt(lit(str))]],
  js: standsNowhere,
  plainer: (call) => {
    const [unit, moment, zone] = call.args;
    const length = intervalNamed(constantOf(unit) ?? null, 'DATE_TRUNC');
    if (!zone) return histogram(call, moment!, length);
    const name = String(constantOf(zone));
    checkedZone(name);
    return histogram(call, moment!, length, name);
  },
  examples: [
    { sql: "DATE_TRUNC('month', TIMESTAMP '2024-05-17 10:20:30')", value: '2024-05-01 00:00:00' },
    { sql: "DATE_TRUNC('HOUR', '2024-05-17 10:20:30')", value: '2024-05-17 10:00:00' },
    { sql: "DATE_TRUNC('week', DATE '2024-05-19')", value: '2024-05-13 00:00:00' },
    { sql: "DATE_TRUNC('quarter', DATE '2024-05-19')", value: '2024-04-01 00:00:00' },
    { sql: "DATE_TRUNC('day', TIMESTAMP '2024-05-17 23:20:30', 'Europe/Berlin')", value: '2024-05-17 22:00:00' },
    { sql: "DATE_TRUNC('month', NULL)", value: null },
  ],
};

/** What CEIL(d TO unit) means. */
export const DATE_CEIL: ScalarFunction = {
  ...base,
  name: 'DATE_CEIL',
  summary: '`CEIL(d TO unit)`: the date itself where a unit begins with it, else the beginning of the next unit.',
  signatures: [[timestamp, lit(str)]],
  js: () => {
    let known: { readonly unit: string; readonly start: (moment: string) => string } | undefined;
    return (moment: string, unit: string) => {
      if (known?.unit !== unit) {
        const interval = bucketInterval(intervalNamed(unit, 'CEIL'));
        known = { unit, start: (at) => timestampFromEpochMillis(startOf(interval, Math.floor(epochMillisOf(at)))) };
      }
      const start = known.start(moment);
      return start === moment ? start : addInterval(start, intervalOf(1, unit.trim().replace(/s$/i, '')), 1);
    };
  },
  motion: ({ at }) => (at === 0 ? RISES : undefined),
  examples: [
    { sql: "CEIL(TIMESTAMP '2024-05-17 10:20:30' TO MONTH)", value: '2024-06-01 00:00:00' },
    { sql: "CEIL(TIMESTAMP '2024-05-01 00:00:00' TO MONTH)", value: '2024-05-01 00:00:00' },
    { sql: "CEILING(TIMESTAMP '2024-12-30 10:20:30.5' TO SECOND)", value: '2024-12-30 10:20:31' },
    { sql: "DATE_CEIL(DATE '2024-05-17', 'year')", value: '2025-01-01 00:00:00' },
  ],
};

/** FLOOR(d TO unit): DATE_TRUNC with its arguments the other way round. */
export const DATE_FLOOR: ScalarFunction = {
  ...base,
  name: 'DATE_FLOOR',
  summary: '`FLOOR(d TO unit)`: a date or time cut to a unit, as DATE_TRUNC cuts it.',
  signatures: [[timestamp, lit(str)]],
  js: standsNowhere,
  plainer: (call) => histogram(call, call.args[0]!, intervalNamed(constantOf(call.args[1]) ?? null, 'FLOOR')),
  examples: [
    { sql: "FLOOR(TIMESTAMP '2024-05-17 10:20:30' TO MONTH)", value: '2024-05-01 00:00:00' },
    { sql: "FLOOR(DATE '2024-05-17' TO YEAR)", value: '2024-01-01 00:00:00' },
    { sql: "DATE_FLOOR('2024-05-17 10:20:30', 'minute')", value: '2024-05-17 10:20:00' },
  ],
};

const SPAN: ScalarFunction = {
  ...base,
  name: 'SPAN',
  syntax: 'length',
  summary:
    'Start of the span that holds a number (`SPAN(n, 10)`) or a moment (`SPAN(d, 1d)`, `SPAN(d, 90m)`, `SPAN(d, 1M)`).',
  signatures: [
    [num, lit(num)],
    [timestamp, lit(str)],
  ],
  returns: ([first]) => (first !== undefined && isNumber(first) ? 'double' : 'timestamp'),
  js: standsNowhere,
  plainer: (call) => {
    const [value, length] = call.args;
    if (call.type === 'double') {
      const width = constantOf(length);
      if (!(Number(width) > 0)) throw new SqlError('illegalArgument', 'SPAN takes a width above 0');
      return { ...call, fn: HISTOGRAM };
    }
    const written = String(constantOf(length));
    const found = bucketInterval(written);
    return histogram(call, value!, found.kind === 'calendar' ? found.unit : `${found.millis}ms`);
  },
  examples: [
    { sql: "SPAN(TIMESTAMP '2024-05-17 10:20:30', 1d)", value: '2024-05-17 00:00:00' },
    { sql: "SPAN(TIMESTAMP '2024-05-17 10:20:30', '90m')", value: '2024-05-17 09:00:00' },
    { sql: "SPAN(TIMESTAMP '2024-05-17 10:20:30', 1M)", value: '2024-05-01 00:00:00' },
    { sql: 'SPAN(27, 10)', value: 20 },
    { sql: 'SPAN(-0.5, 0.25)', value: -0.5 },
  ],
};

const DAY = 86_400_000;
const MILLI = 1_000_000n;

interface Stride {
  readonly months: number;
  readonly millis: number;
}

/** An interval by which moments are put into buckets: a whole number of months, or of milliseconds. */
function strideOf({ months, nanos }: Interval, name: string): Stride {
  const millis = nanos / MILLI;
  const sound = months > 0 ? nanos === 0n : millis > 0n && nanos % MILLI === 0n && millis <= Number.MAX_SAFE_INTEGER;
  if (sound) return { months, millis: Number(millis) };
  throw new SqlError('illegalArgument', `${name} takes an interval above 0, of months or of whole milliseconds`);
}

/** The value of an interval that is a constant; undefined of one that is none. */
function constantInterval(expr: Expr | undefined): Interval | undefined {
  if (expr?.kind === 'literal') return expr.value as Interval;
  if (expr?.kind !== 'call' || expr.type !== 'interval') return undefined;
  const [amount, unit] = expr.args.map(constantOf);
  return amount === undefined || amount === null ? undefined : intervalOf(amount as number, String(unit));
}

/** Undefined where there is none; the binder has refused one that differs from row to row. */
function constantMoment(expr: Expr | undefined): string | undefined {
  const value = constantOf(expr?.kind === 'cast' ? expr.arg : expr);
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}

/** Buckets of a stride around an origin. */
function binned(name: string, { months, millis }: Stride, origin: string): (moment: string) => string {
  if (months === 0) {
    const from = Math.floor(epochMillisOf(origin));
    return (moment) => timestampFromEpochMillis(from + Math.floor((epochMillisOf(moment) - from) / millis) * millis);
  }
  const { year, month, day } = dateFields(origin);
  if (day !== 1 || epochNanosOf(origin) !== BigInt(daysOfCivil(year, month, 1)) * 86_400_000_000_000n)
    throw new SqlError('illegalArgument', `${name} by months takes the first of a month as its origin`);
  const first = year * 12 + month - 1;
  return (moment) => {
    const at = civilOfDays(Math.floor(epochMillisOf(moment) / DAY));
    const start = first + Math.floor((at.year * 12 + at.month - 1 - first) / months) * months;
    return timestampFromEpochMillis(daysOfCivil(Math.floor(start / 12), (start % 12) + 1, 1) * DAY);
  };
}

/** The calendar units that begin where buckets of so many months do, counted from a January. */
const UNIT_OF_MONTHS: Readonly<Record<number, string>> = { 1: 'month', 3: 'quarter', 12: 'year' };

const binning = (
  row: Pick<ScalarFunction, 'name' | 'summary' | 'examples'>,
  /** Where buckets are counted from, if the call does not say. */
  originOf: (stride: Stride) => string,
): ScalarFunction => ({
  ...base,
  ...row,
  signatures: [[lit(interval), timestamp, opt(lit(timestamp))]],
  js: () => {
    let made:
      | { readonly span: Interval; readonly origin: string | undefined; readonly bin: (moment: string) => string }
      | undefined;
    return (span: Interval, moment: string, origin?: string) => {
      if (made?.span !== span || made.origin !== origin) {
        const stride = strideOf(span, row.name);
        made = { span, origin, bin: binned(row.name, stride, origin ?? originOf(stride)) };
      }
      return made.bin(moment);
    };
  },
  plainer: (call) => {
    const [span, moment, from] = call.args;
    const constant = constantInterval(span);
    const origin = constantMoment(from);
    if (!constant || (from && origin === undefined)) return undefined;
    const stride = strideOf(constant, row.name);
    const start = origin ?? originOf(stride);
    if (stride.months > 0) {
      const unit = dateFields(start).month === 1 ? UNIT_OF_MONTHS[stride.months] : undefined;
      binned(row.name, stride, start);
      return unit === undefined ? undefined : histogram(call, moment!, unit);
    }
    const offset = ((Math.floor(epochMillisOf(start)) % stride.millis) + stride.millis) % stride.millis;
    const length = `${stride.millis}ms`;
    return offset === 0 ? histogram(call, moment!, length) : histogram(call, moment!, length, 'UTC', `+${offset}ms`);
  },
});

const bins: readonly ScalarFunction[] = [
  binning(
    {
      name: 'DATE_BIN',
      summary: 'Start of the span of time that holds a moment; spans are counted from the third argument (1970-01-01).',
      examples: [
        { sql: "DATE_BIN(INTERVAL 15 MINUTE, TIMESTAMP '2024-05-17 10:20:30')", value: '2024-05-17 10:15:00' },
        {
          sql: "DATE_BIN(INTERVAL '15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01 00:02:30')",
          value: '2020-02-11 15:32:30',
        },
        { sql: "DATE_BIN(INTERVAL 2 MONTH, DATE '2024-04-17')", value: '2024-03-01 00:00:00' },
      ],
    },
    () => '1970-01-01 00:00:00',
  ),
  binning(
    {
      name: 'TIME_BUCKET',
      summary:
        'The same as DATE_BIN, counted from the third argument, else by months from 2000-01-01, by others from Monday, 2000-01-03.',
      examples: [
        { sql: "TIME_BUCKET(INTERVAL '1 week', TIMESTAMP '2024-05-19 10:20:30')", value: '2024-05-13 00:00:00' },
        { sql: "TIME_BUCKET(INTERVAL 5 MONTH, DATE '2024-05-19')", value: '2024-03-01 00:00:00' },
        {
          sql: "TIME_BUCKET(INTERVAL 6 HOUR, TIMESTAMP '2024-05-19 10:20:30', TIMESTAMP '2024-01-01 01:00:00')",
          value: '2024-05-19 07:00:00',
        },
      ],
    },
    ({ months }) => (months > 0 ? '2000-01-01 00:00:00' : '2000-01-03 00:00:00'),
  ),
];

export const dateBuckets: readonly ScalarFunction[] = [DATE_TRUNC, DATE_FLOOR, DATE_CEIL, SPAN, ...bins];
