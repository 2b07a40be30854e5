/** The logical plan: relational algebra over columns with identity. Declared once; every pass switches over `kind`. */
import type { AggregateCall, Column, Expr } from './expr.ts';
import type { SearchHints, VectorSearch } from './scan-options.ts';
import type { Schema } from './schema.ts';

/** Documents of an index expression. `columns` are those that the plan above uses. */
export interface Scan {
  readonly kind: 'scan';
  /** Number of this scan in the statement; relevance predicates name it. */
  readonly id: number;
  readonly schema: Schema;
  readonly columns: readonly Column[];
  /** Set when the statement asks for scores (`_score`, score()). */
  readonly scored?: boolean;
  /** What hints ask of every search of this scan. */
  readonly hints?: SearchHints;
  /** vectorSearch(): the query that finds the documents. */
  readonly vector?: VectorSearch;
  /** highlight(field, options) columns of this scan. */
  readonly highlights?: readonly {
    readonly column: Column;
    readonly field: string;
    readonly options: Readonly<Record<string, string>>;
  }[];
}
/** Literal rows; also the single empty row of a SELECT without FROM. */
export interface Values {
  readonly kind: 'values';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Expr[])[];
}
export interface Filter {
  readonly kind: 'filter';
  readonly input: LogicalPlan;
  readonly predicate: Expr;
}
export interface Project {
  readonly kind: 'project';
  readonly input: LogicalPlan;
  readonly items: readonly { readonly column: Column; readonly expr: Expr }[];
  /** It gives names of its own to a common table expression that others read too: its rows are made once, so nothing moves into them. */
  readonly common?: boolean;
}
/** A collection of each row, and columns made of its elements: path below the element (dotted; empty for the element itself). */
export interface Collection {
  readonly path: string;
  /** Holds the collection: a column of the input, or one made of the elements of a collection around this one. */
  readonly source: Column;
  readonly columns: readonly { readonly column: Column; readonly path: string }[];
}
/** No keys: exactly one row. No aggregates: distinct keys. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly input: LogicalPlan;
  readonly keys: readonly { readonly column: Column; readonly expr: Expr }[];
  readonly aggregates: readonly { readonly column: Column; readonly call: AggregateCall }[];
  /**
   * Collections whose elements keys and aggregates look at, outer ones first. A row counts once in each group of its elements, an element
   * once in each of its own; rows without elements of a key's collection are in no group.
   */
  readonly collections?: readonly Collection[];
}
export interface WindowCall {
  readonly column: Column;
  readonly call: AggregateCall;
  readonly partition: readonly Expr[];
  readonly order: readonly SortKey[];
  /** As written, checked by the binder; absent: the standard default. */
  readonly frame?: string;
}
interface Window {
  readonly kind: 'window';
  readonly input: LogicalPlan;
  readonly calls: readonly WindowCall[];
}
export interface SortKey {
  readonly expr: Expr;
  readonly desc: boolean;
  readonly nullsFirst: boolean;
}
export interface Sort {
  readonly kind: 'sort';
  readonly input: LogicalPlan;
  readonly keys: readonly SortKey[];
}
export interface Limit {
  readonly kind: 'limit';
  readonly input: LogicalPlan;
  /** Infinity when only an offset was written. */
  readonly count: number;
  readonly offset: number;
  /** The default limit of rows, not one that the statement wrote. */
  readonly implicit?: boolean;
}
/**
 * SEMI and ANTI keep left columns only. MARK keeps every left row, and its column `mark` says whether some right row meets `on`. With
 * `member` the question of ANTI and MARK is that of IN: whether `left` is among the `right` of the rows that meet `on`, which may be
 * unknown; ANTI keeps the rows where it is surely not. VALUE keeps every left row, and its column `mark` is the one value of the right side,
 * which has one row at most: more of them are an error, none is NULL.
 */
export interface Join {
  readonly kind: 'join';
  readonly join: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'semi' | 'anti' | 'mark' | 'value';
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly on?: Expr;
  readonly member?: Membership;
  readonly mark?: Column;
  /** The right side is made anew for each left row, whose columns it names as `outer`: LATERAL, and queries that look outside. */
  readonly dependent?: boolean;
}
/** Both sides are of one family of types. */
export interface Membership {
  readonly left: Expr;
  readonly right: Expr;
}
/** Columns by position; `columns` are the output, of the widened types. */
export interface SetOperation {
  readonly kind: 'setOperation';
  readonly op: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly columns: readonly Column[];
}
/**
 * WITH RECURSIVE: the rows of `left`, and those that `right` makes of the rows before, until it makes none; without `all`, rows that were
 * there already are none. Columns by position.
 */
export interface Recursion {
  readonly kind: 'recursion';
  /** By which Previous names it. */
  readonly name: string;
  readonly all: boolean;
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly columns: readonly Column[];
}
/** Inside a recursion: the rows that were made last. */
export interface Previous {
  readonly kind: 'previous';
  readonly name: string;
  readonly columns: readonly Column[];
  /** The recursion's own columns, in the same order. */
  readonly of: readonly Column[];
}
/** One row per element of the nested collection `path`; parents without elements keep one row of nulls when `outer`. */
interface Unnest {
  readonly kind: 'unnest';
  readonly input: LogicalPlan;
  readonly path: string;
  /** Column of the input that holds the collection. */
  readonly source: Column;
  /** Columns made of each element: path below the element (dotted; empty for the element itself). */
  readonly columns: readonly { readonly column: Column; readonly path: string }[];
  readonly outer: boolean;
}
/** The rows of an already planned part: a leaf in what is left for the residual engine. */
export interface Input {
  readonly kind: 'input';
  /** Name of the table that the rows are loaded into. */
  readonly name: string;
  readonly columns: readonly Column[];
}
export type LogicalPlan =
  | Scan
  | Values
  | Filter
  | Project
  | Aggregate
  | Window
  | Sort
  | Limit
  | Join
  | SetOperation
  | Recursion
  | Previous
  | Unnest
  | Input;

/** The columns that a node gives, in order. */
export function outputOf(plan: LogicalPlan): readonly Column[] {
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'setOperation':
    case 'recursion':
    case 'previous':
    case 'input':
      return plan.columns;
    case 'filter':
    case 'sort':
    case 'limit':
      return outputOf(plan.input);
    case 'project':
      return plan.items.map((item) => item.column);
    case 'aggregate':
      return [...plan.keys.map((key) => key.column), ...plan.aggregates.map((aggregate) => aggregate.column)];
    case 'window':
      return [...outputOf(plan.input), ...plan.calls.map((call) => call.column)];
    case 'unnest':
      return [...outputOf(plan.input), ...plan.columns.map((item) => item.column)];
    case 'join': {
      const columns: Column[] = [];
      gather(plan, columns);
      return columns;
    }
  }
}

/** Into one list, since joins lean on joins. */
function gather(plan: LogicalPlan, into: Column[]): void {
  if (plan.kind !== 'join') {
    for (const column of outputOf(plan)) into.push(column);
    return;
  }
  gather(plan.left, into);
  if (plan.join === 'mark' || plan.join === 'value') {
    if (plan.mark) into.push(plan.mark);
  } else if (plan.join !== 'semi' && plan.join !== 'anti') gather(plan.right, into);
}
