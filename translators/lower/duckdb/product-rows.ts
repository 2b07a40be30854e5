/** How many rows a statement makes by joins that pair every row with every other, from the numbers of its tables' rows. */

import type { Expr } from '../../algebra/expr.ts';
import { type Join, type LogicalPlan, outputOf } from '../../algebra/plan.ts';
import type { RowsOf } from '../../algebra/rows-of.ts';
import { columnsOf, conjuncts } from '../../algebra/walk.ts';

/** The most rows of one such join that no LIMIT above it ends; 0 where there is none. */
export function productRows(plan: LogicalPlan, rowsOf: RowsOf): number {
  let most = 0;
  // A common table is one node in several places.
  const ended = new Map<LogicalPlan, number>();
  const whole = new Map<LogicalPlan, number>();
  /** The most rows of a node. `ends`: whoever takes them stops after some. */
  const rows = (node: LogicalPlan, ends: boolean): number => {
    const known = ends ? ended : whole;
    let found = known.get(node);
    if (found === undefined) {
      found = counted(node, ends);
      known.set(node, found);
    }
    return found;
  };
  const counted = (node: LogicalPlan, ends: boolean): number => {
    switch (node.kind) {
      case 'input':
        return rowsOf(node.name);
      case 'values':
        return node.rows.length;
      case 'filter':
      case 'project':
        return rows(node.input, ends);
      case 'limit':
        return Math.min(node.count, rows(node.input, ends || Number.isFinite(node.count)));
      case 'aggregate': {
        const of = rows(node.input, false);
        return node.keys.length === 0 ? 1 : of;
      }
      case 'join': {
        const made = joined(node, rows(node.left, ends), rows(node.right, ends));
        if (!ends && isProduct(node)) most = Math.max(most, made);
        return made;
      }
      case 'setOperation': {
        // Only UNION ALL gives a row before it has seen all of them.
        const streams = ends && node.op === 'union' && node.all;
        const [left, right] = [rows(node.left, streams), rows(node.right, streams)];
        return node.op === 'union' ? left + right : left;
      }
      default:
        return 'input' in node ? rows(node.input, false) : 0;
    }
  };
  rows(plan, false);
  return most;
}

function joined(join: Join, left: number, right: number): number {
  switch (join.join) {
    case 'semi':
    case 'anti':
    case 'mark':
      return left;
    default:
      return isProduct(join) ? left * right : Math.max(left, right);
  }
}

/** Rows are made for pairs, and no equality says which of them belong together. */
function isProduct({ join, right, on }: Join): boolean {
  if (join === 'semi' || join === 'anti' || join === 'mark') return false;
  if (on === undefined) return true;
  // Of a chain of joins the right side is one table, and the left side all those before it.
  const inner = new Set(outputOf(right));
  const isOf = (expr: Expr, side: 'left' | 'right'): boolean => {
    const columns = [...columnsOf(expr)];
    return columns.length > 0 && columns.every((column) => inner.has(column) === (side === 'right'));
  };
  return !conjuncts(on).some(
    (part) =>
      part.kind === 'compare' &&
      part.op === '=' &&
      ((isOf(part.left, 'left') && isOf(part.right, 'right')) ||
        (isOf(part.left, 'right') && isOf(part.right, 'left'))),
  );
}
