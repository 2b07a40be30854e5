/** Which parts of a plan are made as tables before the statement that reads them. */
import { dependentParts } from '../../algebra/dependent-parts.ts';
import type { LogicalPlan } from '../../algebra/plan.ts';
import { inputsOf, parentsFirst } from '../../algebra/plan-walk.ts';

/**
 * DuckDB's optimizer takes twice the time for each group in a group, and the fourth power of the number of joins in one FROM, where nothing
 * interrupts it: 16 take a quarter of a second, 48 take 13. Its parser refuses queries nested a few hundred deep.
 */
const MAX_GROUPS = 6;
const MAX_JOINS = 16;
const MAX_QUERIES = 40;

interface Depth {
  readonly groups: number;
  readonly joins: number;
  readonly queries: number;
}

/** What is read in several places, and what stands so deep that DuckDB could not plan it as one. */
export function tablesOfTheirOwn(plan: LogicalPlan): ReadonlySet<LogicalPlan> {
  const apart = new Set<LogicalPlan>();
  const readers = new Map<LogicalPlan, number>();
  const depths = new Map<LogicalPlan, Depth>();
  const nodes = parentsFirst(plan);
  const dependent = dependentParts(nodes);
  for (const node of nodes) for (const input of inputsOf(node)) readers.set(input, (readers.get(input) ?? 0) + 1);
  for (const node of nodes.toReversed()) {
    if (node.kind === 'input') continue;
    const below = inputsOf(node).map((input) => (apart.has(input) ? undefined : depths.get(input)) ?? NO_DEPTH);
    const depth: Depth = {
      groups: Math.max(0, ...below.map((d) => d.groups)) + (isGroups(node) ? 1 : 0),
      // DuckDB brings joins of joins into one, whichever side they stand on.
      joins: JOINED.has(node.kind) ? below.reduce((sum, d) => sum + d.joins, node.kind === 'join' ? 1 : 0) : 0,
      // A chain of joins stands in one query.
      queries: Math.max(1, ...below.map((d, i) => d.queries + (node.kind === 'join' && i === 0 ? 0 : 1))),
    };
    depths.set(node, depth);
    const { groups, joins, queries } = depth;
    const isDeep = groups >= MAX_GROUPS || joins >= MAX_JOINS || queries >= MAX_QUERIES;
    if ((isDeep || (readers.get(node) ?? 0) > 1) && !dependent.has(node)) apart.add(node);
  }
  return apart;
}

const JOINED: ReadonlySet<LogicalPlan['kind']> = new Set(['join', 'filter', 'project']);

const NO_DEPTH: Depth = { groups: 0, joins: 0, queries: 0 };

const isGroups = (node: LogicalPlan): boolean =>
  node.kind === 'aggregate' || (node.kind === 'setOperation' && !node.all);
