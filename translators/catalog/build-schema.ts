/** The mappings of every index behind an expression → the schema that statements are bound to. */

import type { Field, Schema } from '../algebra/schema.ts';
import { SqlError } from '../errors.ts';
import { resolveAliases } from './aliases.ts';
import { fieldsFromMapping } from './field-from-mapping.ts';
import { type IndexMapping, isFalse } from './mapping-json.ts';
import { mergeLevels } from './merge.ts';
import { isOpaque, opaqueLeaf } from './opaque-leaf.ts';
import { markSourceless } from './sourceless.ts';
import { walkFields } from './walk.ts';

export function buildSchema(expression: string, mappings: Readonly<Record<string, IndexMapping>>): Schema {
  const indices = Object.keys(mappings);
  const broken = new Map<string, string>();
  const levels = indices.map((index) => {
    const resolved = resolveAliases(fieldsFromMapping(mappings[index]?.mappings?.properties));
    for (const [path, target] of resolved.broken) broken.set(path, target);
    return markSourceless(resolved.fields, mappings[index]?.mappings?._source);
  });
  const fields = levels.length === 1 ? levels[0]! : mergeLevels(levels);
  let byPath: Map<string, Field> | undefined;
  const index = (): Map<string, Field> => (byPath ??= indexByPath(fields));

  return {
    expression,
    indices,
    fields,
    sourceEnabled: indices.every((name) => !isFalse(mappings[name]?.mappings?._source?.enabled)),
    lookup(path) {
      const field = index().get(path) ?? freeFormLeaf(index(), path);
      const target = field === undefined ? broken.get(path) : undefined;
      if (target !== undefined) {
        throw new SqlError('semantic', `Alias field [${path}] refers to unresolved path [${target}].`);
      }
      return field;
    },
    paths: () => index().keys(),
  };
}

function indexByPath(fields: ReadonlyMap<string, Field>): Map<string, Field> {
  const map = new Map<string, Field>();
  for (const field of walkFields(fields)) if (!map.has(field.path)) map.set(field.path, field);
  return map;
}

function freeFormLeaf(fields: ReadonlyMap<string, Field>, path: string): Field | undefined {
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const parent = fields.get(path.slice(0, dot));
    if (parent === undefined) continue;
    return isOpaque(parent) ? opaqueLeaf(parent, path, dot) : undefined;
  }
  return undefined;
}
