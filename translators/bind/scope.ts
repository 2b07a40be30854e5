/** What names mean at a place of a statement: the relations of FROM, each with the columns that were asked of it so far. */
import type { Field, Schema } from '../catalog/schema.ts';
import type { SqlType } from '../catalog/types.ts';
import type { Column } from './expr.ts';

export interface StarColumn {
  readonly name: string;
  readonly column: Column;
}

export interface RelationScope {
  /** Qualifiers that mean this relation. */
  readonly names: readonly string[];
  resolve(path: string): Column | undefined;
  star(): readonly StarColumn[];
  paths(): Iterable<string>;
  readonly scan?: ScanSource;
}

/** Metadata fields of a document (spec data-types 10). */
export const META_TYPES: Readonly<Record<string, SqlType>> = {
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
    return path in META_TYPES ? this.meta(path) : undefined;
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

export class Scope {
  /** Column names joined by USING: unqualified, they mean the left side. */
  readonly merged = new Set<string>();

  constructor(
    readonly relations: readonly RelationScope[],
    readonly outer?: Scope,
  ) {}

  /**
   * The column that a dotted name means: first as a qualified name, then as a path of any relation.
   * `ambiguous` when several relations have it.
   */
  resolve(parts: readonly string[]): Column | 'ambiguous' | undefined {
    const [first, ...rest] = parts;
    if (rest.length > 0) {
      const path = rest.join('.');
      for (const relation of this.relations) {
        if (!relation.names.includes(first!)) continue;
        const column = relation.resolve(path);
        if (column) return column;
      }
    }
    const path = parts.join('.');
    // An index name may itself hold dots: `my.index.field`.
    for (const relation of this.relations) {
      for (const name of relation.names) {
        if (name.includes('.') && path.startsWith(`${name}.`)) {
          const column = relation.resolve(path.slice(name.length + 1));
          if (column) return column;
        }
      }
    }
    let found: Column | undefined;
    for (const relation of this.relations) {
      const column = relation.resolve(path);
      if (!column) continue;
      if (found && !this.merged.has(path)) return 'ambiguous';
      found ??= column;
    }
    return found;
  }

  /** The relation that a qualifier means. */
  relation(name: string): RelationScope | undefined {
    return this.relations.find((relation) => relation.names.includes(name));
  }

  *paths(): Iterable<string> {
    for (const relation of this.relations) yield* relation.paths();
  }

  /** The only scan in sight, for functions that look at a whole document. */
  get scans(): readonly ScanSource[] {
    return this.relations.flatMap((relation) => (relation.scan ? [relation.scan] : []));
  }
}
