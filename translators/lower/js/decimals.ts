/** Constants that are decimals: computed exactly while they are folded, and doubles for everybody else. */
import { holds } from '../../algebra/compare-operators.ts';
import { compareDecimals, type Decimal, decimalOfWhole, doubleOf } from '../../algebra/decimal.ts';
import type { Expr, Literal } from '../../algebra/expr.ts';
import { isInteger } from '../../algebra/types.ts';

/** Undefined: no decimal is in it, or the result is none; it is computed as any other constant then. */
export function foldDecimal(expr: Expr): Literal | undefined {
  if (expr.kind === 'compare') {
    const sides = decimalsOf([expr.left, expr.right]);
    return sides && { kind: 'literal', type: 'boolean', value: holds(expr.op, compareDecimals(sides[0]!, sides[1]!)) };
  }
  if (expr.kind !== 'call' || expr.type !== 'double' || !expr.fn.exact) return undefined;
  const args = decimalsOf(expr.args);
  const decimal = args && expr.fn.exact(args);
  return decimal && { kind: 'literal', type: 'double', value: doubleOf(decimal), decimal };
}

/** All of them decimals or whole numbers, and one a decimal at least. */
function decimalsOf(exprs: readonly Expr[]): readonly Decimal[] | undefined {
  if (!exprs.some((expr) => expr.kind === 'literal' && expr.decimal !== undefined)) return undefined;
  const decimals: Decimal[] = [];
  for (const expr of exprs) {
    const decimal = expr.kind === 'literal' ? decimalOf(expr) : undefined;
    if (decimal === undefined) return undefined;
    decimals.push(decimal);
  }
  return decimals;
}

function decimalOf({ decimal, type, value }: Literal): Decimal | undefined {
  if (decimal !== undefined) return decimal;
  const whole = isInteger(type) && (typeof value === 'number' || typeof value === 'bigint');
  return whole ? decimalOfWhole(BigInt(value)) : undefined;
}
