/** `TYPE_NAME` of a field in DESCRIBE TABLES: the shown type, but for a few the mapping's own word (observed on the plugin). */
import type { Field } from '../algebra/schema.ts';
import { SQL_TYPES } from '../algebra/types.ts';

const NAMED_AS_MAPPED = new Set(['constant_keyword', 'half_float', 'scaled_float']);

export const describedType = (field: Field): string =>
  NAMED_AS_MAPPED.has(field.mapping) ? field.mapping : SQL_TYPES[field.type].shown;
