/** Numbers that a statement writes beside another number in a comparison: taken so that nothing of either is lost. */

import { flip } from '../algebra/compare-operators.ts';
import type { Decimal } from '../algebra/decimal.ts';
import type { CompareOperator, Expr, Literal } from '../algebra/expr.ts';
import { isInteger } from '../algebra/types.ts';
import type { ExprNode } from '../syntax/ast.ts';

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

/** A whole number beyond the longs, which no type of SQL holds: beside another value in a comparison it still has its place. */
export function wideLiteral(node: ExprNode): Literal | undefined {
  if (node.kind !== 'literal' || typeof node.value !== 'bigint') return undefined;
  return node.value > LONG_MAX || node.value < LONG_MIN ? wholeLiteral(node.value) : undefined;
}

/** The comparison with its literal in the form in which every lowering compares it exactly with the other side. */
export function exactly(op: CompareOperator, left: Expr, right: Expr): readonly [CompareOperator, Expr, Expr] {
  if (right.kind === 'literal' && left.kind !== 'literal') {
    const [exactOp, literal] = beside(left, op, right);
    return [exactOp, left, literal];
  }
  if (left.kind === 'literal' && right.kind !== 'literal') {
    const [exactOp, literal] = beside(right, flip(op), left);
    return [flip(exactOp), literal, right];
  }
  return [op, left, right];
}

/** `other op literal`. */
function beside(other: Expr, op: CompareOperator, literal: Literal): readonly [CompareOperator, Literal] {
  const { value, decimal } = literal;
  // A fraction has the digits of its type, and so has what is written beside it.
  if (other.type === 'double' && typeof value === 'bigint') {
    return [op, { kind: 'literal', type: 'double', value: Number(value) }];
  }
  if (!isInteger(other.type) || decimal === undefined) return [op, literal];
  return besideWhole(op, literal, decimal);
}

/** Doubles of this size and beyond are whole. */
const WHOLE_DOUBLES = 2 ** 52;

function besideWhole(op: CompareOperator, literal: Literal, decimal: Decimal): readonly [CompareOperator, Literal] {
  const unit = 10n ** BigInt(decimal.scale);
  const cut = decimal.unscaled / unit;
  if (decimal.unscaled % unit === 0n) return [op, wholeLiteral(cut)];
  const double = Number(literal.value);
  if (!Number.isInteger(double) && Math.abs(double) < WHOLE_DOUBLES) return [op, literal];
  const floor = decimal.unscaled < 0n ? cut - 1n : cut;
  switch (op) {
    case '<':
    case '<=':
      return ['<=', wholeLiteral(floor)];
    case '>':
    case '>=':
      return ['>=', wholeLiteral(floor + 1n)];
    default:
      // No whole number equals a fraction, and this one is a fraction as a double too.
      return [op, { kind: 'literal', type: 'double', value: 0.5 }];
  }
}

function wholeLiteral(value: bigint): Literal {
  const safe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  const type = value > LONG_MAX || value < LONG_MIN ? 'unsigned_long' : 'long';
  return { kind: 'literal', type, value: safe ? Number(value) : value };
}
