/**
 * A plan on the clock of the request's `time_zone`: dates of documents are read as that clock shows them. Alone, they are compared
 * with each other as the moments that they are: sorted, grouped, their least and greatest found.
 */
import type { Call, Column, Expr, Literal } from '../algebra/expr.ts';
import type { Clock, Measure } from '../algebra/function-facts.ts';
import type { Aggregate, LogicalPlan } from '../algebra/plan.ts';
import { bottomUp, mapExpressions } from '../algebra/plan-walk.ts';
import { rewrite } from '../algebra/walk.ts';
import { TO_ZONE } from '../functions/zoned.ts';

export const zonedPlan = (plan: LogicalPlan, zone: string): LogicalPlan => new Zoning(zone).plan(plan);

/** Aggregates that are the same of moments and of what a clock shows at them, but for the clock. */
const OF_MOMENTS: ReadonlySet<Measure | undefined> = new Set(['least', 'greatest', 'count', 'different']);

class Zoning implements Clock {
  /** Columns of nodes that hold moments in UTC, besides those of scans. */
  private readonly moments = new Set<Column>();

  constructor(readonly zone: string) {}

  plan(plan: LogicalPlan): LogicalPlan {
    return bottomUp(plan, (node) => this.node(node));
  }

  private node(plan: LogicalPlan): LogicalPlan {
    switch (plan.kind) {
      case 'sort':
        return {
          ...plan,
          keys: plan.keys.map((key) => (this.isMoment(key.expr) ? key : { ...key, expr: this.expr(key.expr) })),
        };
      case 'aggregate':
        return this.aggregate(plan);
      case 'unnest':
        this.remember(plan.columns);
        return plan;
      default:
        return mapExpressions(plan, this.expr);
    }
  }

  private aggregate(plan: Aggregate): Aggregate {
    for (const { columns } of plan.collections ?? []) this.remember(columns);
    const keys = plan.keys.map((key) => {
      const moment = this.isMoment(key.expr) ? key.expr : this.bucket(key.expr);
      if (!moment) return { ...key, expr: this.expr(key.expr) };
      this.moments.add(key.column);
      return { ...key, expr: moment };
    });
    const aggregates = plan.aggregates.map(({ column, call }) => {
      const filter = call.filter && this.expr(call.filter);
      const [arg] = call.args;
      if (OF_MOMENTS.has(call.fn.measure) && arg && call.args.every((one) => this.isMoment(one))) {
        if (call.type === 'timestamp') this.moments.add(column);
        return { column, call: { ...call, filter } };
      }
      return { column, call: { ...call, args: call.args.map(this.expr), filter } };
    });
    return { ...plan, keys, aggregates };
  }

  private remember(columns: readonly { readonly column: Column }[]): void {
    for (const { column } of columns) if (column.type === 'timestamp') this.moments.add(column);
  }

  isMoment(expr: Expr): boolean {
    if ((expr.kind !== 'column' && expr.kind !== 'outer') || expr.type !== 'timestamp') return false;
    return expr.column.field !== undefined || this.moments.has(expr.column);
  }

  /** The beginning of a span of time, on the zone's clock, as a moment. */
  private bucket(expr: Expr): Expr | undefined {
    if (expr.kind !== 'call' || expr.fn.bucket !== 'interval' || !this.isMoment(expr.args[0]!)) return undefined;
    return expr.args.length === 2 ? { ...expr, args: [...expr.args, this.text(this.zone)] } : expr;
  }

  readonly expr = (expr: Expr): Expr => rewrite(expr, (e) => this.rewritten(e));

  private rewritten(e: Expr): Expr | undefined {
    switch (e.kind) {
      case 'outer':
      case 'column':
        return this.isMoment(e) ? this.wall(e) : undefined;
      case 'isNull':
        return this.isMoment(e.arg) ? e : undefined;
      case 'scalarSubquery':
        return { ...e, plan: this.plan(e.plan), arg: e.arg && this.expr(e.arg) };
      case 'call':
        return this.call(e);
      default:
        return undefined;
    }
  }

  private call(e: Call): Expr | undefined {
    if (e.fn.bucket === 'interval') {
      const bucket = this.bucket(e);
      return bucket && this.wall(bucket);
    }
    return e.fn.onClock?.(e, this);
  }

  wall(moment: Expr): Expr {
    return { kind: 'call', type: 'timestamp', fn: TO_ZONE, args: [moment, this.text(this.zone)] };
  }

  private text(value: string): Literal {
    return { kind: 'literal', type: 'keyword', value };
  }
}
