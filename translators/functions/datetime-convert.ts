/** Dates and times from other things and back: casts by name, zones, numbers, periods (spec sql-functions 5.4). */
import type { SqlType } from '../catalog/types.ts';
import { daysInMonth, daysOfCivil } from './calendar.ts';
import { date, int, num, opt, type ScalarFunction, str, time, timestamp } from './row.ts';
import {
  addTime,
  clockOf,
  DAY_SECONDS,
  DAYS_TO_EPOCH,
  dateFromDays,
  secondsOfTime,
  timeFromSeconds,
  timestampFromSeconds,
} from './temporal.ts';
import {
  dateFields,
  dateOf,
  dateOfDays,
  epochSecondsOf,
  fieldsOf,
  parseTimestamp,
  timeFields,
  timeOf,
  timestampFromEpochMillis,
  timeText,
} from './temporal-text.ts';
import { instantOf, zoneNamed } from './time-zone.ts';

const isText = (type: SqlType | undefined): boolean => type === 'keyword' || type === 'text';
const isTimestamp = (type: SqlType | undefined): boolean => type === 'timestamp';

/** First second that FROM_UNIXTIME and UNIX_TIMESTAMP no longer know, MySQL's limit. */
const UNIX_END = 32_536_771_200;

/** The same moment on the wall of another zone; undefined when a zone is unknown. */
function convertZone(wall: string, from: string, to: string): string | null {
  const source = zoneNamed(from);
  const target = zoneNamed(to);
  if (!source || !target) return null;
  const instant = instantOf(source, epochSecondsOf(wall));
  return timestampFromSeconds(instant + target(instant), fieldsOf(wall).nano);
}

/** DATETIME: text may end in an offset, which only counts when a target zone is given. */
function datetimeOf(text: string, zone: string | undefined): string | null {
  const offset = text.length > 16 ? /(?:[+-]\d\d:\d\d|Z)$/.exec(text)?.[0] : undefined;
  const wall = parseTimestamp(offset === undefined ? text : text.slice(0, -offset.length));
  if (wall === undefined) return null;
  if (offset !== undefined && !zoneNamed(offset)) return null;
  return zone === undefined ? wall : convertZone(wall, offset ?? 'UTC', zone);
}

/** Whole seconds and nanoseconds of a number; the nearest microsecond, since doubles hold no more beside today's seconds. */
function splitSeconds(value: number | bigint): { seconds: number; nano: number } {
  const n = Number(value);
  let seconds = Math.floor(n);
  let micros = Math.round((n - seconds) * 1_000_000);
  if (micros === 1_000_000) {
    micros = 0;
    seconds += 1;
  }
  return { seconds, nano: micros * 1000 };
}

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

function makeTime(h: number, m: number, s: number): string | null {
  const hour = Math.round(h);
  const minute = Math.round(m);
  const { seconds, nano } = splitSeconds(s);
  // Out of the clock is NULL as documented; the plugin fails there.
  if (!(h >= 0 && m >= 0 && s >= 0 && hour < 24 && minute < 60 && seconds < 60)) return null;
  return timeText(hour, minute, seconds, nano);
}

/** Months since year 0 of YYMM or YYYYMM. */
function monthsOfPeriod(period: number | bigint): number | undefined {
  const digits = String(period);
  if (!/^(\d{4}|\d{6})$/.test(digits)) return undefined;
  const month = Number(digits.slice(-2));
  if (month < 1 || month > 12) return undefined;
  const year = digits.length === 4 ? fullYear(Number(digits.slice(0, 2))) : Number(digits.slice(0, 4));
  return year * 12 + month - 1;
}

const base = { family: 'datetime', nulls: 'strict' } as const;

const CASTS: readonly ScalarFunction[] = [
  {
    ...base,
    name: 'DATE',
    summary: 'The date of a timestamp or text.',
    signatures: [[date], [timestamp]],
    returns: 'date',
    js: (args) => (isTimestamp(args[0]) ? dateOf : (text: string) => text),
    painless: 'a0.truncatedTo(ChronoUnit.DAYS)',
    duckdb: 'substr(a0, 1, 10)',
    examples: [
      { sql: "DATE('2024-05-17 08:30')", value: '2024-05-17' },
      { sql: "DATE('2024-05-17')", value: '2024-05-17' },
      { sql: "DATE(TIMESTAMP '2024-05-17 23:59:59')", value: '2024-05-17' },
      { sql: "DATE('2024-05-17T08:30:00Z')", value: '2024-05-17' },
      { sql: 'DATE(NULL)', value: null },
    ],
  },
  {
    ...base,
    name: 'TIME',
    summary: 'The time of day of a timestamp or text; midnight of a date.',
    signatures: [[time], [timestamp]],
    returns: 'time',
    js: (args) => (isTimestamp(args[0]) ? timeOf : (text: string) => text),
    painless: (args, types) => (types[0] === 'time' ? args[0] : `${args[0]}.withYear(1970).withDayOfYear(1)`),
    duckdb: (args, types) => (types[0] === 'time' ? args[0] : `substr(${args[0]}, 12)`),
    examples: [
      { sql: "TIME('08:30')", value: '08:30:00' },
      { sql: "TIME('2024-05-17 08:30:15')", value: '08:30:15' },
      { sql: "TIME(TIMESTAMP '2024-05-17 08:30:15.5')", value: '08:30:15.5' },
      { sql: "TIME(DATE '2024-05-17')", value: '00:00:00' },
    ],
  },
  {
    ...base,
    name: 'TIMESTAMP',
    summary: 'A timestamp of a date, time or text; the time of day of a second argument is added.',
    signatures: [[timestamp], [timestamp, time], [timestamp, timestamp]],
    returns: 'timestamp',
    js: (args) =>
      args.length === 1 ? (text: string) => text : (text: string, plus: string) => addTime(text, clockOf(plus), 1),
    painless: (args) => (args.length === 1 ? args[0] : undefined),
    examples: [
      { sql: "TIMESTAMP('2024-05-17')", value: '2024-05-17 00:00:00' },
      { sql: "TIMESTAMP('2024-05-17 08:30:15.123456789')", value: '2024-05-17 08:30:15.123456789' },
      { sql: "TIMESTAMP(DATE '2024-05-17')", value: '2024-05-17 00:00:00' },
      { sql: "TIMESTAMP('2024-05-17 20:00:00', TIME('05:30:00'))", value: '2024-05-18 01:30:00' },
      { sql: "TIMESTAMP(DATE '2024-05-17', TIMESTAMP '2020-01-01 01:02:03')", value: '2024-05-17 01:02:03' },
      { sql: "TIMESTAMP('2024-05-17', '10:00:00')", value: '2024-05-17 10:00:00' },
    ],
  },
  {
    ...base,
    name: 'DATETIME',
    summary: 'A timestamp of text; an offset at its end counts when a zone is given. NULL for what cannot be read.',
    signatures: [
      [str, opt(str)],
      [timestamp, opt(str)],
    ],
    returns: 'timestamp',
    js: (args) =>
      isText(args[0])
        ? (text: string, zone?: string) => datetimeOf(text, zone)
        : (at: string, zone?: string) => (zone === undefined ? at : convertZone(at, 'UTC', zone)),
    examples: [
      { sql: "DATETIME('2024-05-17 08:30:00')", value: '2024-05-17 08:30:00' },
      { sql: "DATETIME('2024-02-30 00:00:00')", value: null },
      { sql: "DATETIME('2024-05-17 23:30:00-05:00', '+02:00')", value: '2024-05-18 06:30:00' },
      { sql: "DATETIME('2024-05-17 23:30:00+01:00', 'America/New_York')", value: '2024-05-17 18:30:00' },
      { sql: "DATETIME('2024-05-17 10:00:00', '+15:00')", value: null },
      { sql: "DATETIME('2024-05-17 10:00:00+01:00')", value: '2024-05-17 10:00:00' },
    ],
  },
  {
    ...base,
    name: 'CONVERT_TZ',
    summary: 'The wall clock of another time zone. NULL for an unknown zone or unreadable text.',
    signatures: [
      [str, str, str],
      [timestamp, str, str],
    ],
    returns: 'timestamp',
    js: () => (text: string, from: string, to: string) => {
      const at = parseTimestamp(text);
      return at === undefined ? null : convertZone(at, from, to);
    },
    examples: [
      { sql: "CONVERT_TZ('2024-07-01 12:00:00', '+00:00', 'Europe/Berlin')", value: '2024-07-01 14:00:00' },
      { sql: "CONVERT_TZ('2024-01-01 12:00:00', '+00:00', '+05:30')", value: '2024-01-01 17:30:00' },
      { sql: "CONVERT_TZ('2024-01-01 12:00:00', 'US/Pacific', '+00:00')", value: '2024-01-01 20:00:00' },
      { sql: "CONVERT_TZ('2024-01-01 12:00:00', '+00:00', '+15:00')", value: null },
      { sql: "CONVERT_TZ('2024-02-30 12:00:00', '+00:00', '+01:00')", value: null },
      { sql: "CONVERT_TZ(TIMESTAMP '2024-03-31 00:59:59', '+00:00', 'Europe/London')", value: '2024-03-31 00:59:59' },
      { sql: "CONVERT_TZ(TIMESTAMP '2024-03-31 01:00:00', '+00:00', 'Europe/London')", value: '2024-03-31 02:00:00' },
    ],
  },
];

const PARTS_TO_VALUE: readonly ScalarFunction[] = [
  {
    ...base,
    name: 'MAKEDATE',
    summary: 'A date of a year and a day of the year, which may overflow.',
    signatures: [[num, num]],
    returns: 'date',
    js: () => (y: number | bigint, d: number | bigint) => {
      const year = Math.round(Number(y));
      const day = Math.round(Number(d));
      if (year < 0 || day <= 0) return null;
      return dateFromDays(daysOfCivil(year === 0 ? 2000 : year, 1, 1) + day - 1);
    },
    examples: [
      { sql: 'MAKEDATE(2024, 60)', value: '2024-02-29' },
      { sql: 'MAKEDATE(2023, 366)', value: '2024-01-01' },
      { sql: 'MAKEDATE(0, 1)', value: '2000-01-01' },
      { sql: 'MAKEDATE(-1, 5)', value: null },
      { sql: 'MAKEDATE(2024, 0)', value: null },
      { sql: 'MAKEDATE(2024.4, 1.6)', value: '2024-01-02' },
    ],
  },
  {
    ...base,
    name: 'MAKETIME',
    summary: 'A time of hour, minute and second; NULL outside the clock.',
    signatures: [[num, num, num]],
    returns: 'time',
    js: () => (h: number | bigint, m: number | bigint, s: number | bigint) => makeTime(Number(h), Number(m), Number(s)),
    examples: [
      { sql: 'MAKETIME(6, 30, 15.25)', value: '06:30:15.25' },
      { sql: 'MAKETIME(23, 59, 59)', value: '23:59:59' },
      { sql: 'MAKETIME(-1, 0, 0)', value: null },
      { sql: 'MAKETIME(1.6, 2.4, 3)', value: '02:02:03' },
      { sql: 'MAKETIME(24, 0, 0)', value: null },
    ],
  },
  {
    ...base,
    name: 'LAST_DAY',
    summary: 'The last day of the month.',
    signatures: [[date], [timestamp]],
    returns: 'date',
    js: () => (text: string) => {
      const { year, month } = dateFields(text);
      return dateOfDays(daysOfCivil(year, month, daysInMonth(year, month)));
    },
    painless: 'a0.with(TemporalAdjusters.lastDayOfMonth()).truncatedTo(ChronoUnit.DAYS)',
    examples: [
      { sql: "LAST_DAY('2024-02-10')", value: '2024-02-29' },
      { sql: "LAST_DAY(DATE '2023-02-10')", value: '2023-02-28' },
      { sql: "LAST_DAY(TIMESTAMP '2024-12-31 23:00:00')", value: '2024-12-31' },
    ],
  },
];

const NUMBERS: readonly ScalarFunction[] = [
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
    session: (session) => epochSecondsOf(session.now),
    js: (args, _result, session) => {
      if (args.length === 0) return () => epochSecondsOf(session.now);
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
      return Math.floor(index / 12) * 100 + (((index % 12) + 12) % 12) + 1;
    },
    examples: [
      { sql: 'PERIOD_ADD(202411, 3)', value: 202502 },
      { sql: 'PERIOD_ADD(2411, 3)', value: 202502 },
      { sql: 'PERIOD_ADD(202401, -1)', value: 202312 },
      { sql: 'PERIOD_ADD(202413, 1)', value: null },
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

export const datetimeConvert: readonly ScalarFunction[] = [...CASTS, ...PARTS_TO_VALUE, ...NUMBERS];
