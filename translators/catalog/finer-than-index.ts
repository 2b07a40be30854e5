/** Whether documents may hold more digits of a date than the index keeps: its milliseconds are then not the value. */
import type { Field } from '../algebra/schema.ts';

export const finerThanIndex = (field: Pick<Field, 'mapping' | 'format'>): boolean =>
  field.mapping === 'date' && field.format !== undefined && /S{4,}|nanos/.test(field.format);
