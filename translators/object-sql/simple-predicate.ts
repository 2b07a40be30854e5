/**
 * Conditions that only compare members of a row with constants, in the one form that the fast ways of deciding them take: over the bytes of csv
 * cells, over the text of JSON records, and in DuckDB over the columns of parquet files. Each of those says what it cannot decide.
 */
import { flip } from '../algebra/compare-operators.ts';
import type { CompareOperator } from '../algebra/expr.ts';
import type { SelectExpr } from './expr.ts';
import type { SelectValue } from './value.ts';

/** What is compared: a cell of a csv record, from 0, or a member of the row by its name. */
export type SimpleSubject =
  | { readonly kind: 'cell'; readonly column: number }
  | { readonly kind: 'member'; readonly name: string; readonly quoted: boolean };

/** A text that has UTF-8, or a number. */
type SimpleConstant =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'number';
      /** Where the comparison with any double and any whole number of 64 bits is the same in doubles. */
      readonly double: number | undefined;
      /** Where it is written as a whole number. */
      readonly whole: bigint | undefined;
    };

export interface SimpleComparison {
  readonly kind: 'compare';
  readonly op: CompareOperator;
  readonly subject: SimpleSubject;
  readonly constant: SimpleConstant;
}

export type SimplePredicate =
  | { readonly kind: 'and' | 'or'; readonly items: readonly SimplePredicate[] }
  | { readonly kind: 'not'; readonly arg: SimplePredicate }
  | { readonly kind: 'is'; readonly what: 'NULL' | 'MISSING'; readonly subject: SimpleSubject; readonly not: boolean }
  /** `=` to one of them. */
  | { readonly kind: 'in'; readonly tests: readonly SimpleComparison[] }
  | SimpleComparison;

/** Undefined: not a condition of this kind. */
export function simplePredicate(expr: SelectExpr): SimplePredicate | undefined {
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const items = expr.items.map(simplePredicate);
      return allDefined(items) ? { kind: expr.kind, items } : undefined;
    }
    case 'not': {
      const arg = simplePredicate(expr.arg);
      return arg && { kind: 'not', arg };
    }
    case 'compare':
      return (
        comparison(expr.op, expr.left, expr.right) ??
        // With the constant first.
        comparison(flip(expr.op), expr.right, expr.left)
      );
    case 'in': {
      const tests = expr.list.map((each) => comparison('=', expr.arg, each));
      return allDefined(tests) ? { kind: 'in', tests } : undefined;
    }
    case 'is': {
      const subject = subjectOf(expr.arg);
      if (subject === undefined || (expr.what !== 'NULL' && expr.what !== 'MISSING')) return undefined;
      return { kind: 'is', what: expr.what, subject, not: expr.not };
    }
    default:
      return undefined;
  }
}

/** None is missing. */
export const allDefined = <T>(items: readonly (T | undefined)[]): items is readonly T[] => !items.includes(undefined);

function comparison(op: CompareOperator, left: SelectExpr, right: SelectExpr): SimpleComparison | undefined {
  const subject = subjectOf(left);
  const constant = right.kind === 'literal' ? constantOf(right.value) : undefined;
  return subject && constant && { kind: 'compare', op, subject, constant };
}

function subjectOf(expr: SelectExpr): SimpleSubject | undefined {
  if (expr.kind === 'cell') return { kind: 'cell', column: expr.column };
  if (expr.kind !== 'path' || expr.steps.length !== 1) return undefined;
  const [step] = expr.steps;
  return step?.kind === 'member' ? step : undefined;
}

const SAFE = 2n ** 53n;

function constantOf(value: SelectValue): SimpleConstant | undefined {
  switch (typeof value) {
    case 'string':
      // Half a surrogate pair has no UTF-8.
      return Buffer.from(value).toString() === value ? { kind: 'text', text: value } : undefined;
    case 'bigint':
      return { kind: 'number', double: value < SAFE && value > -SAFE ? Number(value) : undefined, whole: value };
    case 'number':
      return Number.isFinite(value) ? { kind: 'number', double: value, whole: undefined } : undefined;
    default:
      return undefined;
  }
}
