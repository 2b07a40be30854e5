/** What `SELECT *` shows: the top-level fields, in mapping order (spec sql-endpoint 4.2). */
import type { Field, Schema } from '../algebra/schema.ts';

/**
 * Children are inside their object, multi-fields repeat their parent. Fields of types that the plugin hides are shown: users
 * see them in their documents and ask for them.
 */
export function starFields(schema: Schema): Field[] {
  return [...schema.fields.values()];
}
