/**
 * Conditions that look at a row outside of their query stand above those that do not: only DuckDB can decide the former, while an index may
 * decide the latter.
 */
import type { LogicalPlan } from '../algebra/plan.ts';
import { bottomUp } from '../algebra/plan-walk.ts';
import { andOf, conjuncts, looksOutside } from '../algebra/walk.ts';

export const dependentFilters = (plan: LogicalPlan): LogicalPlan =>
  bottomUp(plan, (node) => {
    if (node.kind !== 'filter' || !looksOutside(node.predicate)) return node;
    const parts = conjuncts(node.predicate);
    const own = andOf(parts.filter((part) => !looksOutside(part)));
    if (!own) return node;
    const predicate = andOf(parts.filter(looksOutside))!;
    return { kind: 'filter', input: { kind: 'filter', input: node.input, predicate: own }, predicate };
  });
