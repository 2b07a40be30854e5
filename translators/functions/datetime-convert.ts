/** Dates and times from other things and back: casts by name, zones, numbers, periods (spec sql-functions 5.4). */

import { date, num, opt, type ScalarFunction, str, time, timestamp } from '../algebra/function.ts';
import { type MotionRule, RISES, rises } from '../algebra/function-facts.ts';
import type { SqlType } from '../algebra/types.ts';
import { daysInMonth, daysOfCivil } from '../temporal/calendar.ts';
import {
  dateFields,
  dateOf,
  dateOfDays,
  epochSecondsOf,
  fieldsOf,
  parseTimestamp,
  timeOf,
  timeText,
} from '../temporal/temporal-text.ts';
import { instantOf, zoneNamed } from '../temporal/time-zone.ts';
import { addTime, clockOf, dateFromDays, splitSeconds, timestampFromSeconds } from './temporal.ts';

const isText = (type: SqlType | undefined): boolean => type === 'keyword' || type === 'text';
const isTimestamp = (type: SqlType | undefined): boolean => type === 'timestamp';

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

function makeTime(h: number, m: number, s: number): string | null {
  const hour = Math.round(h);
  const minute = Math.round(m);
  const { seconds, nano } = splitSeconds(s);
  // Out of the clock is NULL as documented; the plugin fails there.
  if (!(h >= 0 && m >= 0 && s >= 0 && hour < 24 && minute < 60 && seconds < 60)) return null;
  return timeText(hour, minute, seconds, nano);
}

/** Of a moment alone. */
const ofOne: MotionRule = ({ constants }) => (constants.length === 1 ? RISES : undefined);

const base = { family: 'datetime', nulls: 'strict' } as const;

export const CONVERT_TZ: ScalarFunction = {
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
};

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
    motion: ofOne,
    total: true,
    moment: ({ args: [arg] }) => arg && { arg, cut: 'day' },
    bucket: 'day',
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
    motion: () => ({ ...RISES, within: 'day' }),
    total: true,
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
    motion: ofOne,
    total: true,
    moment: ({ args: [arg, plus] }) => (arg && !plus ? { arg, cut: 'nothing' } : undefined),
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
  CONVERT_TZ,
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
    motion: rises,
    total: true,
    examples: [
      { sql: "LAST_DAY('2024-02-10')", value: '2024-02-29' },
      { sql: "LAST_DAY(DATE '2023-02-10')", value: '2023-02-28' },
      { sql: "LAST_DAY(TIMESTAMP '2024-12-31 23:00:00')", value: '2024-12-31' },
    ],
  },
];

export const datetimeConvert: readonly ScalarFunction[] = [...CASTS, ...PARTS_TO_VALUE];
