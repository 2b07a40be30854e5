/** What the translator knows of an index expression: its fields, as merged from the mappings of every index that it names. */
import type { SqlType } from './types.ts';

/** A sub-field that holds the whole, unanalysed value of a text field. */
export interface ExactTwin {
  readonly path: string;
  /** Longer values (in characters) are not in the twin. */
  readonly ignoreAbove?: number;
}

export interface Field {
  /** Full dotted path, as the mapping names it. */
  readonly path: string;
  /** Last segment. */
  readonly name: string;
  /** Mapping type: `keyword`, `scaled_float`, `date_nanos` … */
  readonly mapping: string;
  readonly type: SqlType;
  /** Sorting, grouping and scripts can read it from doc values (text with `fielddata: true` counts). */
  readonly docValues: boolean;
  /** Queries can find it. */
  readonly indexed: boolean;
  /** Where `_source` holds it: the target of an alias, the parent of a multi-field, else `path`. */
  readonly sourcePath: string;
  /** The innermost `nested` ancestor's path, absent at the root. */
  readonly nestedPath?: string;
  /** Of a text field: the keyword sub-field that stands for it in exact comparisons, sorts and groups (spec data-types 7). */
  readonly exact?: ExactTwin;
  /** Of a keyword field. */
  readonly ignoreAbove?: number;
  /** A keyword with a normalizer: doc values differ from the source. */
  readonly normalizer?: string;
  /** Of a date field: the mapping's `format`. */
  readonly format?: string;
  readonly scalingFactor?: number;
  /** Some index does not keep it in `_source`, which is disabled there or excludes it. */
  readonly sourceless?: boolean;
  /** Some of the indices lack the field: sorts need `unmapped_type`. */
  readonly partial?: boolean;
  /** Mapping types that disagree across the indices, before widening. */
  readonly conflict?: readonly string[];
  /** True when this is a multi-field (`name.keyword`): selectable by name, not part of `*`. */
  readonly multiField?: boolean;
  /** Children of an object or nested field, in mapping order. */
  readonly properties?: ReadonlyMap<string, Field>;
  /** Multi-fields of this field. */
  readonly fields?: ReadonlyMap<string, Field>;
}

export interface Schema {
  /** The index expression as written. */
  readonly expression: string;
  /** Concrete indices behind it. */
  readonly indices: readonly string[];
  /** Top-level fields in mapping order. */
  readonly fields: ReadonlyMap<string, Field>;
  /** False when some index has `_source` disabled. */
  readonly sourceEnabled: boolean;
  /** Any field by its full path: object children, multi-fields and aliases too. */
  lookup(path: string): Field | undefined;
  /** Every path, for suggestions. */
  paths(): Iterable<string>;
}
