/** Folds constants through a logical plan: what needs no row is computed once, and errors of constants come before the cluster is asked. */
import { type Expr, FALSE, NULL, TRUE } from '../algebra/expr.ts';
import type { LogicalPlan } from '../algebra/plan.ts';
import { bottomUp, mapExpressions } from '../algebra/plan-walk.ts';
import type { Session } from '../algebra/session.ts';
import { mapChildren } from '../algebra/walk.ts';
import { foldConstant, isConstant } from '../lower/js/index.ts';

export const foldPlan = (plan: LogicalPlan, session: Session): LogicalPlan =>
  bottomUp(plan, (node) => withoutIdleKeys(mapExpressions(node, (expr) => fold(expr, session))));

/** What is the same for all rows orders none. */
function withoutIdleKeys(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'sort' || !plan.keys.some((key) => isConstant(key.expr))) return plan;
  const keys = plan.keys.filter((key) => !isConstant(key.expr));
  return keys.length > 0 ? { ...plan, keys } : plan.input;
}

function fold(expr: Expr, session: Session): Expr {
  // Branches of a CASE that are never taken must not fail: its children are folded only where that cannot raise.
  if (expr.kind === 'case') return foldCase(expr, session);
  const inner = simplify(mapChildren(expr, (child) => fold(child, session)));
  return foldConstant(inner, session);
}

function foldCase(expr: Extract<Expr, { kind: 'case' }>, session: Session): Expr {
  const whens: { when: Expr; then: Expr }[] = [];
  for (const w of expr.whens) {
    const when = fold(w.when, session);
    if (when.kind === 'literal' && when.value !== true) continue;
    if (when.kind === 'literal' && whens.length === 0) return fold(w.then, session);
    whens.push({ when, then: w.then });
    if (when.kind === 'literal') break;
  }
  if (whens.length === 0) return fold(expr.otherwise, session);
  return { ...expr, whens };
}

/** Truth values disappear from AND and OR. */
function simplify(expr: Expr): Expr {
  if (expr.kind !== 'and' && expr.kind !== 'or') return expr;
  const absorbing = expr.kind === 'or';
  if (expr.args.some((arg) => arg.kind === 'literal' && arg.value === absorbing)) return absorbing ? TRUE : FALSE;
  const args = expr.args.filter((arg) => !(arg.kind === 'literal' && arg.value === !absorbing));
  if (args.length === 0) return absorbing ? FALSE : TRUE;
  if (args.every((arg) => arg.kind === 'literal' && arg.value === null)) return { ...NULL, type: 'boolean' };
  return args.length === 1 ? args[0]! : { ...expr, args };
}
