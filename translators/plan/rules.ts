/** The rewrites of a logical plan, in the order in which they run. */
import type { LogicalPlan } from './nodes.ts';
import { commonTables } from './rules/common-tables.ts';
import { filterDown } from './rules/filter-down.ts';
import { projectUp } from './rules/project-up.ts';
import { pruneColumns } from './rules/prune-columns.ts';

export type Rule = (plan: LogicalPlan) => LogicalPlan;

export const RULES: readonly Rule[] = [commonTables, projectUp, filterDown, pruneColumns];

export const rewritePlan = (plan: LogicalPlan): LogicalPlan => RULES.reduce((p, rule) => rule(p), plan);
