/** The plan of a SELECT whose parts are bound: groups, different rows, order and limit. */
import type { AggregateCall, Column, Expr } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import type { Aggregate, LogicalPlan, Project, SortKey } from '../algebra/plan.ts';
import { isVolatile, rewrite } from '../algebra/walk.ts';
import { COUNT, RANK } from '../functions/aggregate.ts';
import type { OrderNode, SelectNode, Span } from '../syntax/ast.ts';
import type { BucketKeys } from './bucket-keys.ts';
import { dateFieldOf } from './coerce.ts';
import type { Collections } from './collections.ts';
import { type AggregateSink, type BindEnv, type BoundQuery, type OutputItem, semantic } from './context.ts';
import { columnRef } from './expression.ts';
import type { GroupKeys } from './group.ts';
import type { GroupingSets } from './grouping-sets.ts';
import type { Marks } from './marks.ts';
import type { BoundItem } from './select-items.ts';
import type { SelectSinks } from './select-sinks.ts';

const RANK_TYPE = 'integer';

export interface SelectTail {
  readonly order: readonly OrderNode[];
  readonly count: number;
  readonly offset: number;
  readonly limited: boolean;
  /** Rows that the order does not tell from the last one come, too. */
  readonly ties?: boolean;
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
  readonly sets: GroupingSets;
  /** What stands behind GROUP BY, in its order. */
  readonly elements: readonly BoundItem[];
  readonly env: BindEnv;
  readonly having: Expr | undefined;
  /** Writes an expression over rows as one over groups. */
  readonly over: (expr: Expr, at: Span, label: string) => Expr;
}

/** The groups of the rows. Rewriting may still find aggregates inside window arguments, so the node is made last. */
export function overGroups(
  { plan: input, items, order }: Shown,
  { node, buckets, keys, collections, sinks, sets, elements, marks, having, over, env }: Grouping,
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
  const aggregate: Aggregate = {
    kind: 'aggregate',
    input,
    keys: keys.items,
    aggregates: sinks.aggregates.map(({ column, call }) => ({ column, call })),
    ...(looked.length > 0 ? { collections: looked } : {}),
  };
  if (node.sets && (looked.length > 0 || inBuckets || shape.filter || shape.top))
    throw semantic({ env }, node.at, 'Grouping sets do not go with nested() or with the older forms of buckets');
  let plan = sets.over(aggregate, keys, elements);
  if (marks) plan = marks.over(plan);
  for (const predicate of [some, inBuckets, shape.filter]) plan = only(plan, predicate);
  if (shape.top) plan = ordered(plan, shape.top.keys, { count: shape.top.count, offset: 0, limited: true }, env);
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
  return { plan: { kind: 'project', input: ordered(plan, order, tail, env), items: projection }, columns };
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
  const bound = {
    plan: ordered({ kind: 'aggregate', input, keys, aggregates: [] }, sorted, tail, env),
    columns: columns.map((item, i) => ({ ...item, column: keys[i]!.column })),
  };
  return withoutRank(bound, tail, env);
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
  const plan = ordered({ kind: 'project', input, items }, sorted, tail, env);
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
  tail: Pick<SelectTail, 'count' | 'offset' | 'limited' | 'ties'>,
  env: BindEnv,
): LogicalPlan {
  if (tail.ties && tail.count > 0) return withTies(input, keys, tail, env);
  const sorted: LogicalPlan = keys.length > 0 ? { kind: 'sort', input, keys } : input;
  return tail.limited ? { kind: 'limit', input: sorted, count: tail.count, offset: tail.offset } : sorted;
}

/** All rows that the order does not put behind the last of the wanted ones: equal rows share their rank. */
function withTies(
  input: LogicalPlan,
  keys: readonly SortKey[],
  { count, offset }: Pick<SelectTail, 'count' | 'offset'>,
  env: BindEnv,
): LogicalPlan {
  const column: Column = { id: env.nextId(), name: 'rank', type: RANK_TYPE };
  const call: AggregateCall = { fn: RANK, args: [], distinct: false, type: RANK_TYPE };
  const ranked: LogicalPlan = { kind: 'window', input, calls: [{ column, call, partition: [], order: keys }] };
  const predicate: Expr = {
    kind: 'compare',
    type: 'boolean',
    op: '<=',
    left: columnRef(column),
    right: { kind: 'literal', type: 'long', value: count + offset },
  };
  const sorted: LogicalPlan = { kind: 'sort', input: { kind: 'filter', input: ranked, predicate }, keys };
  return offset === 0 ? sorted : { kind: 'limit', input: sorted, count: Number.POSITIVE_INFINITY, offset };
}

/** The columns of the query without the rank, by which WITH TIES takes its rows. */
export function withoutRank(bound: BoundQuery, { ties }: Pick<SelectTail, 'ties'>, env: BindEnv): BoundQuery {
  if (!ties) return bound;
  const columns = bound.columns.map((item) => ({ ...item, column: { ...item.column, id: env.nextId() } }));
  const items = columns.map(({ column }, i) => ({ column, expr: columnRef(bound.columns[i]!.column) }));
  return { plan: { kind: 'project', input: bound.plan, items }, columns };
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
