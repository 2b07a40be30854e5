/** Which parts of a plan are made as tables before the statement that reads them. */
import type { LogicalPlan } from '../../plan/nodes.ts';
import { inputsOf, parentsFirst } from '../../plan/walk.ts';

/** DuckDB's optimizer takes twice the time for each group in a group; its parser refuses queries nested a few hundred deep. */
const MAX_GROUPS = 6;
const MAX_QUERIES = 40;

/** What is read in several places, and what stands so deep that DuckDB could not plan it as one. */
export function tablesOfTheirOwn(plan: LogicalPlan): ReadonlySet<LogicalPlan> {
  const apart = new Set<LogicalPlan>();
  const readers = new Map<LogicalPlan, number>();
  const depths = new Map<LogicalPlan, { readonly groups: number; readonly queries: number }>();
  const nodes = parentsFirst(plan);
  for (const node of nodes) for (const input of inputsOf(node)) readers.set(input, (readers.get(input) ?? 0) + 1);
  for (const node of nodes.toReversed()) {
    if (node.kind === 'input') continue;
    let [groups, queries] = [isGroups(node) ? 1 : 0, 1];
    for (const [i, input] of inputsOf(node).entries()) {
      const below = apart.has(input) ? undefined : depths.get(input);
      groups = Math.max(groups, (below?.groups ?? 0) + (isGroups(node) ? 1 : 0));
      // A chain of joins stands in one query.
      queries = Math.max(queries, (below?.queries ?? 0) + (node.kind === 'join' && i === 0 ? 0 : 1));
    }
    depths.set(node, { groups, queries });
    if ((readers.get(node) ?? 0) > 1 || groups >= MAX_GROUPS || queries >= MAX_QUERIES) apart.add(node);
  }
  return apart;
}

const isGroups = (node: LogicalPlan): boolean =>
  node.kind === 'aggregate' || (node.kind === 'setOperation' && !node.all);
