/** Arithmetic of dates and times on their canonical text: units, intervals, months, differences, weeks. */
import type { Interval } from '../algebra/types.ts';
import { cellOf } from '../algebra/whole-number.ts';
import { SqlError } from '../errors.ts';
import { civilOfDays, dayOfYear, daysInMonth, daysOfCivil, weekdayOfDays } from '../temporal/calendar.ts';
import {
  dateOfDays,
  epochSecondsOf,
  fieldsOf,
  fractionText,
  type TimeFields,
  timeFields,
  timeText,
} from '../temporal/temporal-text.ts';

export const DAY_SECONDS = 86_400;
/** Day number of 1970-01-01 in MySQL's count, whose day 0 is 0000-01-01 less one. */
export const DAYS_TO_EPOCH = 719_528;
const NANOS = 1_000_000_000n;

interface Unit {
  readonly months: number;
  readonly nanos: bigint;
}

const UNITS: Readonly<Record<string, Unit>> = {
  MICROSECOND: { months: 0, nanos: 1000n },
  MILLISECOND: { months: 0, nanos: 1_000_000n },
  SECOND: { months: 0, nanos: NANOS },
  MINUTE: { months: 0, nanos: 60n * NANOS },
  HOUR: { months: 0, nanos: 3600n * NANOS },
  DAY: { months: 0, nanos: 86_400n * NANOS },
  WEEK: { months: 0, nanos: 604_800n * NANOS },
  MONTH: { months: 1, nanos: 0n },
  QUARTER: { months: 3, nanos: 0n },
  YEAR: { months: 12, nanos: 0n },
};

function unitNamed(name: string): Unit {
  const unit = UNITS[name.toUpperCase()];
  if (!unit) throw new SqlError('evaluation', `interval unit ${name.toUpperCase()} is not supported`);
  return unit;
}

export function intervalOf(amount: number | bigint, unit: string): Interval {
  const { months, nanos } = unitNamed(unit);
  if (months !== 0) return { months: Math.trunc(Number(amount)) * months, nanos: 0n };
  // A fraction of a unit is exact to the nanosecond: INTERVAL 1.5 HOUR.
  return {
    months: 0,
    nanos:
      Number.isInteger(amount) || typeof amount === 'bigint'
        ? BigInt(amount) * nanos
        : BigInt(Math.round(Number(amount) * Number(nanos))),
  };
}

/** First and last second that four-digit years hold; arithmetic that leaves them gives NULL, as in MySQL. */
const FIRST_SECOND = daysOfCivil(0, 1, 1) * DAY_SECONDS;
const LAST_SECOND = daysOfCivil(10_000, 1, 1) * DAY_SECONDS - 1;

export function dateFromDays(days: number): string | null {
  const seconds = days * DAY_SECONDS;
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND ? dateOfDays(days) : null;
}

export function timestampFromSeconds(seconds: number, nano: number): string | null {
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND)) return null;
  const days = Math.floor(seconds / DAY_SECONDS);
  return `${dateOfDays(days)} ${timeFromSeconds(seconds - days * DAY_SECONDS, nano)}`;
}

/** `seconds` of a day, 0–86399. */
export function timeFromSeconds(seconds: number, nano: number): string {
  const minutes = Math.floor(seconds / 60);
  return timeText(Math.floor(minutes / 60), minutes % 60, seconds % 60, nano);
}

/** The same day of another month, or the month's last day where it has none such. */
function addMonths(timestamp: string, months: number): string | null {
  const { year, month, day } = fieldsOf(timestamp);
  const index = year * 12 + month - 1 + months;
  const y = Math.floor(index / 12);
  const m = index - y * 12 + 1;
  const seconds = daysOfCivil(y, m, Math.min(day, daysInMonth(y, m))) * DAY_SECONDS;
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND)) return null;
  return dateOfDays(seconds / DAY_SECONDS) + timestamp.slice(timestamp.indexOf(' '));
}

function addNanos(timestamp: string, nanos: bigint): string | null {
  let seconds = epochSecondsOf(timestamp) + Number(nanos / NANOS);
  let nano = fieldsOf(timestamp).nano + Number(nanos % NANOS);
  if (nano < 0) {
    nano += 1_000_000_000;
    seconds -= 1;
  } else if (nano >= 1_000_000_000) {
    nano -= 1_000_000_000;
    seconds += 1;
  }
  return timestampFromSeconds(seconds, nano);
}

/** Months first, clipped to the month's end, then the exact part. */
export function addInterval(timestamp: string, interval: Interval, sign: 1 | -1): string | null {
  const moved = interval.months === 0 ? timestamp : addMonths(timestamp, sign * interval.months);
  if (moved === null || interval.nanos === 0n) return moved;
  return addNanos(moved, sign === 1 ? interval.nanos : -interval.nanos);
}

/** Whole months from `a` to `b`, towards zero. */
function monthsBetween(a: string, b: string): number {
  const from = fieldsOf(a);
  const to = fieldsOf(b);
  const months = (to.year - from.year) * 12 + to.month - from.month;
  const restOf = (f: typeof from): number =>
    (f.day * DAY_SECONDS + f.hour * 3600 + f.minute * 60 + f.second) * 1e9 + f.nano;
  const rest = restOf(to) - restOf(from);
  if (months > 0 && rest < 0) return months - 1;
  if (months < 0 && rest > 0) return months + 1;
  return months;
}

/** Whole units from `a` to `b`, towards zero. */
export function unitsBetween(unit: string, a: string, b: string): number | bigint {
  const { months, nanos } = unitNamed(unit);
  if (months !== 0) return Math.trunc(monthsBetween(a, b) / months) + 0;
  const seconds = epochSecondsOf(b) - epochSecondsOf(a);
  const total = BigInt(seconds) * NANOS + BigInt(fieldsOf(b).nano - fieldsOf(a).nano);
  const units = total / nanos;
  return cellOf(units);
}

export const secondsOfTime = (t: TimeFields): number => t.hour * 3600 + t.minute * 60 + t.second;

/** Where the time of day begins in a canonical time (0) or timestamp. */
export const timeStart = (text: string): number => (text.charCodeAt(2) === 58 ? 0 : text.indexOf(' ') + 1);

/** Time of day of a canonical time or timestamp. */
export const clockOf = (text: string): TimeFields => timeFields(text, timeStart(text));

/** `time` plus or minus another one, around the clock. */
export function addTimes(a: TimeFields, b: TimeFields, sign: 1 | -1): string {
  let nano = a.nano + sign * b.nano;
  let seconds = secondsOfTime(a) + sign * secondsOfTime(b);
  if (nano < 0 || nano >= 1_000_000_000) {
    const carry = nano < 0 ? -1 : 1;
    nano -= carry * 1_000_000_000;
    seconds += carry;
  }
  return timeFromSeconds(((seconds % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS, nano);
}

/** A timestamp plus or minus a time of day. */
export function addTime(timestamp: string, b: TimeFields, sign: 1 | -1): string | null {
  return addNanos(timestamp, BigInt(sign) * (BigInt(secondsOfTime(b)) * NANOS + BigInt(b.nano)));
}

/** The sixth digit of the fraction is the last that MySQL knows; more are cut. */
export const microsOf = (nano: number): number => Math.floor(nano / 1000);
export const sixDigits = (micros: number): string =>
  micros === 0
    ? '000000'
    : fractionText(micros * 1000)
        .slice(1)
        .padEnd(6, '0');

interface Week {
  readonly year: number;
  readonly week: number;
}

/** `[weeks begin on Monday, days of the new year that its first week must have]` by mode; 5 days in modes 1 and 3 as the plugin counts. */
const WEEK_MODES: readonly (readonly [boolean, number])[] = [
  [false, 7],
  [true, 5],
  [false, 7],
  [true, 5],
  [false, 4],
  [true, 7],
  [false, 4],
  [true, 7],
];
const ZERO_WEEK_MODES: ReadonlySet<number> = new Set([0, 1, 4, 5]);

/** First day of week 1, in days since 1970-01-01. */
function firstWeekStart(year: number, monday: boolean, minimalDays: number): number {
  const newYear = daysOfCivil(year, 1, 1);
  const weekday = monday ? weekdayOfDays(newYear) : (weekdayOfDays(newYear) + 1) % 7;
  const start = newYear + ((7 - weekday) % 7);
  return start - newYear >= minimalDays ? start - 7 : start;
}

/** Week and its year in one of the modes 0–7. */
export function weekOf(days: number, mode: number): Week {
  const rule = WEEK_MODES[mode];
  if (!rule) throw new SqlError('semantic', `mode:${mode} is invalid, please use mode value between 0-7`);
  const [monday, minimalDays] = rule;
  const { year, day } = civilOfDays(days);
  let start = firstWeekStart(year, monday, minimalDays);
  if (days < start) start = firstWeekStart(year - 1, monday, minimalDays);
  else if (days >= firstWeekStart(year + 1, monday, minimalDays)) start = days;
  const number = Math.floor((days - start) / 7) + 1;
  const tail = number > 51 && day < 7;
  const week = tail && ZERO_WEEK_MODES.has(mode) ? 0 : number;
  return { year: week > 51 && day < 7 ? year - 1 : year, week };
}

/** Year and week in one number; a week 0 belongs to the year before. */
export function yearWeek(days: number, mode: number): number {
  let found = weekOf(days, mode);
  if (found.week === 0) found = weekOf(days, mode <= 4 ? 2 : 7);
  return found.year * 100 + found.week;
}

/** ISO 8601 week: of the year that holds its Thursday. */
export function isoWeek(days: number): Week {
  const thursday = days - weekdayOfDays(days) + 3;
  const { year, month, day } = civilOfDays(thursday);
  return { year, week: Math.floor((dayOfYear(year, month, day) - 1) / 7) + 1 };
}

/** 1 = Sunday … 7 = Saturday. */
export const sundayFirst = (days: number): number => ((weekdayOfDays(days) + 1) % 7) + 1;

/** Whole seconds and nanoseconds of a number; the nearest microsecond, since doubles hold no more beside today's seconds. */
export function splitSeconds(value: number | bigint): { seconds: number; nano: number } {
  const n = Number(value);
  let seconds = Math.floor(n);
  let micros = Math.round((n - seconds) * 1_000_000);
  if (micros === 1_000_000) {
    micros = 0;
    seconds += 1;
  }
  return { seconds, nano: micros * 1000 };
}
