/** A hit of a search answer, as far as rows are made of it. */

export interface Hit {
  readonly _id?: string;
  readonly _index?: string;
  readonly _score?: number | null;
  readonly _routing?: string;
  readonly _seq_no?: number;
  readonly sort?: readonly unknown[];
  readonly _source?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly highlight?: Readonly<Record<string, unknown>>;
}

/** What belongs to the answer rather than to a hit. */
export interface HitContext {
  readonly maxScore?: number | null;
}
