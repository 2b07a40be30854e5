/** What a sample index is: a name, its mapping, and its documents, each already as JSON text. */

export interface SampleIndex {
  readonly name: string;
  readonly mapping: { readonly properties: Readonly<Record<string, unknown>> };
  /** Id and source; the source is text because some of its integers are beyond what a number can hold. */
  documents(): Iterable<readonly [id: string, source: string]>;
}

/** Text for search with an exact twin for sorting and grouping, as most clusters have it. */
export const TEXT = { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } } as const;
export const KEYWORD = { type: 'keyword' } as const;
export const GEO_POINT = { type: 'geo_point' } as const;
