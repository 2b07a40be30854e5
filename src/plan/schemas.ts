/** The schemas that a statement needs: those of the indices that it names are fetched together, others when the binder asks for them. */

import type { Schema } from '../../translators/algebra/index.ts';
import { place, SqlError } from '../../translators/errors.ts';
import { buildSchema } from '../../translators/execution.ts';
import { type Catalog, SchemaNeeded, type Table, type TableNames, TablesNeeded } from '../../translators/index.ts';
import type { MappingCache, MappingSnapshot, Reach } from '../cluster/mapping-cache.ts';
import type { Execution } from '../run/context.ts';
import { describedTables } from '../run/tables.ts';
import { isMissingIndex, unlessMissing, withSuggestion } from './suggest-index.ts';

/** Mappings asked for at a time. */
const AT_A_TIME = 8;

interface Need {
  /** The statement, for the places of errors. */
  readonly sql: string;
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
    } finally {
      execution.request.stage('mapping', performance.now() - started);
    }
  }

  /** Runs `f` until it has every schema that it asks for. A field that is unknown by a cached mapping is looked for once more. */
  async within<T>(execution: Execution, f: (catalog: Catalog) => T, need: Need): Promise<T> {
    const { versions = new Map<string, string>(), names = { surely: [], perhaps: [] } } = need;
    const known = new Map<string, Schema>();
    const failures = new Map<string, unknown>();
    const missing = new Map<string, SqlError>();
    const tables = new Map<string, readonly Table[]>();
    const load = async (expression: string, fresh = false): Promise<void> => {
      const snapshot = await this.mapping(expression, execution, need, fresh);
      versions.set(expression, snapshot.version);
      known.set(expression, this.schemaOf(snapshot));
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
        if (!schema) throw missing.get(expression) ?? new SchemaNeeded(expression, at);
        return schema;
      },
      tables(expression) {
        const found = tables.get(expression);
        if (!found) throw new TablesNeeded(expression);
        return found;
      },
    };
    if (names.surely.length > 1) await together(names.surely);
    let refreshed = false;
    for (;;) {
      try {
        return f(catalog);
      } catch (error) {
        if (error instanceof SchemaNeeded) {
          const { expression, at } = error;
          if (!failures.has(expression)) await load(expression).catch((e: unknown) => failures.set(expression, e));
          const failure = failures.get(expression);
          if (failure !== undefined) {
            if (!isMissingIndex(failure)) throw failure;
            const where = at ? place(need.sql, at) : '';
            const { cluster, request } = execution;
            missing.set(expression, await withSuggestion(failure, expression, where, cluster, request));
            continue;
          }
          // One of them is an index, so the others are too: they are listed beside each other.
          if (names.perhaps.includes(expression)) await together(names.perhaps);
        } else if (error instanceof TablesNeeded) {
          const snapshot = await this.mapping(error.expression, execution, need).catch(unlessMissing);
          tables.set(error.expression, snapshot ? await describedTables(snapshot, execution) : []);
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

  private schemaOf(snapshot: MappingSnapshot): Schema {
    let schema = this.made.get(snapshot);
    if (!schema) {
      schema = buildSchema(snapshot.expression, wrapped(snapshot));
      this.made.set(snapshot, schema);
    }
    return schema;
  }
}

const wrapped = (snapshot: MappingSnapshot): Parameters<typeof buildSchema>[1] =>
  Object.fromEntries(Object.entries(snapshot.indices).map(([index, mappings]) => [index, { mappings }]));
