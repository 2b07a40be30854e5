/** From the fields that a text named to a moment, with the defaults of the engine: 1970, January, 1st, midnight, UTC. */
import { daysInMonth, daysOfCivil, weekdayOfDays } from '../temporal/calendar.ts';
import { timestampFromEpochMillis } from '../temporal/temporal-text.ts';
import { instantOf, zoneNamed } from '../temporal/time-zone.ts';
import type { DateParts } from './date-elements.ts';

/** A day that its month does not have: refused, the month's last day, or a day of the next month. */
export type Excess = 'refuse' | 'clip' | 'roll';

const inRange = (n: number | undefined, low: number, high: number): boolean =>
  n === undefined || (n >= low && n <= high);

/** Canonical UTC timestamp, or undefined where the fields are impossible. */
export function momentOf(p: DateParts, excess: Excess = 'refuse'): string | undefined {
  if (!saysDate(p) && !saysTime(p)) return undefined;
  const days = daysOf(p, excess);
  const clock = clockOf(p);
  if (days === undefined || clock === undefined) return undefined;
  const local = days * 86_400 + clock.seconds;
  let seconds = local;
  if (p.offsetSeconds !== undefined) seconds = local - p.offsetSeconds;
  else if (p.zone !== undefined) {
    const zone = zoneNamed(p.zone);
    if (!zone) return undefined;
    seconds = instantOf(zone, local);
  }
  const milli = Math.floor(clock.nano / 1_000_000);
  return timestampFromEpochMillis(seconds * 1000 + milli, clock.nano - milli * 1_000_000);
}

const saysDate = (p: DateParts): boolean =>
  [p.year, p.yearOfEra, p.month, p.weekYear, p.localWeekYear].some((n) => n !== undefined);
const saysTime = (p: DateParts): boolean =>
  hourOf(p) !== undefined || p.milliOfDay !== undefined || p.nanoOfDay !== undefined;

function daysOf(p: DateParts, excess: Excess): number | undefined {
  if (!inRange(p.month, 1, 12) || !inRange(p.day, 1, 31) || !inRange(p.dayOfYear, 1, 366)) return undefined;
  if (!inRange(p.week, 1, 53) || !inRange(p.weekday, 1, 7)) return undefined;
  if (!inRange(p.localWeek, 1, 53) || !inRange(p.localWeekday, 1, 7) || !inRange(p.yearOfEra, 1, 1e9)) return undefined;
  const year = p.year ?? p.yearOfEra;
  if (p.weekYear !== undefined) return isoWeekDays(p.weekYear, p.week ?? 1, p.weekday ?? 1);
  // A month beside a week-based year says nothing to the engine: YYYY-MM-dd is always the year's first Sunday.
  if (p.localWeekYear !== undefined && year === undefined) {
    return localWeekDays(p.localWeekYear, p.localWeek ?? 1, p.localWeekday ?? 1);
  }
  const y = year ?? 1970;
  if (p.dayOfYear !== undefined && p.day === undefined) {
    const day = daysOfCivil(y, 1, 1) + p.dayOfYear - 1;
    return day < daysOfCivil(y + 1, 1, 1) ? day : undefined;
  }
  // A day without a month says nothing: yyyy-mm-dd, with minutes for months, is always 1 January.
  const month = p.month ?? 1;
  const day = p.month === undefined ? 1 : (p.day ?? 1);
  const last = daysInMonth(y, month);
  if (day > last && excess === 'refuse') return undefined;
  return daysOfCivil(y, month, 1) + (excess === 'clip' ? Math.min(day, last) : day) - 1;
}

function isoWeekDays(year: number, week: number, weekday: number): number | undefined {
  // The week with 4 January is the first one.
  const fourth = daysOfCivil(year, 1, 4);
  const monday = fourth - weekdayOfDays(fourth) + (week - 1) * 7;
  return monday + 3 < daysOfCivil(year + 1, 1, 1) ? monday + weekday - 1 : undefined;
}

function localWeekDays(year: number, week: number, weekday: number): number | undefined {
  const newYear = daysOfCivil(year, 1, 1);
  const sunday = newYear - ((weekdayOfDays(newYear) + 1) % 7) + (week - 1) * 7;
  return sunday + 6 < daysOfCivil(year + 1, 1, 1) ? sunday + weekday - 1 : undefined;
}

function clockOf(p: DateParts): { seconds: number; nano: number } | undefined {
  if (p.nanoOfDay !== undefined) {
    return { seconds: Math.floor(p.nanoOfDay / 1e9), nano: p.nanoOfDay % 1e9 };
  }
  if (p.milliOfDay !== undefined) {
    return { seconds: Math.floor(p.milliOfDay / 1000), nano: (p.milliOfDay % 1000) * 1_000_000 };
  }
  if (!inRange(p.hour, 0, 23) || !inRange(p.minute, 0, 59) || !inRange(p.second, 0, 59)) return undefined;
  if (!inRange(p.clockHour, 1, 24) || !inRange(p.clockHalfHour, 1, 12) || !inRange(p.halfHour, 0, 11)) return undefined;
  const hour = hourOf(p);
  if (hour === undefined) return { seconds: 0, nano: 0 };
  const minute = p.minute ?? 0;
  const second = p.second ?? 0;
  const nano = p.nano ?? 0;
  return { seconds: hour * 3600 + minute * 60 + second, nano };
}

/** Undefined when half a day is not said to be which: java.time then knows no time at all. */
function hourOf(p: DateParts): number | undefined {
  if (p.hour !== undefined) return p.hour;
  if (p.clockHour !== undefined) return p.clockHour % 24;
  const half = p.halfHour ?? (p.clockHalfHour === undefined ? undefined : p.clockHalfHour % 12);
  return half === undefined || p.half === undefined ? undefined : half + p.half * 12;
}
