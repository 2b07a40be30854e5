/** CASE as a predicate: a branch counts where its condition is TRUE and no earlier one is. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Case, Expr } from '../../algebra/expr.ts';
import { allOf, anyOf, MATCH_NONE, noneOf } from './bool.ts';
import type { Lowered, Place } from './context.ts';

type Truth = (expr: Expr, wanted: boolean, place: Place) => Lowered | undefined;

export function caseQuery(expr: Case, wanted: boolean, place: Place, truth: Truth): Lowered | undefined {
  const parts: Dsl[] = [];
  const passed: Dsl[] = [];
  let exact = true;
  let reached = true;
  for (const { when, then } of expr.whens) {
    const condition = truth(when, true, place);
    const result = truth(then, wanted, place);
    if (!condition || !result || !reached) return undefined;
    if (result.query !== MATCH_NONE) {
      parts.push(allOf([...passed, condition.query, result.query]));
      exact &&= condition.exact && result.exact;
    }
    // "No earlier condition" is a negation, which needs exact conditions.
    if (condition.exact) passed.push(noneOf(condition.query));
    else reached = false;
  }
  const rest = truth(expr.otherwise, wanted, place);
  if (!rest) return undefined;
  if (rest.query !== MATCH_NONE) {
    if (!reached) return undefined;
    parts.push(allOf([...passed, rest.query]));
    exact &&= rest.exact;
  }
  return { query: anyOf(parts), exact };
}
