/** The plan for documents that hold several values, under what stands above the groups; divided only where it is needed. */

import type { Physical, Several } from '../algebra/physical.ts';
import type { LogicalPlan } from '../algebra/plan.ts';

export class SeveralPlan implements Several {
  constructor(
    readonly plan: LogicalPlan,
    private readonly divide: (plan: LogicalPlan) => Physical,
  ) {}

  physical(): Physical {
    return this.divide(this.plan);
  }

  under(step: (groups: LogicalPlan) => LogicalPlan): SeveralPlan {
    return new SeveralPlan(step(this.plan), this.divide);
  }
}
