/** Binds one SELECT with its ORDER BY and LIMIT: FROM → WHERE → groups → windows → sort → limit → projection (spec sql-grammar 3). */

import type { AggregateCall, Column, Expr } from '../algebra/expr.ts';
import { aggregateKey, exprKey } from '../algebra/key.ts';
import type { LogicalPlan, Project, SortKey, WindowCall } from '../algebra/plan.ts';
import { columnsOf, isVolatile, rewrite } from '../algebra/walk.ts';
import { COUNT } from '../functions/aggregate.ts';
import type { ExprNode, OrderNode, SelectItemNode, SelectNode } from '../syntax/ast.ts';
import { BucketKeys } from './bucket-keys.ts';
import { containsAggregate } from './call.ts';
import { Collections } from './collections.ts';
import { readCommaList } from './comma-list.ts';
import {
  type AggregateSink,
  type BindEnv,
  type BoundQuery,
  type ExprContext,
  type OutputItem,
  semantic,
} from './context.ts';
import { madeBy } from './correlation.ts';
import { bindCondition, bindExpr, columnRef } from './expression.ts';
import { GroupKeys, groupRewriter } from './group.ts';
import { ItemNames } from './item-names.ts';
import { Marks } from './marks.ts';
import { type BoundRelation, bindRelation } from './relation.ts';
import { NONE_MERGED, Scope } from './scope.ts';
import { type BoundItem, bindItem, labelOf, relationsOf } from './select-items.ts';
import { readSourceFilter } from './source-filter.ts';
import { bindWhere } from './where.ts';

export interface SelectTail {
  readonly order: readonly OrderNode[];
  readonly count: number;
  readonly offset: number;
  readonly limited: boolean;
}

export function bindSelect(
  written: SelectNode,
  tail: SelectTail,
  env: BindEnv,
  outer: Scope | undefined,
  bindQuery: ExprContext['bindQuery'],
): BoundQuery {
  const listed = readCommaList(written, tail, env);
  const { select: node, filter: sourceFilter } = readSourceFilter(listed, env);
  const relation: BoundRelation = node.from
    ? bindRelation(node.from, { env, outer, bindQuery })
    : { plan: { kind: 'values', columns: [], rows: [[]] }, relations: [], merged: NONE_MERGED };
  const scope = new Scope(relation.relations, outer, relation.merged);
  let plan = relation.plan;
  const base = { env, scope, bindQuery };

  const unseen = new Set(node.items.flatMap(({ alias }) => (alias === undefined ? [] : [alias])));
  if (node.where) plan = bindWhere(node.where, plan, { ...base, clause: 'WHERE', unseen });

  // Sinks: aggregates, windows and unnested columns come into being while the select list is bound.
  const aggregates: { column: Column; call: AggregateCall; key: string }[] = [];
  const windows: WindowCall[] = [];
  const marks = new Marks(env.nextId);
  const collections = new Collections(env.nextId);
  const context: ExprContext = {
    ...base,
    clause: 'SELECT',
    namedWindows: node.windows,
    marks,
    aggregates: {
      add(call) {
        const key = aggregateKey(call);
        let known = aggregates.find((a) => a.key === key);
        if (!known) {
          known = { column: { id: env.nextId(), name: call.fn.name, type: call.type }, call, key };
          aggregates.push(known);
        }
        return columnRef(known.column);
      },
    },
    windows: {
      add(call) {
        const column: Column = { id: env.nextId(), name: call.call.fn.name, type: call.call.type };
        windows.push({ column, ...call });
        return columnRef(column);
      },
    },
    unnests: collections,
  };

  const grouped =
    node.group.length > 0 ||
    node.items.some((item) => containsAggregate(item.expr)) ||
    (node.having !== undefined && containsAggregate(node.having)) ||
    tail.order.some((o) => containsAggregate(o.expr));

  const buckets = new BucketKeys(node.group, {
    ...context,
    clause: 'GROUP BY',
    aggregates: undefined,
    windows: undefined,
  });
  const above = {
    aggregate: (column: Column) => aggregates.some((a) => a.column === column),
    window: (column: Column) => windows.some((w) => w.column === column),
  };
  const perItem = node.items.map((item) => bindItem(item, node, { ...context, alias: buckets.alias }, sourceFilter));
  const asWritten = perItem.flat();

  // GROUP BY
  const keys = new GroupKeys(env.nextId);
  const keyItems: BoundItem[] = [];
  if (node.group.length > 0) {
    const groupContext: ExprContext = { ...context, clause: 'GROUP BY', aggregates: undefined, windows: undefined };
    const names = new ItemNames(asWritten, buckets.alias, above);
    for (const element of node.group) keyItems.push(groupKey(element, asWritten, names, groupContext));
    for (const key of keyItems) keys.add(key, above, env);
    const { rows } = buckets.within(collections.reads);
    if (rows) plan = { kind: 'filter', input: plan, predicate: rows };
  }
  const named = grouped ? perItem.flatMap((list, i) => starOfKeys(node.items[i]!, list, keyItems, context)) : asWritten;
  const items = [...buckets.unnamed(named), ...named];
  // A column of a query around this one is the same for all rows of a group.
  const isOuter = (column: Column): boolean => outer !== undefined && !madeBy(plan).has(column);
  const over = grouped
    ? groupRewriter(keys, (column) => above.aggregate(column) || above.window(column) || isOuter(column), env)
    : (expr: Expr): Expr => expr;

  const names = new ItemNames(items, buckets.alias, above);
  const having =
    node.having &&
    bindCondition(
      node.having,
      names.forHaving(node.having, {
        ...context,
        clause: 'HAVING',
        marks: grouped ? undefined : marks,
        windows: undefined,
        unnests: grouped ? collections : undefined,
      }),
    );
  if (having && [...columnsOf(having)].some(above.window))
    throw semantic(context, node.having!.at, 'HAVING comes before window functions; use a query around this one');

  const order = tail.order.map((o) => ({
    expr: orderExpr(o, named, names, {
      ...context,
      clause: 'ORDER BY',
      unnests: grouped ? collections : collections.known,
    }),
    node: o,
    desc: o.desc,
    nullsFirst: o.nulls ? o.nulls === 'FIRST' : !o.desc,
  }));

  // Groups look into collections by themselves: no aggregate may change how often another one sees a row.
  if (!grouped) plan = collections.over(plan);

  plan = marks.over(plan);

  let outputs = items;
  let sortKeys: SortKey[] = order;
  if (grouped) {
    // Rewriting may still find aggregates inside window arguments, so the node is made last.
    outputs = items.map((item) => ({ ...item, expr: over(item.expr, item.at, item.name) }));
    sortKeys = order.map((o) => ({
      expr: over(o.expr, o.node.at, 'ORDER BY'),
      desc: o.desc,
      nullsFirst: o.nullsFirst,
    }));
    for (const [i, w] of windows.entries()) {
      windows[i] = {
        ...w,
        call: { ...w.call, args: w.call.args.map((arg) => over(arg, node.at, w.column.name)) },
        partition: w.partition.map((p) => over(p, node.at, w.column.name)),
        order: w.order.map((k) => ({ ...k, expr: over(k.expr, node.at, w.column.name) })),
      };
    }
    const filtered = having && over(having, node.having!.at, 'HAVING');
    const shape = buckets.shape(context.aggregates!, (expr) => over(expr, node.at, 'GROUP BY'));
    const some = keys.constant && keys.items.length === 0 ? someRow(context.aggregates!, node) : undefined;
    const looked = collections.list();
    plan = {
      kind: 'aggregate',
      input: plan,
      keys: keys.items,
      aggregates: aggregates.map(({ column, call }) => ({ column, call })),
      ...(looked.length > 0 ? { collections: looked } : {}),
    };
    if (some) plan = { kind: 'filter', input: plan, predicate: some };
    const { groups } = buckets.within(collections.reads);
    if (groups) plan = { kind: 'filter', input: plan, predicate: over(groups, node.at, 'GROUP BY') };
    if (shape.filter) plan = { kind: 'filter', input: plan, predicate: shape.filter };
    if (shape.top) plan = ordered(plan, shape.top.keys, { count: shape.top.count, offset: 0, limited: true });
    if (filtered) plan = { kind: 'filter', input: plan, predicate: filtered };
    if (sortKeys.length === 0) sortKeys = shape.order;
  }
  // Without groups and aggregates HAVING is a condition on rows.
  if (having && !grouped) plan = { kind: 'filter', input: plan, predicate: having };
  if (windows.length > 0) plan = { kind: 'window', input: plan, calls: windows };

  const projection = outputs.map((item) => ({ column: outputColumn(item, env), expr: item.expr }));
  const columns: OutputItem[] = outputs.map((item, i) => ({
    name: item.name,
    alias: item.alias,
    column: projection[i]!.column,
  }));

  if (node.distinct) {
    plan = { kind: 'project', input: plan, items: projection };
    const distinctKeys = projection.map(({ column }) => ({
      column: { ...column, id: env.nextId() },
      expr: columnRef(column),
    }));
    plan = { kind: 'aggregate', input: plan, keys: distinctKeys, aggregates: [] };
    const byKey = new Map(projection.map((item, i) => [exprKey(item.expr), distinctKeys[i]!.column]));
    const selected = (expr: Expr): Expr =>
      rewrite(expr, (e) => {
        const column = e.kind === 'literal' ? undefined : byKey.get(exprKey(e));
        if (column) return columnRef(column);
        if (e.kind !== 'column') return undefined;
        throw semantic({ env }, node.at, 'With SELECT DISTINCT, ORDER BY may name only what is selected');
      });
    sortKeys = sortKeys.map((key) => ({ ...key, expr: selected(key.expr) }));
    plan = ordered(plan, sortKeys, tail);
    return { plan, columns: columns.map((item, i) => ({ ...item, column: distinctKeys[i]!.column })) };
  }
  if (sortKeys.some((key) => isVolatile(key.expr)))
    return computedFirst(plan, projection, columns, sortKeys, tail, env);
  plan = ordered(plan, sortKeys, tail);
  return { plan: { kind: 'project', input: plan, items: projection }, columns };
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

const outputColumn = (item: Omit<BoundItem, 'at'>, env: BindEnv): Column => ({
  id: env.nextId(),
  name: item.alias ?? item.name,
  type: item.expr.type,
});

/** A key of GROUP BY, labelled as `*` shows it. */
function groupKey(element: ExprNode, items: readonly BoundItem[], names: ItemNames, context: ExprContext): BoundItem {
  const item = ordinalOf(element, items, context);
  if (item) return item;
  const inner = names.forGroup(element, context);
  const expr = bindExpr(element, inner);
  const alias = element.kind === 'name' && element.parts.length === 1 && inner.alias?.(element.parts[0]!);
  return (
    (alias && items.find((known) => known.alias !== undefined && known.expr === alias)) || {
      name: labelOf({ expr: element, at: element.at }, context),
      expr,
      at: element.at,
    }
  );
}

/** `*` of a grouped query is its keys, and `t.*` those that are columns of `t`; any other item stays as it is. */
function starOfKeys(
  { expr }: SelectItemNode,
  bound: readonly BoundItem[],
  keys: readonly BoundItem[],
  context: ExprContext,
): readonly BoundItem[] {
  if (expr.kind !== 'star' || keys.length === 0) return bound;
  const shown = keys.filter((key) => !expr.except?.includes(key.alias ?? key.name));
  if (expr.qualifier.length === 0) return shown;
  const relations = relationsOf(expr, context);
  if (relations.length === 0) return bound;
  const own = new Set(relations.flatMap((relation) => relation.star().map((c) => c.column)));
  return shown.filter((key) => key.expr.kind === 'column' && own.has(key.expr.column));
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

function orderExpr(node: OrderNode, items: readonly BoundItem[], names: ItemNames, context: ExprContext): Expr {
  return ordinalOf(node.expr, items, context)?.expr ?? bindExpr(node.expr, names.forOrder(node.expr, context));
}

function ordinalOf(node: ExprNode, items: readonly BoundItem[], context: ExprContext): BoundItem | undefined {
  if (node.kind !== 'literal' || node.type === 'null' || node.type === 'string' || node.type === 'boolean')
    return undefined;
  if (node.type !== 'integer' && node.type !== 'long') {
    throw semantic(context, node.at, `Non-integer constant [${String(node.value)}] found in ordinal`);
  }
  const n = Number(node.value);
  const item = items[n - 1];
  if (n < 1 || !item) throw semantic(context, node.at, `Ordinal [${n}] is out of bound of select item list`);
  return item;
}
