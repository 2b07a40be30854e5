/** Binds one SELECT with its ORDER BY and LIMIT: FROM → WHERE → groups → windows → sort → limit → projection (spec sql-grammar 3). */
import type { SqlType } from '../catalog/types.ts';
import { SqlError } from '../errors.ts';
import type { LogicalPlan, SortKey, WindowCall } from '../plan/nodes.ts';
import type { ExprNode, OrderNode, SelectItemNode, SelectNode, Span } from '../syntax/ast.ts';
import { BucketKeys } from './bucket-keys.ts';
import { containsAggregate } from './call.ts';
import { readCommaList } from './comma-list.ts';
import { type BindEnv, type BoundQuery, type ExprContext, type OutputItem, semantic } from './context.ts';
import type { AggregateCall, Column, Expr } from './expr.ts';
import { bindCondition, bindExpr, columnRef } from './expression.ts';
import { GroupKeys, groupRewriter } from './group.ts';
import { Marks } from './marks.ts';
import { nestedStar } from './nested.ts';
import { type BoundRelation, bindRelation } from './relation.ts';
import { type RelationScope, Scope, type StarColumn } from './scope.ts';
import { filteredFields, readSourceFilter, type SourceFilter } from './source-filter.ts';
import { aggregateKey, andOf, exprKey } from './walk.ts';
import { bindWhere } from './where.ts';

export interface SelectTail {
  readonly order: readonly OrderNode[];
  readonly count: number;
  readonly offset: number;
  readonly limited: boolean;
}

interface BoundItem {
  readonly name: string;
  readonly alias?: string;
  readonly expr: Expr;
}

export function bindSelect(
  written: SelectNode,
  tail: SelectTail,
  env: BindEnv,
  outer: Scope | undefined,
  bindQuery: ExprContext['bindQuery'],
): BoundQuery {
  const listed = readCommaList(written, tail, (name) => env.ctes.has(name));
  const { select: node, filter: sourceFilter } = readSourceFilter(listed, env);
  const relation: BoundRelation = node.from
    ? bindRelation(node.from, { env, outer, bindQuery })
    : { plan: { kind: 'values', columns: [], rows: [[]] }, relations: [], merged: [] };
  const scope = new Scope(relation.relations, outer);
  for (const name of relation.merged) scope.merged.add(name);
  let plan = relation.plan;
  const base = { env, scope, bindQuery };

  if (node.where) plan = bindWhere(node.where, plan, { ...base, clause: 'WHERE' });

  // Sinks: aggregates, windows and unnested columns come into being while the select list is bound.
  const aggregates: { column: Column; call: AggregateCall; key: string }[] = [];
  const windows: WindowCall[] = [];
  const marks = new Marks(env.nextId);
  const unnests: { source: Column; path: string; columns: { column: Column; path: string }[] }[] = [];
  const context: ExprContext = {
    ...base,
    clause: 'SELECT',
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
    unnests: {
      column(source, path, below, type: SqlType, name) {
        let unnest = unnests.find((u) => u.path === path);
        if (!unnest) {
          unnest = { source, path, columns: [] };
          unnests.push(unnest);
        }
        let item = unnest.columns.find((c) => c.path === below);
        if (!item) {
          item = { column: { id: env.nextId(), name, type }, path: below };
          unnest.columns.push(item);
        }
        return columnRef(item.column);
      },
    },
  };

  const grouped =
    node.group.length > 0 ||
    node.items.some((item) => containsAggregate(item.expr)) ||
    node.having !== undefined ||
    tail.order.some((o) => containsAggregate(o.expr));

  const buckets = new BucketKeys(node.group, {
    ...context,
    clause: 'GROUP BY',
    aggregates: undefined,
    windows: undefined,
  });
  const named = node.items.flatMap((item) => bindItem(item, node, { ...context, alias: buckets.alias }, sourceFilter));
  const items = [...buckets.unnamed(named), ...named];
  const aliasOf = (name: string): Expr | undefined =>
    items.find((item) => item.alias === name)?.expr ?? buckets.alias(name);

  // GROUP BY
  const keys = new GroupKeys(env.nextId);
  if (node.group.length > 0) {
    const groupContext: ExprContext = { ...context, clause: 'GROUP BY', aggregates: undefined, windows: undefined };
    for (const element of node.group) keys.add(groupKey(element, named, groupContext, aggregates));
    const within = andOf(buckets.within());
    if (within) plan = { kind: 'filter', input: plan, predicate: within };
  }
  const over = grouped
    ? groupRewriter(
        keys,
        (column) => aggregates.some((a) => a.column === column) || windows.some((w) => w.column === column),
        env,
      )
    : (expr: Expr): Expr => expr;

  const having =
    node.having &&
    bindCondition(node.having, {
      ...context,
      clause: 'HAVING',
      marks: undefined,
      windows: undefined,
      unnests: undefined,
      alias: aliasOf,
    });

  // ORDER BY sees aliases first, then ordinals, then the fields of FROM.
  const order = tail.order.map((o) => ({
    expr: orderExpr(o, named, { ...context, clause: 'ORDER BY', unnests: undefined, alias: aliasOf }),
    node: o,
    desc: o.desc,
    nullsFirst: o.nulls ? o.nulls === 'FIRST' : !o.desc,
  }));

  for (const unnest of unnests) {
    plan = {
      kind: 'unnest',
      input: plan,
      path: unnest.path,
      source: unnest.source,
      columns: unnest.columns,
      // A collection that is grouped by gives groups of its elements only.
      outer: !grouped,
    };
  }

  plan = marks.over(plan);

  let outputs = items;
  let sortKeys: SortKey[] = order;
  if (grouped) {
    // Rewriting may still find aggregates inside window arguments, so the node is made last.
    const shift = items.length - named.length;
    outputs = items.map((item, i) => ({
      ...item,
      expr: over(item.expr, node.items[i - shift]?.at ?? node.at, item.name),
    }));
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
    plan = {
      kind: 'aggregate',
      input: plan,
      keys: keys.items,
      aggregates: aggregates.map(({ column, call }) => ({ column, call })),
    };
    if (shape.filter) plan = { kind: 'filter', input: plan, predicate: shape.filter };
    if (shape.top) plan = ordered(plan, shape.top.keys, { count: shape.top.count, offset: 0, limited: true });
    if (filtered) plan = { kind: 'filter', input: plan, predicate: filtered };
    if (sortKeys.length === 0) sortKeys = shape.order;
  }
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
    sortKeys = sortKeys.map((key) => {
      const column = byKey.get(exprKey(key.expr));
      if (!column) throw semantic({ env }, node.at, 'With SELECT DISTINCT, ORDER BY may name only what is selected');
      return { ...key, expr: columnRef(column) };
    });
    plan = ordered(plan, sortKeys, tail);
    return { plan, columns: columns.map((item, i) => ({ ...item, column: distinctKeys[i]!.column })) };
  }
  plan = ordered(plan, sortKeys, tail);
  return { plan: { kind: 'project', input: plan, items: projection }, columns };
}

export function ordered(
  input: LogicalPlan,
  keys: readonly SortKey[],
  tail: Pick<SelectTail, 'count' | 'offset' | 'limited'>,
): LogicalPlan {
  const sorted: LogicalPlan = keys.length > 0 ? { kind: 'sort', input, keys } : input;
  return tail.limited ? { kind: 'limit', input: sorted, count: tail.count, offset: tail.offset } : sorted;
}

const outputColumn = (item: BoundItem, env: BindEnv): Column => ({
  id: env.nextId(),
  name: item.alias ?? item.name,
  type: item.expr.type,
});

function bindItem(
  item: SelectItemNode,
  node: SelectNode,
  context: ExprContext,
  filter: SourceFilter | undefined,
): readonly BoundItem[] {
  const { expr } = item;
  if (expr.kind === 'star') {
    if (!node.from) throw new SqlError('syntax', 'No FROM clause found for select all');
    const relations =
      expr.qualifier.length > 0
        ? context.scope.relations.filter((r) => r.names.includes(expr.qualifier.join('.')))
        : context.scope.relations;
    if (relations.length === 0) return objectStar(expr.qualifier, item.at, context);
    const seen = new Set<string>();
    return relations
      .flatMap((r) => starOf(r, filter))
      .filter((c) => !expr.except?.includes(c.name))
      .filter((c) => {
        // A column joined by USING appears once.
        if (!context.scope.merged.has(c.name)) return true;
        const first = !seen.has(c.name);
        seen.add(c.name);
        return first;
      })
      .map((c) => ({ name: c.name, expr: columnRef(c.column) }));
  }
  if (expr.kind === 'call') {
    const leaves = nestedStar(expr, context);
    if (leaves) {
      return leaves.map((field) => {
        const at = { start: expr.at.start, end: expr.at.end };
        const name = { kind: 'name', parts: field.path.split('.'), at } as const;
        return {
          name: `nested(${field.path})`,
          expr: bindExpr({ ...expr, args: [name, ...expr.args.slice(1)] }, context),
        };
      });
    }
  }
  return [{ name: labelOf(item, context), alias: item.alias, expr: bindExpr(expr, context) }];
}

/** Columns of a relation that `*` stands for. */
function starOf(relation: RelationScope, filter: SourceFilter | undefined): readonly StarColumn[] {
  if (!filter) return relation.star();
  const { scan } = relation;
  if (!scan) throw new SqlError('semantic', 'include() and exclude() need an index in FROM');
  return filteredFields(scan.schema.fields.values(), filter).map((field) => ({
    name: field.path,
    column: scan.column(field),
  }));
}

/** `obj.*`: the children of an object field. */
function objectStar(path: readonly string[], at: Span, context: ExprContext): readonly BoundItem[] {
  for (const relation of context.scope.relations) {
    const below = relation.names.includes(path[0]!) ? path.slice(1) : path;
    const field = relation.scan?.schema.lookup(below.join('.'));
    if (field?.properties && relation.scan) {
      return [...field.properties.values()].map((child) => ({
        name: child.path,
        expr: columnRef(relation.scan!.column(child)),
      }));
    }
  }
  throw semantic(context, at, `[${path.join('.')}] is no table or object here`);
}

/** The text as typed; of a column, its path without qualifier and quotes (spec sql-endpoint 4.2). */
function labelOf(item: SelectItemNode, context: ExprContext): string {
  const { expr } = item;
  if (expr.kind !== 'name') {
    const at = item.alias === undefined ? item.at : expr.at;
    return context.env.sql.slice(at.start, at.end);
  }
  if (expr.parts.length > 1 && context.scope.relation(expr.parts[0]!)?.resolve(expr.parts.slice(1).join('.'))) {
    return expr.parts.slice(1).join('.');
  }
  const path = expr.parts.join('.');
  for (const relation of context.scope.relations) {
    const qualifier = relation.names.find((name) => name.includes('.') && path.startsWith(`${name}.`));
    if (qualifier) return path.slice(qualifier.length + 1);
  }
  return path;
}

function groupKey(
  element: ExprNode,
  items: readonly BoundItem[],
  context: ExprContext,
  aggregates: readonly { column: Column }[],
): Expr {
  const ordinal = ordinalOf(element, items, context);
  if (ordinal) return ordinal;
  const aggregateColumns = new Set(aggregates.map((a) => a.column));
  const alias = (name: string): Expr | undefined => {
    const expr = items.find((item) => item.alias === name)?.expr;
    // An alias of an aggregate cannot be a key; the field of that name is meant.
    return expr && !readsAny(expr, aggregateColumns) ? expr : undefined;
  };
  return bindExpr(element, { ...context, alias });
}

function readsAny(expr: Expr, columns: ReadonlySet<Column>): boolean {
  if (expr.kind === 'column') return columns.has(expr.column);
  let found = false;
  const visit = (e: Expr): void => {
    if (e.kind === 'column' && columns.has(e.column)) found = true;
    else if (e.kind === 'call') e.args.forEach(visit);
    else if (e.kind === 'cast') visit(e.arg);
  };
  visit(expr);
  return found;
}

function orderExpr(node: OrderNode, items: readonly BoundItem[], context: ExprContext): Expr {
  return ordinalOf(node.expr, items, context) ?? bindExpr(node.expr, context);
}

function ordinalOf(node: ExprNode, items: readonly BoundItem[], context: ExprContext): Expr | undefined {
  if (node.kind !== 'literal' || node.type === 'null' || node.type === 'string' || node.type === 'boolean')
    return undefined;
  if (node.type !== 'integer' && node.type !== 'long') {
    throw semantic(context, node.at, `Non-integer constant [${String(node.value)}] found in ordinal`);
  }
  const n = Number(node.value);
  const item = items[n - 1];
  if (n < 1 || !item) throw semantic(context, node.at, `Ordinal [${n}] is out of bound of select item list`);
  return item.expr;
}
