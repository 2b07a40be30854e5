/** Binds joins: their conditions, columns that USING and NATURAL make one, SEMI and ANTI, and collections listed after their parent. */

import type { Column, Expr } from '../algebra/expr.ts';
import type { Join, LogicalPlan } from '../algebra/plan.ts';
import { andOf } from '../algebra/walk.ts';
import { SqlError } from '../errors.ts';
import { COALESCE } from '../functions/conditional.ts';
import type { ExistsNode, ExprNode, JoinNode, SelectNode, Span, TableNode } from '../syntax/ast.ts';
import { callFunction } from './call.ts';
import { castTo, commonType, compare } from './coerce.ts';
import { type ExprContext, semantic } from './context.ts';
import { dependentOn, outerColumns } from './correlation.ts';
import { bindCondition } from './expression.ts';
import { Marks } from './marks.ts';
import { type BoundRelation, bindRelation, collectionOf, type RelationContext, unnest } from './relation.ts';
import { type Collection, type MergedColumn, type MergedColumns, type RelationScope, Scope } from './scope.ts';
import { refuseVectorSearch } from './vector-search.ts';

const KINDS: Readonly<Record<JoinNode['join'], Join['join']>> = {
  INNER: 'inner',
  LEFT: 'left',
  RIGHT: 'right',
  FULL: 'full',
  CROSS: 'cross',
  SEMI: 'semi',
  ANTI: 'anti',
};

export function bindJoin(node: JoinNode, context: RelationContext, before: readonly RelationScope[]): BoundRelation {
  const left = bindRelation(node.left, context, before);
  const inSight = [...before, ...left.relations];
  const collection = node.right.kind === 'table' ? collectionOf(node.right.name, inSight) : undefined;
  if (collection && node.right.kind === 'table') return collectionJoin(node, left, collection, node.right, context);
  const right = bindRelation(node.right, context, inSight);
  for (const { plan } of [left, right]) refuseVectorSearch(plan, 'a join', node.at, context.env);
  refuseSameName(left.relations, right.relations, node.right.at, context);
  const relations = [...left.relations, ...right.relations];
  const both = new Map([...left.merged, ...right.merged]);
  const inner: ExprContext = {
    env: context.env,
    scope: new Scope(relations, context.outer, both),
    clause: 'ON',
    bindQuery: context.bindQuery,
  };
  // What a query says of a pair is known where there are pairs: an outer join asks for it too early.
  const marks = new Marks(context.env.nextId);
  const isInner = node.join === 'INNER' || node.join === 'CROSS';
  const conditions: Expr[] = node.on ? [bindCondition(node.on, isInner ? { ...inner, marks } : inner)] : [];
  const using = node.natural ? commonNames(left, right) : (node.using ?? []);
  const made = using.map((name) => mergedColumn(name, node, left, right, inner));
  for (const { condition } of made) conditions.push(condition);
  const on = andOf(conditions);
  const kind =
    on && node.join === 'CROSS'
      ? 'inner'
      : !on && (node.join === 'INNER' || node.natural)
        ? unconditional(node)
        : KINDS[node.join];
  if (!on && kind !== 'cross' && !node.natural) throw semantic(context, node.at, `${node.join} JOIN needs ON or USING`);
  const pairs: Join = { kind: 'join', join: kind, left: left.plan, ...sideOf(node, right, kind, context), on };
  const plan = marks.isEmpty ? pairs : filteredBy(on, marks.over({ ...pairs, join: 'cross', on: undefined }));
  // The right side of SEMI and ANTI decides, and is not there afterwards.
  if (kind === 'semi' || kind === 'anti') return { plan, relations: left.relations, merged: left.merged };
  return { plan, relations, merged: withMerged(both, new Map(made.map(({ name, column }) => [name, column]))) };
}

const filteredBy = (predicate: Expr | undefined, input: LogicalPlan): LogicalPlan =>
  predicate ? { kind: 'filter', input, predicate } : input;

/** The right side; where LATERAL looks at relations before it, it is made anew for each of their rows. */
function sideOf(
  { right: node }: JoinNode,
  { plan }: BoundRelation,
  kind: Join['join'],
  context: RelationContext,
): Pick<Join, 'right' | 'dependent'> {
  const outer = node.kind === 'derived' && node.lateral ? outerColumns(plan) : new Set<Column>();
  if (outer.size === 0) return { right: plan };
  if (kind !== 'inner' && kind !== 'cross' && kind !== 'left')
    throw semantic(
      context,
      node.at,
      'LATERAL that looks at relations before it stands behind a comma, [INNER | CROSS] JOIN or LEFT JOIN',
    );
  const right = dependentOn(outer, plan);
  if (!right)
    throw semantic(
      context,
      node.at,
      'A query behind LATERAL cannot search documents, or collections, of relations before it',
    );
  return { right, dependent: true };
}

/** NATURAL without a common column, and INNER without a condition, take every pair. */
const unconditional = (node: JoinNode): Join['join'] => (node.join === 'INNER' ? 'cross' : KINDS[node.join]);

function refuseSameName(
  left: readonly RelationScope[],
  right: readonly RelationScope[],
  at: Span,
  context: RelationContext,
): void {
  const known = new Set(left.map((relation) => relation.names[0]));
  const twice = right.find(({ names: [name] }) => name !== undefined && known.has(name))?.names[0];
  if (twice === undefined) return;
  throw semantic(context, at, `Not unique table/alias: '${twice}'. Give one of the two an alias of its own`);
}

/** A new column hides an older one of its name; `*` shows the newest join's first (MySQL's order). */
function withMerged(older: MergedColumns, newer: MergedColumns): MergedColumns {
  return newer.size === 0 ? older : new Map([...newer, ...[...older].filter(([name]) => !newer.has(name))]);
}

/** The names of columns that both sides show, in the order of the left one. */
function commonNames(left: BoundRelation, right: BoundRelation): readonly string[] {
  const names = ({ relations }: BoundRelation): Set<string> =>
    new Set(relations.flatMap((relation) => relation.star().map((column) => column.name)));
  const others = names(right);
  return [...names(left)].filter((name) => others.has(name));
}

interface Made {
  readonly name: string;
  readonly condition: Expr;
  readonly column: MergedColumn;
}

function mergedColumn(
  name: string,
  node: JoinNode,
  left: BoundRelation,
  right: BoundRelation,
  context: ExprContext,
): Made {
  const a = new Scope(left.relations, undefined, left.merged).resolve([name]);
  const b = new Scope(right.relations, undefined, right.merged).resolve([name]);
  const { session } = context.env;
  if (!a || !b || a === 'ambiguous' || b === 'ambiguous') {
    throw semantic(
      context,
      node.at,
      `Column [${name}] of ${node.natural ? 'NATURAL JOIN' : 'USING'} must be in both sides, once each`,
    );
  }
  const of = [...ownersOf(name, left), ...ownersOf(name, right)];
  return { name, condition: equality(name, a, b, node, context), column: { expr: either(), of } };

  /** COALESCE of both sides, of which one alone is enough where it has a value in every row that the other fills. */
  function either(): Expr {
    if (node.join !== 'FULL' && node.join !== 'RIGHT') return a as Expr;
    const [x, y] = [a as Expr, b as Expr];
    if (node.join === 'RIGHT' && x.type === y.type) return y;
    const type = commonType([x.type, y.type]) ?? 'keyword';
    return callFunction(COALESCE, [castTo(x, type, session), castTo(y, type, session)], node, context);
  }
}

function equality(name: string, a: Expr, b: Expr, node: JoinNode, context: ExprContext): Expr {
  try {
    return compare('=', a, b, context.env.session);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw semantic(context, node.at, `Column [${name}] cannot be joined by: ${error.details}`);
  }
}

/** The relations whose column of this name becomes part of a merged one. */
const ownersOf = (name: string, { relations, merged }: BoundRelation): readonly RelationScope[] =>
  merged.get(name)?.of ?? relations.filter((relation) => relation.resolve(name) !== undefined);

/** `FROM t e JOIN e.projects p …`: rows of elements; for SEMI and ANTI a condition on the document. */
function collectionJoin(
  node: JoinNode,
  left: BoundRelation,
  collection: Collection,
  table: TableNode,
  context: RelationContext,
): BoundRelation {
  const { env, outer, bindQuery } = context;
  if (node.join === 'SEMI' || node.join === 'ANTI') {
    const scope = new Scope(left.relations, outer, left.merged);
    const exists = existsNode(table, node);
    const test: ExprNode = node.join === 'SEMI' ? exists : { kind: 'unary', op: 'NOT', arg: exists, at: node.at };
    const predicate = bindCondition(test, { env, scope, clause: 'ON', bindQuery });
    return { ...left, plan: { kind: 'filter', input: left.plan, predicate } };
  }
  if (node.using || node.natural || node.join === 'RIGHT' || node.join === 'FULL') {
    throw semantic(context, node.at, `The collection [${table.name}] is joined by a comma, JOIN or LEFT JOIN`);
  }
  const rows = unnest(left, collection, table, node.join === 'LEFT', context);
  refuseSameName(left.relations, rows.relations.slice(left.relations.length), table.at, context);
  if (!node.on) return rows;
  const scope = new Scope(rows.relations, outer, rows.merged);
  const predicate = bindCondition(node.on, { env, scope, clause: 'ON', bindQuery });
  if (predicate.kind === 'literal' && predicate.value === true) return rows;
  if (node.join === 'LEFT') {
    throw semantic(
      context,
      node.on.at,
      `LEFT JOIN of a collection takes no condition on its elements but TRUE; move it to WHERE or to nested(path, condition)`,
    );
  }
  return { ...rows, plan: { kind: 'filter', input: rows.plan, predicate } };
}

function existsNode(table: TableNode, { on, at }: JoinNode): ExistsNode {
  const star = { kind: 'star', qualifier: [], at } as const;
  const body: SelectNode = {
    kind: 'select',
    distinct: false,
    items: [{ expr: star, at }],
    from: table,
    ...(on && { where: on }),
    group: [],
    at,
  };
  return { kind: 'exists', query: { kind: 'query', with: [], body, order: [], hints: [], at }, at };
}
