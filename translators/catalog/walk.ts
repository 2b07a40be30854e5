/** Visits every field of a tree: itself, its multi-fields, its children. */
import type { Field } from '../algebra/schema.ts';

export function* walkFields(level: ReadonlyMap<string, Field>): Generator<Field> {
  for (const field of level.values()) {
    yield field;
    if (field.fields) yield* walkFields(field.fields);
    if (field.properties) yield* walkFields(field.properties);
  }
}
