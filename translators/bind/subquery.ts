/** Binds queries inside expressions: scalar, IN and EXISTS; those that look outside become joins in WHERE (spec sql-grammar 5). */
import { place, SqlError } from '../errors.ts';
import type { LogicalPlan } from '../plan/nodes.ts';
import { outputOf } from '../plan/nodes.ts';
import { expressionsOf, inputsOf } from '../plan/walk.ts';
import type { BodyNode, ExistsNode, InQueryNode, QueryNode, SelectNode, SubqueryNode } from '../syntax/ast.ts';
import { comparable } from './coerce.ts';
import { type ExprContext, semantic } from './context.ts';
import type { Column, Expr } from './expr.ts';
import { bindCondition, bindExpr } from './expression.ts';
import { bindRelation, collectionOf } from './relation.ts';
import { Scope } from './scope.ts';
import { andOf, columnsOf, conjuncts } from './walk.ts';

export function bindScalarQuery(node: SubqueryNode, context: ExprContext): Expr {
  const bound = context.bindQuery(node.query, context.env, context.scope);
  refuseCorrelated(bound.plan, node, context);
  if (bound.columns.length !== 1) throw semantic(context, node.at, 'A subquery used as a value must select one column');
  const text = textOf(node, context);
  return { kind: 'scalarSubquery', mode: 'scalar', type: bound.columns[0]!.column.type, plan: bound.plan, text };
}

export function bindInQuery(node: InQueryNode, arg: Expr, context: ExprContext): Expr {
  const bound = context.bindQuery(node.query, context.env, context.scope);
  refuseCorrelated(bound.plan, node, context);
  if (bound.columns.length !== 1) throw semantic(context, node.at, 'IN needs a subquery that selects one column');
  const column = bound.columns[0]!.column;
  const pair = comparable(arg, { kind: 'column', type: column.type, column }, context.env.session);
  if (!pair) throw semantic(context, node.at, 'The types of IN and of its subquery cannot be compared');
  const text = textOf(node, context);
  const test: Expr = { kind: 'scalarSubquery', mode: 'in', type: 'boolean', arg: pair[0], plan: bound.plan, text };
  return node.not ? { kind: 'not', type: 'boolean', arg: test } : test;
}

export function bindExists(node: ExistsNode, context: ExprContext): Expr {
  const nested = overCollection(node.query, context);
  if (nested) return nested;
  const bound = context.bindQuery(node.query, context.env, context.scope);
  refuseCorrelated(bound.plan, node, context);
  return {
    kind: 'scalarSubquery',
    mode: 'exists',
    type: 'boolean',
    plan: bound.plan,
    text: textOf(node, context),
  };
}

const textOf = ({ query }: { readonly query: QueryNode }, { env }: ExprContext): string =>
  env.sql.slice(query.at.start, query.at.end).replace(/\s+/g, ' ');

/** EXISTS over a nested collection of an outer relation: a condition on some element of the document. */
function overCollection(query: QueryNode, context: ExprContext): Expr | undefined {
  const select = simpleSelect(query);
  if (select?.from?.kind !== 'table') return undefined;
  const table = select.from;
  const collection = collectionOf(table.name, context.scope.relations);
  if (!collection) return undefined;
  const { source, field } = collection;
  const scope = new Scope(
    [
      {
        names: table.alias ? [table.alias, table.name] : [table.name],
        resolve: (path) => {
          const child = source.schema.lookup(`${field.path}.${path}`);
          return child && source.column(child);
        },
        star: () => [],
        paths: () => [...(field.properties?.keys() ?? [])],
      },
    ],
    context.scope,
  );
  const predicate = select.where ? bindCondition(select.where, { ...context, scope }) : undefined;
  if (!predicate)
    return {
      kind: 'not',
      type: 'boolean',
      arg: { kind: 'isNull', type: 'boolean', arg: { kind: 'column', type: field.type, column: source.column(field) } },
    };
  return { kind: 'nestedAny', type: 'boolean', path: field.path, predicate, source: source.column(field) };
}

/** A query that is one SELECT … FROM … [WHERE …] and nothing else. */
function simpleSelect(query: QueryNode): SelectNode | undefined {
  const body: BodyNode = query.body;
  if (body.kind !== 'select' || query.with.length > 0 || query.limit || query.offset) return undefined;
  return body.group.length === 0 && !body.having && !body.distinct ? body : undefined;
}

export interface SemiJoin {
  readonly right: LogicalPlan;
  readonly on: Expr | undefined;
  readonly anti: boolean;
  readonly nullAware: boolean;
}

/**
 * A conjunct of WHERE that looks at outer columns from inside a query, as a semi or anti join; undefined when the conjunct is no such thing.
 * Correlation goes through the inner WHERE only.
 */
export function correlated(
  node: ExistsNode | InQueryNode,
  negated: boolean,
  context: ExprContext,
): SemiJoin | undefined {
  const select = simpleSelect(node.query);
  if (!select?.from) return undefined;
  if (node.kind === 'exists' && select.from.kind === 'table' && collectionOf(select.from.name, context.scope.relations))
    return undefined;
  const relation = bindRelation(select.from, { env: context.env, outer: context.scope, bindQuery: context.bindQuery });
  const inner = new Scope(relation.relations, context.scope);
  const innerContext: ExprContext = { env: context.env, scope: inner, clause: 'WHERE', bindQuery: context.bindQuery };
  const parts = select.where ? conjuncts(bindCondition(select.where, innerContext)) : [];
  const own = producedBy(relation.plan);
  const outside = parts.filter((part) => [...columnsOf(part)].some((column) => !own.has(column)));
  if (outside.length === 0) return undefined;
  const inside = andOf(parts.filter((part) => !outside.includes(part)));
  const on: Expr[] = [...outside];
  const anti = negated !== (node.kind === 'inQuery' && node.not);
  if (node.kind === 'inQuery') {
    const item = select.items[0];
    if (select.items.length !== 1 || !item)
      throw semantic(context, node.at, 'IN needs a subquery that selects one column');
    const pair = comparable(bindExpr(node.arg, context), bindExpr(item.expr, innerContext), context.env.session);
    if (!pair) throw semantic(context, node.at, 'The types of IN and of its subquery cannot be compared');
    on.push({ kind: 'compare', type: 'boolean', op: '=', left: pair[0], right: pair[1] });
  }
  const right: LogicalPlan = inside ? { kind: 'filter', input: relation.plan, predicate: inside } : relation.plan;
  return { right, on: andOf(on), anti, nullAware: anti && node.kind === 'inQuery' };
}

function refuseCorrelated(plan: LogicalPlan, node: { readonly at: SubqueryNode['at'] }, context: ExprContext): void {
  const produced = new Set<Column>();
  const used = new Set<Column>();
  const visit = (p: LogicalPlan): void => {
    for (const column of outputOf(p)) produced.add(column);
    for (const column of columnsOf(...expressionsOf(p))) used.add(column);
    for (const input of inputsOf(p)) visit(input);
  };
  visit(plan);
  for (const column of used) {
    if (!produced.has(column)) {
      throw new SqlError(
        'unsupported',
        `Column [${column.name}] of the outer query cannot be used in this subquery: only EXISTS and IN that stand in WHERE by themselves may look outside${place(context.env.sql, node.at)}`,
      );
    }
  }
}

function producedBy(plan: LogicalPlan): Set<Column> {
  // The scan's list grows while expressions are bound, so it is read afterwards.
  const out = new Set<Column>();
  const visit = (p: LogicalPlan): void => {
    for (const column of outputOf(p)) out.add(column);
    for (const input of inputsOf(p)) visit(input);
  };
  visit(plan);
  return out;
}
