/** Binds one SELECT with its ORDER BY and LIMIT: FROM → WHERE → groups → windows → sort → limit → projection (spec sql-grammar 3). */

import type { Column, Expr } from '../algebra/expr.ts';
import { columnsOf } from '../algebra/walk.ts';
import type { ExprNode, OrderNode, SelectItemNode, SelectNode } from '../syntax/ast.ts';
import { BucketKeys } from './bucket-keys.ts';
import { containsAggregate } from './call.ts';
import { Collections } from './collections.ts';
import { readCommaList } from './comma-list.ts';
import { type BindEnv, type BoundQuery, type ExprContext, semantic } from './context.ts';
import { madeBy } from './correlation.ts';
import { bindCondition, bindExpr } from './expression.ts';
import { GroupKeys, groupRewriter } from './group.ts';
import { GroupingSets } from './grouping-sets.ts';
import { ItemNames } from './item-names.ts';
import { Marks } from './marks.ts';
import { type BoundRelation, bindRelation } from './relation.ts';
import { NONE_MERGED, Scope } from './scope.ts';
import { type BoundItem, bindItem, labelOf, relationsOf } from './select-items.ts';
import { only, overGroups, type SelectTail, type Shown, shownRows } from './select-plan.ts';
import { SelectSinks } from './select-sinks.ts';
import { readSourceFilter } from './source-filter.ts';
import { bindWhere } from './where.ts';

/** A SELECT without FROM. */
const ONE_ROW: BoundRelation = {
  plan: { kind: 'values', columns: [], rows: [[]] },
  relations: [],
  merged: NONE_MERGED,
};

/** Long because every clause looks at what those before it have named. */
export function bindSelect(
  written: SelectNode,
  tail: SelectTail,
  env: BindEnv,
  outer: Scope | undefined,
  bindQuery: ExprContext['bindQuery'],
): BoundQuery {
  const listed = readCommaList(written, tail, env);
  const { select: node, filter: sourceFilter } = readSourceFilter(listed, env);
  const relation = node.from ? bindRelation(node.from, { env, outer, bindQuery }) : ONE_ROW;
  const scope = new Scope(relation.relations, outer, relation.merged);
  let plan = relation.plan;
  const base = { env, scope, bindQuery };

  const unseen = new Set(node.items.flatMap(({ alias }) => (alias === undefined ? [] : [alias])));
  if (node.where) plan = bindWhere(node.where, plan, { ...base, clause: 'WHERE', unseen });

  const sets = new GroupingSets(node.sets, env);
  const sinks = new SelectSinks(env.nextId, sets);
  const { above } = sinks;
  const marks = new Marks(env.nextId);
  const collections = new Collections(env.nextId);
  const grouped = isGrouped(node, tail);
  const context: ExprContext = {
    ...base,
    clause: 'SELECT',
    namedWindows: node.windows,
    marks,
    aggregates: sinks.aggregate,
    windows: sinks.window,
    unnests: collections,
    ...(grouped && { grouping: sets }),
  };
  const ofGroups: ExprContext = {
    ...context,
    clause: 'GROUP BY',
    aggregates: undefined,
    windows: undefined,
    grouping: undefined,
  };
  const buckets = new BucketKeys(node.group, ofGroups);
  const perItem = node.items.map((item) => bindItem(item, node, { ...context, alias: buckets.alias }, sourceFilter));
  const asWritten = perItem.flat();

  // GROUP BY
  const keys = new GroupKeys(env.nextId);
  const keyItems: BoundItem[] = [];
  if (node.group.length > 0) {
    const names = new ItemNames(asWritten, buckets.alias, above);
    for (const element of node.group) keyItems.push(groupKey(element, asWritten, names, ofGroups));
    for (const key of keyItems) keys.add(key, above, env);
    plan = only(plan, buckets.within(collections.reads).rows);
  }
  const named = grouped ? perItem.flatMap((list, i) => starOfKeys(node.items[i]!, list, keyItems, context)) : asWritten;
  const items = [...buckets.unnamed(named), ...named];
  // A column of a query around this one is the same for all rows of a group.
  const isOuter = (column: Column): boolean => outer !== undefined && !madeBy(plan).has(column);
  const asked: { ofGroups?: Marks } = {};
  const isAbove = (column: Column): boolean =>
    above.aggregate(column) || above.window(column) || isOuter(column) || asked.ofGroups?.makes(column) === true;
  const over = grouped ? groupRewriter(keys, isAbove, env) : (expr: Expr): Expr => expr;

  const names = new ItemNames(items, buckets.alias, above);
  const having = bindHaving(node, names, {
    ...context,
    windows: undefined,
    unnests: grouped ? collections : undefined,
  });
  if (having && [...columnsOf(having)].some(above.window))
    throw semantic(context, node.having!.at, 'HAVING comes before window functions; use a query around this one');

  const qualified = bindQualify(node, names, context, sinks);
  const unnests = grouped ? collections : collections.known;
  const order = tail.order.map((o) => ({
    expr: orderExpr(o, named, names, { ...context, clause: 'ORDER BY', unnests }),
    node: o,
    desc: o.desc,
    nullsFirst: o.nulls ? o.nulls === 'FIRST' : !o.desc,
  }));

  // Groups look into collections by themselves: no aggregate may change how often another one sees a row.
  if (!grouped) plan = collections.over(plan);

  if (grouped) asked.ofGroups = marks.lifted(keys.items, readBelow(keys, sinks));
  plan = marks.over(plan);

  // Without groups and aggregates HAVING is a condition on rows.
  let shown: Shown = grouped ? { plan, items, order } : { plan: only(plan, having), items, order };
  const grouping = { node, buckets, keys, collections, sinks, sets, elements: keyItems, having, over, env };
  if (grouped) shown = overGroups(shown, { ...grouping, marks: asked.ofGroups });
  const qualify = qualified && over(qualified, node.qualify!.at, 'QUALIFY');
  const { windows } = sinks;
  if (windows.length > 0) shown = { ...shown, plan: { kind: 'window', input: shown.plan, calls: windows } };
  shown = { ...shown, plan: only(shown.plan, qualify) };
  return shownRows(shown, node.distinct, tail, node.at, env);
}

/** Columns that keys and aggregates read, of the rows that they are made of. */
const readBelow = (keys: GroupKeys, { aggregates }: SelectSinks): ReadonlySet<Column> =>
  columnsOf(
    ...keys.items.map(({ expr }) => expr),
    ...aggregates.flatMap(({ call }) => [...call.args, ...(call.filter ? [call.filter] : [])]),
  );

const isGrouped = (node: SelectNode, tail: SelectTail): boolean =>
  node.group.length > 0 ||
  node.sets !== undefined ||
  node.items.some((item) => containsAggregate(item.expr)) ||
  (node.having !== undefined && containsAggregate(node.having)) ||
  (node.qualify !== undefined && containsAggregate(node.qualify)) ||
  tail.order.some((o) => containsAggregate(o.expr));

const bindHaving = ({ having }: SelectNode, names: ItemNames, context: ExprContext): Expr | undefined =>
  having && bindCondition(having, names.forHaving(having, { ...context, clause: 'HAVING' }));

/** A condition on the values of windows; without any it would be one of WHERE. */
function bindQualify(
  { qualify }: SelectNode,
  names: ItemNames,
  context: ExprContext,
  sinks: SelectSinks,
): Expr | undefined {
  if (!qualify) return undefined;
  const condition = bindCondition(qualify, names.forHaving(qualify, { ...context, clause: 'QUALIFY' }));
  if (sinks.windows.length === 0)
    throw semantic(context, qualify.at, 'QUALIFY needs a window function; conditions on rows stand in WHERE');
  return condition;
}

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
