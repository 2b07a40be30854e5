/** What the lowering hands to the executor: a statement, the functions that it calls and the tables that it reads. */
import type { Column, Expr } from './expr.ts';
import type { JsFunction, ScalarFunction } from './function.ts';
import type { SqlType } from './types.ts';

/** What a function computes: a row of the catalogue for these types, or something that no row is. */
export type FunctionCode =
  | { readonly kind: 'row'; readonly fn: ScalarFunction; readonly types: readonly SqlType[]; readonly type: SqlType }
  | { readonly kind: 'cast'; readonly from: SqlType; readonly to: SqlType }
  /** A text that sorts as the address does. */
  | { readonly kind: 'address' }
  /** Whether an object has no leaf. */
  | { readonly kind: 'absent' }
  /** A text, if it is not too long. */
  | { readonly kind: 'bounded' }
  /** A number as a half float holds it. */
  | { readonly kind: 'half' }
  /** Without a pattern: it is the second argument. */
  | { readonly kind: 'like'; readonly pattern?: string; readonly escape: string }
  /** A constant that fails when it is reached. */
  | { readonly kind: 'constant'; readonly expr: Expr };

/** A scalar function that DuckDB calls back. */
export interface DuckFunction {
  readonly name: string;
  readonly argTypes: readonly SqlType[];
  readonly resultType: SqlType;
  readonly code: FunctionCode;
  /** The closure of the code. */
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
  /** Its joins, where one of them has no equality and makes rows that no LIMIT may end. */
  readonly joins?: RowCount;
  /** One table for each `input` leaf. */
  readonly tables: readonly DuckTable[];
}

/** What the number of a relation's rows depends on. */
export type RowCount =
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'rows'; readonly count: number }
  | { readonly kind: 'limit'; readonly input: RowCount; readonly count: number }
  /** It reads its whole input before it gives a row; `one`: it gives no more than one. */
  | { readonly kind: 'whole'; readonly input: RowCount; readonly one: boolean }
  /** `makes`: every pair of rows, the rows of the longer side, or those of the left one. */
  | {
      readonly kind: 'join';
      readonly makes: 'pairs' | 'longer' | 'left';
      readonly left: RowCount;
      readonly right: RowCount;
    }
  /** `streams`: it gives a row before it has read all; `adds`: the rows of both sides, or those of the left one. */
  | {
      readonly kind: 'set';
      readonly streams: boolean;
      readonly adds: boolean;
      readonly left: RowCount;
      readonly right: RowCount;
    };
