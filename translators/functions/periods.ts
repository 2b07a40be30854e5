/** Which timestamps make a function of them equal to a value: `YEAR(ts) = 2024` is a range, and ranges find documents by the index. */
import type { Value } from '../algebra/types.ts';
import { daysInMonth } from '../temporal/calendar.ts';
import { dateFields, dateText, parseDate, timeText } from '../temporal/temporal-text.ts';
import { formatOf } from './format-specifiers.ts';
import { addMonths, addNanos, DAYS_TO_EPOCH, dateFromDays, unitNamed } from './temporal.ts';

/** Timestamps from `from` up to but without `to`, both canonical. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** never: no timestamp gives that value. Undefined: not known to be one range. */
export type PeriodAnswer = Period | 'never' | undefined;

export type PeriodFunction = 'YEAR' | 'YEAR_MONTH' | 'DATE' | 'TO_DAYS' | 'LAST_DAY';

export type GrainUnit = 'YEAR' | 'MONTH' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND';

/** What a format keeps of a timestamp: everything down to a unit. */
export interface Grain {
  readonly unit: GrainUnit;
  /** Whether the texts sort as the times do. */
  readonly ordered: boolean;
}

const UNITS: readonly GrainUnit[] = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

/** Start of a period and its length; the last year of the calendar has no end in four digits and is left alone. */
function period(from: string, unit: GrainUnit): Period | undefined {
  const { months, nanos } = unitNamed(unit);
  const to = months === 0 ? addNanos(from, nanos) : addMonths(from, months);
  return to === null ? undefined : { from, to };
}

function periodOfYear(year: number, month: number | undefined): PeriodAnswer {
  if (!Number.isInteger(year) || year < 0 || year > 9999) return 'never';
  if (month !== undefined && (month < 1 || month > 12)) return 'never';
  return period(`${dateText(year, month ?? 1, 1)} 00:00:00`, month === undefined ? 'YEAR' : 'MONTH');
}

const periodOfDay = (date: string | null): PeriodAnswer =>
  date === null ? 'never' : period(`${date} 00:00:00`, 'DAY');

/** The timestamps `ts` with `fn(ts) = value`; YEAR_MONTH is the part of EXTRACT. */
export function periodOf(fn: PeriodFunction, value: Value): PeriodAnswer {
  switch (fn) {
    case 'YEAR':
      return isNumber(value) ? periodOfYear(Number(value), undefined) : undefined;
    case 'YEAR_MONTH': {
      if (!isNumber(value)) return undefined;
      const n = Number(value);
      return Number.isInteger(n) && n >= 0 ? periodOfYear(Math.floor(n / 100), n % 100) : 'never';
    }
    case 'TO_DAYS':
      if (!isNumber(value)) return undefined;
      return Number.isInteger(Number(value)) ? periodOfDay(dateFromDays(Number(value) - DAYS_TO_EPOCH)) : 'never';
    case 'DATE': {
      const date = typeof value === 'string' ? parseDate(value) : undefined;
      return date === undefined ? undefined : periodOfDay(date);
    }
    case 'LAST_DAY': {
      const date = typeof value === 'string' ? parseDate(value) : undefined;
      if (date === undefined) return undefined;
      const { year, month, day } = dateFields(date);
      return day === daysInMonth(year, month) ? periodOfYear(year, month) : 'never';
    }
  }
}

const isNumber = (value: Value): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

interface Specifier {
  readonly unit: GrainUnit;
  /** What it prints, as a pattern with one group. */
  readonly pattern: string;
  readonly ordered: boolean;
}

const two = (unit: GrainUnit): Specifier => ({ unit, pattern: '(\\d\\d)', ordered: true });
const SPECIFIERS: Readonly<Record<string, Specifier>> = {
  Y: { unit: 'YEAR', pattern: '(\\d{4})', ordered: true },
  m: two('MONTH'),
  c: two('MONTH'),
  d: two('DAY'),
  e: { unit: 'DAY', pattern: '(\\d\\d?)', ordered: false },
  H: two('HOUR'),
  k: { unit: 'HOUR', pattern: '(\\d\\d?)', ordered: false },
  i: two('MINUTE'),
  s: two('SECOND'),
  S: two('SECOND'),
};

interface CompiledGrain extends Grain {
  readonly pattern: RegExp;
  /** Unit of each group of the pattern. */
  readonly groups: readonly GrainUnit[];
}

/** The grain of a DATE_FORMAT format that names every unit from the year down to some one, once or more, and nothing else. */
function compileGrain(format: string): CompiledGrain | undefined {
  const groups: GrainUnit[] = [];
  let pattern = '';
  let ordered = true;
  for (const [piece] of format.replace(/%T/g, '%H:%i:%S').matchAll(/%[\s\S]|[^%]+|%$/g)) {
    const specifier = piece.length === 2 && piece.startsWith('%') ? SPECIFIERS[piece[1]!] : undefined;
    if (specifier) {
      // A unit behind a finer one breaks the order of texts; the same one again does not.
      const place = UNITS.indexOf(specifier.unit);
      const finest = Math.max(-1, ...groups.map((unit) => UNITS.indexOf(unit)));
      ordered &&= specifier.ordered && (place > finest || groups.includes(specifier.unit));
      groups.push(specifier.unit);
      pattern += specifier.pattern;
    } else if (piece.startsWith('%') && piece !== '%%' && /[a-zA-Z]/.test(piece[1] ?? '')) {
      return undefined;
    } else pattern += escaped(piece === '%%' ? '%' : piece);
  }
  const depth = UNITS.findIndex((unit) => !groups.includes(unit));
  const unit = UNITS[(depth < 0 ? UNITS.length : depth) - 1];
  if (!unit || groups.some((group) => UNITS.indexOf(group) > UNITS.indexOf(unit))) return undefined;
  return { unit, ordered, pattern: new RegExp(`^${pattern}$`), groups };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What `DATE_FORMAT(ts, format)` keeps, when that is exactly a truncated time: `%Y-%m-01 00:00:00` keeps the month. */
export function grainOf(format: string): Grain | undefined {
  const grain = compileGrain(format);
  return grain && { unit: grain.unit, ordered: grain.ordered };
}

/** The timestamps `ts` with `DATE_FORMAT(ts, format) = text`. */
export function periodOfFormatted(format: string, text: string): PeriodAnswer {
  const grain = compileGrain(format);
  if (!grain) return undefined;
  const found = grain.pattern.exec(text);
  if (!found) return 'never';
  const at: Partial<Record<GrainUnit, number>> = {};
  grain.groups.forEach((unit, i) => {
    at[unit] = Number(found[i + 1]);
  });
  const { YEAR = 0, MONTH = 1, DAY = 1, HOUR = 0, MINUTE = 0, SECOND = 0 } = at;
  if (MONTH < 1 || MONTH > 12 || DAY < 1 || DAY > daysInMonth(YEAR, MONTH)) return 'never';
  if (HOUR > 23 || MINUTE > 59 || SECOND > 59) return 'never';
  const from = `${dateText(YEAR, MONTH, DAY)} ${timeText(HOUR, MINUTE, SECOND, 0)}`;
  // Catches a unit written twice with two values, and `%e` with a zero before it.
  return formatOf(format, 'date')(from) === text ? period(from, grain.unit) : 'never';
}
