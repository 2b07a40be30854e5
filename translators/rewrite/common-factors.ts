/**
 * Takes what all branches of an OR demand out of it, over joins: `(a.x = b.x AND a.n = 1) OR (a.x = b.x AND b.n = 2)` is
 * `a.x = b.x AND (a.n = 1 OR b.n = 2)`, which is a join by an equality and no product. It holds for NULL too: AND distributes over OR in
 * the logic of three values.
 */
import type { Expr } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import type { LogicalPlan } from '../algebra/plan.ts';
import { bottomUp } from '../algebra/plan-walk.ts';
import { andOf, conjuncts } from '../algebra/walk.ts';

export const commonFactors = (plan: LogicalPlan): LogicalPlan =>
  bottomUp(plan, (node) => {
    if (node.kind === 'join' && node.on) {
      const on = factored(node.on);
      return on === node.on ? node : { ...node, on };
    }
    if (node.kind !== 'filter' || node.input.kind !== 'join') return node;
    const predicate = factored(node.predicate);
    return predicate === node.predicate ? node : { ...node, predicate };
  });

/** The same object where nothing is taken out. */
function factored(predicate: Expr): Expr {
  let changed = false;
  const parts = conjuncts(predicate).flatMap((part) => {
    const taken = part.kind === 'or' ? takenOut(disjuncts(part)) : undefined;
    if (taken) changed = true;
    return taken ?? [part];
  });
  return changed ? andOf(parts)! : predicate;
}

const disjuncts = (expr: Expr): readonly Expr[] => (expr.kind === 'or' ? expr.args.flatMap(disjuncts) : [expr]);

/** Only equalities of columns are looked for: they say which rows belong together, and computing them is cheap. */
const isBond = (expr: Expr): boolean =>
  expr.kind === 'compare' && expr.op === '=' && expr.left.kind === 'column' && expr.right.kind === 'column';

function takenOut(branches: readonly Expr[]): readonly Expr[] | undefined {
  const [first, ...others] = branches.map(conjuncts);
  const demanded = others.map((parts) => new Set(parts.filter(isBond).map(exprKey)));
  const bonds = first!.filter((part) => isBond(part) && demanded.every((keys) => keys.has(exprKey(part))));
  if (bonds.length === 0) return undefined;
  const taken = new Set(bonds.map(exprKey));
  const rest = [first!, ...others].map((parts) => andOf(parts.filter((part) => !taken.has(exprKey(part)))));
  // A branch that demands nothing else is true wherever they hold.
  const args = rest.filter((part) => part !== undefined);
  return args.length === rest.length ? [...bonds, { kind: 'or', type: 'boolean', args }] : bonds;
}
