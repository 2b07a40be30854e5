/** Dates and times as numbers: seconds, digits, periods (spec sql-functions 5.4). */

import type { Expr } from '../algebra/expr.ts';
import { int, num, type ScalarFunction, time, timestamp } from '../algebra/function.ts';
import { RISES } from '../algebra/function-facts.ts';
import { familyOf, type SqlType } from '../algebra/types.ts';
import { daysInMonth, daysOfCivil } from '../temporal/calendar.ts';
import { epochSecondsOf, fieldsOf, timeFields, timestampFromEpochMillis } from '../temporal/temporal-text.ts';
import { CONVERT_TZ } from './datetime-convert.ts';
import { clockOf, DAY_SECONDS, DAYS_TO_EPOCH, secondsOfTime, splitSeconds, timeFromSeconds } from './temporal.ts';

const isTimestamp = (type: SqlType | undefined): boolean => type === 'timestamp';

/** First second that FROM_UNIXTIME and UNIX_TIMESTAMP no longer know, MySQL's limit. */
const UNIX_END = 32_536_771_200;
const UNIX_END_TEXT = timestampFromEpochMillis(UNIX_END * 1000);

export function fromUnixTime(value: number | bigint): string | null {
  const { seconds, nano } = splitSeconds(value);
  return seconds < 0 || seconds >= UNIX_END ? null : timestampFromEpochMillis(seconds * 1000 + nano / 1_000_000);
}

/** 24 → 2024, 70 → 1970: two-digit years lie in 1970–2069. */
const fullYear = (twoDigit: number): number => (twoDigit < 70 ? 2000 : 1900) + twoDigit;

/** Days since 1970-01-01 of the digits YYMMDD or YYYYMMDD. */
function daysOfDigits(digits: string): number | undefined {
  const year = digits.length === 6 ? fullYear(Number(digits.slice(0, 2))) : Number(digits.slice(0, 4));
  const month = Number(digits.slice(-4, -2));
  const day = Number(digits.slice(-2));
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return daysOfCivil(year, month, day);
}

/** YYMMDD, YYYYMMDD, YYMMDDhhmmss or YYYYMMDDhhmmss, perhaps with a fraction, as seconds since 1970. */
function secondsOfNumber(value: number | bigint): number | null {
  const whole = typeof value === 'bigint' ? value : Math.floor(value);
  const digits = String(whole);
  if (!/^(\d{6}|\d{8}|\d{12}|\d{14})$/.test(digits)) return null;
  const clock = digits.length > 8 ? digits.slice(-6) : '000000';
  const days = daysOfDigits(digits.length > 8 ? digits.slice(0, -6) : digits);
  const [hour, minute, second] = [0, 2, 4].map((at) => Number(clock.slice(at, at + 2))) as [number, number, number];
  if (days === undefined || hour > 23 || minute > 59 || second > 59) return null;
  const fraction = typeof value === 'bigint' ? 0 : splitSeconds(value).nano / 1e9;
  return days * DAY_SECONDS + hour * 3600 + minute * 60 + second + fraction;
}

const unixRange = (seconds: number): number => (seconds < 0 || seconds >= UNIX_END ? 0 : seconds);

/** Months since year 0 of YYMM or YYYYMM. */
function monthsOfPeriod(period: number | bigint): number | undefined {
  const digits = String(period);
  if (!/^(\d{4}|\d{6})$/.test(digits)) return undefined;
  const month = Number(digits.slice(-2));
  if (month < 1 || month > 12) return undefined;
  const year = digits.length === 4 ? fullYear(Number(digits.slice(0, 2))) : Number(digits.slice(0, 4));
  return year * 12 + month - 1;
}

/** The moment in UTC at which the clock of a zone shows what the expression says. */
export const momentOf = (wall: Expr, zone: string): Expr => {
  const text = (value: string): Expr => ({ kind: 'literal', type: 'keyword', value });
  return { kind: 'call', type: 'timestamp', fn: CONVERT_TZ, args: [wall, text(zone), text('+00:00')] };
};

const base = { family: 'datetime', nulls: 'strict' } as const;

export const datetimeNumbers: readonly ScalarFunction[] = [
  {
    ...base,
    name: 'TO_SECONDS',
    summary: 'Seconds since year 0; a number is read as YYMMDD or YYYYMMDD.',
    signatures: [[int], [timestamp]],
    returns: 'long',
    js: (args) => {
      if (isTimestamp(args[0])) return (text: string) => epochSecondsOf(text) + DAYS_TO_EPOCH * DAY_SECONDS;
      return (value: number | bigint) => {
        const digits = String(value);
        // Three digits and more are read with the zeros that a number cannot hold.
        if (!/^\d{3,8}$/.test(digits) || digits.length === 7) return null;
        const days = daysOfDigits(digits.padStart(6, '0'));
        return days === undefined ? null : (days + DAYS_TO_EPOCH) * DAY_SECONDS;
      };
    },
    painless: (args, types) =>
      isTimestamp(types[0]) ? `(${args[0]}.toEpochSecond() + ${DAYS_TO_EPOCH * DAY_SECONDS}L)` : undefined,
    motion: ({ type }) => (familyOf(type) === 'temporal' ? RISES : undefined),
    examples: [
      { sql: "TO_SECONDS(DATE '2024-05-17')", value: 63883123200 },
      { sql: "TO_SECONDS('2024-05-17 00:00:01')", value: 63883123201 },
      { sql: 'TO_SECONDS(240517)', value: 63883123200 },
      { sql: 'TO_SECONDS(20240517)', value: 63883123200 },
      { sql: 'TO_SECONDS(99999999)', value: null },
    ],
  },
  {
    ...base,
    name: 'UNIX_TIMESTAMP',
    summary: 'Seconds since 1970 of now, of a timestamp, or of the digits YYMMDD … YYYYMMDDhhmmss.',
    signatures: [[], [num], [timestamp]],
    returns: (args) => (args.length === 0 ? 'long' : 'double'),
    session: (session) => epochSecondsOf(session.utc ?? session.now),
    js: (args, _result, session) => {
      if (args.length === 0) return () => epochSecondsOf(session.utc ?? session.now);
      if (isTimestamp(args[0])) return (at: string) => unixRange(epochSecondsOf(at) + fieldsOf(at).nano / 1e9);
      return (value: number | bigint) => {
        const seconds = secondsOfNumber(value);
        return seconds === null ? null : unixRange(seconds);
      };
    },
    painless: ([a], types) =>
      isTimestamp(types[0])
        ? `(${a}.toEpochSecond() < 0L || ${a}.toEpochSecond() >= ${UNIX_END}L ? 0.0 : ${a}.toEpochSecond() + ${a}.getNano() / 1.0E9)`
        : undefined,
    // It is 0 from the end on.
    motion: ({ type }) => (isTimestamp(type) ? { cuts: [UNIX_END_TEXT], up: [true, true] } : undefined),
    onClock: (call, clock) => {
      const [arg] = call.args;
      if (!arg || !isTimestamp(arg.type)) return undefined;
      return clock.isMoment(arg) ? call : { ...call, args: [momentOf(clock.expr(arg), clock.zone)] };
    },
    examples: [
      { sql: "UNIX_TIMESTAMP(TIMESTAMP '2023-11-14 22:13:20')", value: 1700000000 },
      { sql: "UNIX_TIMESTAMP(DATE '2024-01-01')", value: 1704067200 },
      { sql: 'UNIX_TIMESTAMP(20240101000000)', value: 1704067200 },
      { sql: 'UNIX_TIMESTAMP(20240101)', value: 1704067200 },
      { sql: 'UNIX_TIMESTAMP(240101)', value: 1704067200 },
      { sql: "UNIX_TIMESTAMP(DATE '1960-01-01')", value: 0 },
      { sql: 'UNIX_TIMESTAMP(20241399)', value: null },
      { sql: "UNIX_TIMESTAMP(TIMESTAMP '2017-01-31 17:00:00.123')", value: 1485882000.123 },
    ],
  },
  {
    ...base,
    name: 'SEC_TO_TIME',
    summary: 'The time of day that many seconds after midnight, around the clock.',
    signatures: [[num]],
    returns: 'time',
    js: () => (value: number | bigint) => {
      const { seconds, nano } = splitSeconds(value);
      return timeFromSeconds(((seconds % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS, nano);
    },
    examples: [
      { sql: 'SEC_TO_TIME(3725.5)', value: '01:02:05.5' },
      { sql: 'SEC_TO_TIME(0)', value: '00:00:00' },
      { sql: 'SEC_TO_TIME(86399)', value: '23:59:59' },
      { sql: 'SEC_TO_TIME(86401)', value: '00:00:01' },
      { sql: 'SEC_TO_TIME(-1)', value: '23:59:59' },
    ],
  },
  {
    ...base,
    name: 'TIME_TO_SEC',
    summary: 'Seconds since midnight.',
    signatures: [[time], [timestamp]],
    returns: 'long',
    js: (args) =>
      args[0] === 'time'
        ? (text: string) => secondsOfTime(timeFields(text))
        : (text: string) => secondsOfTime(clockOf(text)),
    painless: 'a0.get(ChronoField.SECOND_OF_DAY)',
    motion: () => ({ ...RISES, within: 'day' }),
    examples: [
      { sql: "TIME_TO_SEC(TIME '01:02:05')", value: 3725 },
      { sql: "TIME_TO_SEC('23:59:59')", value: 86399 },
      { sql: "TIME_TO_SEC(TIMESTAMP '2024-05-17 00:01:00')", value: 60 },
    ],
  },
  {
    ...base,
    name: 'PERIOD_ADD',
    summary: 'A period YYMM or YYYYMM plus months.',
    signatures: [[int, int]],
    returns: 'integer',
    js: () => (period: number | bigint, months: number | bigint) => {
      const start = monthsOfPeriod(period);
      if (start === undefined) return null;
      const index = start + Number(months);
      // Beyond a year of four digits there is no period.
      if (index < 0 || index >= 120_000) return null;
      return Math.floor(index / 12) * 100 + (((index % 12) + 12) % 12) + 1;
    },
    examples: [
      { sql: 'PERIOD_ADD(202411, 3)', value: 202502 },
      { sql: 'PERIOD_ADD(2411, 3)', value: 202502 },
      { sql: 'PERIOD_ADD(202401, -1)', value: 202312 },
      { sql: 'PERIOD_ADD(202413, 1)', value: null },
      { sql: 'PERIOD_ADD(202411, 9223372036854775807)', value: null },
    ],
  },
  {
    ...base,
    name: 'PERIOD_DIFF',
    summary: 'Months from the second period to the first.',
    signatures: [[int, int]],
    returns: 'integer',
    js: () => (a: number | bigint, b: number | bigint) => {
      const first = monthsOfPeriod(a);
      const second = monthsOfPeriod(b);
      return first === undefined || second === undefined ? null : first - second;
    },
    examples: [
      { sql: 'PERIOD_DIFF(202502, 202411)', value: 3 },
      { sql: 'PERIOD_DIFF(202401, 202412)', value: -11 },
      { sql: 'PERIOD_DIFF(202413, 202401)', value: null },
    ],
  },
];
