/** What the lowering hands to the executor: a statement, the functions that it calls and the tables that it reads. */
import type { Column } from './expr.ts';
import type { JsFunction } from './function.ts';
import type { RowsOf } from './rows-of.ts';
import type { SqlType } from './types.ts';

/** A scalar function that DuckDB calls back. */
export interface DuckFunction {
  readonly name: string;
  readonly argTypes: readonly SqlType[];
  readonly resultType: SqlType;
  readonly js: JsFunction;
  /** A NULL argument gives NULL without a call. */
  readonly strict: boolean;
  readonly volatile: boolean;
}

/** A column inside DuckDB; `carried`: nothing computes on it, so it holds whole cells (arrays too) as cell text. */
export interface DuckColumn {
  readonly column: Column;
  readonly carried: boolean;
}

export interface DuckTable {
  readonly name: string;
  readonly columns: readonly DuckColumn[];
}

export interface DuckQuery {
  readonly sql: string;
  readonly functions: readonly DuckFunction[];
  /** The answer's columns, in order. */
  readonly columns: readonly Column[];
  /** The same columns with the form of their cells. */
  readonly output: readonly DuckColumn[];
  /** Rows that joins without an equality make, by the rows of the tables; 0 where there are none, or a LIMIT ends them. */
  readonly productRows: (rowsOf: RowsOf) => number;
  /** One table for each `input` leaf. */
  readonly tables: readonly DuckTable[];
}
