/** The shape of a catalogue row: what a function is, and where it can run. A missing cell is the statement "cannot run there". */
import type { Decimal } from './decimal.ts';
import type { FunctionFacts, Measure, MetricBody } from './function-facts.ts';
import type { Session } from './session.ts';
import type { SqlType, Value } from './types.ts';

/**
 * What an argument may be. `number` any number; `integer` a whole number; `string` keyword or text; `boolean`; `date`, `time`, `timestamp` and
 * `temporal` (any of the three, kept as it is); `interval`; `any`. Text given where a temporal is wanted is cast by the binder,
 * and so is a date or time where a timestamp is wanted.
 */
export type ArgFamily =
  | 'number'
  | 'integer'
  | 'string'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'temporal'
  | 'interval'
  | 'ip'
  | 'geo'
  | 'any';

export interface ArgSpec {
  readonly family: ArgFamily;
  readonly optional?: boolean;
  /** This argument may repeat to the end (`max` times in all when given). */
  readonly rest?: boolean;
  readonly max?: number;
  /** Of `any`: computed with, not handed on, so that a field of several values is refused. */
  readonly single?: boolean;
  /** Must be the same for all rows. */
  readonly literal?: boolean;
  /** The least and the greatest number that it may be. */
  readonly within?: readonly [number, number];
}

export const num: ArgSpec = { family: 'number' };
export const int: ArgSpec = { family: 'integer' };
export const str: ArgSpec = { family: 'string' };
export const bool: ArgSpec = { family: 'boolean' };
export const date: ArgSpec = { family: 'date' };
export const time: ArgSpec = { family: 'time' };
export const timestamp: ArgSpec = { family: 'timestamp' };
export const temporal: ArgSpec = { family: 'temporal' };
export const interval: ArgSpec = { family: 'interval' };
export const any: ArgSpec = { family: 'any' };
export const anyOne: ArgSpec = { family: 'any', single: true };
export const opt = (spec: ArgSpec): ArgSpec => ({ ...spec, optional: true });
export const rest = (spec: ArgSpec, max?: number): ArgSpec => ({ ...spec, rest: true, max });
export const lit = (spec: ArgSpec): ArgSpec => ({ ...spec, literal: true });
export const share: ArgSpec = { family: 'number', literal: true, within: [0, 1] };
export const percent: ArgSpec = { family: 'number', literal: true, within: [0, 100] };

export type ReturnRule = SqlType | ((args: readonly SqlType[]) => SqlType);

/** Positional values in, value out. Never called with a null when `nulls` is `strict`. */
export type JsFunction = (...args: never[]) => Value;

export interface Example {
  /** An expression without columns: `SUBSTRING('hello', 2, 3)`. */
  readonly sql: string;
  readonly value: Value;
}

export interface ScalarFunction extends FunctionFacts {
  /** Upper case. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: 'math' | 'text' | 'datetime' | 'conditional' | 'cast' | 'json' | 'operator' | 'geo';
  readonly summary: string;
  /** Alternative signatures, tried in order; most functions have one. */
  readonly signatures: readonly (readonly ArgSpec[])[];
  readonly returns: ReturnRule;
  /** strict: a null argument gives null, in every lowering, arranged in one place. custom: the cells see nulls. */
  readonly nulls: 'strict' | 'custom';
  /** Not the same on every call: never folded nor pushed down (RAND, SYSDATE). */
  readonly volatile?: boolean;
  /** Constant for a statement: the binder folds it with the session. */
  readonly session?: (session: Session) => Value;
  /** The closure for given argument types. Mandatory: constants, projections and the oracle use it. */
  readonly js: (args: readonly SqlType[], result: SqlType, session: Session) => JsFunction;
  /** Of rows that may leave arguments alone (IF, COALESCE): an argument is read only when it is needed, so that its error is not met before. */
  readonly lazy?: (
    args: readonly SqlType[],
    result: SqlType,
    session: Session,
  ) => (read: (index: number) => Value) => Value;
  /**
   * Painless for one document, from arguments that are already Painless: `a0`, `a1` … are replaced on tokens. Values there are: long for whole
   * numbers, double for fractions, String, boolean, and for temporals a ZonedDateTime in UTC. A function cell is for irregular rows; undefined: cannot.
   */
  readonly painless?:
    | string
    | ((args: readonly string[], types: readonly SqlType[], result: SqlType) => string | undefined);
  /** DuckDB SQL, same placeholders; absent: the js closure is registered as a function. Temporals are VARCHAR in canonical form there. */
  readonly duckdb?:
    | string
    | ((args: readonly string[], types: readonly SqlType[], result: SqlType) => string | undefined);
  /** The same over decimals, for constants that are written with a point; undefined: the result is no decimal. */
  readonly exact?: (args: readonly Decimal[]) => Decimal | undefined;
  readonly examples: readonly Example[];
}

/** One family's file exports its rows by `define([...])`. */
export const define = (rows: readonly ScalarFunction[]): readonly ScalarFunction[] => rows;

/** A member of an answer that is an object. */
export interface Figure {
  /** Names from the object down to it. */
  readonly path: readonly string[];
  readonly type: SqlType;
}

export interface AggregateFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly args: readonly ArgSpec[];
  readonly returns: ReturnRule;
  /** What it measures, where a lowering has a way of its own for that; absent: only `dsl` and `duckdb` say it. */
  readonly measure?: Measure;
  readonly allowsDistinct: boolean;
  /** Of an object that holds several figures, in the order of their columns in text formats; of the literal arguments. */
  readonly figures?: (literals: readonly Value[]) => readonly Figure[];
  /** Value for a group without any non-null argument. */
  readonly empty: 0 | null;
  /** DSL metric for a field or script source; absent: only DuckDB computes it. `field` is `{field}` or `{script}`, `literals` the further arguments. */
  readonly dsl?: (
    field: Readonly<Record<string, unknown>>,
    literals: readonly Value[],
  ) => Readonly<Record<string, unknown>>;
  /** Reads the metric's result object; the page decoder makes the declared type of it. */
  readonly read?: (result: Readonly<Record<string, unknown>>, literals: readonly Value[]) => unknown;
  /** DuckDB aggregate: `sum(a0)`. */
  readonly duckdb: string | ((args: readonly string[], types: readonly SqlType[]) => string);
  readonly windowOnly?: boolean;
  /** What ORDER BY in the parentheses, or WITHIN GROUP, orders: the rows that are taken in, or the values of which one is taken: the first argument. */
  readonly order?: 'rows' | 'value';
  /** `SEPARATOR x` behind the arguments is one. */
  readonly separatorWord?: boolean;
  /** Arguments are taken as texts; whole numbers stay what they are, so that they can be ordered. */
  readonly ofTexts?: boolean;
  /** The result grows with the number of rows: it is held to the bound of computed texts. */
  readonly bounded?: boolean;
  /** The cell that is made of the result of the DuckDB aggregate, also of its arguments. */
  readonly cell?: (sql: string, types: readonly SqlType[], args: readonly string[]) => string;
  /** `name=value` in the parentheses is an argument and no comparison. */
  readonly named?: boolean;
  /** The metric has no field: its one argument is its body as JSON, made by the binder of such named arguments. */
  readonly body?: MetricBody;
}

/** Kinds of option values of relevance functions (spec sql-functions 9.2). */
export type OptionKind = 'text' | 'number' | 'integer' | 'boolean' | readonly string[];

export interface RelevanceFunction {
  /** Canonical name in lower case: `match_phrase`. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  /** field: one field first; fields: a list; none: only the query text. */
  readonly takes: 'field' | 'fields' | 'none';
  readonly options: Readonly<Record<string, OptionKind>>;
  readonly dsl: (
    fields: readonly { readonly path: string; readonly weight?: number }[],
    query: string,
    options: Readonly<Record<string, string | number | boolean>>,
    values?: readonly SearchValue[],
  ) => Readonly<Record<string, unknown>>;
  /** Positional values in place of one text: points, distances, terms. Least and most of them. */
  readonly values?: { readonly least: number; readonly most: number; readonly form: string };
  /** Options that may also follow the text by position. */
  readonly positional?: readonly string[];
  /** Any named argument is a parameter of the function's own (script). */
  readonly freeOptions?: boolean;
}

export type SearchValue = string | number | boolean;
