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

/** What schemas are made of, by the names in the statement. */
export type Snapshots = ReadonlyMap<string, MappingSnapshot>;

/** A catalog that tells what it knows, for those who take it elsewhere. */
export interface KnownCatalog extends Catalog {
  readonly snapshots: Snapshots;
  /** What is said of indices that are not there. */
  readonly missing: ReadonlyMap<string, SqlError>;
}

interface Need {
  /** The statement, for the places of errors. */
  readonly sql: string;
  readonly reach?: Reach;
  readonly names?: TableNames;
}

export class Schemas {
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
  async within<T>(execution: Execution, f: (catalog: KnownCatalog) => T | Promise<T>, need: Need): Promise<T> {
    const { names = { surely: [], perhaps: [] } } = need;
    const known = new Map<string, MappingSnapshot>();
    const failures = new Map<string, unknown>();
    const missing = new Map<string, SqlError>();
    const tables = new Map<string, readonly Table[]>();
    const load = async (expression: string, fresh = false): Promise<void> => {
      known.set(expression, await this.mapping(expression, execution, need, fresh));
    };
    const together = async (expressions: readonly string[]): Promise<void> => {
      for (let i = 0; i < expressions.length; i += AT_A_TIME) {
        const some = expressions.slice(i, i + AT_A_TIME).filter((expression) => !known.has(expression));
        // What the statement does not come to read is no error.
        await Promise.all(some.map((one) => load(one).catch((error: unknown) => failures.set(one, error))));
      }
    };
    const catalog: KnownCatalog = {
      snapshots: known,
      missing,
      schema(expression, at) {
        const snapshot = known.get(expression);
        if (!snapshot) throw missing.get(expression) ?? new SchemaNeeded(expression, at);
        return schemaOf(snapshot);
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
        return await f(catalog);
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
          const before = new Map(known);
          for (const expression of before.keys()) await load(expression, true);
          if ([...known].every(([expression, { version }]) => before.get(expression)?.version === version)) throw error;
        } else {
          throw error;
        }
      }
    }
  }
}

const made = new WeakMap<MappingSnapshot, Schema>();

export function schemaOf(snapshot: MappingSnapshot): Schema {
  let schema = made.get(snapshot);
  if (!schema) {
    schema = buildSchema(snapshot.expression, wrapped(snapshot));
    made.set(snapshot, schema);
  }
  return schema;
}

/** As an answer of the cluster holds them. */
export const wrapped = (snapshot: MappingSnapshot): Parameters<typeof buildSchema>[1] =>
  Object.fromEntries(Object.entries(snapshot.indices).map(([index, mappings]) => [index, { mappings }]));
