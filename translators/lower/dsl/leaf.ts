/** A predicate on one field, and what is TRUE and FALSE of it in three-valued logic, also from outside of its nested path. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Field } from '../../algebra/schema.ts';
import { allOf, MATCH_NONE, noneOf } from './bool.ts';
import { exactly, type Lowered, type Place, superset } from './context.ts';

export interface Leaf {
  readonly field: Field;
  /** Some value satisfies it. */
  readonly match: Lowered;
  /** A part of `match` that is certain although the whole is a superset. */
  readonly certain?: Dsl;
  /** There is a value. */
  readonly present: Lowered;
}

/** Every value satisfies it. */
export function always(field: Field, present: Lowered): Leaf {
  const counted = countedOneByOne(present, field);
  return { field, match: counted, present: counted };
}

/** No value satisfies it. */
export const never = (field: Field, present: Lowered): Leaf => ({ field, match: exactly(MATCH_NONE), present });

/** TRUE or FALSE of a leaf; a multi-valued field is FALSE when it has values and none satisfies (spec data-types 9). */
export function leafQuery(leaf: Leaf, wanted: boolean, place: Place): Lowered | undefined {
  const wrap = nestedWrap(leaf.field, place);
  if (!wrap) return undefined;
  if (wanted) return { query: wrap(leaf.match.query), exact: leaf.match.exact };
  const certain = leaf.match.exact ? leaf.match.query : (leaf.certain ?? MATCH_NONE);
  if (certain === leaf.present.query && leaf.present.exact) return exactly(MATCH_NONE);
  const query = allOf([wrap(leaf.present.query), noneOf(wrap(certain))]);
  return { query, exact: leaf.match.exact && leaf.present.exact };
}

/** IS NULL (wanted) or IS NOT NULL. */
export function nullQuery(
  field: Field,
  present: Lowered,
  indexed: Dsl,
  wanted: boolean,
  place: Place,
): Lowered | undefined {
  const wrap = nestedWrap(field, place);
  if (!wrap) return undefined;
  if (!wanted) return { query: wrap(present.query), exact: present.exact };
  const query = noneOf(wrap(present.exact ? present.query : indexed));
  return present.exact ? exactly(query) : superset(query);
}

/** How a query on a field must be wrapped at a place; undefined when the field cannot be seen from there. */
function nestedWrap(field: Field, place: Place): ((query: Dsl) => Dsl) | undefined {
  const { nestedPath } = field;
  if (nestedPath === place.within) return (query) => query;
  if (nestedPath === undefined) return undefined;
  if (place.within !== undefined && !nestedPath.startsWith(`${place.within}.`)) return undefined;
  return (query) => nestedOf(nestedPath, query);
}

export function nestedOf(path: string, query: Dsl): Dsl {
  return query === MATCH_NONE ? MATCH_NONE : { nested: { path, query } };
}

/**
 * Where documents are only counted, the cluster counts those with a text field by its words: one whose text holds no word ('' or '!!!')
 * is found but not counted. Two clauses have no such short cut.
 */
export function countedOneByOne(present: Lowered, field: Field): Lowered {
  const byWords = (present.query.exists as { readonly field: string } | undefined)?.field === field.path;
  if (field.mapping !== 'text' || !present.exact || !byWords) return present;
  return exactly({ dis_max: { queries: [present.query, present.query] } });
}
