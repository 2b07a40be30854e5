/** Whether a field's value can be read from `_source`, or must be fetched (`fields`, `docvalue_fields`). */
import { constantOf } from './constant-field.ts';
import { compileDateFormat } from './date-format.ts';
import type { Field } from './schema.ts';
import { isTemporal } from './types.ts';

/** Their value is made when a document is indexed: a count of words, a hash. */
const COMPUTED = new Set(['token_count', 'murmur3']);

export function sourceHolds(field: Field): boolean {
  if (constantOf(field) !== undefined) return true;
  // An alias in one index and a field in another are two places in the source.
  // Some formats are beyond us, and only the cluster can read their text.
  if (isTemporal(field.type) && compileDateFormat(field.format, field.mapping === 'date_nanos') === undefined)
    return false;
  return !COMPUTED.has(field.mapping) && !field.conflict?.includes('alias');
}
