/** Queries of EXISTS and IN that look outside: what they ask of the outer row, taken out of their plan. */

import type { Column, Expr } from '../algebra/expr.ts';
import type { LogicalPlan, Membership } from '../algebra/plan.ts';
import { outputOf } from '../algebra/plan.ts';
import { everyNode, expressionsOf, ownColumns } from '../algebra/plan-walk.ts';
import { andOf, columnsOf, conjuncts, rewrite } from '../algebra/walk.ts';

/** The question of an EXISTS or IN as a join asks it: which rows of `right` meet `on`, and for IN what is looked for among them. */
export interface Correlation {
  readonly kind: 'correlation';
  readonly right: LogicalPlan;
  readonly on?: Expr;
  readonly member?: Membership;
  /** What it reads of the outer row, but for what is looked for. */
  readonly outer: ReadonlySet<Column>;
}

/** Columns that a plan reads and does not make: those of an outer query. */
export function outerColumns(plan: LogicalPlan): ReadonlySet<Column> {
  const made = new Set<Column>();
  const read = new Set<Column>();
  for (const node of everyNode(plan)) {
    for (const column of ownColumns(node)) made.add(column);
    for (const column of columnsOf(...expressionsOf(node))) read.add(column);
  }
  return new Set([...read].filter((column) => !made.has(column)));
}

/**
 * The rows behind the plan, and the conditions on them that read `outer`. Undefined where an outer column is needed to make the rows
 * themselves: below groups, windows or a LIMIT.
 */
export function correlate(
  plan: LogicalPlan,
  outer: ReadonlySet<Column>,
  wanted: 'rows' | 'values',
): (Omit<Correlation, 'kind' | 'member' | 'outer'> & { readonly value?: Expr }) | undefined {
  const { value, ...rest } = asked(plan, wanted);
  const input = raised(rest.input);
  const parts = input.kind === 'filter' ? conjuncts(input.predicate) : [];
  const rows = input.kind === 'filter' ? input.input : input;
  if (outerColumns(rows).size > 0) return undefined;
  const outside = parts.filter((part) => [...columnsOf(part)].some((column) => outer.has(column)));
  const inside = andOf(parts.filter((part) => !outside.includes(part)));
  const right: LogicalPlan = inside ? { kind: 'filter', input: rows, predicate: inside } : rows;
  return { right, on: andOf(outside), value };
}

/** Columns of tests in the select list are made of the rows that WHERE left; they may as well be made before it. */
function raised(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'join' || plan.join !== 'mark') return plan;
  const left = raised(plan.left);
  return left.kind === 'filter' ? { ...left, input: { ...plan, left: left.input } } : plan;
}

/** The plan without what changes neither whether there are rows nor which values they hold: order, repetition, and for rows a LIMIT. */
function asked(plan: LogicalPlan, wanted: 'rows' | 'values'): { readonly input: LogicalPlan; readonly value?: Expr } {
  let input = plan;
  const first = outputOf(plan)[0];
  let value: Expr | undefined = first && { kind: 'column', type: first.type, column: first };
  for (;;) {
    if (
      input.kind === 'project' ||
      (input.kind === 'aggregate' && input.aggregates.length === 0 && input.keys.length > 0)
    ) {
      const items = input.kind === 'project' ? input.items : input.keys;
      value =
        value &&
        rewrite(value, (e) => (e.kind === 'column' ? items.find((i) => i.column === e.column)?.expr : undefined));
    } else if (input.kind === 'limit') {
      if (wanted === 'values' || input.count === 0 || input.offset > 0) return { input, value };
    } else if (input.kind !== 'sort') return { input, value };
    input = input.input;
  }
}
