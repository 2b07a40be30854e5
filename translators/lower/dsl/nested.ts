/** `some element of the collection satisfies the predicate` → a nested query; it is TRUE or FALSE, never NULL. */
import type { Expr, NestedAny } from '../../algebra/expr.ts';
import { columnsOf } from '../../algebra/walk.ts';
import { MATCH_NONE, noneOf } from './bool.ts';
import { exactly, type Lowered, type Place, superset } from './context.ts';
import { nestedOf } from './leaf.ts';

type Truth = (expr: Expr, wanted: boolean, place: Place) => Lowered | undefined;

export function nestedQuery(expr: NestedAny, wanted: boolean, place: Place, truth: Truth): Lowered | undefined {
  const { path, predicate } = expr;
  if (place.within !== undefined && !path.startsWith(`${place.within}.`)) return undefined;
  if (!isNestedMapping(expr)) return flattened(expr, wanted, place, truth);
  const inner = truth(predicate, true, { ...place, within: path, scored: false });
  if (!inner) return undefined;
  const query = nestedOf(path, inner.query);
  if (wanted) return { query, exact: inner.exact || query === MATCH_NONE };
  return inner.exact ? exactly(noneOf(query)) : undefined;
}

/** Columns below the path tell what it is: elements of a nested mapping have documents of their own. */
function isNestedMapping({ path, predicate }: NestedAny): boolean {
  for (const { field } of columnsOf(predicate)) {
    if (field?.nestedPath === path || field?.nestedPath?.startsWith(`${path}.`)) return true;
    if (field?.path.startsWith(`${path}.`)) return false;
  }
  return true;
}

/** Arrays of plain objects lose which values belong together: the index can only say that each part holds somewhere. */
function flattened({ predicate }: NestedAny, wanted: boolean, place: Place, truth: Truth): Lowered | undefined {
  if (!wanted) return undefined;
  if (columnsOf(predicate).size === 1 && ['compare', 'in', 'like'].includes(predicate.kind)) {
    return truth(predicate, true, place);
  }
  // Negations would exclude documents for another element's sake.
  if (!isPositive(predicate)) return undefined;
  const lowered = truth(predicate, true, place);
  return lowered && superset(lowered.query);
}

function isPositive(expr: Expr): boolean {
  if (expr.kind === 'and' || expr.kind === 'or') return expr.args.every(isPositive);
  if (expr.kind === 'compare') return expr.op !== '!=';
  return expr.kind === 'in' || expr.kind === 'like';
}
