/** The rewrites of a logical plan, in the order in which they run. */
import type { LogicalPlan } from '../algebra/plan.ts';
import { commonFactors } from './common-factors.ts';
import { commonTables } from './common-tables.ts';
import { dependentFilters } from './dependent-filters.ts';
import { filterDown } from './filter-down.ts';
import { joinOrder } from './join-order.ts';
import { projectUp } from './project-up.ts';
import { pruneColumns } from './prune-columns.ts';

type Rule = (plan: LogicalPlan) => LogicalPlan;

const RULES: readonly Rule[] = [
  commonTables,
  projectUp,
  commonFactors,
  joinOrder,
  filterDown,
  dependentFilters,
  pruneColumns,
];

export const rewritePlan = (plan: LogicalPlan): LogicalPlan => RULES.reduce((p, rule) => rule(p), plan);
