/** `field op literal` for every type of field. */

import { holds } from '../../algebra/compare-operators.ts';
import type { Dsl } from '../../algebra/dsl.ts';
import type { CompareOperator, Literal } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import { familyOf } from '../../algebra/types.ts';
import { MATCH_ALL, MATCH_NONE } from './bool.ts';
import { exactly, type Place } from './context.ts';
import { presentOf } from './exists.ts';
import { always, type Leaf, never } from './leaf.ts';
import { numberTest, rangeOf } from './number.ts';
import { type TemporalTest, temporalTest } from './temporal.ts';
import { textEquals, textRange } from './text.ts';

export type Ordering = Exclude<CompareOperator, '!='>;

/** The literal is not NULL. */
export function compareLeaf(field: Field, op: Ordering, literal: Literal, place: Place): Leaf | undefined {
  const { value } = literal;
  const family = familyOf(field.type);
  if (family === 'string') {
    if (typeof value !== 'string') return undefined;
    return op === '=' ? textEquals(field, [value], place) : textRange(field, op, value, place);
  }
  const present = presentOf(field, place);
  if (!present || !field.indexed || family !== familyOf(literal.type)) return undefined;
  switch (family) {
    case 'number': {
      if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
      const test = numberTest(field, op, value);
      if (test === 'all') return always(field, present);
      if (test === 'none') return never(field, present);
      return test && { field, match: { query: test.query, exact: test.exact }, certain: test.certain, present };
    }
    case 'boolean':
      return typeof value === 'boolean' ? booleanLeaf(field, op, value, place) : undefined;
    case 'temporal':
      return temporalLeaf(field, temporalTest(field, op, literal.type, String(value)), place);
    case 'ip': {
      if (typeof value !== 'string' || field.conflict) return undefined;
      // A slash would make it a network.
      if (value.includes('/')) return op === '=' ? never(field, present) : undefined;
      const query: Dsl = op === '=' ? { term: { [field.path]: value } } : rangeOf(field.path, op, value);
      return { field, match: exactly(query), present };
    }
    default:
      return undefined;
  }
}

export function temporalLeaf(field: Field, test: TemporalTest | undefined, place: Place): Leaf | undefined {
  const present = presentOf(field, place);
  if (!test || !present || !field.indexed) return undefined;
  if (test.query === MATCH_ALL) return always(field, present);
  if (test.query === MATCH_NONE) return never(field, present);
  return { field, match: { query: test.query, exact: test.exact }, certain: test.certain, present };
}

/** false < true. */
function booleanLeaf(field: Field, op: Ordering, value: boolean, place: Place): Leaf | undefined {
  const present = presentOf(field, place);
  if (!present || field.conflict) return undefined;
  const satisfying = [false, true].filter((b) => holds(op, Number(b) - Number(value)));
  if (satisfying.length === 2) return always(field, present);
  if (satisfying.length === 0) return never(field, present);
  return { field, match: exactly({ term: { [field.path]: satisfying[0] } }), present };
}
