/** What plans look like, where it decides how they are divided. */

import type { Physical } from '../algebra/physical.ts';
import type { LogicalPlan, Project, SetOperation } from '../algebra/plan.ts';

/** The UNION ALL under a projection that only names its columns anew, in their order. */
export function unionAllIn(plan: LogicalPlan): SetOperation | undefined {
  if (plan.kind === 'setOperation') return plan.op === 'union' && plan.all ? plan : undefined;
  if (plan.kind !== 'project' || plan.input.kind !== 'setOperation' || !isRenaming(plan)) return undefined;
  const { columns } = plan.input;
  const inOrder = plan.items.every(({ expr }, i) => expr.kind === 'column' && expr.column === columns[i]);
  return inOrder && plan.items.length === columns.length ? unionAllIn(plan.input) : undefined;
}

export const isRenaming = (plan: Project): boolean => plan.items.every(({ expr }) => expr.kind === 'column');

/** At most one row comes of it. */
export const oneRow = (node: Physical): boolean => {
  switch (node.kind) {
    case 'count':
      return true;
    case 'aggregation':
      return node.keys.length === 0;
    case 'where':
    case 'project':
      return oneRow(node.input);
    default:
      return false;
  }
};

/** Groups of one aggregation, perhaps filtered: few as a rule, so that a heap is tried before DuckDB. */
export const boundedGroups = (node: Physical): boolean =>
  node.kind === 'aggregation' || ((node.kind === 'where' || node.kind === 'project') && boundedGroups(node.input));
