/** What names mean at a place of a statement: the relations of FROM, each with the columns that were asked of it so far. */

import type { Column, ColumnRef, Expr } from '../algebra/expr.ts';
import type { Field, Schema } from '../algebra/schema.ts';
import type { SqlType } from '../algebra/types.ts';

export interface StarColumn {
  readonly name: string;
  readonly column: Column;
}

export interface Collection {
  /** The scan that the documents come from. */
  readonly source: ScanSource;
  readonly field: Field;
  /** Holds the elements: all of a document, or those of one element around them. */
  readonly column: Column;
}

export interface RelationScope {
  /** Qualifiers that mean this relation: its alias alone, or its name in each form; the first one is what it is known by. */
  readonly names: readonly string[];
  /** What it would be called without its alias, which hides that name. */
  readonly hidden?: string;
  resolve(path: string): Column | undefined;
  star(): readonly StarColumn[];
  paths(): Iterable<string>;
  readonly scan?: ScanSource;
  /** Collections of the elements that its rows are. */
  readonly within?: (path: string) => Collection | undefined;
}

/** Metadata fields of a document (spec data-types 10). */
const META_TYPES: Readonly<Record<string, SqlType>> = {
  _id: 'keyword',
  _index: 'keyword',
  _score: 'float',
  _maxscore: 'float',
  _sort: 'long',
  _routing: 'keyword',
};

/** A scan under construction: its columns come into being when the statement names them. */
export class ScanSource {
  readonly columns: Column[] = [];
  readonly highlights: { column: Column; field: string; options: Record<string, string> }[] = [];
  scored = false;
  private readonly known = new Map<string, Column>();

  constructor(
    readonly id: number,
    readonly schema: Schema,
    private readonly nextId: () => number,
  ) {}

  column(field: Field): Column {
    return this.remember(field.path, { name: field.path, type: field.type, field });
  }

  meta(name: string): Column {
    if (name === '_score' || name === '_maxscore') this.scored = true;
    return this.remember(name, { name, type: META_TYPES[name]!, meta: name });
  }

  highlight(field: string, options: Record<string, string>): Column {
    // A pattern may match several fields: an object of field → fragments.
    const type: SqlType = field.includes('*') ? 'object' : 'nested';
    const column: Column = { id: this.nextId(), name: `highlight(${field})`, type, meta: 'highlight' };
    this.highlights.push({ column, field, options });
    this.columns.push(column);
    return column;
  }

  resolve(path: string): Column | undefined {
    const field = this.schema.lookup(path);
    if (field) return this.column(field);
    return Object.hasOwn(META_TYPES, path) ? this.meta(path) : undefined;
  }

  private remember(key: string, made: Omit<Column, 'id'>): Column {
    let column = this.known.get(key);
    if (!column) {
      column = { id: this.nextId(), ...made };
      this.known.set(key, column);
      this.columns.push(column);
    }
    return column;
  }
}

/** A column that USING made of one column of each of several relations. */
export interface MergedColumn {
  readonly expr: Expr;
  readonly of: readonly RelationScope[];
}

/** By name, in the order in which `*` shows them. */
export type MergedColumns = ReadonlyMap<string, MergedColumn>;

export const NONE_MERGED: MergedColumns = new Map();

export class Scope {
  constructor(
    readonly relations: readonly RelationScope[],
    readonly outer?: Scope,
    /** Columns joined by USING: what their names mean without a qualifier. */
    readonly merged: MergedColumns = NONE_MERGED,
  ) {}

  /**
   * What a dotted name means: first as a qualified name, then as a column of USING or a path of any relation.
   * `ambiguous` when several relations have it.
   */
  resolve(parts: readonly string[]): Expr | 'ambiguous' | undefined {
    const qualified = this.qualified(parts);
    if (qualified) return reference(qualified);
    const path = parts.join('.');
    const merged = this.merged.get(path);
    let found = merged?.expr;
    for (const relation of this.relations) {
      if (merged?.of.includes(relation)) continue;
      const column = relation.resolve(path);
      if (!column) continue;
      if (found) return 'ambiguous';
      found = reference(column);
    }
    return found;
  }

  private qualified(parts: readonly string[]): Column | undefined {
    if (parts.length === 1) return undefined;
    const path = parts.slice(1).join('.');
    for (const relation of this.relations) {
      const column = relation.names.includes(parts[0]!) ? relation.resolve(path) : undefined;
      if (column) return column;
    }
    // An index name may itself hold dots: `my.index.field`.
    const whole = parts.join('.');
    for (const relation of this.relations) {
      for (const name of relation.names) {
        if (!name.includes('.') || !whole.startsWith(`${name}.`)) continue;
        const column = relation.resolve(whole.slice(name.length + 1));
        if (column) return column;
      }
    }
    return undefined;
  }

  /** The relation that a qualifier means. */
  relation(name: string): RelationScope | undefined {
    return this.relations.find((relation) => relation.names.includes(name));
  }

  /** Whether some relation has a column of this name; asking makes none. */
  has(path: string): boolean {
    return this.relations.some(({ scan, paths }) => {
      if (scan) return scan.schema.lookup(path) !== undefined;
      for (const known of paths()) if (known === path) return true;
      return false;
    });
  }

  *paths(): Iterable<string> {
    for (const relation of this.relations) yield* relation.paths();
  }

  /** The only scan in sight, for functions that look at a whole document. */
  get scans(): readonly ScanSource[] {
    return this.relations.flatMap((relation) => (relation.scan ? [relation.scan] : []));
  }
}

const reference = (column: Column): ColumnRef => ({ kind: 'column', type: column.type, column });
