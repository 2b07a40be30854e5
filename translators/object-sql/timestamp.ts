/** Timestamps with precision and offset: `2010T`, `2010-05T`, `2017-01-02T03:04Z`, `…:05.678+02:00` (spec s3-select 4-5). */
import { civilOfDays, daysInMonth, daysOfCivil } from '../temporal/calendar.ts';
import { SelectFault } from './errors.ts';

const PRECISIONS = ['year', 'month', 'day', 'minute', 'second'] as const;
export type Precision = (typeof PRECISIONS)[number];

const DAY = 86_400;

export class Timestamp {
  constructor(
    /** Whole seconds since 1970-01-01 UTC. */
    readonly seconds: number,
    readonly nanos: number,
    readonly precision: Precision,
    /** Digits of the fraction as written, 0 to 9. */
    readonly fractionDigits: number,
    /** Minutes east of Greenwich. */
    readonly offset: number,
  ) {}

  toString(): string {
    const { year, month, day, hour, minute, second } = fieldsOf(this);
    const date = [pad(year, 4), pad(month, 2), pad(day, 2)];
    switch (this.precision) {
      case 'year':
        return `${date[0]}T`;
      case 'month':
        return `${date[0]}-${date[1]}T`;
      case 'day':
        return date.join('-');
      case 'minute':
      case 'second': {
        const fraction = this.fractionDigits === 0 ? '' : `.${pad(this.nanos, 9).slice(0, this.fractionDigits)}`;
        const seconds = this.precision === 'second' ? `:${pad(second, 2)}${fraction}` : '';
        return `${date.join('-')}T${pad(hour, 2)}:${pad(minute, 2)}${seconds}${offsetText(this.offset, ':', true)}`;
      }
    }
  }
}

export interface TimestampFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export const pad = (n: number, digits: number): string => String(n).padStart(digits, '0');

/** `Z` for zero when `zulu`; else `+02:00` with the given separator. */
export function offsetText(offset: number, separator: string, zulu: boolean): string {
  if (offset === 0 && zulu) return 'Z';
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}${separator}${pad(size % 60, 2)}`;
}

/** On the clock of the timestamp's own offset. */
export function fieldsOf({ seconds, offset }: Timestamp): TimestampFields {
  const local = seconds + offset * 60;
  const days = Math.floor(local / DAY);
  const rest = local - days * DAY;
  return {
    ...civilOfDays(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
  };
}

const FORM =
  /^(\d{4})(?:T|-(\d\d)(?:T|-(\d\d)(?:T|[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9})\d*)?)?\s?(Z|[+-]\d\d:?\d\d)?)?)?)$/;

/** Undefined for any other text. Without an offset it is UTC; a blank may stand for the T. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = FORM.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const offset = zone === undefined ? 0 : parseOffset(zone);
  return makeTimestamp(
    { year, month, day, hour, minute, second },
    precisionOf(month, day, hour, second),
    fraction ?? '',
    offset,
  );
}

function precisionOf(month?: string, day?: string, hour?: string, second?: string): Precision {
  if (second !== undefined) return 'second';
  if (hour !== undefined) return 'minute';
  return day !== undefined ? 'day' : month !== undefined ? 'month' : 'year';
}

/** Minutes of `Z`, `+02:00`, `+0200`. */
export function parseOffset(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

type FieldTexts = { readonly [K in keyof TimestampFields]: string | undefined };

/** Undefined when a field is out of its range. */
export function makeTimestamp(
  texts: FieldTexts,
  precision: Precision,
  fraction: string,
  offset: number,
): Timestamp | undefined {
  const year = Number(texts.year ?? 1);
  const month = Number(texts.month ?? 1);
  const day = Number(texts.day ?? 1);
  const hour = Number(texts.hour ?? 0);
  const minute = Number(texts.minute ?? 0);
  const second = Number(texts.second ?? 0);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || Math.abs(offset) >= 24 * 60) return undefined;
  const seconds = daysOfCivil(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset * 60;
  return new Timestamp(seconds, Number(fraction.padEnd(9, '0').slice(0, 9)), precision, fraction.length, offset);
}

export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}

export const DATE_PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
export type DatePart = (typeof DATE_PARTS)[number];

const PART_PRECISION: Readonly<Record<DatePart, Precision>> = {
  year: 'year',
  month: 'month',
  day: 'day',
  hour: 'minute',
  minute: 'minute',
  second: 'second',
};
const PART_SECONDS: Readonly<Record<Exclude<DatePart, 'year' | 'month'>, number>> = {
  day: DAY,
  hour: 3600,
  minute: 60,
  second: 1,
};

/** The result has at least the precision of the part: a month added to `2010T` is `2010-02T`. */
export function addToTimestamp(part: DatePart, amount: bigint, timestamp: Timestamp): Timestamp {
  const count = Number(amount);
  const precision = finer(timestamp.precision, PART_PRECISION[part]);
  const moved =
    part === 'year' || part === 'month'
      ? addMonths(timestamp, part === 'year' ? count * 12 : count)
      : timestamp.seconds + count * PART_SECONDS[part];
  const result = new Timestamp(moved, timestamp.nanos, precision, timestamp.fractionDigits, timestamp.offset);
  const { year } = Number.isSafeInteger(moved) ? fieldsOf(result) : { year: 0 };
  if (year < 1 || year > 9999) {
    throw new SelectFault('EvaluatorInvalidArguments', 'a timestamp is out of the years 1 to 9999');
  }
  return result;
}

/** A day that the month does not have becomes its last. */
function addMonths(timestamp: Timestamp, months: number): number {
  const { year, month, day } = fieldsOf(timestamp);
  const total = year * 12 + month - 1 + months;
  const newYear = Math.floor(total / 12);
  const newMonth = (((total % 12) + 12) % 12) + 1;
  const newDay = Math.min(day, daysInMonth(newYear, newMonth));
  return timestamp.seconds + (daysOfCivil(newYear, newMonth, newDay) - daysOfCivil(year, month, day)) * DAY;
}

const finer = (a: Precision, b: Precision): Precision => (PRECISIONS.indexOf(a) >= PRECISIONS.indexOf(b) ? a : b);

/** Whole units from one to the other; negative when they are reversed. */
export function timestampDifference(part: DatePart, from: Timestamp, to: Timestamp): bigint {
  if (compareTimestamps(from, to) > 0) return -timestampDifference(part, to, from);
  if (part !== 'year' && part !== 'month') {
    const borrow = to.nanos < from.nanos ? 1 : 0;
    return BigInt(Math.floor((to.seconds - from.seconds - borrow) / PART_SECONDS[part]));
  }
  const later = fieldsOf(new Timestamp(to.seconds, to.nanos, to.precision, 0, from.offset));
  const earlier = fieldsOf(from);
  let months = (later.year - earlier.year) * 12 + later.month - earlier.month;
  // The last month counts only when it is complete.
  if (months > 0 && clock(later, to.nanos) < clock(earlier, from.nanos)) months--;
  return BigInt(part === 'month' ? months : Math.floor(months / 12));
}

const clock = ({ day, hour, minute, second }: TimestampFields, nanos: number): number =>
  ((day * 24 + hour) * 60 + minute) * 60 + second + nanos / 1e9;
