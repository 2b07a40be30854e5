/** Queries of EXISTS and IN that look outside: what they ask of the outer row, taken out of their plan. */

import type { Column, Expr } from '../algebra/expr.ts';
import type { LogicalPlan, Membership } from '../algebra/plan.ts';
import { outputOf } from '../algebra/plan.ts';
import { bottomUp, everyNode, expressionsOf, mapExpressions, ownColumns } from '../algebra/plan-walk.ts';
import { andOf, columnsOf, conjuncts, rewrite } from '../algebra/walk.ts';

/** The question of an EXISTS or IN as a join asks it: which rows of `right` meet `on`, and for IN what is looked for among them. */
export interface Correlation {
  readonly kind: 'correlation';
  readonly right: LogicalPlan;
  readonly on?: Expr;
  readonly member?: Membership;
  /** `right` itself looks at the outer row, so that it is made anew for each. */
  readonly dependent?: boolean;
  /** What it reads of the outer row, but for what is looked for. */
  readonly outer: ReadonlySet<Column>;
}

/** The rows that a query asks, and the values that it selects of them. */
export type Asked = Omit<Correlation, 'kind' | 'member' | 'outer'> & { readonly values: readonly Expr[] };

/** Columns that the nodes of a plan make. */
export function madeBy(plan: LogicalPlan): ReadonlySet<Column> {
  return new Set([...everyNode(plan)].flatMap((node) => [...ownColumns(node)]));
}

/** Columns that a plan reads and does not make: those of an outer query. */
export function outerColumns(plan: LogicalPlan): ReadonlySet<Column> {
  const made = madeBy(plan);
  const read = new Set([...everyNode(plan)].flatMap((node) => [...columnsOf(...expressionsOf(node))]));
  return new Set([...read].filter((column) => !made.has(column)));
}

/** The plan with columns of queries around it named as such. Undefined where a search or a collection of theirs is asked for. */
export function dependentOn(outer: ReadonlySet<Column>, plan: LogicalPlan): LogicalPlan | undefined {
  const scans = new Set([...everyNode(plan)].flatMap((node) => (node.kind === 'scan' ? [node.id] : [])));
  let isPossible = true;
  const seen = (e: Expr): Expr | undefined => {
    if (e.kind === 'nestedAny' && outer.has(e.source)) isPossible = false;
    if (e.kind === 'relevance' && !scans.has(e.scan)) isPossible = false;
    return e.kind === 'column' && outer.has(e.column) ? { kind: 'outer', type: e.type, column: e.column } : undefined;
  };
  const made = bottomUp(plan, (node) => mapExpressions(node, (expr) => rewrite(expr, seen)));
  return isPossible ? made : undefined;
}

/**
 * The rows behind the plan, and the conditions on them that read `outer`. Undefined where an outer column is needed to make the rows
 * themselves: below groups, windows or a LIMIT.
 */
export function correlate(plan: LogicalPlan, outer: ReadonlySet<Column>, wanted: 'rows' | 'values'): Asked | undefined {
  const { values, ...rest } = asked(plan, wanted);
  const input = raised(rest.input);
  const parts = input.kind === 'filter' ? conjuncts(input.predicate) : [];
  const rows = input.kind === 'filter' ? input.input : input;
  if (outerColumns(rows).size > 0) return undefined;
  const outside = parts.filter((part) => [...columnsOf(part)].some((column) => outer.has(column)));
  const inside = andOf(parts.filter((part) => !outside.includes(part)));
  const right: LogicalPlan = inside ? { kind: 'filter', input: rows, predicate: inside } : rows;
  return { right, on: andOf(outside), values };
}

/** Columns of tests in the select list are made of the rows that WHERE left; they may as well be made before it. */
function raised(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'join' || plan.join !== 'mark') return plan;
  const left = raised(plan.left);
  return left.kind === 'filter' ? { ...left, input: { ...plan, left: left.input } } : plan;
}

/** The plan without what changes neither whether there are rows nor which values they hold: order, repetition, and for rows a LIMIT. */
function asked(
  plan: LogicalPlan,
  wanted: 'rows' | 'values',
): { readonly input: LogicalPlan; readonly values: readonly Expr[] } {
  let input = plan;
  let values = outputOf(plan).map((column): Expr => ({ kind: 'column', type: column.type, column }));
  for (;;) {
    if (
      input.kind === 'project' ||
      (input.kind === 'aggregate' && input.aggregates.length === 0 && input.keys.length > 0)
    ) {
      const items = input.kind === 'project' ? input.items : input.keys;
      values = values.map((value) =>
        rewrite(value, (e) => (e.kind === 'column' ? items.find((i) => i.column === e.column)?.expr : undefined)),
      );
    } else if (input.kind === 'limit') {
      if (wanted === 'values' || input.count === 0 || input.offset > 0) return { input, values };
    } else if (input.kind !== 'sort') return { input, values };
    input = input.input;
  }
}
