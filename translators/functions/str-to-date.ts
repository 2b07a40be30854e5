/** STR_TO_DATE: reads text by the specifiers of DATE_FORMAT; NULL for what does not fit. */
import { civilOfDays, daysInMonth, daysOfCivil } from '../temporal/calendar.ts';
import { DAY_NAMES, MONTH_NAMES, SHORT_DAY_NAMES, SHORT_MONTH_NAMES } from '../temporal/date-names.ts';
import { dateText, timeText } from '../temporal/temporal-text.ts';

interface Found {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  minute?: number;
  second?: number;
  nano?: number;
  afternoon?: boolean;
}

/** Reads at `at`, notes what it found, and answers where it ended; -1 when the text does not fit. */
type Reader = (text: string, at: number, found: Found) => number;

const digits =
  (max: number, take: (found: Found, value: number, length: number) => void): Reader =>
  (text, at, found) => {
    let end = at;
    while (end < at + max && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
    if (end === at) return -1;
    take(found, Number(text.slice(at, end)), end - at);
    return end;
  };

const name =
  (names: readonly string[], take: (found: Found, index: number) => void): Reader =>
  (text, at, found) => {
    const rest = text.slice(at, at + 12).toLowerCase();
    const index = names.findIndex((candidate) => rest.startsWith(candidate.toLowerCase()));
    if (index < 0) return -1;
    take(found, index);
    return at + names[index]!.length;
  };

const ignore = (): void => {};
const year4 = digits(4, (f, n, length) => {
  f.year = length <= 2 ? twoDigitYear(n) : n;
});
const month = digits(2, (f, n) => {
  f.month = n;
});
const day = digits(2, (f, n) => {
  f.day = n;
});
const hour = digits(2, (f, n) => {
  f.hour = n;
});
const minute = digits(2, (f, n) => {
  f.minute = n;
});
const second = digits(2, (f, n) => {
  f.second = n;
});
const half = name(['AM', 'PM'], (f, index) => {
  f.afternoon = index === 1;
});
const ignoredWeek = digits(2, ignore);

const twoDigitYear = (n: number): number => (n < 70 ? 2000 : 1900) + n;

const READERS: Readonly<Record<string, Reader>> = {
  Y: year4,
  X: year4,
  x: year4,
  y: digits(2, (f, n) => {
    f.year = twoDigitYear(n);
  }),
  m: month,
  c: month,
  M: name(MONTH_NAMES, (f, index) => {
    f.month = index + 1;
  }),
  b: name(SHORT_MONTH_NAMES, (f, index) => {
    f.month = index + 1;
  }),
  d: day,
  e: day,
  D: (text, at, found) => {
    const end = day(text, at, found);
    return end >= 0 && /^(st|nd|rd|th)/i.test(text.slice(end, end + 2)) ? end + 2 : end;
  },
  j: digits(3, (f, n) => {
    f.dayOfYear = n;
  }),
  H: hour,
  k: hour,
  h: hour,
  I: hour,
  l: hour,
  i: minute,
  s: second,
  S: second,
  f: digits(6, (f, n, length) => {
    f.nano = n * 10 ** (9 - length);
  }),
  p: half,
  W: name(DAY_NAMES, ignore),
  a: name(SHORT_DAY_NAMES, ignore),
  w: digits(1, ignore),
  U: ignoredWeek,
  u: ignoredWeek,
  V: ignoredWeek,
  v: ignoredWeek,
};

const literal =
  (expected: string): Reader =>
  (text, at) =>
    text.startsWith(expected, at) ? at + expected.length : -1;

const spaces: Reader = (text, at) => {
  let end = at;
  while (text.charCodeAt(end) === 32) end++;
  return end;
};

/** `%r` and `%T` are short for others. */
const expand = (format: string): string =>
  format.replace(/%[\s\S]/g, (spec) => (spec === '%r' ? '%I:%i:%S %p' : spec === '%T' ? '%H:%i:%S' : spec));

const KNOWN = 256;
const compiled = new Map<string, readonly Reader[]>();

function readersOf(format: string): readonly Reader[] {
  let readers = compiled.get(format);
  if (!readers) {
    readers = [...expand(format).matchAll(/%[\s\S]|\s+|[^%\s]+|%$/g)].map(([piece]) => {
      if (piece.trim() === '') return spaces;
      if (piece.length !== 2 || !piece.startsWith('%')) return literal(piece);
      return READERS[piece[1]!] ?? literal(piece[1]!);
    });
    if (compiled.size >= KNOWN) compiled.clear();
    compiled.set(format, readers);
  }
  return readers;
}

/** Canonical timestamp; `today` stands in for a date that the format does not give. Text after the format's end is left alone. */
export function strToDate(text: string, format: string, today: string): string | null {
  const found: Found = {};
  let at = 0;
  for (const read of readersOf(format)) {
    at = read(text, at, found);
    if (at < 0) return null;
  }
  const clock = clockOf(found);
  const date = dateFound(found);
  if (clock === null || date === null) return null;
  if (date !== undefined) return `${date} ${clock}`;
  // A time without a date must be whole: hours and minutes alone are NULL in the plugin.
  const whole = found.hour !== undefined && found.minute !== undefined && found.second !== undefined;
  return whole ? `${today} ${clock}` : null;
}

/** null: impossible; undefined: not given. */
function dateFound(f: Found): string | null | undefined {
  if (f.year === undefined) return undefined;
  if (f.dayOfYear !== undefined && f.month === undefined) {
    const civil = civilOfDays(daysOfCivil(f.year, 1, 1) + f.dayOfYear - 1);
    return f.dayOfYear >= 1 && civil.year === f.year ? dateText(civil.year, civil.month, civil.day) : null;
  }
  if (f.month === undefined || f.day === undefined) return undefined;
  if (f.month < 1 || f.month > 12 || f.day < 1 || f.day > daysInMonth(f.year, f.month)) return null;
  return dateText(f.year, f.month, f.day);
}

function clockOf(f: Found): string | null {
  let hours = f.hour ?? 0;
  if (f.afternoon !== undefined) {
    if (hours < 1 || hours > 12) return null;
    hours = (hours % 12) + (f.afternoon ? 12 : 0);
  }
  const minutes = f.minute ?? 0;
  const seconds = f.second ?? 0;
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  return timeText(hours, minutes, seconds, f.nano ?? 0);
}
