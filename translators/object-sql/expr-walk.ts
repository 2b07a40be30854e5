/** The parts of checked expressions. */
import type { SelectExpr } from './expr.ts';

export function someExpr(expr: SelectExpr, test: (expr: SelectExpr) => boolean): boolean {
  return test(expr) || childrenOf(expr).some((child) => someExpr(child, test));
}

export function childrenOf(expr: SelectExpr): readonly SelectExpr[] {
  switch (expr.kind) {
    case 'literal':
    case 'cell':
    case 'path':
    case 'aggregate':
      return [];
    case 'and':
    case 'or':
      return expr.items;
    case 'not':
    case 'negate':
    case 'is':
    case 'cast':
      return [expr.arg];
    case 'compare':
    case 'arithmetic':
    case 'concat':
      return [expr.left, expr.right];
    case 'in':
      return [expr.arg, ...expr.list];
    case 'inArray':
      return [expr.arg, expr.array];
    case 'like':
      return expr.escape === undefined ? [expr.arg, expr.pattern] : [expr.arg, expr.pattern, expr.escape];
    case 'case': {
      const whens = expr.whens.flatMap(({ when, then }) => [when, then]);
      return expr.otherwise === undefined ? whens : [...whens, expr.otherwise];
    }
    case 'call':
      return expr.args;
  }
}
