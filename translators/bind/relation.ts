/** Binds FROM: indices, derived tables, common table expressions, joins, and nested collections listed after their parent. */

import type { Column } from '../algebra/expr.ts';
import type { LogicalPlan, Scan } from '../algebra/plan.ts';
import type { Field } from '../algebra/schema.ts';
import type { RelationNode, Span, TableNode } from '../syntax/ast.ts';
import { castTo, commonType } from './coerce.ts';
import { readCommonTable } from './common-table.ts';
import type { BindEnv, BoundQuery, ExprContext } from './context.ts';
import { semantic } from './context.ts';
import { bindExpr } from './expression.ts';
import { bindJoin } from './join.ts';
import {
  type Collection,
  type MergedColumns,
  NONE_MERGED,
  type RelationScope,
  ScanSource,
  Scope,
  type StarColumn,
} from './scope.ts';
import { bindVectorSearch } from './vector-search.ts';

export interface BoundRelation {
  readonly plan: LogicalPlan;
  readonly relations: readonly RelationScope[];
  readonly merged: MergedColumns;
}

export interface RelationContext {
  readonly env: BindEnv;
  readonly outer?: Scope;
  readonly bindQuery: ExprContext['bindQuery'];
}

/** The name of the index behind a table name: data source and mapping type of old forms taken away. */
export function indexExpression(name: string): string {
  const bare = name.startsWith('@opensearch.') ? name.slice('@opensearch.'.length) : name;
  const slash = bare.startsWith('<') ? -1 : bare.indexOf('/');
  return slash > 0 ? bare.slice(0, slash) : bare;
}

export function bindRelation(
  node: RelationNode,
  context: RelationContext,
  before: readonly RelationScope[] = [],
): BoundRelation {
  if (node.kind !== 'join') context.env.size.relation();
  context.env.size.operators(1);
  switch (node.kind) {
    case 'table':
      return bindTable(node, context);
    case 'derived': {
      const sight = node.lateral ? new Scope(before, context.outer) : new Scope([]);
      const bound = context.bindQuery(node.query, context.env, sight);
      return derived(withNames(bound, node.columns, node, context.env), node.alias);
    }
    case 'values':
      return bindValues(node, context);
    case 'tableFunction':
      return bindVectorSearch(node, context);
    case 'join':
      return bindJoin(node, context, before);
  }
}

function bindTable(node: TableNode, context: RelationContext): BoundRelation {
  const cte = context.env.ctes.get(node.name);
  if (cte) return derived(readCommonTable(cte, context.env), node.alias ?? node.name);
  return scanned(node, context.env);
}

/** Documents of an index expression, under its alias or else its name. */
export function scanned(
  { name, alias, at }: Pick<TableNode, 'name' | 'alias' | 'at'>,
  env: BindEnv,
  extra: Pick<Scan, 'vector'> = {},
): BoundRelation {
  const schema = env.schema(indexExpression(name), at);
  const source = new ScanSource(env.nextScan(), schema, env.nextId);
  const relation: RelationScope = {
    names: alias ? [alias] : [...new Set([schema.expression, indexExpression(name), name])],
    ...(alias ? { hidden: name } : {}),
    resolve: (path) => source.resolve(path),
    star: () => starOf(source),
    paths: () => schema.paths(),
    scan: source,
  };
  const plan: LogicalPlan = {
    kind: 'scan',
    id: source.id,
    schema,
    columns: source.columns,
    get scored() {
      return source.scored;
    },
    highlights: source.highlights,
    ...(env.hints ? { hints: env.hints } : {}),
    ...extra,
  };
  return { plan, relations: [relation], merged: NONE_MERGED };
}

/** A query whose columns are called as its relation says: `(SELECT …) AS t(a, b)`. */
export function withNames(
  bound: BoundQuery,
  names: readonly string[] | undefined,
  { alias, at }: { readonly alias?: string; readonly at: Span },
  env: BindEnv,
): BoundQuery {
  if (!names) return bound;
  const { columns } = bound;
  if (names.length !== columns.length)
    throw semantic({ env }, at, `[${alias}] names ${names.length} columns, but its query selects ${columns.length}`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw semantic({ env }, at, `[${alias}] has two columns [${twice}]`);
  return { ...bound, columns: columns.map((item, i) => ({ ...item, name: names[i]!, alias: undefined })) };
}

const starOf = (source: ScanSource): StarColumn[] =>
  [...source.schema.fields.values()].map((field) => ({ name: field.path, column: source.column(field) }));

/** A query in FROM: its columns go by their labels. */
function derived(bound: BoundQuery, alias: string | undefined): BoundRelation {
  const named = bound.columns.map((item) => ({ name: item.alias ?? item.name, column: item.column }));
  const relation: RelationScope = {
    names: alias ? [alias] : [],
    resolve: (path) => named.find((c) => c.name === path)?.column,
    star: () => named,
    paths: () => named.map((c) => c.name),
  };
  return { plan: bound.plan, relations: [relation], merged: NONE_MERGED };
}

function bindValues(node: Extract<RelationNode, { kind: 'values' }>, context: RelationContext): BoundRelation {
  const exprContext: ExprContext = {
    env: context.env,
    scope: new Scope([]),
    clause: 'VALUES',
    bindQuery: context.bindQuery,
  };
  const rows = node.rows.map((row) => row.map((cell) => bindExpr(cell, exprContext)));
  const width = rows[0]?.length ?? 0;
  const bad = rows.find((row) => row.length !== width);
  if (bad) throw semantic(context, node.at, 'Every row of VALUES needs the same number of values');
  const types = Array.from({ length: width }, (_, i) => commonType(rows.map((row) => row[i]!.type)));
  const columns: Column[] = types.map((type, i) => {
    if (!type)
      throw semantic(context, node.at, `Column ${i + 1} of VALUES has values of types that do not fit together`);
    return { id: context.env.nextId(), name: node.columns?.[i] ?? `col${i}`, type };
  });
  const plan: LogicalPlan = {
    kind: 'values',
    columns,
    rows: rows.map((row) => row.map((cell, i) => castTo(cell, columns[i]!.type, context.env.session))),
  };
  return derived({ plan, columns: columns.map((column) => ({ name: column.name, column })) }, node.alias);
}

/** `e.projects` where `e` is a relation in sight and `projects` a collection of its documents, or of its elements. */
export function collectionOf(name: string, relations: readonly RelationScope[]): Collection | undefined {
  for (const relation of relations) {
    for (const qualifier of relation.names) {
      if (!name.startsWith(`${qualifier}.`)) continue;
      const path = name.slice(qualifier.length + 1);
      const { scan } = relation;
      const field = scan?.schema.lookup(path);
      if (scan && isCollection(field)) return { source: scan, field, column: scan.column(field) };
      const within = relation.within?.(path);
      if (within) return within;
    }
  }
  return undefined;
}

const isCollection = (field: Field | undefined): field is Field => field?.type === 'nested' || field?.type === 'object';

/** `FROM t AS e, e.projects AS p`: one row an element (PartiQL). */
export function unnest(
  left: BoundRelation,
  { source, field, column: holder }: Collection,
  table: TableNode,
  outer: boolean,
  context: RelationContext,
): BoundRelation {
  const columns: { column: Column; path: string }[] = [];
  const at = (path: string): Column | undefined => {
    const known = columns.find((c) => c.path === path);
    if (known) return known.column;
    const below = path === '' ? field : source.schema.lookup(`${field.path}.${path}`);
    if (!below) return undefined;
    const type = path === '' ? 'object' : below.type;
    const column: Column = { id: context.env.nextId(), name: path === '' ? field.path : path, type };
    columns.push({ column, path });
    return column;
  };
  const children = [...(field.properties?.values() ?? [])];
  const relation: RelationScope = {
    names: [table.alias ?? table.name],
    resolve: at,
    star: () => children.map((child) => ({ name: child.name, column: at(child.name)! })),
    paths: () => children.map((child) => child.name),
    within: (path) => {
      const inner = source.schema.lookup(`${field.path}.${path}`);
      return isCollection(inner) ? { source, field: inner, column: at(path)! } : undefined;
    },
  };
  const plan: LogicalPlan = {
    kind: 'unnest',
    input: left.plan,
    path: field.path,
    source: holder,
    columns,
    outer,
  };
  return { plan, relations: [...left.relations, relation], merged: left.merged };
}
