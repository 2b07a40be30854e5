/** Which parts of a plan depend on what stands around them. */
import type { Column, Expr } from './expr.ts';
import { type LogicalPlan, outputOf } from './plan.ts';
import { expressionsOf, inputsOf } from './plan-walk.ts';
import { some } from './walk.ts';

/** `nodes` are a plan's, parents first. Parts that look at a row outside of them, or at the rows before of a recursion around them: no table holds them for all of these. */
export function dependentParts(nodes: readonly LogicalPlan[]): ReadonlySet<LogicalPlan> {
  const free = new Map<LogicalPlan, ReadonlySet<Column | string>>();
  const dependent = new Set<LogicalPlan>();
  for (const node of nodes.toReversed()) {
    const looked = new Set<Column | string>();
    if (node.kind === 'previous') looked.add(node.name);
    for (const expr of expressionsOf(node)) outerColumns(expr, looked);
    for (const input of inputsOf(node)) for (const column of free.get(input) ?? []) looked.add(column);
    // A join gives its right side the columns of its left one.
    if (looked.size > 0 && node.kind === 'join') for (const column of outputOf(node.left)) looked.delete(column);
    if (node.kind === 'recursion') looked.delete(node.name);
    if (looked.size === 0) continue;
    free.set(node, looked);
    dependent.add(node);
  }
  return dependent;
}

const outerColumns = (expr: Expr, into: Set<Column | string>): boolean =>
  some(expr, (e) => {
    if (e.kind === 'outer') into.add(e.column);
    return false;
  });
