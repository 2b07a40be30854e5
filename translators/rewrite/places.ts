/** Where the columns of a plan are made, so that it is cheap to ask which side of a join an expression looks at. */
import type { Column, Expr } from '../algebra/expr.ts';
import type { LogicalPlan } from '../algebra/plan.ts';
import { inputsOf, ownColumns, parentsFirst } from '../algebra/plan-walk.ts';
import { columnsOf, some } from '../algebra/walk.ts';

/** Numbers of nodes, both ends included; empty where `from` is above `to`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

const NOTHING: Range = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };

/**
 * Nodes are numbered from the left to the right and from below to above, so that what a join's side shows was numbered in one run. Nodes
 * that only move conditions between them keep these numbers.
 */
export class Places {
  private readonly columns = new Map<Column, number>();
  private readonly scans = new Map<number, number>();
  private readonly ranges = new Map<LogicalPlan, Range>();
  private readonly extents = new Map<Expr, Range>();

  constructor(plan: LogicalPlan) {
    for (const [n, node] of parentsFirst(plan).toReversed().entries()) {
      for (const column of ownColumns(node)) this.columns.set(column, n);
      if (node.kind === 'scan') this.scans.set(node.id, n);
      if (hidesInputs(node)) this.ranges.set(node, { from: n, to: n });
    }
  }

  /** Whether the expression looks at rows, and all that it looks at is seen in the plan. */
  belongs(expr: Expr, plan: LogicalPlan): boolean {
    const { from, to } = this.extent(expr);
    const seen = this.range(plan);
    return from <= to && seen.from <= from && to <= seen.to;
  }

  /** It looks at no relation: a search does, though it names no column. */
  isConstant(expr: Expr): boolean {
    const { from, to } = this.extent(expr);
    return from > to;
  }

  private extent(expr: Expr): Range {
    let extent = this.extents.get(expr);
    if (!extent) {
      const numbers = [...columnsOf(expr)].map((column) => this.columns.get(column) ?? Number.NaN);
      some(expr, (e) => {
        if (e.kind === 'relevance') numbers.push(this.scans.get(e.scan) ?? Number.NaN);
        return false;
      });
      extent = numbers.length === 0 ? NOTHING : { from: Math.min(...numbers), to: Math.max(...numbers) };
      this.extents.set(expr, extent);
    }
    return extent;
  }

  private range(plan: LogicalPlan): Range {
    let range = this.ranges.get(plan);
    if (!range) {
      const own = ownColumns(plan).map((column) => this.columns.get(column)!);
      const shown = hidesInputs(plan)
        ? []
        : plan.kind === 'join' && ONE_SIDED.has(plan.join)
          ? [plan.left]
          : inputsOf(plan);
      const ranges = shown.map((input) => this.range(input));
      range = {
        from: Math.min(...ranges.map((r) => r.from), ...own.slice(0, 1)),
        to: Math.max(...ranges.map((r) => r.to), ...own.slice(0, 1)),
      };
      this.ranges.set(plan, range);
    }
    return range;
  }
}

const ONE_SIDED: ReadonlySet<string> = new Set(['semi', 'anti', 'mark', 'value']);

function hidesInputs({ kind }: LogicalPlan): boolean {
  return ['scan', 'values', 'input', 'project', 'aggregate', 'setOperation', 'recursion', 'previous'].includes(kind);
}
