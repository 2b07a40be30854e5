/** `field IN (literals)`: a terms query where values are terms, an OR of equalities where they are ranges. */
import type { Literal } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import { isString, isTemporal } from '../../algebra/types.ts';
import { anyOf } from './bool.ts';
import { compareLeaf } from './compare.ts';
import type { Place } from './context.ts';
import type { Leaf } from './leaf.ts';
import { anyValue, textEquals } from './text.ts';

/** More clauses than this in one query are refused (`indices.query.bool.max_clause_count`). */
const MAX_RANGES = 500;

/** The members are not NULL. */
export function inLeaf(field: Field, members: readonly Literal[], place: Place): Leaf | undefined {
  if (isString(field.type)) {
    const values = members.map((m) => m.value);
    return values.every((v) => typeof v === 'string') ? textEquals(field, values, place) : undefined;
  }
  if (isTemporal(field.type) && members.length > MAX_RANGES) return anyValue(field, place);
  const leaves: Leaf[] = [];
  for (const member of members) {
    const leaf = compareLeaf(field, '=', member, place);
    if (!leaf) return undefined;
    leaves.push(leaf);
  }
  const first = leaves[0];
  if (!first) return undefined;
  const exact = leaves.every((leaf) => leaf.match.exact);
  return {
    field,
    match: { query: anyOf(leaves.map((leaf) => leaf.match.query)), exact },
    certain: exact ? undefined : anyOf(leaves.filter((leaf) => leaf.match.exact).map((leaf) => leaf.match.query)),
    present: first.present,
  };
}
