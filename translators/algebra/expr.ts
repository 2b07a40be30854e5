/** Bound expressions: names resolved, types known, implicit casts written out. Every lowering starts from these. */

import type { Decimal } from './decimal.ts';
import type { AggregateFunction, RelevanceFunction, ScalarFunction, SearchValue } from './function.ts';
import type { LogicalPlan } from './plan.ts';
import type { Field } from './schema.ts';
import type { SqlType, Value } from './types.ts';

/** A column of a plan node's output. Identity is the object: names may repeat. */
export interface Column {
  readonly id: number;
  readonly name: string;
  readonly type: SqlType;
  /** Set on columns that a scan reads from documents. */
  readonly field?: Field;
  /** The date field whose values it holds, of a column of a query: its format tells what a number beside it means. */
  readonly dates?: Field;
  /** Set on metadata columns of a scan (`_id`, `_index`, `_score` …): their name. */
  readonly meta?: string;
}

export interface Literal {
  readonly kind: 'literal';
  readonly type: SqlType;
  readonly value: Value;
  /** Of a constant that was written with a point, and of what is computed of such: exact, where `value` is the nearest double. */
  readonly decimal?: Decimal;
}
export interface ColumnRef {
  readonly kind: 'column';
  readonly type: SqlType;
  readonly column: Column;
}
/**
 * In a query that is made anew for each row: a column of that row. No index and no closure has it: DuckDB runs such a query with what it
 * depends on (Join.dependent).
 */
interface OuterRef {
  readonly kind: 'outer';
  readonly type: SqlType;
  readonly column: Column;
}
/** Where a statement writes an expression, for errors that only a row's values bring up. */
export interface Written {
  readonly sql: string;
  readonly at: { readonly start: number; readonly end: number };
}
export interface Call {
  readonly kind: 'call';
  readonly type: SqlType;
  readonly fn: ScalarFunction;
  readonly args: readonly Expr[];
  /** Absent where the binder or a rewrite made it. */
  readonly written?: Written;
}
export interface Cast {
  readonly kind: 'cast';
  readonly type: SqlType;
  readonly arg: Expr;
  readonly written?: Written;
}
export interface Case {
  readonly kind: 'case';
  readonly type: SqlType;
  readonly whens: readonly { readonly when: Expr; readonly then: Expr }[];
  readonly otherwise: Expr;
}
export interface And {
  readonly kind: 'and';
  readonly type: 'boolean';
  readonly args: readonly Expr[];
  /**
   * BETWEEN: both comparisons, of which this is the left side, look at one value. Of a field of several values one has to satisfy both,
   * where two conditions may be met by two values.
   */
  readonly between?: Expr;
}
interface Or {
  readonly kind: 'or';
  readonly type: 'boolean';
  readonly args: readonly Expr[];
}
interface Not {
  readonly kind: 'not';
  readonly type: 'boolean';
  readonly arg: Expr;
}
export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
/** Both sides have one family of types; numbers may differ in width. NULL on either side gives NULL. */
export interface Compare {
  readonly kind: 'compare';
  readonly type: 'boolean';
  readonly op: CompareOperator;
  readonly left: Expr;
  readonly right: Expr;
}
interface IsNull {
  readonly kind: 'isNull';
  readonly type: 'boolean';
  readonly arg: Expr;
}
/** `arg IN (list)`: an OR chain of equalities in three-valued logic. */
export interface InList {
  readonly kind: 'in';
  readonly type: 'boolean';
  readonly arg: Expr;
  readonly list: readonly Expr[];
}
/** Whole-value match, `%` and `_`; folds ASCII case only. The pattern's escape character is `escape`. */
export interface Like {
  readonly kind: 'like';
  readonly type: 'boolean';
  readonly arg: Expr;
  readonly pattern: Expr;
  readonly escape: string;
}
/** A relevance predicate: only the cluster can answer it. */
export interface Relevance {
  readonly kind: 'relevance';
  readonly type: 'boolean';
  readonly fn: RelevanceFunction;
  /** Fields as written, with weights; empty for `query()`. */
  readonly fields: readonly { readonly path: string; readonly weight?: number }[];
  readonly query: string;
  /** Option name in lower case → value, already checked against the function's row. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Positional values of the functions that take several in place of a text. */
  readonly values?: readonly SearchValue[];
  /** Set by score(…, boost). */
  readonly scored?: boolean;
  /** The scan whose documents it looks at. */
  readonly scan: number;
}
/** Some element of the nested collection at `path` satisfies `predicate` (whose columns have fields below `path`). */
export interface NestedAny {
  readonly kind: 'nestedAny';
  readonly type: 'boolean';
  readonly path: string;
  readonly predicate: Expr;
  /** The column that holds the collection, for evaluation outside of the cluster. */
  readonly source: Column;
}
/** An uncorrelated query inside an expression; run before the statement and replaced by literals. */
export interface ScalarSubquery {
  readonly kind: 'scalarSubquery';
  readonly type: SqlType;
  /** scalar: its one value; in: `arg IN (values)`; exists: whether it has a row. */
  readonly mode: 'scalar' | 'in' | 'exists';
  readonly arg?: Expr;
  readonly plan: LogicalPlan;
  /** As written: two of one text in one statement are one, so that they may stand in SELECT and GROUP BY. */
  readonly text: string;
}
export type Expr =
  | Literal
  | ColumnRef
  | OuterRef
  | Call
  | Cast
  | Case
  | And
  | Or
  | Not
  | Compare
  | IsNull
  | InList
  | Like
  | Relevance
  | NestedAny
  | ScalarSubquery;

export interface AggregateCall {
  readonly fn: AggregateFunction;
  /** Empty for COUNT(*). The keys of `order` are the last of them. */
  readonly args: readonly Expr[];
  /** The order in which rows are taken in. */
  readonly order?: readonly { readonly desc: boolean; readonly nullsFirst: boolean }[];
  readonly distinct: boolean;
  readonly filter?: Expr;
  readonly type: SqlType;
}

export const TRUE: Literal = { kind: 'literal', type: 'boolean', value: true };
export const FALSE: Literal = { kind: 'literal', type: 'boolean', value: false };
export const NULL: Literal = { kind: 'literal', type: 'undefined', value: null };
