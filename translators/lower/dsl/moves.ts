/** How a function of one argument moves when that argument grows: what lets a comparison be solved for the argument. */
import type { Call, Cast, Expr } from '../../algebra/expr.ts';
import { familyOf, type Interval, isInteger, isNumber, type Value } from '../../algebra/types.ts';
import { lettersOf } from '../../functions/format-letters.ts';

export type Period = 'year' | 'month' | 'day' | 'hour' | 'minute';

export interface Move {
  readonly arg: Expr;
  /** Values of the argument at which the direction may change, ascending. */
  readonly cuts: readonly Value[];
  /** Whether the result grows with the argument (or stays), below the first cut, between cuts, and from the last cut on. */
  readonly up: readonly boolean[];
  /** It does so only inside one such period of time. */
  readonly within?: Period;
  /** Times of neighbouring days may change places: the last days of a month fall on one day of a shorter month. */
  readonly monthly?: boolean;
  /** Clocks of this zone are put back now and then: between those moments the result grows. */
  readonly zone?: string;
}

const move = (arg: Expr, up: boolean): Move => ({ arg, cuts: [], up: [up] });

/** Undefined for functions that rise and fall, and for those of several arguments that are no literals. */
export function moveOf(expr: Expr): Move | undefined {
  if (expr.kind === 'cast') return ofCast(expr);
  if (expr.kind !== 'call') return undefined;
  const open = expr.args.filter((arg) => arg.kind !== 'literal');
  const [arg] = open;
  if (open.length !== 1 || !arg || expr.args.some((other) => other.kind === 'literal' && other.value === null)) {
    return undefined;
  }
  return isNumber(arg.type) ? ofNumber(expr, arg) : familyOf(arg.type) === 'temporal' ? ofTime(expr, arg) : undefined;
}

const literalOf = (expr: Expr | undefined): Value | undefined => (expr?.kind === 'literal' ? expr.value : undefined);
const numberOf = (value: Value | undefined): number | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;

function ofNumber(expr: Call, arg: Expr): Move | undefined {
  const { fn, args } = expr;
  const first = args[0] === arg;
  const constant = numberOf(literalOf(first ? args[1] : args[0]));
  switch (fn.name) {
    case 'ADD':
      return move(arg, true);
    case 'SUBTRACT':
      return move(arg, first);
    case 'MULTIPLY':
      return constant === undefined ? undefined : move(arg, constant >= 0);
    case 'DIVIDE':
    case 'DIV': {
      if (constant === undefined || constant === 0) return undefined;
      if (first) return move(arg, constant > 0);
      const next = isInteger(arg.type) ? 1 : Number.MIN_VALUE;
      return { arg, cuts: [0, next], up: [constant < 0, true, constant < 0] };
    }
    case 'NEGATE':
      return move(arg, false);
    case 'ABS':
      return { arg, cuts: [0], up: [false, true] };
    case 'ROUND':
    case 'TRUNCATE':
      return !first || (args.length > 1 && constant === undefined) ? undefined : move(arg, true);
    case 'FLOOR':
    case 'CEIL':
    case 'RINT':
    case 'SIGN':
    case 'SQRT':
    case 'DEGREES':
    case 'RADIANS':
    case 'FROM_DAYS':
      return move(arg, true);
    case 'FROM_UNIXTIME':
      return args.length === 1 ? move(arg, true) : undefined;
    case 'HISTOGRAM':
      return args.length === 2 && first ? move(arg, true) : undefined;
    default:
      return undefined;
  }
}

const UP: ReadonlySet<string> = new Set(['YEAR', 'TO_DAYS', 'TO_SECONDS', 'LAST_DAY', 'DATE', 'TIMESTAMP']);

const SHIFTS: ReadonlySet<string> = new Set([
  'DATE_ADD',
  'DATE_SUB',
  'ADDDATE',
  'SUBDATE',
  'ADD_INTERVAL',
  'SUBTRACT_INTERVAL',
]);

/** Parts of a date that grow inside a longer period. */
const PARTS: Readonly<Record<string, Period>> = {
  QUARTER: 'year',
  MONTH: 'year',
  DAYOFYEAR: 'year',
  DAYOFMONTH: 'month',
  HOUR: 'day',
  MINUTE_OF_DAY: 'day',
  TIME: 'day',
  TIME_TO_SEC: 'day',
  MINUTE: 'hour',
  SECOND: 'minute',
};
const EXTRACTED: Readonly<Record<string, Period>> = {
  QUARTER: 'year',
  MONTH: 'year',
  DAY: 'month',
  DAY_HOUR: 'month',
  DAY_MINUTE: 'month',
  DAY_SECOND: 'month',
  HOUR: 'day',
  HOUR_MINUTE: 'day',
  HOUR_SECOND: 'day',
  MINUTE: 'hour',
  MINUTE_SECOND: 'hour',
  SECOND: 'minute',
};
const MONTHS: ReadonlySet<string> = new Set(['MONTH', 'QUARTER', 'YEAR']);

/** UNIX_TIMESTAMP is 0 from here on. */
const UNIX_END = '3001-01-19 00:00:00';

function ofTime(expr: Call, arg: Expr): Move | undefined {
  const { fn, args } = expr;
  if (arg.type === 'time') return undefined;
  const first = args[0] === arg;
  if (UP.has(fn.name)) return args.length === 1 ? move(arg, true) : undefined;
  if (SHIFTS.has(fn.name)) {
    const shift = literalOf(args[1]);
    if (!first || shift === undefined) return undefined;
    const months = isInterval(shift) && shift.months !== 0;
    return months && arg.type === 'timestamp' ? { ...move(arg, true), monthly: true } : move(arg, true);
  }
  if (PARTS[fn.name] && args.length === 1) return { ...move(arg, true), within: PARTS[fn.name] };
  switch (fn.name) {
    case 'ADDTIME':
    case 'SUBTIME':
      return first ? move(arg, true) : undefined;
    case 'UNIX_TIMESTAMP':
      return arg.type === 'timestamp' ? { arg, cuts: [UNIX_END], up: [true, true] } : undefined;
    case 'DATEDIFF':
      return move(arg, first);
    case 'TIMESTAMPDIFF':
      return move(arg, args[2] === arg);
    case 'TIMESTAMPADD': {
      if (args[2] !== arg) return undefined;
      const monthly = MONTHS.has(String(literalOf(args[0])).toUpperCase());
      return monthly ? { ...move(arg, true), monthly } : move(arg, true);
    }
    case 'EXTRACT': {
      const unit = String(literalOf(args[0])).toUpperCase();
      if (unit === 'YEAR' || unit === 'YEAR_MONTH') return move(arg, true);
      return EXTRACTED[unit] ? { ...move(arg, true), within: EXTRACTED[unit] } : undefined;
    }
    case 'DATE_FORMAT': {
      const specifiers = literalOf(args[1]);
      if (!first || typeof specifiers !== 'string') return undefined;
      return lettersOf(specifiers.replaceAll('%T', '%H:%i:%s')) ? move(arg, true) : undefined;
    }
    case 'TO_ZONE':
      return { ...move(arg, true), zone: String(literalOf(args[1])) };
    case 'DATE_HISTOGRAM':
      return args.length === 2 && first ? move(arg, true) : undefined;
    default:
      return undefined;
  }
}

const isInterval = (value: Value): value is Interval =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'months' in value;

function ofCast({ arg, type }: Cast): Move | undefined {
  const from = arg.type;
  switch (`${familyOf(from)} ${familyOf(type)}`) {
    case 'temporal temporal':
      // The time of a date is midnight, and a time has the date of today.
      return from !== 'time' && type !== 'time' ? move(arg, true) : undefined;
    case 'temporal string':
      return from === 'time' ? undefined : move(arg, true);
    case 'boolean number':
      return move(arg, true);
    case 'number number':
      return move(arg, true);
    default:
      return undefined;
  }
}
