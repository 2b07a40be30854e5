/** The Painless fallback for predicates that the index cannot answer, or not exactly. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Column, Expr } from '../../algebra/expr.ts';
import { columnsOf, some } from '../../algebra/walk.ts';
import type { Place } from './context.ts';
import { mayOverflow } from './exists.ts';

/** `narrowed`: the index gave candidates because it keeps less than the source; doc values then keep as little. */
export function scriptQuery(expr: Expr, wanted: boolean, place: Place, narrowed: boolean): Dsl | undefined {
  if (!place.painless || some(expr, (e) => e.kind === 'relevance' || e.kind === 'nestedAny')) return undefined;
  for (const column of columnsOf(expr)) if (!faithful(column, place, narrowed)) return undefined;
  const script = place.painless(wanted ? expr : { kind: 'not', type: 'boolean', arg: expr });
  return script && { script: { script: { lang: 'painless', source: script.source, params: script.params } } };
}

/** Do the doc values of a column say what its source says? */
function faithful(column: Column, place: Place, narrowed: boolean): boolean {
  const { field } = column;
  if (!field || field.nestedPath !== place.within || field.normalizer !== undefined) return false;
  if (narrowed && ['scaled_float', 'half_float', 'date'].includes(field.mapping)) return false;
  if (field.type === 'text') {
    return field.exact !== undefined && !mayOverflow(field.exact.path, field.exact.ignoreAbove, place);
  }
  return field.docValues && !mayOverflow(field.path, field.ignoreAbove, place);
}
