/**
 * Queries for one value that look at the row beside which they stand. An aggregate over rows that equal the outer row in some
 * columns is made once for all outer rows, by those columns as its keys, and joined to them: where no row is equal it has the value of
 * an aggregate over nothing (0 of COUNT, NULL of others).
 */

import type { Column, Expr } from '../algebra/expr.ts';
import type { Aggregate, LogicalPlan } from '../algebra/plan.ts';
import { expressionsOf } from '../algebra/plan-walk.ts';
import { andOf, columnsOf, rewrite } from '../algebra/walk.ts';
import { correlate, outerColumns } from './correlation.ts';
import { columnRef } from './expression.ts';

/** What is joined to each outer row, at most one row for each, and the value in terms of both. */
export interface ScalarCorrelation {
  readonly right: LogicalPlan;
  readonly on: Expr;
  readonly value: Expr;
}

/** Undefined where the query is no aggregate over rows that are found by equality alone. */
export function correlateScalar(
  plan: LogicalPlan,
  outer: ReadonlySet<Column>,
  nextId: () => number,
): ScalarCorrelation | undefined {
  const made = valueOver(plan);
  if (!made) return undefined;
  const { aggregate, value } = made;
  const own = expressionsOf(aggregate);
  if (aggregate.keys.length > 0 || aggregate.collections || reads(own, outer)) return undefined;
  const asked = correlate(aggregate.input, outer, 'rows');
  if (!asked?.on || outerColumns(asked.right).size > 0) return undefined;
  const keys: { column: Column; expr: Expr }[] = [];
  const on: Expr[] = [];
  for (const part of asked.on.kind === 'and' ? asked.on.args : [asked.on]) {
    if (part.kind !== 'compare' || part.op !== '=') return undefined;
    const sides = [part.left, part.right];
    const inside = sides.find((side) => !reads([side], outer));
    const outside = sides.find((side) => side !== inside);
    if (!inside || !outside || [...columnsOf(outside)].some((column) => !outer.has(column))) return undefined;
    const column: Column = { id: nextId(), name: 'key', type: inside.type };
    keys.push({ column, expr: inside });
    on.push({ kind: 'compare', type: 'boolean', op: '=', left: outside, right: columnRef(column) });
  }
  const counts = new Set(aggregate.aggregates.filter(({ call }) => call.fn.empty === 0).map(({ column }) => column));
  return {
    right: { ...aggregate, input: asked.right, keys },
    on: andOf(on)!,
    value: rewrite(value, (e) => (e.kind === 'column' && counts.has(e.column) ? orZero(e) : undefined)),
  };
}

/** The aggregate that a query selects, and its value as an expression of the aggregate's columns. */
function valueOver(plan: LogicalPlan): { readonly aggregate: Aggregate; readonly value: Expr } | undefined {
  if (plan.kind !== 'project' || plan.items.length !== 1) return undefined;
  let { input } = plan;
  // The one row of an aggregate needs no order, and a LIMIT leaves it.
  while (input.kind === 'sort' || (input.kind === 'limit' && input.count > 0 && input.offset === 0))
    input = input.input;
  return input.kind === 'aggregate' ? { aggregate: input, value: plan.items[0]!.expr } : undefined;
}

const reads = (expressions: readonly Expr[], columns: ReadonlySet<Column>): boolean =>
  [...columnsOf(...expressions)].some((column) => columns.has(column));

const orZero = (count: Expr): Expr => ({
  kind: 'case',
  type: count.type,
  whens: [
    { when: { kind: 'isNull', type: 'boolean', arg: count }, then: { kind: 'literal', type: count.type, value: 0 } },
  ],
  otherwise: count,
});
