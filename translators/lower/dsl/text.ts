/** Text fields by their whole value: through a keyword twin, or as candidates where the index keeps only tokens. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { CompareOperator } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import { allOf, anyOf, MATCH_NONE, noneOf, termsOf } from './bool.ts';
import { exactly, type Lowered, type Place, superset } from './context.ts';
import { existsOf, mayOverflow, presentOf } from './exists.ts';
import type { Leaf } from './leaf.ts';
import { rangeOf } from './number.ts';

/** Where whole values can be asked for. */
export interface WholeValue {
  readonly path: string;
  readonly mapping: 'keyword' | 'wildcard' | 'constant_keyword' | 'version';
  readonly present: Lowered;
  /** Values longer than this are not in the index. */
  readonly ignoreAbove?: number;
  /** Candidates for a hidden value; absent where none can be hidden. */
  readonly hidden?: Dsl;
}

const WHOLE = new Set(['keyword', 'wildcard', 'constant_keyword', 'version']);

/** Undefined for fields without a faithful whole value: text without twin, normalized keywords, unindexed fields. */
export function wholeValueOf(field: Field, place: Place): WholeValue | undefined {
  const present = presentOf(field, place);
  if (!present || field.conflict?.some((kind) => kind !== field.mapping)) return undefined;
  if (field.type === 'text') {
    const twin = field.exact;
    if (!twin) return undefined;
    const mapping = field.fields?.get(twin.path.slice(twin.path.lastIndexOf('.') + 1))?.mapping;
    const hidden = mayOverflow(twin.path, twin.ignoreAbove, place)
      ? allOf([existsOf(field.path), noneOf(existsOf(twin.path))])
      : undefined;
    // A text that is not indexed itself cannot say whether it has a value; its twin can, unless values may be hidden from it.
    if (!field.indexed && hidden) return undefined;
    return {
      path: twin.path,
      mapping: mapping === 'wildcard' ? 'wildcard' : 'keyword',
      present: field.indexed ? present : exactly(existsOf(twin.path)),
      ignoreAbove: twin.ignoreAbove,
      hidden,
    };
  }
  if (!field.indexed || field.normalizer !== undefined || !WHOLE.has(field.mapping)) return undefined;
  return {
    path: field.path,
    mapping: field.mapping as WholeValue['mapping'],
    present,
    ignoreAbove: field.ignoreAbove,
    hidden: present.exact ? undefined : noneOf(existsOf(field.path)),
  };
}

/** A query that is exact on what the index holds, with the candidates that it does not hold. */
export function onWhole(field: Field, whole: WholeValue, query: Dsl): Leaf {
  if (!whole.hidden) return { field, match: exactly(query), present: whole.present };
  return { field, match: superset(anyOf([query, whole.hidden])), certain: query, present: whole.present };
}

/** The field equals one of the values. */
export function textEquals(field: Field, values: readonly string[], place: Place): Leaf | undefined {
  const whole = wholeValueOf(field, place);
  if (!whole) return candidates(field, values, place);
  const { ignoreAbove, present } = whole;
  const short = ignoreAbove === undefined ? values : values.filter((value) => value.length <= ignoreAbove);
  // An n-gram index has no entry for the empty string.
  const findable = whole.mapping === 'wildcard' ? short.filter((value) => value !== '') : short;
  const query = termsOf(whole.path, findable);
  if (findable.length < short.length) {
    return { field, match: superset(present.query), certain: query, present };
  }
  if (short.length === values.length || !whole.hidden) return { field, match: exactly(query), present };
  return { field, match: superset(anyOf([query, whole.hidden])), certain: query, present };
}

export function textRange(
  field: Field,
  op: Exclude<CompareOperator, '=' | '!='>,
  value: string,
  place: Place,
): Leaf | undefined {
  const whole = wholeValueOf(field, place);
  // Only keywords keep the order of their text: versions have their own, n-gram indices none.
  if (whole?.mapping === 'keyword') return onWhole(field, whole, rangeOf(whole.path, op, value));
  return anyValue(field, place);
}

/** Every document with a value is a candidate. */
export function anyValue(field: Field, place: Place): Leaf | undefined {
  const present = presentOf(field, place);
  return present && { field, match: superset(present.query), present };
}

/** Very long texts would exceed the cluster's limit of clauses. */
const MAX_ANALYSED = 1000;
const MAX_ALTERNATIVES = 100;

/** Equality where the index keeps only tokens: all tokens of the value occur, in any order. */
function candidates(field: Field, values: readonly string[], place: Place): Leaf | undefined {
  const present = presentOf(field, place);
  if (!present) return undefined;
  const length = values.reduce((sum, value) => sum + value.length, 0);
  const searchable = field.indexed && !field.conflict && length <= MAX_ANALYSED && values.length <= MAX_ALTERNATIVES;
  if (field.type === 'text' && searchable) {
    // Values that analyse to nothing match everything.
    const one = (query: string): Dsl => ({
      match: { [field.path]: { query, operator: 'and', zero_terms_query: 'all' } },
    });
    return { field, match: superset(allOf([existsOf(field.path), anyOf(values.map(one))])), present };
  }
  if (field.normalizer !== undefined && searchable && present.exact) {
    return { field, match: superset(termsOf(field.path, values)), present };
  }
  return { field, match: superset(values.length === 0 ? MATCH_NONE : present.query), present };
}
