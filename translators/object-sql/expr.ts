/** Checked expressions of SQL over objects: every name is a column or a path, every function a row of the table. */
import type { CompareOperator } from '../algebra/expr.ts';
import type { Measure } from '../algebra/function-facts.ts';
import type { CastTarget } from './cast.ts';
import type { SelectFunction } from './functions.ts';
import type { SelectValue } from './value.ts';

/** What is known of a value before it is there. A `cell` is a text of a csv file; of `any` nothing is known. */
export type SelectType = 'cell' | 'any' | 'null' | 'bool' | 'int' | 'float' | 'decimal' | 'string' | 'timestamp';

export type SelectStep =
  | { readonly kind: 'member'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'element'; readonly index: number }
  /** Only at the end of the array of IN. */
  | { readonly kind: 'elements' };

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export type SelectExpr =
  | { readonly kind: 'literal'; readonly value: SelectValue; readonly type: SelectType }
  /** The column of a csv record, from 0. */
  | { readonly kind: 'cell'; readonly column: number; readonly type: 'cell' }
  /** From the row's own value; no steps: the row itself. */
  | { readonly kind: 'path'; readonly steps: readonly SelectStep[]; readonly type: 'any' }
  | { readonly kind: 'and' | 'or'; readonly items: readonly SelectExpr[]; readonly type: 'bool' }
  | { readonly kind: 'not'; readonly arg: SelectExpr; readonly type: 'bool' }
  | {
      readonly kind: 'compare';
      readonly op: CompareOperator;
      readonly left: SelectExpr;
      readonly right: SelectExpr;
      readonly type: 'bool';
    }
  | {
      readonly kind: 'arithmetic';
      readonly op: ArithmeticOperator;
      readonly left: SelectExpr;
      readonly right: SelectExpr;
      readonly type: SelectType;
    }
  | { readonly kind: 'negate'; readonly arg: SelectExpr; readonly type: SelectType }
  | { readonly kind: 'concat'; readonly left: SelectExpr; readonly right: SelectExpr; readonly type: 'string' }
  | {
      readonly kind: 'is';
      readonly what: 'NULL' | 'MISSING' | 'TRUE' | 'FALSE';
      readonly arg: SelectExpr;
      readonly not: boolean;
      readonly type: 'bool';
    }
  | { readonly kind: 'in'; readonly arg: SelectExpr; readonly list: readonly SelectExpr[]; readonly type: 'bool' }
  | { readonly kind: 'inArray'; readonly arg: SelectExpr; readonly array: SelectExpr; readonly type: 'bool' }
  | {
      readonly kind: 'like';
      readonly arg: SelectExpr;
      readonly pattern: SelectExpr;
      readonly escape: SelectExpr | undefined;
      readonly type: 'bool';
    }
  | {
      readonly kind: 'case';
      readonly whens: readonly { readonly when: SelectExpr; readonly then: SelectExpr }[];
      readonly otherwise: SelectExpr | undefined;
      readonly type: SelectType;
    }
  | { readonly kind: 'cast'; readonly arg: SelectExpr; readonly target: CastTarget; readonly type: SelectType }
  | {
      readonly kind: 'call';
      readonly fn: SelectFunction;
      readonly args: readonly SelectExpr[];
      readonly type: SelectType;
    }
  /** The result of an aggregate: a place in the statement's list of them. */
  | { readonly kind: 'aggregate'; readonly index: number; readonly type: SelectType };

export type SelectMeasure = Extract<Measure, 'count' | 'sum' | 'average' | 'least' | 'greatest'>;

export interface SelectAggregate {
  readonly measure: SelectMeasure;
  /** Undefined: COUNT(*). */
  readonly arg: SelectExpr | undefined;
}

export type SelectOutputItem =
  /** All fields of the row; `record`: as it stands in the object. */
  { readonly kind: 'star' } | { readonly kind: 'expr'; readonly name: string; readonly expr: SelectExpr };

export interface CheckedSelect {
  /** Of FROM, behind the name of the object; without the `[*]` over the root values. */
  readonly steps: readonly FromStep[];
  readonly items: readonly SelectOutputItem[];
  readonly where: SelectExpr | undefined;
  readonly limit: bigint | undefined;
  /** Undefined: a row for a row. */
  readonly aggregates: readonly SelectAggregate[] | undefined;
  /** What a row that is no object is called in JSON output. */
  readonly rowName: string;
  /** Whole numbers of JSON must be told from others, since they are computed with. */
  readonly computes: boolean;
}

export type FromStep =
  | { readonly kind: 'member'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'element'; readonly index: number }
  | { readonly kind: 'members' }
  | { readonly kind: 'elements' };
