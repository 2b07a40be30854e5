/** What the translator asks of the outside: the schemas of the names in a statement. */

import type { Field, Schema } from '../algebra/schema.ts';
import type { Span } from '../syntax/ast.ts';

export interface Catalog {
  /** The schema of an index expression, which stands at `at`; throws SchemaNeeded where it has to be fetched first. */
  schema(expression: string, at?: Span): Schema;
  /** Every table that an index expression finds, each by itself; throws TablesNeeded where they have to be fetched first. */
  tables?(expression: string): readonly Table[];
}

export interface Table {
  readonly name: string;
  readonly alias: boolean;
  /** Of all indices behind it. */
  readonly fields: ReadonlyMap<string, Field>;
}

/** Thrown by a catalog that lacks a schema: fetch it and bind again. */
export class SchemaNeeded extends Error {
  constructor(
    readonly expression: string,
    readonly at?: Span,
  ) {
    super(`schema of ${expression} needed`);
  }
}

/** Thrown by a catalog that lacks a list of tables. */
export class TablesNeeded extends Error {
  constructor(readonly expression: string) {
    super(`tables of ${expression} needed`);
  }
}
