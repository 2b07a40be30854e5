/** Rows on their way from a reader to the statement. */
import type { SelectRow } from '../../translators/object-sql/index.ts';

export interface RowBatch {
  /** The cells of csv records, or the values of JSON records; undefined: a record that FROM's path did not find. */
  readonly rows: readonly SelectRow[];
  /** Of JSON records: as they stand in the object. */
  readonly texts?: readonly (string | undefined)[];
  /** Where rows are left out: the number of each in the object. */
  readonly numbers?: readonly number[];
  /** Rows that match and are not given, for all that is wanted is their number. */
  readonly counted?: number | bigint;
  /** What the reader met behind these rows: no matter where they complete the answer. */
  readonly fault?: unknown;
}

/** Turns text that is cut anywhere into rows. */
export interface RowReader {
  push(text: string): RowBatch;
  end(): RowBatch;
}
