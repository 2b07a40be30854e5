/** The part of a `GET _mapping` answer that is read here. */

export interface MappingProperty {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, MappingProperty>>;
  readonly fields?: Readonly<Record<string, MappingProperty>>;
  readonly doc_values?: boolean | string;
  readonly index?: boolean | string;
  readonly enabled?: boolean | string;
  readonly fielddata?: boolean | string;
  readonly ignore_above?: number | string;
  readonly normalizer?: string;
  readonly format?: string;
  readonly scaling_factor?: number | string;
  /** Of an alias: the target. */
  readonly path?: string;
  /** Of a constant_keyword: the value of every document. */
  readonly value?: string;
}

/** What an index keeps of its documents. */
export interface SourceSettings {
  readonly enabled?: boolean | string;
  readonly includes?: string | readonly string[];
  readonly excludes?: string | readonly string[];
}

export interface IndexMapping {
  readonly mappings?: {
    readonly properties?: Readonly<Record<string, MappingProperty>>;
    readonly _source?: SourceSettings;
  };
}

/** Mappings keep settings as they were written: `false` and `"false"` are one. */
export const isFalse = (setting: boolean | string | undefined): boolean => setting === false || setting === 'false';
export const isTrue = (setting: boolean | string | undefined): boolean => setting === true || setting === 'true';
