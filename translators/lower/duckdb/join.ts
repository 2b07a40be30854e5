/** Joins as DuckDB SQL, NOT IN among them. */
import type { Expr } from '../../bind/expr.ts';
import { andOf, columnsOf, conjuncts } from '../../bind/walk.ts';
import { type Join, outputOf } from '../../plan/nodes.ts';
import type { LowerContext } from './context.ts';
import { lowerExpr, sortable } from './expr.ts';

const WORDS = {
  inner: 'INNER JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  cross: 'CROSS JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
} as const;

/** The text after FROM. `left` and `right` are relations whose columns have statement-wide unique names. */
export function lowerJoin(join: Join, left: string, right: string, context: LowerContext): string {
  if (join.join === 'anti' && join.nullAware && join.on) return notIn(join, join.on, left, right, context);
  if (join.join === 'cross') {
    // A condition on a cross join is one of an inner join.
    return join.on ? `${left} INNER JOIN ${right} ON ${lowerExpr(join.on, context)}` : `${left} CROSS JOIN ${right}`;
  }
  return `${left} ${WORDS[join.join]} ${right} ON ${join.on ? lowerExpr(join.on, context) : 'TRUE'}`;
}

/**
 * `x NOT IN (SELECT y …)`: the first conjunct of the condition is `x = y`, further ones correlate the subquery. A row stays unless some row of
 * the right side makes the comparison true or unknown.
 */
function notIn(join: Join, on: Expr, left: string, right: string, context: LowerContext): string {
  const [membership, ...rest] = conjuncts(on) as [Expr, ...Expr[]];
  if (rest.length === 0 && membership.kind === 'compare' && membership.op === '=') {
    const sides = [membership.left, membership.right] as const;
    const outer = sides.find((side) => reads(side, join.left) && !reads(side, join.right));
    const inner = sides.find((side) => reads(side, join.right) && !reads(side, join.left));
    // DuckDB's own NOT IN is a hash join that knows of NULLs.
    if (outer && inner && outer !== inner && outer.type === inner.type) {
      return `${left} WHERE ${sortable(outer, context)} NOT IN (SELECT ${sortable(inner, context)} FROM ${right})`;
    }
  }
  const correlation = andOf(rest);
  const where = [
    ...(correlation ? [lowerExpr(correlation, context)] : []),
    `(${lowerExpr(membership, context)} IS NOT FALSE)`,
  ];
  return `${left} WHERE NOT EXISTS (SELECT 1 FROM ${right} WHERE ${where.join(' AND ')})`;
}

function reads(expr: Expr, plan: Join['left']): boolean {
  const ids = new Set(outputOf(plan).map((column) => column.id));
  return [...columnsOf(expr)].some((column) => ids.has(column.id));
}
