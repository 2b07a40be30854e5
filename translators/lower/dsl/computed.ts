/** `f(field) op literal` where the index can say it: periods of time, folded case, truncation, patterns. */
import type { Cast, Expr, Literal } from '../../algebra/expr.ts';
import type { Fold, MomentOf } from '../../algebra/function-facts.ts';
import type { Field } from '../../algebra/schema.ts';
import { isInteger } from '../../algebra/types.ts';
import { civilOfDays, daysOfCivil } from '../../temporal/calendar.ts';
import { foldedQuery } from './case-fold.ts';
import { compareLeaf, type Ordering, temporalLeaf } from './compare.ts';
import type { Place } from './context.ts';
import { presentOf } from './exists.ts';
import { always, type Leaf, never } from './leaf.ts';
import { rangeOf } from './number.ts';
import { luceneRegexp } from './regexp.ts';
import { periodTest, temporalTest } from './temporal.ts';
import { onWhole, wholeValueOf } from './text.ts';

export function computedLeaf(expr: Expr, op: Ordering, literal: Literal, place: Place): Leaf | undefined {
  const { value } = literal;
  const moment = momentOf(expr);
  if (moment) return momentLeaf(moment, op, literal, place);
  if (expr.kind === 'cast') return castLeaf(expr.arg, expr.type, op, literal, place);
  if (expr.kind !== 'call') return undefined;
  const part = expr.fn.moment?.(expr);
  if (part?.cut === 'year') {
    const of = momentOf(part.arg);
    return of && typeof value === 'number' ? yearLeaf(of.field, op, value, place) : undefined;
  }
  const field = expr.args[0]?.kind === 'column' ? expr.args[0].column.field : undefined;
  if (!field || op !== '=') return undefined;
  const { text } = expr.fn;
  if (text?.kind === 'fold' && typeof value === 'string') return foldLeaf(field, text.fold, value, place);
  if (text?.kind === 'pattern' && value === 1) return regexpLeaf(field, expr.args[1], place);
  return undefined;
}

/** A date field as it is, or cut to its day. */
interface Moment {
  readonly field: Field;
  readonly day: boolean;
}

function momentOf(expr: Expr): Moment | undefined {
  if (expr.kind === 'column') {
    const { field } = expr.column;
    return field && (expr.type === 'timestamp' || expr.type === 'date') ? { field, day: false } : undefined;
  }
  const step = expr.kind === 'cast' ? castMoment(expr) : expr.kind === 'call' ? expr.fn.moment?.(expr) : undefined;
  if (!step || step.cut === 'year') return undefined;
  const inner = momentOf(step.arg);
  return inner && { field: inner.field, day: inner.day || step.cut === 'day' };
}

const castMoment = ({ arg, type }: Cast): MomentOf | undefined =>
  type === 'date' ? { arg, cut: 'day' } : type === 'timestamp' ? { arg, cut: 'nothing' } : undefined;

function momentLeaf({ field, day }: Moment, op: Ordering, literal: Literal, place: Place): Leaf | undefined {
  const { type, value } = literal;
  if (typeof value !== 'string' || (type !== 'date' && type !== 'timestamp')) return undefined;
  if (!day || field.type === 'date') return temporalLeaf(field, temporalTest(field, op, type, value), place);
  const date = value.slice(0, 10);
  let ordering = op;
  if (type === 'timestamp' && value.slice(11) !== '00:00:00') {
    // A day starts at midnight, so no day equals another time, and one is before it up to its own day.
    if (op === '=') return noMoment(field, place);
    ordering = op === '<' ? '<=' : op === '>=' ? '>' : op;
  }
  return temporalLeaf(field, periodTest(field, ordering, `${date} 00:00:00`, dayAfter(date)), place);
}

function noMoment(field: Field, place: Place): Leaf | undefined {
  const present = presentOf(field, place);
  return present && never(field, present);
}

/** Undefined after the last day that four digits can write. */
function dayAfter(date: string): string | undefined {
  const [year, month, day] = date.split('-').map(Number);
  const next = civilOfDays(daysOfCivil(year!, month!, day!) + 1);
  return next.year > 9999 ? undefined : midnight(next.year, next.month, next.day);
}

const midnight = (year: number, month: number, day: number): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')} 00:00:00`;

function yearLeaf(field: Field, op: Ordering, value: number, place: Place): Leaf | undefined {
  const present = presentOf(field, place);
  if (!present || !Number.isFinite(value)) return undefined;
  const whole = Number.isInteger(value);
  if (!whole && op === '=') return never(field, present);
  const upward = op === '>' || op === '>=';
  const year = whole ? value : upward ? Math.ceil(value) : Math.floor(value);
  const ordering: Ordering = whole ? op : upward ? '>=' : '<=';
  if (year < 0 || year > 9999) {
    const holdsForAll = year < 0 ? upward : ordering === '<' || ordering === '<=';
    return holdsForAll ? always(field, present) : never(field, present);
  }
  const to = year === 9999 ? undefined : midnight(year + 1, 1, 1);
  return temporalLeaf(field, periodTest(field, ordering, midnight(year, 1, 1), to), place);
}

function foldLeaf(field: Field, fold: Fold, value: string, place: Place): Leaf | undefined {
  const whole = wholeValueOf(field, place);
  if (!whole || whole.mapping === 'version') return undefined;
  const query = foldedQuery(whole.path, fold, value);
  if (query === 'none') return never(field, whole.present);
  return query && onWhole(field, whole, query);
}

function regexpLeaf(field: Field, pattern: Expr | undefined, place: Place): Leaf | undefined {
  const whole = wholeValueOf(field, place);
  if (whole?.mapping !== 'keyword' || pattern?.kind !== 'literal' || typeof pattern.value !== 'string')
    return undefined;
  const value = luceneRegexp(pattern.value);
  return value === undefined
    ? undefined
    : onWhole(field, whole, { regexp: { [whole.path]: { value, flags: 'NONE' } } });
}

/** CAST(field AS type) op literal. */
function castLeaf(arg: Expr, type: string, op: Ordering, literal: Literal, place: Place): Leaf | undefined {
  const field = arg.kind === 'column' ? arg.column.field : undefined;
  const present = field && presentOf(field, place);
  if (!field || !present) return undefined;
  const { value } = literal;
  if (type === 'keyword' && op === '=' && typeof value === 'string') {
    if (isInteger(field.type)) {
      if (!/^(0|-?[1-9]\d{0,19})$/.test(value)) return never(field, present);
      return compareLeaf(field, '=', { kind: 'literal', type: 'long', value: BigInt(value) }, place);
    }
    if (field.type === 'boolean') {
      if (value !== 'true' && value !== 'false') return never(field, present);
      return compareLeaf(field, '=', { kind: 'literal', type: 'boolean', value: value === 'true' }, place);
    }
    return undefined;
  }
  const truncates =
    (type === 'integer' || type === 'long') && (field.mapping === 'double' || field.mapping === 'float');
  return truncates && typeof value === 'number' ? truncatedLeaf(field, op, value, place) : undefined;
}

/** Truncation towards zero: 5 stands for [5, 6), -5 for (-6, -5], 0 for (-1, 1). */
function truncatedLeaf(field: Field, op: Ordering, value: number, place: Place): Leaf | undefined {
  const present = presentOf(field, place);
  // Beyond 2^24 the steps of a float are no longer whole numbers, and integers saturate.
  if (!present || !field.indexed || field.conflict || !Number.isInteger(value) || Math.abs(value) > 2 ** 23)
    return undefined;
  const low = value > 0 ? rangeOf(field.path, '>=', value) : rangeOf(field.path, '>', value - 1);
  const high = value < 0 ? rangeOf(field.path, '<=', value) : rangeOf(field.path, '<', value + 1);
  const leaf = (query: Leaf['match']['query']): Leaf => ({ field, match: { query, exact: true }, present });
  switch (op) {
    case '=': {
      const bounds = [low, high].map((query) => Object.values(query.range as Record<string, object>)[0]);
      return leaf({ range: { [field.path]: Object.assign({}, ...bounds) as object } });
    }
    case '>=':
      return leaf(low);
    case '<=':
      return leaf(high);
    case '>':
      return truncatedLeaf(field, '>=', value + 1, place);
    case '<':
      return truncatedLeaf(field, '<=', value - 1, place);
  }
}
