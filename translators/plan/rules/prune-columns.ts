/** Drops columns that nothing above reads, so that scans fetch and residual inputs carry only what is needed. */
import type { Column } from '../../bind/expr.ts';
import { columnsOf } from '../../bind/walk.ts';
import { type LogicalPlan, outputOf } from '../nodes.ts';
import { bottomUp, expressionsOf, inputsOf, parentsFirst } from '../walk.ts';

/** What is read of a node, by all that stand above it. */
interface Demand {
  readonly columns: Set<Column>;
  /** Its columns are the answer, or go by their position: every one stays. */
  whole: boolean;
}

export function pruneColumns(plan: LogicalPlan): LogicalPlan {
  const demands = new Map<LogicalPlan, Demand>([[plan, { columns: new Set(outputOf(plan)), whole: true }]]);
  for (const node of parentsFirst(plan)) {
    const { columns, whole } = demandOf(node, demands.get(node)!);
    for (const input of inputsOf(node)) {
      const known = demands.get(input);
      // By position: every column of each branch counts.
      const wanted = node.kind === 'setOperation' ? outputOf(input) : columns;
      if (!known) demands.set(input, { columns: new Set(wanted), whole });
      else {
        for (const column of wanted) known.columns.add(column);
        known.whole ||= whole;
      }
    }
  }
  return bottomUp(plan, (node, before) => kept(node, demands.get(before)!));
}

/** What a node wants of its inputs. */
function demandOf(node: LogicalPlan, own: Demand): { readonly columns: ReadonlySet<Column>; readonly whole: boolean } {
  const read = columnsOf(...expressionsOf(kept(node, own)));
  switch (node.kind) {
    case 'project':
    case 'aggregate':
      return { columns: read, whole: false };
    case 'setOperation':
      return { columns: read, whole: true };
    case 'join':
      return { columns: new Set([...own.columns, ...read]), whole: false };
    default:
      return { columns: new Set([...own.columns, ...read]), whole: own.whole };
  }
}

/** The node without its columns that nobody reads. */
function kept(node: LogicalPlan, { columns, whole }: Demand): LogicalPlan {
  if (node.kind === 'scan') {
    return {
      ...node,
      columns: node.columns.filter((column) => columns.has(column)),
      highlights: node.highlights?.filter((h) => columns.has(h.column)),
    };
  }
  if (whole) return node;
  switch (node.kind) {
    case 'project':
      return { ...node, items: node.items.filter((item) => columns.has(item.column)) };
    case 'aggregate':
      return { ...node, aggregates: node.aggregates.filter((a) => columns.has(a.column)) };
    case 'window':
      return { ...node, calls: node.calls.filter((call) => columns.has(call.column)) };
    case 'unnest':
      return { ...node, columns: node.columns.filter((c) => columns.has(c.column)) };
    default:
      return node;
  }
}
