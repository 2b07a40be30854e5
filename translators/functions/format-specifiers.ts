/** The specifiers of DATE_FORMAT and TIME_FORMAT: `%Y` and its kin, compiled once a format. */
import { dayOfYear, weekdayOfDays } from '../temporal/calendar.ts';
import { DAY_NAMES, MONTH_NAMES, SHORT_DAY_NAMES, SHORT_MONTH_NAMES } from '../temporal/date-names.ts';
import { epochDaysOf, fieldsOf, type TimestampFields, twoDigits } from '../temporal/temporal-text.ts';
import { javaFormat } from './java-pattern.ts';
import { microsOf, sixDigits, weekOf } from './temporal.ts';

/** Prints one specifier. */
type Printer = (f: TimestampFields, text: string) => string;

const hour12 = (f: TimestampFields): number => f.hour % 12 || 12;
const half = (f: TimestampFields): string => (f.hour < 12 ? 'AM' : 'PM');
const clock = (hour: number, f: TimestampFields): string =>
  `${twoDigits(hour)}:${twoDigits(f.minute)}:${twoDigits(f.second)}`;
const weekday = (text: string): number => weekdayOfDays(epochDaysOf(text));
const week =
  (mode: number): Printer =>
  (_, text) =>
    String(weekOf(epochDaysOf(text), mode).week);
const weekYear =
  (mode: number): Printer =>
  (_, text) =>
    String(weekOf(epochDaysOf(text), mode).year);

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return `${day}th`;
  return `${day}${['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'}`;
}

const TIME_PRINTERS: Readonly<Record<string, Printer>> = {
  H: (f) => twoDigits(f.hour),
  h: (f) => twoDigits(hour12(f)),
  I: (f) => twoDigits(hour12(f)),
  i: (f) => twoDigits(f.minute),
  k: (f) => String(f.hour),
  l: (f) => String(hour12(f)),
  p: half,
  r: (f) => `${clock(hour12(f), f)} ${half(f)}`,
  S: (f) => twoDigits(f.second),
  s: (f) => twoDigits(f.second),
  T: (f) => clock(f.hour, f),
  f: (f) => sixDigits(microsOf(f.nano)),
};

const DATE_PRINTERS: Readonly<Record<string, Printer>> = {
  a: (_, text) => SHORT_DAY_NAMES[weekday(text)]!,
  b: (f) => SHORT_MONTH_NAMES[f.month - 1]!,
  // The plugin pads it, other than MySQL.
  c: (f) => twoDigits(f.month),
  D: (f) => ordinal(f.day),
  d: (f) => twoDigits(f.day),
  e: (f) => String(f.day),
  j: (f) => String(dayOfYear(f.year, f.month, f.day)).padStart(3, '0'),
  M: (f) => MONTH_NAMES[f.month - 1]!,
  m: (f) => twoDigits(f.month),
  U: week(0),
  u: week(1),
  V: week(2),
  v: week(3),
  W: (_, text) => DAY_NAMES[weekday(text)]!,
  // 1 = Monday … 7 = Sunday as the plugin counts.
  w: (_, text) => String(weekday(text) + 1),
  X: weekYear(2),
  x: weekYear(3),
  Y: (f) => String(f.year).padStart(4, '0'),
  y: (f) => twoDigits(((f.year % 100) + 100) % 100),
};

/** A time has no date: numbers of one are zeros, names and weeks make the result NULL. */
const DATE_IN_TIME: Readonly<Record<string, string>> = { c: '0', d: '00', e: '0', m: '00', Y: '0000', y: '00' };

type Format = (timestamp: string) => string | null;

const KNOWN = 256;

/** Compiled once a format, since it is mostly one literal for all rows. */
function remembered(make: (format: string) => Format): (format: string) => Format {
  const known = new Map<string, Format>();
  return (format) => {
    let found = known.get(format);
    if (!found) {
      found = make(format);
      if (known.size >= KNOWN) known.clear();
      known.set(format, found);
    }
    return found;
  };
}

/** The printer of specifiers. */
export const specifiersFormat = remembered((format) => compile(format, false));

const either = (of: 'date' | 'time'): ((format: string) => Format) =>
  remembered((format) => (format.includes('%') ? compile(format, of === 'time') : javaFormat(format, of)));

const FORMATS = { date: either('date'), time: either('time') };

/** The printer of a format, for dates and times or for times only: without any % it is a pattern of Java. */
export const formatOf = (format: string, of: 'date' | 'time'): Format => FORMATS[of](format);

function compile(format: string, timeOnly: boolean): Format {
  const parts: (string | Printer)[] = [];
  for (const [piece] of format.matchAll(/%[\s\S]|[^%]+|%$/g)) {
    const letter = piece.startsWith('%') ? piece.slice(1) : '';
    const dated = DATE_PRINTERS[letter];
    if (dated && timeOnly) {
      const zeros = DATE_IN_TIME[letter];
      if (zeros === undefined) return () => null;
      parts.push(zeros);
    } else parts.push(dated ?? TIME_PRINTERS[letter] ?? (letter === '' ? piece : letter));
  }
  return (timestamp) => {
    const fields = fieldsOf(timestamp);
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : part(fields, timestamp);
    return text;
  };
}
