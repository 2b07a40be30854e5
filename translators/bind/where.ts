/** WHERE: EXISTS and IN that look outside become joins where they stand among its conjuncts, the rest is a filter. */

import type { Expr } from '../algebra/expr.ts';
import type { LogicalPlan } from '../algebra/plan.ts';
import { andOf } from '../algebra/walk.ts';
import { placing } from '../errors.ts';
import type { ExistsNode, ExprNode, InQueryNode } from '../syntax/ast.ts';
import type { ExprContext } from './context.ts';
import type { Correlation } from './correlation.ts';
import { bindCondition } from './expression.ts';
import { Marks } from './marks.ts';
import { bindTest, marked } from './subquery.ts';

export function bindWhere(node: ExprNode, input: LogicalPlan, context: ExprContext): LogicalPlan {
  const rest: Expr[] = [];
  let plan = input;
  const marks = new Marks(context.env.nextId);
  const marking: ExprContext = { ...context, marks };
  for (const part of conjunctNodes(node)) {
    const test = subqueryTest(part);
    if (!test) {
      rest.push(bindCondition(part, marking));
      continue;
    }
    const { subquery, negated } = test;
    const bound = placing(context.env.sql, subquery.at, () => bindTest(subquery, marking));
    if (bound.kind === 'correlation' && !bound.dependent) {
      plan = joined(plan, bound, negated);
      continue;
    }
    const holds = bound.kind === 'correlation' ? marked(bound, subquery, marking) : bound;
    rest.push(negated ? { kind: 'not', type: 'boolean', arg: holds } : holds);
  }
  plan = marks.over(plan);
  const predicate = andOf(rest);
  return predicate ? { kind: 'filter', input: plan, predicate } : plan;
}

/** Only rows for which the test is TRUE pass. To be among the values is a condition as any other; not to be is not, for NULLs count. */
function joined(left: LogicalPlan, { right, on, member }: Correlation, negated: boolean): LogicalPlan {
  if (negated) return { kind: 'join', join: 'anti', left, right, on, member };
  const equal: Expr[] = member ? [{ kind: 'compare', type: 'boolean', op: '=', ...member }] : [];
  return { kind: 'join', join: 'semi', left, right, on: andOf([...(on ? [on] : []), ...equal]) };
}

/** `NOT (NOT EXISTS …)`: the test itself, and whether it is turned round. */
function subqueryTest(node: ExprNode): { subquery: ExistsNode | InQueryNode; negated: boolean } | undefined {
  let negated = false;
  let inner = node;
  for (; inner.kind === 'unary' && inner.op === 'NOT'; inner = inner.arg) negated = !negated;
  if (inner.kind === 'inQuery' && inner.arg.kind !== 'row') return { subquery: inner, negated: negated !== inner.not };
  return inner.kind === 'exists' ? { subquery: inner, negated } : undefined;
}

function conjunctNodes(node: ExprNode): ExprNode[] {
  const parts: ExprNode[] = [];
  let left = node;
  while (left.kind === 'binary' && left.op === 'AND') {
    parts.unshift(left.right);
    left = left.left;
  }
  parts.unshift(left);
  return parts.length === 1 ? parts : parts.flatMap(conjunctNodes);
}
