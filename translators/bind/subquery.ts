/** Binds queries inside expressions: scalar, IN and EXISTS; those that look outside become joins (spec sql-grammar 5). */

import { type Column, type Expr, FALSE, NULL, TRUE } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import { type LogicalPlan, outputOf } from '../algebra/plan.ts';
import { andOf, rewrite } from '../algebra/walk.ts';
import { place, SqlError } from '../errors.ts';
import type {
  BodyNode,
  ExistsNode,
  InQueryNode,
  QuantifiedNode,
  QueryNode,
  RowNode,
  SelectNode,
  Span,
  SubqueryNode,
} from '../syntax/ast.ts';
import { comparable, compare } from './coerce.ts';
import { type ExprContext, semantic } from './context.ts';
import { type Asked, type Correlation, correlate, dependentOn, outerColumns } from './correlation.ts';
import { bindCondition, bindSide, columnRef } from './expression.ts';
import { collectionOf } from './relation.ts';
import { correlateScalar } from './scalar-correlation.ts';
import { Scope } from './scope.ts';

export function bindScalarQuery(node: SubqueryNode, context: ExprContext): Expr {
  const bound = context.bindQuery(node.query, context.env, context.scope);
  const outer = outerColumns(bound.plan);
  if (bound.columns.length !== 1) throw semantic(context, node.at, 'A subquery used as a value must select one column');
  const text = textOf(node, context);
  if (outer.size > 0) {
    const { marks } = context;
    const key = `value ${text}`;
    const value = marks?.value(key, () => correlateScalar(bound.plan, outer, context.env.nextId));
    if (value) return value;
    const dependent = marks && dependentOn(outer, bound.plan);
    if (!dependent) throw lookingOutside(outer, node, context);
    return marks.one(key, dependent, bound.columns[0]!.column);
  }
  return { kind: 'scalarSubquery', mode: 'scalar', type: bound.columns[0]!.column.type, plan: bound.plan, text };
}

export function bindInQuery(node: InQueryNode, context: ExprContext): Expr {
  if (node.arg.kind === 'row') return bindRowIn(node, node.arg, context);
  const test = bound(node, context);
  return node.not ? { kind: 'not', type: 'boolean', arg: test } : test;
}

const NEGATED = { '=': '!=', '!=': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

/** `a < ALL (q)` is that no value of `q` has `a >= value`; unknown where NULLs leave it open (SQL:2016, 8.9). */
export function bindQuantified(node: QuantifiedNode, context: ExprContext): Expr {
  const op = node.all ? NEGATED[node.op] : node.op;
  const arg = bindSide(node.arg, context);
  const some = someRow(node, [arg], ([value]) => compare(op, arg, value!, context.env.session), context);
  return node.all ? { kind: 'not', type: 'boolean', arg: some } : some;
}

/** `(a, b) IN (SELECT x, y …)`: whether some row of the query is equal in each value. */
function bindRowIn(node: InQueryNode, { items }: RowNode, context: ExprContext): Expr {
  const args = items.map((item) => bindSide(item, context));
  const equal = (values: readonly Expr[]): Expr => ({
    kind: 'and',
    type: 'boolean',
    args: args.map((arg, i) => compare('=', arg, values[i]!, context.env.session)),
  });
  const some = someRow(node, args, equal, context);
  return node.not ? { kind: 'not', type: 'boolean', arg: some } : some;
}

/** Whether a test holds for some row of a query: FALSE of no row, unknown where it is true of none but unknown of one. */
function someRow(
  node: QuantifiedNode | InQueryNode,
  args: readonly Expr[],
  test: (values: readonly Expr[]) => Expr,
  context: ExprContext,
): Expr {
  const { plan, columns } = context.bindQuery(node.query, context.env, context.scope);
  if (columns.length !== args.length) {
    const counts = `${columns.length} where ${args.length} ${args.length === 1 ? 'is' : 'are'} compared`;
    throw semantic(context, node.at, `The subquery selects ${counts}`);
  }
  const outer = outerColumns(plan);
  const asked = context.marks && (correlate(plan, outer, 'values') ?? anew(plan, outer));
  if (!asked) throw lookingOutside(outer, node, context);
  const holds = test(asked.values);
  const mark = (what: string, condition: Expr): Expr => {
    const on = andOf([...(asked.on ? [asked.on] : []), condition]);
    const key = `${what} ${args.map(exprKey).join(' ')} ${textOf(node, context)}`;
    return context.marks!.add(key, what, { kind: 'correlation', right: asked.right, on, outer });
  };
  const operator = node.kind === 'quantified' ? `${node.op} ${node.all ? 'ALL' : 'ANY'}` : 'IN';
  return {
    kind: 'case',
    type: 'boolean',
    whens: [
      { when: mark(`${operator} is true`, holds), then: TRUE },
      { when: mark(`${operator} is unknown`, { kind: 'isNull', type: 'boolean', arg: holds }), then: NULL },
    ],
    otherwise: FALSE,
  };
}

export const bindExists = (node: ExistsNode, context: ExprContext): Expr => bound(node, context);

function bound(node: ExistsNode | InQueryNode, context: ExprContext): Expr {
  const test = bindTest(node, context);
  return test.kind === 'correlation' ? marked(test, node, context) : test;
}

/** What EXISTS or IN says of each row, as a column of the row. */
export function marked(test: Correlation, node: ExistsNode | InQueryNode, context: ExprContext): Expr {
  const text = textOf(node, context);
  const key = `${node.kind} ${test.member ? exprKey(test.member.left) : ''} ${text}`;
  if (context.marks) return context.marks.add(key, text, test);
  throw lookingOutside(test.outer, node, context);
}

/** EXISTS or IN without its NOT: an expression, or the question that it asks of the outer row. */
export function bindTest(node: ExistsNode | InQueryNode, context: ExprContext): Expr | Correlation {
  if (node.kind === 'inQuery') return bindMembership(node, bindSide(node.arg, context), context);
  const nested = overCollection(node.query, context);
  if (nested) return nested;
  const { plan } = context.bindQuery(node.query, context.env, context.scope);
  const outer = outerColumns(plan);
  if (outer.size === 0)
    return { kind: 'scalarSubquery', mode: 'exists', type: 'boolean', plan, text: textOf(node, context) };
  const asked = correlate(plan, outer, 'rows') ?? anew(plan, outer);
  if (!asked) throw lookingOutside(outer, node, context);
  return { kind: 'correlation', right: asked.right, on: asked.on, dependent: asked.dependent, outer };
}

function bindMembership(node: InQueryNode, arg: Expr, context: ExprContext): Expr | Correlation {
  const { plan, columns } = context.bindQuery(node.query, context.env, context.scope);
  if (columns.length !== 1) throw semantic(context, node.at, 'IN needs a subquery that selects one column');
  const { column } = columns[0]!;
  const pair = comparable(arg, columnRef(column), context.env.session);
  if (!pair) throw semantic(context, node.at, 'The types of IN and of its subquery cannot be compared');
  const [left, right] = pair;
  const outer = outerColumns(plan);
  if (outer.size === 0) {
    const text = textOf(node, context);
    return { kind: 'scalarSubquery', mode: 'in', type: 'boolean', arg: left, plan: only(right, plan, context), text };
  }
  const asked = correlate(plan, outer, 'values') ?? anew(plan, outer);
  const value = asked?.values[0];
  if (!asked || !value) throw lookingOutside(outer, node, context);
  const member = {
    left,
    right: rewrite(right, (e) => (e.kind === 'column' && e.column === column ? value : undefined)),
  };
  return { kind: 'correlation', right: asked.right, on: asked.on, dependent: asked.dependent, member, outer };
}

/** The rows of a query as they are for one outer row, where what it asks of that row cannot be taken out of it. */
function anew(plan: LogicalPlan, outer: ReadonlySet<Column>): Asked | undefined {
  const right = dependentOn(outer, plan);
  return right && { right, values: outputOf(plan).map(columnRef), dependent: true };
}

/** The plan's one column in the form in which it is compared. */
function only(expr: Expr, input: LogicalPlan, { env }: ExprContext): LogicalPlan {
  if (expr.kind === 'column') return input;
  const column: Column = { id: env.nextId(), name: 'value', type: expr.type };
  return { kind: 'project', input, items: [{ column, expr }] };
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
  const { source, field, column } = collection;
  const scope = new Scope(
    [
      {
        names: [table.alias ?? table.name],
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
      arg: { kind: 'isNull', type: 'boolean', arg: { kind: 'column', type: field.type, column } },
    };
  return { kind: 'nestedAny', type: 'boolean', path: field.path, predicate, source: column };
}

/** A query that is one SELECT … FROM … [WHERE …] and nothing else. */
function simpleSelect(query: QueryNode): SelectNode | undefined {
  const body: BodyNode = query.body;
  if (body.kind !== 'select' || query.with.length > 0 || query.limit || query.offset) return undefined;
  const simple = body.group.length === 0 && !body.sets && !body.having && !body.qualify && !body.distinct;
  return simple ? body : undefined;
}

function lookingOutside(outer: ReadonlySet<Column>, node: { readonly at: Span }, context: ExprContext): SqlError {
  const names = [...outer].map((column) => `[${column.name}]`);
  return new SqlError(
    'unsupported',
    `${names.length > 1 ? 'Columns' : 'Column'} ${names.join(', ')} of the outer query cannot be used in this subquery${place(context.env.sql, node.at)}`,
  );
}
