/** Implicit conversion: what the two sides of a comparison, or the branches of a CASE, become (spec data-types 3). */
import { compileDateFormat } from '../catalog/date-format.ts';
import type { Value } from '../catalog/types.ts';
import { familyOf, isNumber, isString, isTemporal, SQL_TYPES, type SqlType } from '../catalog/types.ts';
import { SqlError } from '../errors.ts';
import { castFunction } from '../functions/cast.ts';
import { engineTypeName } from '../functions/resolve.ts';
import type { ExprContext } from './context.ts';
import type { CompareOperator, Expr, Literal, Session } from './expr.ts';

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

export function castError(to: SqlType, from: SqlType): SqlError {
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
  return { kind: 'compare', type: 'boolean', op, left: pair[0], right: pair[1] };
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
  if (isString(a) && isNumber(b)) return swap(comparable(right, left, session));
  if (isNumber(a) && isString(b)) return numberWithText(left, right, session);
  if (isString(a)) return swap(comparable(right, left, session));
  if (isString(b) && ['boolean', 'temporal', 'ip'].includes(familyOf(a))) {
    return [left, textAs(right, left, session)];
  }
  return undefined;
}

const swap = (pair: readonly [Expr, Expr] | undefined): readonly [Expr, Expr] | undefined => pair && [pair[1], pair[0]];

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
    const big = BigInt(trimmed);
    const safe = big >= BigInt(Number.MIN_SAFE_INTEGER) && big <= BigInt(Number.MAX_SAFE_INTEGER);
    return { kind: 'literal', type: 'long', value: safe ? Number(big) : big };
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed))
    return { kind: 'literal', type: 'double', value: Number(trimmed) };
  return { kind: 'literal', type: 'double', value: null };
}

/** Text where a date, boolean or ip stands on the other side; a date field's own format is understood too. */
function textAs(text: Expr, other: Expr, session: Session): Expr {
  const field = other.kind === 'column' ? other.column.field : undefined;
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

/** The expression where a condition stands: 1/0 results of REGEXP are conditions too. */
export function asCondition(expr: Expr): Expr {
  const condition = conditionOf(expr);
  if (condition) return condition;
  throw new SqlError('semantic', `A condition must be a boolean, but this one is [${engineTypeName(expr.type)}]`);
}

export function conditionOf(expr: Expr): Expr | undefined {
  if (expr.type === 'boolean' || expr.type === 'undefined') return expr;
  if (expr.kind === 'call' && expr.fn.name === 'REGEXP') {
    return {
      kind: 'compare',
      type: 'boolean',
      op: '=',
      left: expr,
      right: { kind: 'literal', type: 'integer', value: 1 },
    };
  }
  return undefined;
}
