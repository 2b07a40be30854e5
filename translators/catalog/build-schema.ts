/** The mappings of every index behind an expression → the schema that statements are bound to. */
import { SqlError } from '../errors.ts';
import { resolveAliases } from './aliases.ts';
import { fieldsFromMapping } from './field-from-mapping.ts';
import { type IndexMapping, isFalse } from './mapping-json.ts';
import { mergeLevels } from './merge.ts';
import type { Field, Schema } from './schema.ts';
import { walkFields } from './walk.ts';

/** Types that hold objects of any shape: every path below them is a string that queries can find. */
const FREE_FORM = new Set(['flat_object', 'flattened']);

export function buildSchema(expression: string, mappings: Readonly<Record<string, IndexMapping>>): Schema {
  const indices = Object.keys(mappings);
  const broken = new Map<string, string>();
  const levels = indices.map((index) => {
    const resolved = resolveAliases(fieldsFromMapping(mappings[index]?.mappings?.properties));
    for (const [path, target] of resolved.broken) broken.set(path, target);
    return resolved.fields;
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
    if (!FREE_FORM.has(parent.mapping)) return undefined;
    return {
      path,
      name: path.slice(path.lastIndexOf('.') + 1),
      mapping: parent.mapping,
      type: 'keyword',
      // Only Elasticsearch's `flattened` keeps doc values a key.
      docValues: parent.mapping === 'flattened' && parent.docValues,
      indexed: parent.indexed,
      sourcePath: parent.sourcePath + path.slice(dot),
      nestedPath: parent.nestedPath,
      partial: parent.partial,
      conflict: parent.conflict,
    };
  }
  return undefined;
}
