/** Of a `constant_keyword` field: the value of every document, which only the mapping knows. */
import type { Field } from '../algebra/schema.ts';

export interface Constant {
  readonly constant?: string;
}

/** Undefined when it is no such field, or when the indices disagree. */
export const constantOf = (field: Field & Constant): string | undefined => field.constant;
