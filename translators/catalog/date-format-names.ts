/** The named date formats of mappings: what each may hold, and what it looks like. */
import { anyZone, type Element, fixed, literal, number, optional, pointedFraction } from './date-elements.ts';

import type { Excess } from './date-resolve.ts';

export type DateKind = 'date' | 'time' | 'timestamp';

interface NamedFormat {
  /** SQL type of a field that lists only such formats; an incomplete date (`year_month`) counts as a timestamp, as in the plugin. */
  readonly kind: DateKind;
  readonly elements: readonly Element[];
  /** What becomes of 30 February; it is refused when absent. */
  readonly excess?: Excess;
}

// The strict variants ask for more digits; what a lenient reader takes in addition was never indexed. Only years matter, since a
// number may be one.
const YEAR = number('year', 1, 5, 'normal');
const WEEK_YEAR = number('weekYear', 1, 9, 'normal');
const STRICT_YEAR = number('year', 4, 9, 'exceeds');
const MONTH = number('month', 1, 2);
const DAY = number('day', 1, 2);
const DASH = literal('-');
const COLON = literal(':');
const T = literal('T');
const FRACTION = optional(pointedFraction);

const yearMonth = [YEAR, DASH, MONTH];
const date = [...yearMonth, DASH, DAY];
const hour = [number('hour', 1, 2)];
const hourMinute = [...hour, COLON, number('minute', 1, 2)];
const clock = [...hourMinute, COLON, number('second', 1, 2)];
const time = [...clock, FRACTION, ...anyZone];
const ordinal = [YEAR, DASH, number('dayOfYear', 1, 3)];
const weekyearWeek = [WEEK_YEAR, literal('-W'), number('week', 1, 2)];
const weekDate = [...weekyearWeek, DASH, fixed('weekday', 1)];
const basicDate = [fixed('year', 4), fixed('month', 2), fixed('day', 2)];
const basicOrdinal = [fixed('year', 4), fixed('dayOfYear', 3)];
const basicWeek = [fixed('weekYear', 4), literal('W'), fixed('week', 2), fixed('weekday', 1)];
const basicTime = [fixed('hour', 2), fixed('minute', 2), fixed('second', 2), FRACTION, ...anyZone];

/** Everything behind the year may be absent. */
const afterYear: readonly Element[] = [
  optional(DASH, MONTH, optional(DASH, DAY)),
  optional(
    T,
    optional(
      ...hour,
      optional(COLON, number('minute', 1, 2), optional(COLON, number('second', 1, 2), FRACTION)),
      ...anyZone,
    ),
  ),
];
const optionalTime = [YEAR, ...afterYear];
const strictOptionalTime = [STRICT_YEAR, ...afterYear];
const rfc3339: readonly Element[] = [
  STRICT_YEAR,
  optional(
    DASH,
    MONTH,
    optional(
      DASH,
      DAY,
      optional(
        { kind: 'reader', read: anyOf('Tt ') },
        ...hourMinute,
        optional(COLON, number('second', 1, 2), FRACTION),
        ...anyZone,
      ),
    ),
  ),
];

function anyOf(characters: string): (text: string, at: number) => number {
  return (text, at) => (at < text.length && characters.includes(text[at]!) ? at + 1 : -1);
}

const named = (kind: DateKind, elements: readonly Element[]): NamedFormat => ({ kind, elements });
const withTime = (day: readonly Element[]): NamedFormat => named('timestamp', [...day, T, ...time]);
const withBasicTime = (day: readonly Element[]): NamedFormat => named('timestamp', [...day, T, ...basicTime]);

const FORMATS: Readonly<Record<string, NamedFormat>> = {
  basic_date: named('date', basicDate),
  basic_date_time: withBasicTime(basicDate),
  basic_date_time_no_millis: withBasicTime(basicDate),
  basic_ordinal_date: named('date', basicOrdinal),
  basic_ordinal_date_time: withBasicTime(basicOrdinal),
  basic_ordinal_date_time_no_millis: withBasicTime(basicOrdinal),
  basic_time: named('time', basicTime),
  basic_time_no_millis: named('time', basicTime),
  basic_t_time: named('time', [T, ...basicTime]),
  basic_t_time_no_millis: named('time', [T, ...basicTime]),
  basic_week_date: named('timestamp', basicWeek),
  basic_week_date_time: withBasicTime(basicWeek),
  basic_week_date_time_no_millis: withBasicTime(basicWeek),
  date: named('date', date),
  date_hour: named('timestamp', [...date, T, ...hour]),
  date_hour_minute: named('timestamp', [...date, T, ...hourMinute]),
  date_hour_minute_second: named('timestamp', [...date, T, ...clock]),
  date_hour_minute_second_fraction: named('timestamp', [...date, T, ...clock, FRACTION]),
  date_hour_minute_second_millis: named('timestamp', [...date, T, ...clock, FRACTION]),
  date_optional_time: named('timestamp', optionalTime),
  date_optional_time_nanos: named('timestamp', optionalTime),
  date_time: withTime(date),
  date_time_no_millis: withTime(date),
  hour: named('time', hour),
  hour_minute: named('time', hourMinute),
  hour_minute_second: named('time', clock),
  hour_minute_second_fraction: named('time', [...clock, FRACTION]),
  hour_minute_second_millis: named('time', [...clock, FRACTION]),
  iso8601: named('timestamp', strictOptionalTime),
  ordinal_date: named('date', ordinal),
  ordinal_date_time: withTime(ordinal),
  ordinal_date_time_no_millis: withTime(ordinal),
  rfc3339_lenient: named('timestamp', rfc3339),
  time: named('time', time),
  time_no_millis: named('time', time),
  t_time: named('time', [T, ...time]),
  t_time_no_millis: named('time', [T, ...time]),
  week_date: named('date', weekDate),
  week_date_time: withTime(weekDate),
  week_date_time_no_millis: withTime(weekDate),
  week_year: named('timestamp', [WEEK_YEAR]),
  weekyear: named('timestamp', [WEEK_YEAR]),
  weekyear_week: named('timestamp', weekyearWeek),
  weekyear_week_day: named('date', weekDate),
  year: named('timestamp', [YEAR]),
  year_month: named('timestamp', yearMonth),
  year_month_day: named('date', date),
};

/** Where strictness changes what a text means. */
const STRICT_FORMATS: Readonly<Record<string, NamedFormat>> = {
  strict_date: { ...named('date', date), excess: 'roll' },
  strict_date_hour: { ...named('timestamp', [...date, T, ...hour]), excess: 'clip' },
  strict_date_hour_minute: { ...named('timestamp', [...date, T, ...hourMinute]), excess: 'clip' },
  strict_date_hour_minute_second: { ...named('timestamp', [...date, T, ...clock]), excess: 'clip' },
  strict_date_optional_time: named('timestamp', strictOptionalTime),
  strict_date_optional_time_nanos: named('timestamp', strictOptionalTime),
  strict_year: named('timestamp', [STRICT_YEAR]),
};

/** Names in snake case, or in the camel case of older mappings; undefined for what is no name. */
export function namedFormat(name: string): NamedFormat | undefined {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (Object.hasOwn(STRICT_FORMATS, snake)) return STRICT_FORMATS[snake];
  const lenient = snake.replace(/^strict_/, '');
  return Object.hasOwn(FORMATS, lenient) ? FORMATS[lenient] : undefined;
}
