/** Dates and times as text: reads every spelling that SQL accepts and writes the one canonical form (spec data-types 5). */
import { SqlError } from '../errors.ts';
import { type CivilDate, civilOfDays, daysInMonth, daysOfCivil } from './calendar.ts';

export interface TimeFields {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nano: number;
}
export interface TimestampFields extends CivilDate, TimeFields {}

const DAY_MILLIS = 86_400_000;
const NANOS_PER_SECOND = 1_000_000_000n;

const DASH = 45;
const COLON = 58;
const TWO: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

export const twoDigits = (n: number): string => TWO[n]!;

/** The two digits at `at`, or -1. */
function pair(text: string, at: number): number {
  const a = text.charCodeAt(at) - 48;
  const b = text.charCodeAt(at + 1) - 48;
  // Comparisons with NaN (past the end) are false, hence the positive form.
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1;
}

/** Whether `yyyy-MM-dd` of the calendar starts at 0. */
function startsWithDate(text: string): boolean {
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return false;
  const century = pair(text, 0);
  const years = pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  if (century < 0 || years < 0 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= daysInMonth(century * 100 + years, month);
}

/** Where the time of day that starts at `at` ends (`HH:mm[:ss[.f]]`), or -1. */
function endOfTime(text: string, at: number): number {
  const hour = pair(text, at);
  const minute = pair(text, at + 3);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || text.charCodeAt(at + 2) !== COLON) return -1;
  if (text.charCodeAt(at + 5) !== COLON) return at + 5;
  const second = pair(text, at + 6);
  if (second < 0 || second > 59) return -1;
  let end = at + 8;
  if (text.charCodeAt(end) !== 46) return end;
  const first = ++end;
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return end > first && end - first <= 9 ? end : -1;
}

/** The part from `at` to `end`, with seconds and without trailing zeros of the fraction. */
function canonicalTime(text: string, at: number, end: number): string {
  if (end === at + 8) return text.slice(at, end);
  if (end === at + 5) return `${text.slice(at, end)}:00`;
  let last = end;
  while (text.charCodeAt(last - 1) === 48) last--;
  return text.slice(at, text.charCodeAt(last - 1) === 46 ? last - 1 : last);
}

/** Minutes east of Greenwich of `Z`, `±hh`, `±hh:mm` or `±hhmm`, undefined for anything else. */
export function parseOffset(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const sign = zone.charCodeAt(0) === 43 ? 1 : zone.charCodeAt(0) === DASH ? -1 : 0;
  if (sign === 0) return undefined;
  const hours = pair(zone, 1);
  const minutes =
    zone.length === 3
      ? 0
      : zone.length === 5
        ? pair(zone, 3)
        : zone.length === 6 && zone.charCodeAt(3) === COLON
          ? pair(zone, 4)
          : -1;
  return hours < 0 || hours > 18 || minutes < 0 || minutes > 59 ? undefined : sign * (hours * 60 + minutes);
}

/** Canonical UTC timestamp of any accepted spelling: a date, a date and time with space or `T`, with or without zone. */
export function parseTimestamp(text: string): string | undefined {
  if (!startsWithDate(text)) return undefined;
  if (text.length === 10) return `${text} 00:00:00`;
  const separator = text.charCodeAt(10);
  if (separator !== 32 && separator !== 84) return undefined;
  const end = endOfTime(text, 11);
  if (end < 0) return undefined;
  if (end === text.length) {
    if (separator === 32 && end === 19) return text;
    return `${text.slice(0, 10)} ${canonicalTime(text, 11, end)}`;
  }
  const offset = parseOffset(text.slice(end));
  if (offset === undefined) return undefined;
  const local = `${text.slice(0, 10)} ${canonicalTime(text, 11, end)}`;
  return offset === 0 ? local : plusMinutes(local, -offset);
}

/** Canonical date; a time that follows is dropped after conversion to UTC. */
export function parseDate(text: string): string | undefined {
  if (text.length === 10) return startsWithDate(text) ? text : undefined;
  const timestamp = parseTimestamp(text);
  return timestamp === undefined ? undefined : dateOf(timestamp);
}

/** Canonical time; the date of a full timestamp is dropped, a date alone is midnight. */
export function parseTime(text: string): string | undefined {
  if (text.charCodeAt(2) === COLON) {
    const end = endOfTime(text, 0);
    return end === text.length ? canonicalTime(text, 0, end) : undefined;
  }
  const timestamp = parseTimestamp(text);
  return timestamp === undefined ? undefined : timeOf(timestamp);
}

export const badDate = (text: string): SqlError =>
  new SqlError('evaluation', `date:${text} in unsupported format, please use 'yyyy-MM-dd'`);
export const badTime = (text: string): SqlError =>
  new SqlError('evaluation', `time:${text} in unsupported format, please use 'HH:mm:ss[.SSSSSSSSS]'`);
export const badTimestamp = (text: string): SqlError =>
  new SqlError(
    'evaluation',
    `timestamp:${text} in unsupported format, please use 'yyyy-MM-dd HH:mm:ss[.SSSSSSSSS]' or ISO 8601 format`,
  );

/** The separator is a space, in years beyond four digits too. */
export const dateOf = (timestamp: string): string =>
  timestamp.charCodeAt(10) === 32 ? timestamp.slice(0, 10) : timestamp.slice(0, timestamp.indexOf(' '));
export const timeOf = (timestamp: string): string =>
  timestamp.charCodeAt(10) === 32 ? timestamp.slice(11) : timestamp.slice(timestamp.indexOf(' ') + 1);

/** `.5` of 500000000 nanoseconds; nothing of 0. */
export function fractionText(nano: number): string {
  if (nano === 0) return '';
  let rest = nano;
  let width = 9;
  while (rest % 10 === 0) {
    rest /= 10;
    width--;
  }
  return `.${String(rest).padStart(width, '0')}`;
}

export function timeText(hour: number, minute: number, second: number, nano: number): string {
  return `${TWO[hour]}:${TWO[minute]}:${TWO[second]}${fractionText(nano)}`;
}

/** Years outside 0–9999 are written with a sign, as ISO 8601 does. */
export function dateText(year: number, month: number, day: number): string {
  const years =
    year >= 0 && year <= 9999
      ? TWO[Math.floor(year / 100)]! + TWO[year % 100]!
      : `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(4, '0')}`;
  return `${years}-${TWO[month]}-${TWO[day]}`;
}

let lastDays = Number.NaN;
let lastDate = '';

/** Canonical date of days since 1970-01-01. Neighbouring rows mostly share a day, so the last one is remembered. */
export function dateOfDays(days: number): string {
  if (days !== lastDays) {
    const { year, month, day } = civilOfDays(days);
    lastDate = dateText(year, month, day);
    lastDays = days;
  }
  return lastDate;
}

/** `nanosOfMilli` (0–999999) are added to the milliseconds. */
export function timestampFromEpochMillis(millis: number | bigint, nanosOfMilli = 0): string {
  const n = Math.floor(Number(millis));
  const days = Math.floor(n / DAY_MILLIS);
  const ofDay = n - days * DAY_MILLIS;
  const seconds = Math.floor(ofDay / 1000);
  const minutes = Math.floor(seconds / 60);
  const nano = (ofDay - seconds * 1000) * 1_000_000 + nanosOfMilli;
  return `${dateOfDays(days)} ${timeText(Math.floor(minutes / 60), minutes % 60, seconds % 60, nano)}`;
}

export function timestampFromEpochNanos(nanos: bigint): string {
  let seconds = nanos / NANOS_PER_SECOND;
  let rest = nanos % NANOS_PER_SECOND;
  if (rest < 0n) {
    seconds -= 1n;
    rest += NANOS_PER_SECOND;
  }
  const nano = Number(rest);
  const milli = Math.floor(nano / 1_000_000);
  return timestampFromEpochMillis(Number(seconds) * 1000 + milli, nano - milli * 1_000_000);
}

const digits = (text: string, from: number, count: number): number => {
  let n = 0;
  for (let i = from; i < from + count; i++) n = n * 10 + text.charCodeAt(i) - 48;
  return n;
};

/** Fields of a canonical time. */
export function timeFields(time: string, from = 0): TimeFields {
  const fraction = time.length - from - 9;
  return {
    hour: digits(time, from, 2),
    minute: digits(time, from + 3, 2),
    second: digits(time, from + 6, 2),
    nano: fraction > 0 ? digits(time, from + 9, fraction) * 10 ** (9 - fraction) : 0,
  };
}

/** Fields of a canonical date. */
export function dateFields(date: string): CivilDate {
  if (date.charCodeAt(4) === DASH && date.charCodeAt(0) !== DASH) {
    return { year: digits(date, 0, 4), month: digits(date, 5, 2), day: digits(date, 8, 2) };
  }
  const dash = date.indexOf('-', 1);
  return { year: Number(date.slice(0, dash)), month: digits(date, dash + 1, 2), day: digits(date, dash + 4, 2) };
}

/** Fields of a canonical timestamp. */
export function fieldsOf(timestamp: string): TimestampFields {
  const space = timestamp.charCodeAt(10) === 32 ? 10 : timestamp.indexOf(' ');
  const { year, month, day } = dateFields(timestamp);
  const { hour, minute, second, nano } = timeFields(timestamp, space + 1);
  return { year, month, day, hour, minute, second, nano };
}

/** Days since 1970-01-01 of a canonical date or timestamp. */
export function epochDaysOf(date: string): number {
  const { year, month, day } = dateFields(date);
  return daysOfCivil(year, month, day);
}

/** Whole seconds since 1970-01-01 of a canonical timestamp, its fraction left out. */
export function epochSecondsOf(timestamp: string): number {
  const f = fieldsOf(timestamp);
  return daysOfCivil(f.year, f.month, f.day) * 86_400 + f.hour * 3600 + f.minute * 60 + f.second;
}

export function epochMillisOf(timestamp: string): number {
  const f = fieldsOf(timestamp);
  const seconds = daysOfCivil(f.year, f.month, f.day) * 86_400 + f.hour * 3600 + f.minute * 60 + f.second;
  return seconds * 1000 + Math.floor(f.nano / 1_000_000);
}

export function epochNanosOf(timestamp: string): bigint {
  return BigInt(epochSecondsOf(timestamp)) * NANOS_PER_SECOND + BigInt(fieldsOf(timestamp).nano);
}

function plusMinutes(timestamp: string, minutes: number): string {
  const f = fieldsOf(timestamp);
  const total = daysOfCivil(f.year, f.month, f.day) * 1440 + f.hour * 60 + f.minute + minutes;
  const days = Math.floor(total / 1440);
  const ofDay = total - days * 1440;
  return `${dateOfDays(days)} ${timeText(Math.floor(ofDay / 60), ofDay % 60, f.second, f.nano)}`;
}
