/** Comparisons of numbers, and the numbers that filters over bytes and texts may read by themselves. */
import type { CompareOperator } from '../algebra/expr.ts';

/** Digits that a double holds for certain. */
export const SAFE_DIGITS = 15;

export const HOLDS: Readonly<Record<CompareOperator, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
