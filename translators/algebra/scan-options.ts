/** What a scan asks of its searches beside rows: parameters that hints give, and the neighbours of a vector. */

export interface SearchHints {
  /** Parameters of the request. */
  readonly routing?: string;
  readonly preference?: string;
  readonly ignoreUnavailable?: boolean;
  /** Members of the body. */
  readonly postFilter?: Readonly<Record<string, unknown>>;
  readonly collapse?: Readonly<Record<string, unknown>>;
}

export interface VectorSearch {
  readonly field: string;
  readonly vector: readonly number[];
  /** Exactly one of them. */
  readonly k?: number;
  readonly max_distance?: number;
  readonly min_score?: number;
  /** Where WHERE stands: inside of the search for neighbours, or over what it found. Absent: inside. */
  readonly filterType?: 'efficient' | 'post';
}
