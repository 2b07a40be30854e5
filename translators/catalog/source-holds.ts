/** Whether a field's value can be read from `_source`, or must be fetched (`fields`, `docvalue_fields`). */

import type { Field } from '../algebra/schema.ts';
import { isTemporal } from '../algebra/types.ts';
import { constantOf } from './constant-field.ts';
import { compileDateFormat } from './date-format.ts';

/** Their value is made when a document is indexed: a count of words, a hash. */
const COMPUTED = new Set(['token_count', 'murmur3']);

type Holder = 'mapping' | 'source' | 'fields' | 'docValues' | 'nothing';

/** Where every document's value of a field is to be read. */
export function holderOf(field: Field): Holder {
  if (constantOf(field) !== undefined) return 'mapping';
  if (field.sourceless || COMPUTED.has(field.mapping))
    return docValuesFields(field).length === 0 ? 'nothing' : 'docValues';
  // An alias in one index and a field in another are two places in the source.
  if (field.conflict?.includes('alias')) return 'fields';
  // Some formats are beyond us, and only the cluster can read their text.
  if (isTemporal(field.type) && compileDateFormat(field.format, field.mapping === 'date_nanos') === undefined)
    return 'fields';
  return 'source';
}

/** The path whose doc values hold the whole value; those of analysed text are its words. */
export function docValuesPath(field: Field): string | undefined {
  // Elements of a collection are documents of their own.
  if (field.nestedPath !== undefined) return undefined;
  if (field.docValues && field.type !== 'text') return field.path;
  const twin = field.exact && field.fields?.get(field.exact.path.slice(field.path.length + 1));
  return twin?.docValues ? twin.path : undefined;
}

/** The fields whose doc values make the value: of an object its members, however deep, else the field itself; none where nothing does. */
export function docValuesFields(field: Field): readonly Field[] {
  if (field.properties === undefined) return docValuesPath(field) === undefined ? [] : [field];
  // An alias shows the value of another place.
  const members = [...field.properties.values()].filter(({ path, sourcePath }) => path === sourcePath);
  return members.flatMap(docValuesFields);
}

export function sourceHolds(field: Field): boolean {
  const holder = holderOf(field);
  return holder === 'source' || holder === 'mapping';
}
