/** Implicit conversion: what the two sides of a comparison, or the branches of a CASE, become (spec data-types 3). */

import type { CompareOperator, Expr, Literal } from '../algebra/expr.ts';
import type { Field } from '../algebra/schema.ts';
import type { Session } from '../algebra/session.ts';
import type { Value } from '../algebra/types.ts';
import { familyOf, isNumber, isString, isTemporal, SQL_TYPES, type SqlType } from '../algebra/types.ts';
import { cellOf } from '../algebra/whole-number.ts';
import { compileDateFormat, epochScale } from '../catalog/date-format.ts';
import { SqlError } from '../errors.ts';
import { castFunction } from '../functions/cast.ts';
import { engineTypeName } from '../functions/resolve.ts';
import { wallClock, zoneOf } from '../functions/zoned.ts';
import { timestampFromEpochNanos } from '../temporal/temporal-text.ts';
import type { ExprContext } from './context.ts';
import { exactly } from './exact-numbers.ts';

/** The expression as `type`; a literal is converted now, so that its errors come before the cluster is asked. */
export function castTo(expr: Expr, type: SqlType, session: Session): Expr {
  if (expr.type === type) return expr;
  if (expr.type === 'undefined') return expr.kind === 'literal' ? { ...expr, type } : expr;
  if (expr.kind === 'literal') {
    const cast = castFunction(expr.type, type, session) as ((v: Value) => Value) | undefined;
    if (!cast) throw castError(type, expr.type);
    return { kind: 'literal', type, value: expr.value === null ? null : cast(expr.value) };
  }
  if (!castFunction(expr.type, type, session)) throw castError(type, expr.type);
  return { kind: 'cast', type, arg: expr };
}

/** As `castTo`, but a value that cannot be read as `type` stays a cast where the branch that it stands in may not be taken. */
export function converted(expr: Expr, type: SqlType, { env, guarded }: Pick<ExprContext, 'env' | 'guarded'>): Expr {
  try {
    return castTo(expr, type, env.session);
  } catch (error) {
    if (!guarded || !(error instanceof SqlError) || error.code === 'argumentTypes') throw error;
    return { kind: 'cast', type, arg: expr };
  }
}

function castError(to: SqlType, from: SqlType): SqlError {
  return new SqlError('argumentTypes', `cast_to_${to} function cannot take [${engineTypeName(from)}]`);
}

/** The common type of several types, or undefined where there is none. NULL fits any. */
export function commonType(types: readonly SqlType[]): SqlType | undefined {
  let common: SqlType = 'undefined';
  for (const type of types) {
    const next = commonOfTwo(common, type);
    if (!next) return undefined;
    common = next;
  }
  return common;
}

function commonOfTwo(a: SqlType, b: SqlType): SqlType | undefined {
  if (a === b || b === 'undefined') return a;
  if (a === 'undefined') return b;
  if (isNumber(a) && isNumber(b)) {
    // No type holds both all of unsigned_long and a negative long: doubles compare them exactly enough only above 2^53.
    return SQL_TYPES[a].width >= SQL_TYPES[b].width ? a : b;
  }
  // A boolean beside a number is 1 or 0.
  if (a === 'boolean' && isNumber(b)) return b;
  if (b === 'boolean' && isNumber(a)) return a;
  if (isString(a) && isString(b)) return 'keyword';
  if (isTemporal(a) && isTemporal(b)) return 'timestamp';
  if (isString(a)) return ['boolean', 'temporal', 'ip'].includes(familyOf(b)) ? b : undefined;
  if (isString(b)) return commonOfTwo(b, a);
  return undefined;
}

/** `left op right` with both sides converted; may fold to a literal where one side can never equal the other. */
export function compare(op: CompareOperator, left: Expr, right: Expr, session: Session): Expr {
  const pair = comparable(left, right, session);
  if (!pair)
    throw new SqlError(
      'argumentTypes',
      `${op} function cannot compare [${engineTypeName(left.type)},${engineTypeName(right.type)}]`,
    );
  const [exactOp, ...sides] = exactly(op, ...pair);
  return { kind: 'compare', type: 'boolean', op: exactOp, left: sides[0], right: sides[1] };
}

/** Both sides brought to one family of types; undefined where they cannot be compared. */
export function comparable(left: Expr, right: Expr, session: Session): readonly [Expr, Expr] | undefined {
  const a = left.type;
  const b = right.type;
  if (a === 'undefined' || b === 'undefined' || familyOf(a) === familyOf(b)) {
    if (isTemporal(a) && isTemporal(b) && a !== b) {
      return [castTo(left, 'timestamp', session), castTo(right, 'timestamp', session)];
    }
    return [left, right];
  }
  if (a === 'boolean' && isNumber(b)) return [castTo(left, 'integer', session), right];
  if (isTemporal(a) && isNumber(b)) return numberWithDate(left, right, session);
  if (isNumber(a) && (b === 'boolean' || isTemporal(b))) return swap(comparable(right, left, session));
  if (isString(a) && isNumber(b)) return swap(comparable(right, left, session));
  if (isNumber(a) && isString(b)) return numberWithText(left, right, session);
  if (isString(a)) return swap(comparable(right, left, session));
  if (isString(b) && ['boolean', 'temporal', 'ip'].includes(familyOf(a))) {
    return [left, textAs(right, left, session)];
  }
  return undefined;
}

const swap = (pair: readonly [Expr, Expr] | undefined): readonly [Expr, Expr] | undefined => pair && [pair[1], pair[0]];

/** The field whose values an expression is, also where a query in FROM hands them on. */
export const dateFieldOf = (expr: Expr): Field | undefined =>
  expr.kind === 'column' && isTemporal(expr.type) ? (expr.column.field ?? expr.column.dates) : undefined;

/** A number beside a date field is a moment in the field's own epoch format. */
function numberWithDate(date: Expr, number: Expr, session: Session): readonly [Expr, Expr] | undefined {
  const field = dateFieldOf(date);
  if (!field || field.type !== date.type) return undefined;
  const scale = epochScale(field.format);
  if (scale === undefined) {
    throw new SqlError(
      'argumentTypes',
      `the date field [${field.path}] has no epoch format (its format is ${field.format}), so that no number can stand beside it; write a timestamp`,
    );
  }
  if (number.kind !== 'literal') return undefined;
  if (number.value === null) return [date, castTo({ ...number, type: 'undefined' }, date.type, session)];
  const utc = momentAt(number.value as number | bigint, scale);
  if (utc === undefined) {
    throw new SqlError('illegalArgument', `the number ${number.value} is no moment of the years 0 to 9999`);
  }
  const value = session.zone === undefined ? utc : wallClock(utc, zoneOf(session.zone));
  return [date, castTo({ kind: 'literal', type: 'timestamp', value }, date.type, session)];
}

/** 0000-01-01 and the end of 9999-12-31. */
const FIRST_NANO = -62_167_219_200_000_000_000n;
const LAST_NANO = 253_402_300_799_999_999_999n;

/** The canonical timestamp of so many milliseconds or seconds; fractions of them count. */
function momentAt(number: number | bigint, scale: 'milliseconds' | 'seconds'): string | undefined {
  const perUnit = scale === 'seconds' ? 1_000_000_000n : 1_000_000n;
  const whole = typeof number === 'bigint' ? number : Number.isFinite(number) ? BigInt(Math.floor(number)) : undefined;
  if (whole === undefined) return undefined;
  const fraction = typeof number === 'bigint' ? 0 : number - Math.floor(number);
  const nanos = whole * perUnit + BigInt(Math.round(fraction * Number(perUnit)));
  return nanos < FIRST_NANO || nanos > LAST_NANO ? undefined : timestampFromEpochNanos(nanos);
}

/** Text compared with a number: a numeral is read as one; other text equals no number, which NULL says in every comparison. */
function numberWithText(number: Expr, text: Expr, session: Session): readonly [Expr, Expr] {
  if (text.kind === 'literal' && typeof text.value === 'string') {
    return [number, numeral(text.value)];
  }
  return [castTo(number, 'keyword', session), text];
}

function numeral(text: string): Literal {
  const trimmed = text.trim();
  if (/^[+-]?\d+$/.test(trimmed)) {
    return { kind: 'literal', type: 'long', value: cellOf(BigInt(trimmed)) };
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed))
    return { kind: 'literal', type: 'double', value: Number(trimmed) };
  return { kind: 'literal', type: 'double', value: null };
}

/** Text where a date, boolean or ip stands on the other side; a date field's own format is understood too. */
function textAs(text: Expr, other: Expr, session: Session): Expr {
  const field = dateFieldOf(other);
  if (text.kind !== 'literal' || typeof text.value !== 'string' || !isTemporal(other.type) || !field?.format) {
    return castTo(text, other.type, session);
  }
  try {
    return castTo(text, other.type, session);
  } catch (error) {
    const timestamp = compileDateFormat(field.format, field.mapping === 'date_nanos')?.(text.value);
    if (timestamp === undefined) throw error;
    return castTo({ kind: 'literal', type: 'timestamp', value: timestamp }, other.type, session);
  }
}

/** The expression where a condition stands: a number is true when it is not 0. */
export function asCondition(expr: Expr): Expr {
  const condition = conditionOf(expr);
  if (condition) return condition;
  throw new SqlError('semantic', `A condition must be a boolean, but this one is [${engineTypeName(expr.type)}]`);
}

export function conditionOf(expr: Expr): Expr | undefined {
  if (expr.type === 'boolean' || expr.type === 'undefined') return expr;
  if (!isNumber(expr.type)) return undefined;
  if (expr.kind === 'literal') return { kind: 'literal', type: 'boolean', value: truthOfNumber(expr.value) };
  const isTest = expr.kind === 'call' && expr.fn.text?.kind === 'pattern';
  const right: Literal = { kind: 'literal', type: 'integer', value: isTest ? 1 : 0 };
  return { kind: 'compare', type: 'boolean', op: isTest ? '=' : '!=', left: expr, right };
}

const truthOfNumber = (value: Value): boolean | null => (value === null ? null : value !== 0 && value !== 0n);
