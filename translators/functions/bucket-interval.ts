/** Lengths of date buckets as the cluster writes them: `1d`, `month`, `90m`; of one calendar unit, or of a fixed time. */
import { SqlError } from '../errors.ts';

export type CalendarUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
export type BucketInterval =
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit }
  | { readonly kind: 'fixed'; readonly millis: number };

const MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Letters are told apart by case: a minute is m, a month is M. */
const CALENDAR: Readonly<Record<string, CalendarUnit>> = {
  '1m': 'minute',
  '1h': 'hour',
  '1d': 'day',
  '1w': 'week',
  '1M': 'month',
  '1q': 'quarter',
  '1y': 'year',
};
const NAMED: Readonly<Record<string, string>> = {
  second: '1s',
  minute: '1m',
  hour: '1h',
  day: '1d',
  week: '1w',
  month: '1M',
  quarter: '1q',
  year: '1y',
};

/** One unit is of the calendar unless `fixed` is asked for; several are a fixed time (the rule of the older `interval`). */
export function bucketInterval(text: string, mode: 'either' | 'fixed' | 'calendar' = 'either'): BucketInterval {
  const written = text.trim();
  const name = written.toLowerCase();
  const short = Object.hasOwn(NAMED, name) ? NAMED[name]! : written;
  const unit = mode === 'fixed' || !Object.hasOwn(CALENDAR, short) ? undefined : CALENDAR[short];
  if (unit) return { kind: 'calendar', unit };
  const found = mode === 'calendar' ? null : /^(\d+)(ms|s|m|h|d)$/.exec(short);
  const millis = found ? Number(found[1]) * MILLIS[found[2]!]! : 0;
  if (!Number.isSafeInteger(millis) || millis <= 0) {
    throw new SqlError(
      'illegalArgument',
      `Invalid interval [${text}]. Available values are one calendar unit (1m, 1h, 1d, 1w, 1M, 1q, 1y, or its name) or a fixed length such as 90m, 12h, 7d`,
    );
  }
  return { kind: 'fixed', millis };
}

/** `+6h`, `-1d`: a shift in milliseconds. */
export function offsetMillis(text: string): number {
  const found = /^\s*([+-]?)(\d+)(ms|s|m|h|d)\s*$/.exec(text);
  if (!found) throw new SqlError('illegalArgument', `Invalid offset [${text}]. Write a length such as +6h or -1d`);
  const millis = Number(found[2]) * MILLIS[found[3]!]!;
  return found[1] === '-' ? -millis : millis;
}
