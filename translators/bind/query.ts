/** Binds a query: common table expressions, set operations, and the ORDER BY and LIMIT over the whole. */

import type { Column } from '../algebra/expr.ts';
import type { LogicalPlan, SortKey } from '../algebra/plan.ts';
import { SqlError } from '../errors.ts';
import type { BodyNode, ExprNode, OrderNode, QueryNode, SetOperationNode } from '../syntax/ast.ts';
import { withCommonTables } from './common-table.ts';
import { type BindEnv, type BoundQuery, type ExprContext, semantic } from './context.ts';
import { bindExpr, columnRef } from './expression.ts';
import { bindRecursion } from './recursive-table.ts';
import { Scope } from './scope.ts';
import { bindSelect } from './select.ts';
import { ordered, type SelectTail, withoutRank } from './select-plan.ts';
import { aligned, commonTypes } from './set-columns.ts';
import { checkAroundVectorSearch, refuseVectorSearch, vectorTail } from './vector-search.ts';

export function bindQuery(node: QueryNode, outerEnv: BindEnv, outer?: Scope): BoundQuery {
  // It is the table's own query that may read what it gave before, and none within.
  const { recursive, ...around } = outerEnv;
  const env =
    node.with.length > 0
      ? withCommonTables(node.with, around, (query, inner) => bindQuery(query, inner, new Scope([])))
      : around;
  const limited = node.limit !== undefined || node.offset !== undefined;
  const tail: SelectTail = {
    order: node.order,
    count: node.limit ? bound(node.limit, env, 'LIMIT') : Number.POSITIVE_INFINITY,
    offset: node.offset ? bound(node.offset, env, 'OFFSET') : 0,
    limited,
    ...(node.ties && { ties: true }),
  };
  if (node.ties && node.order.length === 0)
    throw semantic({ env }, node.limit!.at, 'WITH TIES needs an ORDER BY, by which rows are tied');
  if (node.body.kind === 'select') {
    const bound = bindSelect(node.body, vectorTail(node, node.body, tail, env), env, outer, bindQuery);
    checkAroundVectorSearch(node, node.body, bound.plan, env);
    return bound;
  }
  const recursion =
    recursive && node.body.kind === 'setOperation'
      ? bindRecursion(node.body, recursive, env, (branch, inner) => bindBody(branch, inner, outer))
      : undefined;
  const body = recursion ?? bindBody(node.body, env, outer);
  const keys = node.order.map((item) => sortKey(item, body, env));
  return withoutRank({ plan: ordered(body.plan, keys, tail, env), columns: body.columns }, tail, env);
}

const NO_TAIL: SelectTail = { order: [], count: Number.POSITIVE_INFINITY, offset: 0, limited: false };

function bindBody(node: BodyNode, env: BindEnv, outer: Scope | undefined): BoundQuery {
  switch (node.kind) {
    case 'select':
      return bindSelect(node, NO_TAIL, env, outer, bindQuery);
    case 'query':
      return bindQuery(node, env, outer);
    case 'setOperation':
      return bindSetOperation(node, env, outer);
  }
}

const OPERATIONS = { UNION: 'union', INTERSECT: 'intersect', EXCEPT: 'except' } as const;

/** By position: names of the first branch, types widened (spec sql-grammar 7). */
function bindSetOperation(node: SetOperationNode, env: BindEnv, outer: Scope | undefined): BoundQuery {
  const left = bindBody(node.left, env, outer);
  const right = bindBody(node.right, env, outer);
  for (const { plan } of [left, right]) refuseVectorSearch(plan, node.op, node.at, env);
  const types = commonTypes(left, right, node.op, node.at, env);
  const columns: Column[] = left.columns.map(({ column }, i) => ({
    id: env.nextId(),
    name: column.name,
    type: types[i]!,
  }));
  env.size.operators(3);
  const plan: LogicalPlan = {
    kind: 'setOperation',
    op: OPERATIONS[node.op],
    all: node.all,
    left: aligned(left, columns, env),
    right: aligned(right, columns, env),
    columns,
  };
  return { plan, columns: left.columns.map((item, i) => ({ ...item, column: columns[i]! })) };
}

function sortKey(item: OrderNode, body: BoundQuery, env: BindEnv): SortKey {
  const scope = new Scope([
    {
      names: [],
      resolve: (path) => body.columns.find((c) => (c.alias ?? c.name) === path)?.column,
      star: () => [],
      paths: () => body.columns.map((c) => c.alias ?? c.name),
    },
  ]);
  const context: ExprContext = { env, scope, clause: 'ORDER BY', bindQuery };
  const ordinal =
    item.expr.kind === 'literal' && (item.expr.type === 'integer' || item.expr.type === 'long')
      ? Number(item.expr.value)
      : undefined;
  const column = ordinal === undefined ? undefined : body.columns[ordinal - 1]?.column;
  if (ordinal !== undefined && !column)
    throw semantic(context, item.at, `Ordinal [${ordinal}] is out of bound of select item list`);
  return {
    expr: column ? columnRef(column) : bindExpr(item.expr, context),
    desc: item.desc,
    nullsFirst: item.nulls ? item.nulls === 'FIRST' : !item.desc,
  };
}

/** LIMIT and OFFSET: whole numbers from 0. */
function bound(node: ExprNode, env: BindEnv, clause: string): number {
  const value =
    node.kind === 'parameter' ? env.parameters[node.index]?.value : node.kind === 'literal' ? node.value : undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    const text = env.sql.slice(node.at.start, node.at.end);
    if (node.kind === 'literal' && node.type === 'string')
      throw new SqlError('numberFormat', `For input string: "${text}"`);
    throw semantic({ env }, node.at, `${clause} takes a whole number from 0`);
  }
  return value;
}
