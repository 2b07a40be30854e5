/** The schemas that a statement needs: those of the indices that it names are fetched together, others when the binder asks for them. */
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import type { Schema } from '../../translators/catalog/schema.ts';
import { SqlError } from '../../translators/errors.ts';
import { type Catalog, SchemaNeeded, type TableNames } from '../../translators/index.ts';
import type { MappingCache, MappingSnapshot, Reach } from '../cluster/mapping-cache.ts';
import type { Execution } from './context.ts';
import { withSuggestion } from './suggest-index.ts';

/** Mappings asked for at a time. */
const AT_A_TIME = 8;

interface Need {
  /** Filled with what the schemas were made of. */
  readonly versions?: Map<string, string>;
  readonly reach?: Reach;
  readonly names?: TableNames;
}

export class Schemas {
  private readonly made = new WeakMap<MappingSnapshot, Schema>();

  constructor(private readonly mappings: MappingCache) {}

  async mapping(
    expression: string,
    execution: Execution,
    { reach = {} }: { readonly reach?: Reach },
    fresh = false,
  ): Promise<MappingSnapshot> {
    const started = performance.now();
    try {
      return await (fresh
        ? this.mappings.refresh(expression, execution.request, reach)
        : this.mappings.get(expression, execution.request, reach));
    } catch (error) {
      throw await withSuggestion(error, expression, execution.cluster, execution.request);
    } finally {
      execution.request.stage('mapping', performance.now() - started);
    }
  }

  /** Runs `f` until it has every schema that it asks for. A field that is unknown by a cached mapping is looked for once more. */
  async within<T>(execution: Execution, f: (catalog: Catalog) => T, need: Need = {}): Promise<T> {
    const { versions = new Map<string, string>(), names = { surely: [], perhaps: [] } } = need;
    const known = new Map<string, Schema>();
    const failures = new Map<string, unknown>();
    const load = async (expression: string, fresh = false): Promise<void> => {
      const snapshot = await this.mapping(expression, execution, need, fresh);
      versions.set(expression, snapshot.version);
      known.set(expression, this.schemaOf(expression, snapshot));
    };
    const together = async (expressions: readonly string[]): Promise<void> => {
      for (let i = 0; i < expressions.length; i += AT_A_TIME) {
        const some = expressions.slice(i, i + AT_A_TIME).filter((expression) => !known.has(expression));
        // What the statement does not come to read is no error.
        await Promise.all(some.map((one) => load(one).catch((error: unknown) => failures.set(one, error))));
      }
    };
    const catalog: Catalog = {
      schema(expression, at) {
        const schema = known.get(expression);
        if (!schema) throw new SchemaNeeded(expression, at);
        return schema;
      },
    };
    if (names.surely.length > 1) await together(names.surely);
    let refreshed = false;
    for (;;) {
      try {
        return f(catalog);
      } catch (error) {
        if (error instanceof SchemaNeeded) {
          const { expression } = error;
          if (failures.has(expression)) throw failures.get(expression);
          await load(expression);
          // One of them is an index, so the others are too: they are listed beside each other.
          if (names.perhaps.includes(expression)) await together(names.perhaps);
        } else if (error instanceof SqlError && error.code === 'unknownField' && !refreshed && known.size > 0) {
          refreshed = true;
          const before = new Map(versions);
          for (const expression of [...known.keys()]) await load(expression, true);
          if ([...versions].every(([expression, version]) => before.get(expression) === version)) throw error;
        } else {
          throw error;
        }
      }
    }
  }

  private schemaOf(expression: string, snapshot: MappingSnapshot): Schema {
    let schema = this.made.get(snapshot);
    if (schema?.expression !== expression) {
      schema = buildSchema(expression, wrapped(snapshot));
      this.made.set(snapshot, schema);
    }
    return schema;
  }
}

const wrapped = (snapshot: MappingSnapshot): Parameters<typeof buildSchema>[1] =>
  Object.fromEntries(Object.entries(snapshot.indices).map(([index, mappings]) => [index, { mappings }]));
