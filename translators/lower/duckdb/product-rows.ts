/** How many rows a statement makes by joins that pair every row with every other, from the numbers of its tables' rows. */

import type { RowCount } from '../../algebra/duck-query.ts';
import type { Expr } from '../../algebra/expr.ts';
import { type Join, type LogicalPlan, outputOf } from '../../algebra/plan.ts';
import { parentsFirst } from '../../algebra/plan-walk.ts';
import type { RowsOf } from '../../algebra/rows-of.ts';
import { columnsOf, conjuncts } from '../../algebra/walk.ts';

/** What the plan's numbers of rows depend on; undefined where none of its joins is a product. */
export function rowCountOf(plan: LogicalPlan): RowCount | undefined {
  const nodes = parentsFirst(plan);
  if (!nodes.some((node) => node.kind === 'join' && isProduct(node))) return undefined;
  // A common table is one node in several places, and so is its count.
  const made = new Map<LogicalPlan, RowCount>();
  for (const node of nodes.toReversed())
    made.set(
      node,
      countOf(node, (input) => made.get(input)!),
    );
  return made.get(plan);
}

function countOf(node: LogicalPlan, of: (input: LogicalPlan) => RowCount): RowCount {
  switch (node.kind) {
    case 'input':
      return { kind: 'table', name: node.name };
    case 'values':
      return { kind: 'rows', count: node.rows.length };
    case 'scan':
    case 'previous':
      return { kind: 'rows', count: 0 };
    // How often it goes on is not known before.
    case 'recursion':
      return { kind: 'whole', input: of(node.left), one: false };
    case 'filter':
    case 'project':
      return of(node.input);
    case 'limit':
      return { kind: 'limit', input: of(node.input), count: node.count };
    case 'aggregate':
      return { kind: 'whole', input: of(node.input), one: node.keys.length === 0 };
    case 'join':
      return { kind: 'join', makes: madeBy(node), left: of(node.left), right: of(node.right) };
    case 'setOperation': {
      const adds = node.op === 'union';
      // Only UNION ALL gives a row before it has seen all of them.
      return { kind: 'set', streams: adds && node.all, adds, left: of(node.left), right: of(node.right) };
    }
    default:
      return { kind: 'whole', input: of(node.input), one: false };
  }
}

/** The most rows of one such join that no LIMIT above it ends; 0 where there is none. */
export function productRows(count: RowCount | undefined, rowsOf: RowsOf): number {
  let most = 0;
  const ended = new Map<RowCount, number>();
  const whole = new Map<RowCount, number>();
  /** The most rows of a relation. `ends`: whoever takes them stops after some. */
  const rows = (one: RowCount, ends: boolean): number => {
    const known = ends ? ended : whole;
    let found = known.get(one);
    if (found === undefined) {
      found = counted(one, ends);
      known.set(one, found);
    }
    return found;
  };
  const counted = (one: RowCount, ends: boolean): number => {
    switch (one.kind) {
      case 'table':
        return rowsOf(one.name);
      case 'rows':
        return one.count;
      case 'limit':
        return Math.min(one.count, rows(one.input, ends || Number.isFinite(one.count)));
      case 'whole': {
        const of = rows(one.input, false);
        return one.one ? 1 : of;
      }
      case 'join': {
        const [left, right] = [rows(one.left, ends), rows(one.right, ends)];
        if (one.makes !== 'pairs') return one.makes === 'left' ? left : Math.max(left, right);
        if (!ends) most = Math.max(most, left * right);
        return left * right;
      }
      case 'set': {
        const streams = ends && one.streams;
        const [left, right] = [rows(one.left, streams), rows(one.right, streams)];
        return one.adds ? left + right : left;
      }
    }
  };
  if (count !== undefined) rows(count, false);
  return most;
}

function madeBy(join: Join): 'pairs' | 'longer' | 'left' {
  if (givesLeft(join)) return 'left';
  return isProduct(join) ? 'pairs' : 'longer';
}

const givesLeft = ({ join }: Join): boolean =>
  join === 'semi' || join === 'anti' || join === 'mark' || join === 'value';

/** Rows are made for pairs, and no equality says which of them belong together. */
function isProduct(join: Join): boolean {
  const { right, on, dependent } = join;
  // What a row depends on says which rows belong to it.
  if (givesLeft(join) || dependent) return false;
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
