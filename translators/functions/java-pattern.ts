/** Dates and times as text by Java's patterns (`yyyy-MM-dd`), which DATE_FORMAT and TIME_FORMAT take where no % stands in the format. */
import { SqlError } from '../errors.ts';
import { dayOfYear, weekdayOfDays } from '../temporal/calendar.ts';
import { DAY_NAMES, MONTH_NAMES, SHORT_DAY_NAMES, SHORT_MONTH_NAMES } from '../temporal/date-names.ts';
import { epochDaysOf, fieldsOf, type TimestampFields } from '../temporal/temporal-text.ts';
import { isoWeek } from './temporal.ts';

type Print = (f: TimestampFields, text: string) => string;
type Letter = (count: number) => Print | undefined;

interface LetterRow {
  readonly print: Letter;
  /** It tells of a day, which a time of day has not. */
  readonly dated: boolean;
}

const padded = (value: number, count: number): string =>
  (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(count, '0');

const upTo =
  (most: number, value: (f: TimestampFields, text: string) => number): Letter =>
  (count) =>
    count > most ? undefined : (f, text) => padded(value(f, text), count);

const lastTwo = (year: number): string => padded(((year % 100) + 100) % 100, 2);

const yearLetter =
  (year: (f: TimestampFields, text: string) => number): Letter =>
  (count) =>
    count === 2 ? (f, text) => lastTwo(year(f, text)) : (f, text) => padded(year(f, text), count);

/** A number of one or two digits, a short name, a name, its first letter. */
const nameLetter =
  (value: (f: TimestampFields, text: string) => number, short: readonly string[], long: readonly string[]): Letter =>
  (count) => {
    if (count < 3) return (f, text) => padded(value(f, text), count);
    if (count === 3) return (f, text) => short[value(f, text) - 1]!;
    if (count === 4) return (f, text) => long[value(f, text) - 1]!;
    return count === 5 ? (f, text) => long[value(f, text) - 1]!.slice(0, 1) : undefined;
  };

const weekday = (_: TimestampFields, text: string): number => weekdayOfDays(epochDaysOf(text)) + 1;
const month = nameLetter((f) => f.month, SHORT_MONTH_NAMES, MONTH_NAMES);
const quarterOf = (f: TimestampFields): number => Math.floor((f.month + 2) / 3);
const QUARTERS = [1, 2, 3, 4];
const quarter = nameLetter(
  quarterOf,
  QUARTERS.map((n) => `Q${n}`),
  ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'],
);
const dayNumber = nameLetter(weekday, SHORT_DAY_NAMES, DAY_NAMES);
const secondOfDay = (f: TimestampFields): number => f.hour * 3600 + f.minute * 60 + f.second;
const nanoOfDay = (f: TimestampFields): bigint => BigInt(secondOfDay(f)) * 1_000_000_000n + BigInt(f.nano);

/** Moments are in UTC: an offset is nought. */
const constant =
  (spellings: readonly (string | undefined)[]): Letter =>
  (count) => {
    const written = spellings[count - 1];
    return written === undefined ? undefined : () => written;
  };

const dated = (print: Letter): LetterRow => ({ print, dated: true });
const timed = (print: Letter): LetterRow => ({ print, dated: false });

const LETTERS: ReadonlyMap<string, LetterRow> = new Map([
  ['G', dated((count) => (count > 5 ? undefined : (f) => eraOf(f.year > 0, count)))],
  ['u', dated(yearLetter((f) => f.year))],
  ['y', dated(yearLetter((f) => (f.year > 0 ? f.year : 1 - f.year)))],
  ['Y', dated(yearLetter((_, text) => isoWeek(epochDaysOf(text)).year))],
  ['w', dated(upTo(2, (_, text) => isoWeek(epochDaysOf(text)).week))],
  ['M', dated(month)],
  ['L', dated(month)],
  ['Q', dated(quarter)],
  ['q', dated(quarter)],
  ['d', dated(upTo(2, (f) => f.day))],
  ['D', dated(upTo(3, (f) => dayOfYear(f.year, f.month, f.day)))],
  ['E', dated((count) => dayNumber(Math.max(count, 3)))],
  ['e', dated(dayNumber)],
  ['c', dated((count) => (count === 2 ? undefined : dayNumber(count)))],
  ['a', timed((count) => (count === 1 ? (f) => (f.hour < 12 ? 'AM' : 'PM') : undefined))],
  ['H', timed(upTo(2, (f) => f.hour))],
  ['k', timed(upTo(2, (f) => f.hour || 24))],
  ['K', timed(upTo(2, (f) => f.hour % 12))],
  ['h', timed(upTo(2, (f) => f.hour % 12 || 12))],
  ['m', timed(upTo(2, (f) => f.minute))],
  ['s', timed(upTo(2, (f) => f.second))],
  ['S', timed((count) => (count > 9 ? undefined : (f) => String(f.nano).padStart(9, '0').slice(0, count)))],
  ['n', timed((count) => (f) => padded(f.nano, count))],
  ['A', timed((count) => (f) => padded(secondOfDay(f) * 1000 + Math.floor(f.nano / 1_000_000), count))],
  ['N', timed((count) => (f) => String(nanoOfDay(f)).padStart(count, '0'))],
  ['V', timed(constant([undefined, 'UTC']))],
  ['z', timed(constant(['UTC', 'UTC', 'UTC', 'Coordinated Universal Time']))],
  ['O', timed(constant(['GMT', undefined, undefined, 'GMT']))],
  ['X', timed(constant(['Z', 'Z', 'Z', 'Z', 'Z']))],
  ['x', timed(constant(['+00', '+0000', '+00:00', '+0000', '+00:00']))],
  ['Z', timed(constant(['+0000', '+0000', '+0000', 'GMT', 'Z']))],
]);

function eraOf(isCurrent: boolean, count: number): string {
  if (count === 4) return isCurrent ? 'Anno Domini' : 'Before Christ';
  const short = isCurrent ? 'AD' : 'BC';
  return count === 5 ? short.slice(0, 1) : short;
}

/** Quoted text, an opened quote, a run of one letter, or any other character. */
const PIECE = /'((?:[^']|'')*)'|(')|(([A-Za-z])\4*)|[^A-Za-z']/gu;

/** The printer of a pattern; of a time of day, one that tells of a day gives NULL. */
export function javaFormat(pattern: string, of: 'date' | 'time'): (timestamp: string) => string | null {
  const parts: (string | Print)[] = [];
  let hasDay = false;
  for (const [piece, quoted, open, run, letter] of pattern.matchAll(PIECE)) {
    if (open !== undefined) throw badPattern(pattern, 'a quotation mark is not closed');
    if (quoted !== undefined) parts.push(quoted === '' ? "'" : quoted.replaceAll("''", "'"));
    else if (letter !== undefined) {
      const row = LETTERS.get(letter);
      const print = row?.print(run!.length);
      if (!row || !print) throw badPattern(pattern, `${run} means nothing there`);
      hasDay ||= row.dated;
      parts.push(print);
    } else if (/[{}#]/.test(piece)) throw badPattern(pattern, `${piece} is reserved`);
    // An optional section is written where it can be, which is always.
    else if (piece !== '[' && piece !== ']') parts.push(piece);
  }
  if (hasDay && of === 'time') return () => null;
  return (timestamp) => {
    const fields = fieldsOf(timestamp);
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : part(fields, timestamp);
    return text;
  };
}

function badPattern(pattern: string, why: string): SqlError {
  return new SqlError(
    'illegalArgument',
    `The format [${pattern}] has no %, so that it is a pattern of Java, and as such it cannot be read: ${why}`,
  );
}
