/** The unit that flows from the cluster to the client: some rows of the same columns. */

import type { Figure, SqlType, Value } from '../../translators/algebra/index.ts';

export type { Figure };

/** A row is positional; see `Value` for what a cell may hold. */
export type Row = Value[];
export type Page = Row[];

/** A column of an answer: `name` is the text as written, `alias` only when one was given (spec sql-endpoint 4.2). */
export interface OutputColumn {
  readonly name: string;
  readonly alias?: string;
  readonly type: SqlType;
  /** Of an object that is one aggregate of several figures. */
  readonly figures?: readonly Figure[];
}

/** What is known of a result only once (or while) it is read. */
export interface ResultInfo {
  /** Hits of the last search, where known without extra work: those of the result where it is one search (`countsHits`). */
  total?: number;
  /** The count stopped at its limit: at least `total`. */
  totalIsLowerBound?: boolean;
  /** Whether rows were cut by a limit that the statement did not write; absent while that is not known. */
  truncated?: boolean;
  /** An estimate stands for an exact figure, in words. */
  approximations?: string[];
  warnings?: string[];
}

export interface Result {
  readonly columns: readonly OutputColumn[];
  readonly pages: AsyncIterable<Page>;
  readonly info: ResultInfo;
}
