/** What the operators of comparisons mean. */
import type { CompareOperator } from './expr.ts';

/** Whether an operator holds for two values whose difference has this sign. */
export function holds(op: CompareOperator, sign: number): boolean {
  switch (op) {
    case '=':
      return sign === 0;
    case '!=':
      return sign !== 0;
    case '<':
      return sign < 0;
    case '<=':
      return sign <= 0;
    case '>':
      return sign > 0;
    case '>=':
      return sign >= 0;
  }
}

/** `literal op field` → `field op literal`. */
export function flip(op: CompareOperator): CompareOperator {
  switch (op) {
    case '<':
      return '>';
    case '<=':
      return '>=';
    case '>':
      return '<';
    case '>=':
      return '<=';
    default:
      return op;
  }
}
