/** Decides which common table expressions are made once for all that read them, and which stand where they are read. */

import type { LogicalPlan } from '../algebra/plan.ts';
import { bottomUp, everyNode, expressionsOf } from '../algebra/plan-walk.ts';
import { isVolatile } from '../algebra/walk.ts';

/** A view of an index is no work by itself: where it is read, the cluster answers with the conditions that stand there. */
const MAX_VIEW = 8;

export function commonTables(plan: LogicalPlan): LogicalPlan {
  const readers = new Map<LogicalPlan, number>();
  for (const node of everyNode(plan)) {
    if (node.kind === 'project' && node.common) readers.set(node.input, (readers.get(node.input) ?? 0) + 1);
  }
  if (readers.size === 0) return plan;
  const inPlace = (table: LogicalPlan): boolean => readers.get(table) === 1 || isView(table);
  return bottomUp(plan, (node, before) =>
    node.kind === 'project' && before.kind === 'project' && node.common && inPlace(before.input)
      ? { ...node, common: false }
      : node,
  );
}

function isView(plan: LogicalPlan): boolean {
  let node = plan;
  for (let depth = 0; depth < MAX_VIEW; depth++) {
    if (node.kind === 'scan') return node.vector === undefined;
    if ((node.kind !== 'project' && node.kind !== 'filter') || expressionsOf(node).some(isVolatile)) return false;
    node = node.input;
  }
  return false;
}
