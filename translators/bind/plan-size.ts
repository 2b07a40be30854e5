/** What a plan is made of, counted while it is bound, so that one that would be too large is never made. */

import type { Expr } from '../algebra/expr.ts';
import { sizeOf } from '../algebra/walk.ts';
import { SqlError } from '../errors.ts';

export interface PlanLimits {
  /** Relations of FROM, in all queries of the statement. */
  readonly maxRelations: number;
  /** Operators of the plan, columns that stars stand for, and terms of any one expression. */
  readonly maxPlanNodes: number;
}

export const NO_LIMITS: PlanLimits = {
  maxRelations: Number.POSITIVE_INFINITY,
  maxPlanNodes: Number.POSITIVE_INFINITY,
};

export class PlanSize {
  private relations = 0;
  private nodes = 0;

  constructor(private readonly limits: PlanLimits) {}

  relation(): void {
    const { maxRelations } = this.limits;
    if (++this.relations <= maxRelations) return;
    throw new SqlError(
      'resourceLimit',
      `The statement reads more than ${maxRelations} relations, which is the setting MAX_RELATIONS`,
    );
  }

  operators(count: number): void {
    this.nodes += count;
    if (this.nodes > this.limits.maxPlanNodes) throw this.tooLarge();
  }

  /** An expression as it would be written out: forms that name a part of theirs twice grow with each level. */
  expression(expr: Expr): void {
    if (sizeOf(expr) > this.limits.maxPlanNodes) throw this.tooLarge();
  }

  private tooLarge(): SqlError {
    return new SqlError(
      'resourceLimit',
      `The plan of the statement has more than ${this.limits.maxPlanNodes} nodes, which is the setting MAX_PLAN_NODES`,
    );
  }
}
