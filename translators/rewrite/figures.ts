/** Which figures an object column consists of, where it is an aggregate of several: the text formats give each a column of its own. */
import type { Column, Expr } from '../algebra/expr.ts';
import type { Figure } from '../algebra/function.ts';
import { type LogicalPlan, outputOf } from '../algebra/plan.ts';
import { inputsOf } from '../algebra/plan-walk.ts';

/** Undefined for what is no aggregate of several figures, or is no longer just that. */
export function figuresOf(column: Column, plan: LogicalPlan): readonly Figure[] | undefined {
  if (column.type !== 'object') return undefined;
  switch (plan.kind) {
    case 'aggregate': {
      const found = plan.aggregates.find((aggregate) => aggregate.column === column);
      if (found === undefined) return figuresOfKey(column, plan);
      const [, ...literals] = found.call.args;
      return found.call.fn.figures?.(literals.map((arg) => (arg.kind === 'literal' ? arg.value : null)));
    }
    case 'project': {
      const item = plan.items.find((one) => one.column === column);
      return item && figuresOfExpr(item.expr, plan.input);
    }
    case 'setOperation': {
      const at = plan.columns.indexOf(column);
      const [left, right] = [plan.left, plan.right].map((side) => figuresOf(outputOf(side)[at]!, side));
      return left !== undefined && JSON.stringify(left) === JSON.stringify(right) ? left : undefined;
    }
    default: {
      for (const input of inputsOf(plan)) {
        const found = figuresOf(column, input);
        if (found !== undefined) return found;
      }
      return undefined;
    }
  }
}

function figuresOfKey(column: Column, plan: Extract<LogicalPlan, { kind: 'aggregate' }>) {
  const key = plan.keys.find((one) => one.column === column);
  return key && figuresOfExpr(key.expr, plan.input);
}

function figuresOfExpr(expr: Expr, input: LogicalPlan): readonly Figure[] | undefined {
  if (expr.kind === 'column') return figuresOf(expr.column, input);
  if (expr.kind !== 'scalarSubquery' || expr.mode !== 'scalar') return undefined;
  const [column] = outputOf(expr.plan);
  return column && figuresOf(column, expr.plan);
}
