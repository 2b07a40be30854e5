/** The physical plan: what is sent to the cluster, and what is done with the pages that come back. */
import type { Dsl } from './dsl.ts';
import type { DuckQuery } from './duck-query.ts';
import type { AggregateCall, Column, Expr } from './expr.ts';
import type { Collection, LogicalPlan, Scan, SortKey } from './plan.ts';
import type { Field } from './schema.ts';

/** Documents: one search, or a drain where more rows are wanted than one search gives. */
export interface SearchNode {
  readonly kind: 'search';
  readonly scan: Scan;
  /** Columns to decode, in order. */
  readonly columns: readonly Column[];
  readonly query?: Dsl;
  readonly sort?: readonly Dsl[];
  /** Rows wanted after `offset`; Infinity when the statement wrote no LIMIT and the whole is needed. */
  readonly count: number;
  readonly offset: number;
  /** The count is the default limit, not the statement's: what it cuts is said. */
  readonly implicit?: boolean;
}
/** `count` documents that match: COUNT(*) without groups. */
export interface CountNode {
  readonly kind: 'count';
  readonly scan: Scan;
  readonly query?: Dsl;
  readonly column: Column;
}
/** One key of a group-by: a field with doc values, or a script. */
export interface KeySource {
  readonly column: Column;
  readonly expr: Expr;
  readonly source: Dsl;
  /** How the source is divided; absent: by its different values. */
  readonly kind?: 'histogram' | 'date_histogram';
  readonly desc: boolean;
}
/** One aggregate of a group-by. */
export interface Metric {
  readonly column: Column;
  readonly call: AggregateCall;
  /** `{field}` or `{script}` of the argument; absent for COUNT(*). */
  readonly source?: Dsl;
  /** Of COUNT(DISTINCT …): one for each argument. */
  readonly sources?: readonly Dsl[];
  /** FILTER (WHERE …), lowered. */
  readonly filter?: Dsl;
}
/** Groups in key order, every one of them. */
export interface AggregationNode {
  readonly kind: 'aggregation';
  readonly scan: Scan;
  readonly query?: Dsl;
  readonly keys: readonly KeySource[];
  readonly metrics: readonly Metric[];
  /** Groups wanted, in key order; Infinity for all. */
  readonly count: number;
  /** Order of the columns where a sort has reordered the keys; absent: keys, then metrics. */
  readonly output?: readonly Column[];
  /** Doc values of which a document may hold one only: the groups of several would count it more than once. */
  readonly single: readonly string[];
  readonly several?: Several;
}
/** What is run where documents hold several values of what groups are made of. */
export interface Several {
  physical(): Physical | Promise<Physical>;
  /** The same below a step that the node takes over from above it. */
  under(step: (groups: LogicalPlan) => LogicalPlan): Several;
}
interface FilterNode {
  readonly kind: 'where';
  readonly input: Physical;
  readonly predicate: Expr;
}
interface ProjectNode {
  readonly kind: 'project';
  readonly input: Physical;
  readonly items: readonly { readonly column: Column; readonly expr: Expr }[];
}
export interface LimitNode {
  readonly kind: 'limit';
  readonly input: Physical;
  readonly count: number;
  readonly offset: number;
  readonly implicit?: boolean;
}
/** The first `offset + count` rows by the keys, in a heap of bounded size. */
export interface TopNode {
  readonly kind: 'top';
  readonly input: Physical;
  readonly keys: readonly SortKey[];
  readonly count: number;
  readonly offset: number;
  readonly implicit?: boolean;
  /** Where the heap may be too small: the same sort in DuckDB, over a table of this name. */
  readonly spill?: { readonly name: string; readonly query: DuckQuery };
}
export interface UnnestNode {
  readonly kind: 'unnest';
  readonly input: Physical;
  readonly source: Column;
  readonly columns: readonly { readonly column: Column; readonly path: string }[];
  readonly outer: boolean;
}
/** What the rows of a part hold: values for aggregates that look at the same elements under the same condition. */
export interface ApartPart {
  /** Places of the collections whose elements count, once in each group; none: the row itself counts. */
  readonly own: readonly number[];
  /** Counts what some choice of elements and values satisfies. */
  readonly filter?: Expr;
  /** The one value is a bare column, of which all values count. */
  readonly each?: boolean;
  readonly values: readonly { readonly column: Column; readonly expr: Expr }[];
}
/** Rows taken apart for a group-by: for each part, a row for each different key and each of its elements. */
export interface ApartNode {
  readonly kind: 'apart';
  readonly input: Physical;
  readonly collections: readonly Collection[];
  readonly keys: readonly { readonly column: Column; readonly expr: Expr }[];
  readonly parts: readonly ApartPart[];
  /** The number of the part that a row belongs to. */
  readonly part: Column;
}
interface ValuesNode {
  readonly kind: 'values';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Expr[])[];
}
/** UNION ALL: one input after the other. */
export interface ConcatNode {
  readonly kind: 'concat';
  readonly inputs: readonly Physical[];
  readonly columns: readonly Column[];
}
/** What neither the cluster nor a closure does: DuckDB over the loaded inputs. */
export interface ResidualNode {
  readonly kind: 'residual';
  readonly inputs: readonly { readonly name: string; readonly plan: Physical }[];
  readonly columns: readonly Column[];
  readonly query: DuckQuery;
  /** What it does, for explain: `join, sort`. */
  readonly summary: string;
  readonly several?: Several;
}
/** A pattern of SHOW or DESCRIBE; `bare` by the rules of the older engine. */
export interface NamePattern {
  readonly text: string;
  readonly bare?: boolean;
}
export interface DescribedTable {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
}
/** SHOW and DESCRIBE. */
export interface MetadataNode {
  readonly kind: 'metadata';
  readonly statement: 'show' | 'describe';
  readonly like?: NamePattern;
  readonly columnsLike?: NamePattern;
  /** Of DESCRIBE: what is described, each by the name that stands in its rows. */
  readonly tables?: readonly DescribedTable[];
  readonly columns: readonly Column[];
}
/** DELETE: every document that matches, and how many they were. */
export interface DeleteNode {
  readonly kind: 'delete';
  readonly scan: Scan;
  readonly query?: Dsl;
  readonly column: Column;
}
export type Physical =
  | SearchNode
  | CountNode
  | AggregationNode
  | FilterNode
  | ProjectNode
  | LimitNode
  | TopNode
  | UnnestNode
  | ApartNode
  | ValuesNode
  | ConcatNode
  | ResidualNode
  | MetadataNode
  | DeleteNode;

/** The columns of a node's pages, in order. */
export function columnsOfPhysical(node: Physical): readonly Column[] {
  switch (node.kind) {
    case 'search':
    case 'values':
    case 'concat':
    case 'residual':
    case 'metadata':
      return node.columns;
    case 'count':
    case 'delete':
      return [node.column];
    case 'aggregation':
      return node.output ?? [...node.keys.map((k) => k.column), ...node.metrics.map((m) => m.column)];
    case 'where':
    case 'limit':
    case 'top':
      return columnsOfPhysical(node.input);
    case 'project':
      return node.items.map((item) => item.column);
    case 'unnest':
      return [...columnsOfPhysical(node.input), ...node.columns.map((c) => c.column)];
    case 'apart':
      return [
        node.part,
        ...node.keys.map((key) => key.column),
        ...node.parts.flatMap(({ values }) => values.map((value) => value.column)),
      ];
  }
}

export function inputsOfPhysical(node: Physical): readonly Physical[] {
  switch (node.kind) {
    case 'where':
    case 'project':
    case 'limit':
    case 'top':
    case 'unnest':
    case 'apart':
      return [node.input];
    case 'concat':
      return node.inputs;
    case 'residual':
      return node.inputs.map((input) => input.plan);
    default:
      return [];
  }
}
