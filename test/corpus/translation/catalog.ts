/** The mappings that the translation corpus is written against: each file holds indices as the cluster tells them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Schema } from '../../../translators/algebra/schema.ts';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import type { Catalog } from '../../../translators/index.ts';

const FOLDER = new URL('mappings/', import.meta.url);

type Mappings = Parameters<typeof buildSchema>[1];

const indices: Mappings = Object.assign(
  {},
  ...readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Mappings),
);

/** Index expressions are resolved as the cluster would: names and patterns, comma separated. */
export function createCatalog(): Catalog {
  const schemas = new Map<string, Schema>();
  return {
    schema(expression) {
      let schema = schemas.get(expression);
      if (!schema) {
        const matches = expression.split(',').map(matcher);
        const found = Object.entries(indices).filter(([index]) => matches.some((match) => match.test(index)));
        if (found.length === 0) throw new Error(`the corpus has no mapping for ${expression}`);
        schema = buildSchema(expression, Object.fromEntries(found));
        schemas.set(expression, schema);
      }
      return schema;
    },
  };
}

const matcher = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
