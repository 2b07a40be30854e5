/** A path below a field whose members no mapping names: flat objects, ranges, shapes, joins, objects that are not indexed. */

import type { Field } from '../algebra/schema.ts';
import { MAPPING_TYPES, type SqlType } from '../algebra/types.ts';
import { dateFormatType } from './date-format.ts';

/** Every path below them is a string that queries can find. */
const FREE_FORM = new Set(['flat_object', 'flattened']);

/** What the members of other types are, where they are all of one type. */
const MEMBERS: Readonly<Record<string, SqlType>> = {
  integer_range: 'integer',
  long_range: 'long',
  float_range: 'float',
  double_range: 'double',
  date_range: 'timestamp',
  ip_range: 'ip',
  rank_features: 'float',
};

export function isOpaque(field: Field): boolean {
  if (field.mapping === 'object') return !field.indexed && (field.properties?.size ?? 0) === 0 && !field.conflict;
  return field.mapping !== 'nested' && MAPPING_TYPES[field.mapping]?.sql === 'object';
}

/** `dot` is the place in `path` where the parent's path ends. */
export function opaqueLeaf(parent: Field, path: string, dot: number): Field {
  const free = FREE_FORM.has(parent.mapping);
  const date = parent.mapping === 'date_range';
  return {
    path,
    name: path.slice(path.lastIndexOf('.') + 1),
    mapping: free ? parent.mapping : date ? 'date' : 'object',
    type: date && parent.format !== undefined ? dateFormatType(parent.format) : (MEMBERS[parent.mapping] ?? 'keyword'),
    // Only Elasticsearch's `flattened` keeps doc values a key.
    docValues: parent.mapping === 'flattened' && parent.docValues,
    indexed: free && parent.indexed,
    sourcePath: parent.sourcePath + path.slice(dot),
    nestedPath: parent.nestedPath,
    format: date ? parent.format : undefined,
    sourceless: parent.sourceless,
    partial: parent.partial,
    conflict: parent.conflict,
  };
}
