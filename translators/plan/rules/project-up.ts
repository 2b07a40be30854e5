/** Pulls projections up: filters, sorts, limits and groups over a derived table work on its source, so that the cluster can run them. */
import type { Column, Expr } from '../../bind/expr.ts';
import { isVolatile, rewrite } from '../../bind/walk.ts';
import type { LogicalPlan, Project } from '../nodes.ts';
import { mapExpressions, mapInputs } from '../walk.ts';

export function projectUp(plan: LogicalPlan): LogicalPlan {
  const node = mapInputs(plan, projectUp);
  switch (node.kind) {
    case 'filter':
    case 'sort':
    case 'limit': {
      const inner = movable(node.input);
      if (!inner) return node;
      const below = mapExpressions({ ...node, input: inner.input }, (e) => substitute(e, inner));
      // Below the projection there may be another one to pass.
      return { ...inner, input: projectUp(below) };
    }
    case 'aggregate': {
      const inner = movable(node.input);
      return inner ? mapExpressions({ ...node, input: inner.input }, (e) => substitute(e, inner)) : node;
    }
    case 'project': {
      const inner = movable(node.input);
      return inner ? mapExpressions({ ...node, input: inner.input }, (e) => substitute(e, inner)) : node;
    }
    default:
      return node;
  }
}

const movable = (plan: LogicalPlan): Project | undefined =>
  plan.kind === 'project' && !plan.items.some((item) => isVolatile(item.expr)) ? plan : undefined;

export function substitute(expr: Expr, project: Project): Expr {
  return replaceColumns(expr, new Map(project.items.map((item) => [item.column, item.expr])));
}

export const replaceColumns = (expr: Expr, by: ReadonlyMap<Column, Expr>): Expr =>
  rewrite(expr, (e) => (e.kind === 'column' ? by.get(e.column) : undefined));
