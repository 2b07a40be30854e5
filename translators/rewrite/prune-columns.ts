/** Drops columns that nothing above reads, so that scans fetch and residual inputs carry only what is needed. */
import type { Column } from '../algebra/expr.ts';
import { type LogicalPlan, outputOf } from '../algebra/plan.ts';
import { bottomUp, expressionsOf, inputsOf, parentsFirst } from '../algebra/plan-walk.ts';
import { columnsOf } from '../algebra/walk.ts';

export function pruneColumns(plan: LogicalPlan): LogicalPlan {
  // A column is made in one place, so that one set tells for the whole plan which are read.
  const read = new Set<Column>(outputOf(plan));
  /** Nodes whose columns are the answer, or go by their position: every one stays. */
  const whole = new Set<LogicalPlan>([plan]);
  for (const node of parentsFirst(plan)) {
    for (const column of columnsOf(...expressionsOf(kept(node, read, whole.has(node))))) read.add(column);
    for (const input of inputsOf(node)) {
      // The one column of a query for a value is read by the join itself.
      const isValue = node.kind === 'join' && node.join === 'value' && input === node.right;
      const isPlaced = node.kind === 'setOperation' || node.kind === 'recursion';
      if (isPlaced || isValue) for (const column of outputOf(input)) read.add(column);
      if (isPlaced || (whole.has(node) && PASSING.has(node.kind))) whole.add(input);
    }
  }
  return bottomUp(plan, (node, before) => kept(node, read, whole.has(before)));
}

/** Their columns are those of their input, with others behind them. */
const PASSING: ReadonlySet<LogicalPlan['kind']> = new Set(['filter', 'sort', 'limit', 'window', 'unnest']);

/** The node without its columns that nobody reads. */
function kept(node: LogicalPlan, read: ReadonlySet<Column>, whole: boolean): LogicalPlan {
  if (node.kind === 'scan') {
    return {
      ...node,
      columns: node.columns.filter((column) => read.has(column)),
      highlights: node.highlights?.filter((h) => read.has(h.column)),
    };
  }
  if (whole) return node;
  switch (node.kind) {
    case 'project':
      return { ...node, items: node.items.filter((item) => read.has(item.column)) };
    case 'aggregate':
      return { ...node, aggregates: node.aggregates.filter((a) => read.has(a.column)) };
    case 'window':
      return { ...node, calls: node.calls.filter((call) => read.has(call.column)) };
    case 'unnest':
      return { ...node, columns: node.columns.filter((c) => read.has(c.column)) };
    default:
      return node;
  }
}
