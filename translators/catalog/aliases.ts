/** Replaces the alias fields of one index by what they point to. */
import type { Field } from '../algebra/schema.ts';
import { walkFields } from './walk.ts';

interface Resolved {
  readonly fields: ReadonlyMap<string, Field>;
  /** Alias path → the target that does not exist. */
  readonly broken: ReadonlyMap<string, string>;
}

export function resolveAliases(fields: ReadonlyMap<string, Field>): Resolved {
  const targets = new Map<string, Field>();
  let found = false;
  for (const field of walkFields(fields)) {
    if (field.mapping === 'alias') found = true;
    else if (!targets.has(field.path)) targets.set(field.path, field);
  }
  const broken = new Map<string, string>();
  if (!found) return { fields, broken };

  const replace = (level: ReadonlyMap<string, Field>): Map<string, Field> => {
    const out = new Map<string, Field>();
    for (const [name, field] of level) {
      if (field.mapping !== 'alias') {
        out.set(name, field.properties ? { ...field, properties: replace(field.properties) } : field);
        continue;
      }
      const target = targets.get(field.sourcePath);
      if (target === undefined) broken.set(field.path, field.sourcePath);
      // Queries know the alias by its own path, the source only the target's; sub-fields are not reachable through an alias.
      else out.set(name, { ...target, path: field.path, name, multiField: undefined, fields: undefined });
    }
    return out;
  };
  return { fields: replace(fields), broken };
}
