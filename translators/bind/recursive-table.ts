/** WITH RECURSIVE: a common table whose second branch reads the rows that it gave before (SQL:2016, 7.17). */

import type { Column } from '../algebra/expr.ts';
import type { LogicalPlan, Previous } from '../algebra/plan.ts';
import { everyNode, expressionsOf, someNode } from '../algebra/plan-walk.ts';
import { some } from '../algebra/walk.ts';
import type { BodyNode, SetOperationNode } from '../syntax/ast.ts';
import { type BindEnv, type BoundQuery, semantic } from './context.ts';
import { aligned, commonTypes } from './set-columns.ts';

export interface RecursiveTable {
  readonly name: string;
  readonly columns?: readonly string[];
}

/** The types of both branches are widened until they agree, which numbers do after a few steps. */
const MOST_WIDENINGS = 4;

/** Undefined where the second branch does not read the table, so that it is a set like any other. */
export function bindRecursion(
  node: SetOperationNode,
  table: RecursiveTable,
  env: BindEnv,
  bindBranch: (node: BodyNode, env: BindEnv) => BoundQuery,
): BoundQuery | undefined {
  const first = bindBranch(node.left, env);
  let types = first.columns.map(({ column }) => column.type);
  for (let widened = 0; ; widened++) {
    const columns: Column[] = first.columns.map(({ column }, i) => ({
      id: env.nextId(),
      name: table.columns?.[i] ?? column.name,
      type: types[i]!,
    }));
    const previous: Previous = {
      kind: 'previous',
      name: `recursion${env.nextId()}`,
      columns: columns.map((column) => ({ ...column, id: env.nextId() })),
      of: columns,
    };
    const step = bindBranch(node.right, { ...env, ctes: env.ctes.with(table.name, boundTo(previous)) });
    if (!reads(step.plan, previous, node, table, env)) return undefined;
    if (node.op !== 'UNION')
      throw semantic({ env }, node.at, `The recursive table [${table.name}] needs UNION or UNION ALL`);
    const wanted = commonTypes(first, step, node.op, node.at, env);
    if (wanted.some((type, i) => type !== types[i]) && widened < MOST_WIDENINGS) {
      types = [...wanted];
      continue;
    }
    env.size.operators(3);
    const plan: LogicalPlan = {
      kind: 'recursion',
      name: previous.name,
      all: node.all,
      left: aligned(first, columns, env),
      right: aligned(step, columns, env),
      columns,
    };
    return { plan, columns: first.columns.map((item, i) => ({ ...item, column: columns[i]! })) };
  }
}

const boundTo = (previous: Previous): BoundQuery => ({
  plan: previous,
  columns: previous.columns.map((column) => ({ name: column.name, column })),
});

/** A query inside an expression is made before the rows are, so that it cannot read them. */
function reads(
  plan: LogicalPlan,
  previous: Previous,
  node: SetOperationNode,
  table: RecursiveTable,
  env: BindEnv,
): boolean {
  const within = (inner: LogicalPlan): boolean => someNode(inner, (one) => one === previous);
  for (const one of everyNode(plan))
    for (const expr of expressionsOf(one))
      if (some(expr, (e) => e.kind === 'scalarSubquery' && within(e.plan)))
        throw semantic(
          { env },
          node.right.at,
          `The recursive table [${table.name}] cannot be read by a subquery of an expression`,
        );
  return within(plan);
}
