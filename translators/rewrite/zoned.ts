/**
 * A plan on the clock of the request's `time_zone`: dates of documents are read as that clock shows them. Alone, they are compared
 * with each other as the moments that they are: sorted, grouped, their least and greatest found.
 */
import type { Column, Expr, Literal } from '../algebra/expr.ts';
import type { Aggregate, LogicalPlan } from '../algebra/plan.ts';
import { bottomUp, mapExpressions } from '../algebra/plan-walk.ts';
import { rewrite } from '../algebra/walk.ts';
import { scalarFunction } from '../functions/index.ts';

export const zonedPlan = (plan: LogicalPlan, zone: string): LogicalPlan => new Zoning(zone).plan(plan);

const OF_MOMENTS: ReadonlySet<string> = new Set(['MIN', 'MAX', 'COUNT', 'APPROX_COUNT_DISTINCT']);

class Zoning {
  /** Columns of nodes that hold moments in UTC, besides those of scans. */
  private readonly moments = new Set<Column>();

  constructor(private readonly zone: string) {}

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
      if (OF_MOMENTS.has(call.fn.name) && arg && call.args.every((one) => this.isMoment(one))) {
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

  private isMoment(expr: Expr): boolean {
    if (expr.kind !== 'column' || expr.type !== 'timestamp') return false;
    return expr.column.field !== undefined || this.moments.has(expr.column);
  }

  /** The beginning of a span of time, on the zone's clock, as a moment. */
  private bucket(expr: Expr): Expr | undefined {
    if (expr.kind !== 'call' || expr.fn.name !== 'DATE_HISTOGRAM' || !this.isMoment(expr.args[0]!)) return undefined;
    return expr.args.length === 2 ? { ...expr, args: [...expr.args, this.text(this.zone)] } : expr;
  }

  private readonly expr = (expr: Expr): Expr => rewrite(expr, (e) => this.rewritten(e));

  private rewritten(e: Expr): Expr | undefined {
    switch (e.kind) {
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

  private call(e: Extract<Expr, { kind: 'call' }>): Expr | undefined {
    const [arg] = e.args;
    switch (e.fn.name) {
      case 'UNIX_TIMESTAMP': {
        if (arg?.type !== 'timestamp') return undefined;
        if (this.isMoment(arg)) return e;
        const utc = this.made('CONVERT_TZ', [this.expr(arg), this.text(this.zone), this.text('+00:00')]);
        return { ...e, args: [utc] };
      }
      case 'FROM_UNIXTIME': {
        const [seconds, format] = e.args.map(this.expr);
        const wall = this.wall({ ...e, type: 'timestamp', args: [seconds!] });
        return format ? { ...this.made('DATE_FORMAT', [wall, format]), type: 'keyword' } : wall;
      }
      case 'DATE_HISTOGRAM': {
        const bucket = this.bucket(e);
        return bucket && this.wall(bucket);
      }
      default:
        return undefined;
    }
  }

  private wall(moment: Expr): Expr {
    return this.made('TO_ZONE', [moment, this.text(this.zone)]);
  }

  private made(name: string, args: readonly Expr[]): Extract<Expr, { kind: 'call' }> {
    return { kind: 'call', type: 'timestamp', fn: scalarFunction(name)!, args };
  }

  private text(value: string): Literal {
    return { kind: 'literal', type: 'keyword', value };
  }
}
