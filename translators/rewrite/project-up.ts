/** Pulls projections up: filters, sorts, limits and groups over a derived table work on its source, so that the cluster can run them. */
import type { Column, Expr } from '../algebra/expr.ts';
import type { LogicalPlan, Project } from '../algebra/plan.ts';
import { bottomUp, expressionsOf, mapExpressions, mapInputs } from '../algebra/plan-walk.ts';
import { isVolatile, rewrite, sizeAfter } from '../algebra/walk.ts';

/** What is computed once in a projection may be computed several times in its place, up to this many terms. */
const MAX_SUBSTITUTED = 128;

export const projectUp = (plan: LogicalPlan): LogicalPlan => bottomUp(plan, above);

function above(node: LogicalPlan): LogicalPlan {
  switch (node.kind) {
    case 'filter':
    case 'sort':
    case 'limit': {
      const inner = movable(node);
      // Below the projection there may be another one to pass.
      return inner ? { ...inner, input: above(through(node, inner)) } : node;
    }
    case 'aggregate':
    case 'project': {
      // Collections are columns of documents as they are.
      const whole = node.kind === 'project' ? node.common : node.collections;
      const inner = whole ? undefined : movable(node);
      return inner ? through(node, inner) : node;
    }
    default:
      return node;
  }
}

/** The projection below the node, where the node can do without it. */
function movable(node: LogicalPlan & { readonly input: LogicalPlan }): Project | undefined {
  const { input } = node;
  if (input.kind !== 'project' || input.common || input.items.some((item) => isVolatile(item.expr))) return undefined;
  return substitutes(expressionsOf(node), expressionsByColumn(input)) ? input : undefined;
}

function through(node: LogicalPlan, inner: Project): LogicalPlan {
  const by = expressionsByColumn(inner);
  return mapExpressions(
    mapInputs(node, () => inner.input),
    (e) => replaceColumns(e, by),
  );
}

const expressionsByColumn = (project: Project): ReadonlyMap<Column, Expr> =>
  new Map(project.items.map((item) => [item.column, item.expr]));

/** Whether expressions can stand in the place of columns without growing: what is read once may be large, what is read often may not. */
export function substitutes(exprs: readonly Expr[], by: ReadonlyMap<Column, Expr>): boolean {
  let grown = 0;
  const seen = new Set<Column>();
  for (const expr of exprs) {
    grown += sizeAfter(expr, by, seen);
    if (grown > MAX_SUBSTITUTED) return false;
  }
  return true;
}

export const replaceColumns = (expr: Expr, by: ReadonlyMap<Column, Expr>): Expr =>
  rewrite(expr, (e) => (e.kind === 'column' ? by.get(e.column) : undefined));
