/** The plan of a SELECT whose parts are bound: groups, different rows, order and limit. */
import type { Column, Expr } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import type { LogicalPlan, Project, SortKey } from '../algebra/plan.ts';
import { isVolatile, rewrite } from '../algebra/walk.ts';
import { COUNT } from '../functions/aggregate.ts';
import type { OrderNode, SelectNode, Span } from '../syntax/ast.ts';
import type { BucketKeys } from './bucket-keys.ts';
import { dateFieldOf } from './coerce.ts';
import type { Collections } from './collections.ts';
import { type AggregateSink, type BindEnv, type BoundQuery, type OutputItem, semantic } from './context.ts';
import { columnRef } from './expression.ts';
import type { GroupKeys } from './group.ts';
import type { Marks } from './marks.ts';
import type { BoundItem } from './select-items.ts';
import type { SelectSinks } from './select-sinks.ts';

export interface SelectTail {
  readonly order: readonly OrderNode[];
  readonly count: number;
  readonly offset: number;
  readonly limited: boolean;
}

/** What is shown, and by what it is sorted. */
export interface Shown {
  readonly plan: LogicalPlan;
  readonly items: readonly BoundItem[];
  readonly order: readonly (SortKey & { readonly node?: OrderNode })[];
}

interface Grouping {
  readonly node: SelectNode;
  readonly buckets: BucketKeys;
  readonly keys: GroupKeys;
  readonly collections: Collections;
  readonly sinks: SelectSinks;
  /** What queries say of each group. */
  readonly marks: Marks | undefined;
  readonly having: Expr | undefined;
  /** Writes an expression over rows as one over groups. */
  readonly over: (expr: Expr, at: Span, label: string) => Expr;
}

/** The groups of the rows. Rewriting may still find aggregates inside window arguments, so the node is made last. */
export function overGroups(
  { plan: input, items, order }: Shown,
  { node, buckets, keys, collections, sinks, marks, having, over }: Grouping,
): Shown {
  const outputs = items.map((item) => ({ ...item, expr: over(item.expr, item.at, item.name) }));
  const sorted = order.map(({ expr, desc, nullsFirst, ...key }) => ({
    expr: over(expr, key.node?.at ?? node.at, 'ORDER BY'),
    desc,
    nullsFirst,
  }));
  sinks.windows = sinks.windows.map((window) => {
    const inGroups = (expr: Expr): Expr => over(expr, node.at, window.column.name);
    return {
      ...window,
      call: { ...window.call, args: window.call.args.map(inGroups) },
      partition: window.partition.map(inGroups),
      order: window.order.map((key) => ({ ...key, expr: inGroups(key.expr) })),
    };
  });
  const filtered = having && over(having, node.having!.at, 'HAVING');
  const shape = buckets.shape(sinks.aggregate, (expr) => over(expr, node.at, 'GROUP BY'));
  const some = keys.constant && keys.items.length === 0 ? someRow(sinks.aggregate, node) : undefined;
  const looked = collections.list();
  const { groups } = buckets.within(collections.reads);
  const inBuckets = groups && over(groups, node.at, 'GROUP BY');
  let plan: LogicalPlan = {
    kind: 'aggregate',
    input,
    keys: keys.items,
    aggregates: sinks.aggregates.map(({ column, call }) => ({ column, call })),
    ...(looked.length > 0 ? { collections: looked } : {}),
  };
  if (marks) plan = marks.over(plan);
  for (const predicate of [some, inBuckets, shape.filter]) plan = only(plan, predicate);
  if (shape.top) plan = ordered(plan, shape.top.keys, { count: shape.top.count, offset: 0, limited: true });
  return { plan: only(plan, filtered), items: outputs, order: sorted.length === 0 ? shape.order : sorted };
}

export const only = (input: LogicalPlan, predicate: Expr | undefined): LogicalPlan =>
  predicate ? { kind: 'filter', input, predicate } : input;

/** The items in the order, each row once where that is asked for. */
export function shownRows(
  { plan, items, order }: Shown,
  distinct: boolean,
  tail: SelectTail,
  at: Span,
  env: BindEnv,
): BoundQuery {
  const projection = items.map((item) => ({ column: outputColumn(item, env), expr: item.expr }));
  const columns: OutputItem[] = items.map((item, i) => ({
    name: item.name,
    alias: item.alias,
    column: projection[i]!.column,
  }));
  if (distinct) return differentRows(plan, projection, columns, order, tail, at, env);
  if (order.some((key) => isVolatile(key.expr))) return computedFirst(plan, projection, columns, order, tail, env);
  return { plan: { kind: 'project', input: ordered(plan, order, tail), items: projection }, columns };
}

function differentRows(
  rows: LogicalPlan,
  projection: Project['items'],
  columns: readonly OutputItem[],
  order: readonly SortKey[],
  tail: SelectTail,
  at: Span,
  env: BindEnv,
): BoundQuery {
  const input: LogicalPlan = { kind: 'project', input: rows, items: projection };
  const keys = projection.map(({ column }) => ({ column: { ...column, id: env.nextId() }, expr: columnRef(column) }));
  const byKey = new Map(projection.map((item, i) => [exprKey(item.expr), keys[i]!.column]));
  const selected = (expr: Expr): Expr =>
    rewrite(expr, (e) => {
      const column = e.kind === 'literal' ? undefined : byKey.get(exprKey(e));
      if (column) return columnRef(column);
      if (e.kind !== 'column') return undefined;
      throw semantic({ env }, at, 'With SELECT DISTINCT, ORDER BY may name only what is selected');
    });
  const sorted = order.map((key) => ({ ...key, expr: selected(key.expr) }));
  return {
    plan: ordered({ kind: 'aggregate', input, keys, aggregates: [] }, sorted, tail),
    columns: columns.map((item, i) => ({ ...item, column: keys[i]!.column })),
  };
}

/** An order by a value that differs at each computing is by the value that is shown: it is computed once, before the sort. */
function computedFirst(
  input: LogicalPlan,
  projection: Project['items'],
  columns: readonly OutputItem[],
  keys: readonly SortKey[],
  tail: SelectTail,
  env: BindEnv,
): BoundQuery {
  const items = [...projection];
  const byKey = new Map(items.map((item) => [exprKey(item.expr), item.column]));
  const sorted = keys.map((key) => {
    let column = byKey.get(exprKey(key.expr));
    if (!column) {
      column = { id: env.nextId(), name: 'key', type: key.expr.type };
      items.push({ column, expr: key.expr });
    }
    return { ...key, expr: columnRef(column) };
  });
  const plan = ordered({ kind: 'project', input, items }, sorted, tail);
  const shown = columns.map((item) => ({ ...item, column: { ...item.column, id: env.nextId() } }));
  return {
    plan: {
      kind: 'project',
      input: plan,
      items: shown.map((item, i) => ({ column: item.column, expr: columnRef(columns[i]!.column) })),
    },
    columns: shown,
  };
}

export function ordered(
  input: LogicalPlan,
  keys: readonly SortKey[],
  tail: Pick<SelectTail, 'count' | 'offset' | 'limited'>,
): LogicalPlan {
  const sorted: LogicalPlan = keys.length > 0 ? { kind: 'sort', input, keys } : input;
  return tail.limited ? { kind: 'limit', input: sorted, count: tail.count, offset: tail.offset } : sorted;
}

function outputColumn({ alias, name, expr }: Omit<BoundItem, 'at'>, env: BindEnv): Column {
  const dates = dateFieldOf(expr);
  return { id: env.nextId(), name: alias ?? name, type: expr.type, ...(dates && { dates }) };
}

/** Groups that nothing divides: one of all rows, and none over no rows. */
function someRow(aggregates: AggregateSink, node: SelectNode): Expr {
  const rows = aggregates.add({ fn: COUNT, args: [], distinct: false, type: 'long' }, node.at);
  return {
    kind: 'compare',
    type: 'boolean',
    op: '>',
    left: rows,
    right: { kind: 'literal', type: 'long', value: 0 },
  };
}
