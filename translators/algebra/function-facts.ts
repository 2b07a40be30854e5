/**
 * What a function's row tells of the function besides how it is computed. The lowerings ask for these facts and know no names, so that a
 * new function is one row.
 */
import type { Call, Case, CompareOperator, Expr, Literal } from './expr.ts';
import type { ScalarFunction } from './function.ts';
import type { SqlType, Value } from './types.ts';

export type Period = 'year' | 'month' | 'day' | 'hour' | 'minute';

/** How the result moves when one argument grows and the others are constants. */
export interface Motion {
  /** Values of the argument at which the direction may change, ascending. */
  readonly cuts: readonly Value[];
  /** Whether the result grows with the argument (or stays), below the first cut, between cuts, and from the last cut on. */
  readonly up: readonly boolean[];
  /** It does so only inside one such period of time. */
  readonly within?: Period;
  /** Times of neighbouring days may change places: the last days of a month fall on one day of a shorter month. */
  readonly monthly?: boolean;
  /** Clocks of this zone are put back now and then: between those moments the result grows. */
  readonly zone?: string;
}

/** A call of which one argument is open and the others are constants that are not NULL. */
export interface OpenCall {
  /** The place of the open argument, and its type: a number, a date or a timestamp. */
  readonly at: number;
  readonly type: SqlType;
  /** The arguments by place; undefined for the open one. */
  readonly constants: readonly (Value | undefined)[];
}

/** Undefined where the result rises and falls in a way that is not known. */
export type MotionRule = (call: OpenCall) => Motion | undefined;

/** Texts that satisfy a condition. `all` of them, one of `values`, or those of a form. */
export type Texts =
  | { readonly kind: 'all' }
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'starts' | 'ends' | 'contains'; readonly piece: string }
  /** The text between two patterns of Lucene. */
  | { readonly kind: 'around'; readonly before: string; readonly text: string; readonly behind: string }
  /** Those that are one of `values` when their case is folded. */
  | { readonly kind: 'folded'; readonly fold: Fold; readonly values: readonly string[] };

export type Fold = 'upper' | 'lower';

/** The texts of one argument for which the result is among `wanted`; undefined where they have no such form. */
export type PreimageRule = (
  args: readonly Expr[],
  wanted: Texts,
) => { readonly arg: Expr; readonly texts: Texts } | undefined;

/** What the function tells of a text. */
type TextFact =
  /** Where a piece begins in a text, counted from 1; 0 where it is not there. Each is the argument at its place. */
  | { readonly kind: 'position'; readonly piece: number; readonly text: number }
  | { readonly kind: 'length'; readonly unit: 'characters' | 'bytes' }
  /** Whether it begins or ends with another. */
  | { readonly kind: 'edge'; readonly edge: 'starts' | 'ends' }
  /** 1 where a regular expression matches the whole, else 0. */
  | { readonly kind: 'pattern' }
  | { readonly kind: 'fold'; readonly fold: Fold };

/** A moment as it is, cut to its day, or its year as a number. */
export interface MomentOf {
  readonly arg: Expr;
  readonly cut: 'nothing' | 'day' | 'year';
}

/** Which bucket of the cluster holds the values that give one result. */
type BucketFact = 'width' | 'interval' | 'day' | 'year' | 'format';

/** What an aggregate measures. `different`: the number of different values. */
export type Measure = 'count' | 'different' | 'sum' | 'average' | 'least' | 'greatest' | 'percentile';

/** What the named arguments of a metric describe. */
export type MetricBody = 'documents' | 'scripts';

/** How the arguments of a call are written, where they are no list of expressions. */
export type CallSyntax =
  /** `(unit FROM x)`. */
  | 'unitFrom'
  /** `(unit, …)`: the unit is a bare word. */
  | 'unit'
  /** `(type, …)`: the type of a format is a bare word. */
  | 'formatType'
  /** `(a IN b)`. */
  | 'in'
  /** `([BOTH | LEADING | TRAILING] [a] FROM b)`. */
  | 'trim'
  /** `(a FROM b [FOR c])`. */
  | 'fromFor'
  /** `(a PLACING b FROM c [FOR d])`. */
  | 'placing'
  /** `(a TO unit)`. */
  | 'toUnit'
  /** `(a, 1d)`: a length of time is a bare word. */
  | 'length'
  /** `(a AS type)`. */
  | 'cast';

/** What the parser has to know of a function. */
interface WrittenForm {
  readonly syntax?: CallSyntax;
  /** What more than one argument makes of a function of one: `f(d TO unit)`, `f(LEADING a FROM b)`. */
  readonly furtherForm?: ScalarFunction;
  /** Names under which it is called without parentheses. */
  readonly bare?: readonly string[];
  /** `name=value` in the parentheses is an argument and no comparison. */
  readonly named?: boolean;
  /** The operator that it stands behind: between two operands, between one of them and an interval, or before one. */
  readonly operator?: { readonly written: readonly string[]; readonly of: OperandForm };
}

export type OperandForm = 'two' | 'interval' | 'one';

/** A form of the older engine with more arguments, which the binder takes away. */
type OlderForm =
  /** A language behind the text. */
  | 'language'
  /** A pattern of Java and a time zone behind the date. */
  | 'pattern';

/** Which bucket of the older engine a call with named arguments is. */
export type OlderBucket = 'histogram' | 'dateHistogram' | 'dateRange';

/** Writes expressions on the clock of the request's time zone. */
export interface Clock {
  readonly zone: string;
  /** A date of a document, which is a moment in UTC. */
  isMoment(expr: Expr): boolean;
  /** The expression with its moments read on the clock. */
  expr(expr: Expr): Expr;
  /** What the clock shows at a moment. */
  wall(moment: Expr): Expr;
}

export interface FunctionFacts extends WrittenForm {
  readonly olderForm?: OlderForm;
  readonly olderBucket?: OlderBucket;
  /** An index behind a call of two arguments is a third one: `f(a, b)[i]`. */
  readonly takesIndex?: boolean;
  readonly motion?: MotionRule;
  /** It has a value wherever its arguments have one. */
  readonly total?: boolean;
  /** The call as a CASE, which every lowering knows. */
  readonly branches?: (call: Call) => Case | undefined;
  /** The call said by other functions: what stands in its place from the binder on, so that every lowering of theirs is one of it. */
  readonly plainer?: (call: Call) => Expr | undefined;
  /** A comparison of the call with a constant, said by a simpler one. */
  readonly comparison?: (call: Call, op: CompareOperator, bound: Literal) => Expr | undefined;
  readonly preimage?: PreimageRule;
  readonly text?: TextFact;
  readonly moment?: (call: Call) => MomentOf | undefined;
  readonly bucket?: BucketFact;
  /** The value is what the clock of the zone in the second argument shows at the moment in the first. */
  readonly showsClock?: boolean;
  /** The call where dates are read on the clock of a zone; undefined: only its arguments are. */
  readonly onClock?: (call: Call, clock: Clock) => Expr | undefined;
}

export const RISES: Motion = { cuts: [], up: [true] };
export const FALLS: Motion = { cuts: [], up: [false] };
export const rises: MotionRule = () => RISES;
