/** Whether a field has a value, as far as the index knows. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Field } from '../../algebra/schema.ts';
import { anyOf, MATCH_ALL } from './bool.ts';
import { exactly, type Lowered, type Place, superset } from './context.ts';
import { nestedOf } from './leaf.ts';

export const existsOf = (path: string): Dsl => ({ exists: { field: path } });

/** May values be missing from the index because they were too long for it? */
export const mayOverflow = (path: string, ignoreAbove: number | undefined, place: Place): boolean =>
  ignoreAbove !== undefined && (place.overflow?.(path) ?? true);

/** Mapping types whose fields refuse the query. */
const NO_EXISTS = new Set(['rank_features']);

/** Where the index itself has a value of the field: without values that `ignore_above` hid. */
export function indexedOf(field: Field): Dsl | undefined {
  if (field.type === 'nested' && field.properties) return field.conflict ? undefined : nestedOf(field.path, MATCH_ALL);
  if (field.type === 'object') return field.indexed && !NO_EXISTS.has(field.mapping) ? existsOf(field.path) : undefined;
  if (!field.indexed && !field.docValues) return undefined;
  return existsOf(field.path);
}

/**
 * Documents with a value. OpenSearch does not record which documents lost a long value of a plain keyword, so there the answer is
 * a superset; a text field is indexed whatever becomes of its twin, but for a text without words, which its twin has.
 */
export function presentOf(field: Field, place: Place): Lowered | undefined {
  const indexed = indexedOf(field);
  if (!indexed) return undefined;
  if (mayOverflow(field.path, field.ignoreAbove, place)) return superset(MATCH_ALL);
  const twin = field.type === 'text' ? field.exact : undefined;
  if (!twin) return exactly(indexed);
  const ofTwin = existsOf(twin.path);
  return exactly(mayOverflow(twin.path, twin.ignoreAbove, place) ? anyOf([indexed, ofTwin]) : ofTwin);
}
