/** The plan for documents that hold several values, under what stands above the groups. */

import type { Several } from '../algebra/physical.ts';
import type { LogicalPlan } from '../algebra/plan.ts';

/** What a node takes over from above it holds for the other way of running it too. */
export const over = (several: Several | undefined, step: (groups: LogicalPlan) => LogicalPlan): Several | undefined =>
  several && ((above = (groups) => groups) => several((groups) => above(step(groups))));
