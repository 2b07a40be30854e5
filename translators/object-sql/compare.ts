/** Comparisons and IN as closures: a csv cell against a number is a number, without CAST (spec bos-select 3). */

import { flip } from '../algebra/compare-operators.ts';
import type { CompareOperator } from '../algebra/expr.ts';
import type { Evaluate } from './evaluate.ts';
import type { SelectExpr } from './expr.ts';
import { HOLDS } from './number-order.ts';
import { cellNumber, numberOf } from './number-text.ts';
import { compareValues, equalValues, numericOf, type SelectValue, toDouble } from './value.ts';

type Inner = (expr: SelectExpr) => Evaluate;

export function evaluateCompare(op: CompareOperator, left: SelectExpr, right: SelectExpr, inner: Inner): Evaluate {
  if (left.type === 'cell' && right.kind === 'literal') {
    const bound = exactDouble(right.value);
    if (bound !== undefined) return cellAgainst(op, inner(left), bound);
  }
  if (right.type === 'cell' && left.kind === 'literal' && exactDouble(left.value) !== undefined) {
    return evaluateCompare(flip(op), right, left, inner);
  }
  const a = inner(left);
  const b = inner(right);
  const cells = (left.type === 'cell') !== (right.type === 'cell');
  const holds = HOLDS[op];
  const equality = op === '=' || op === '!=';
  return (row) => {
    let x = a(row);
    let y = b(row);
    if (cells) {
      // Only one of them is a cell: it takes the type of the other.
      if (left.type === 'cell') x = cellAs(x, y);
      else y = cellAs(y, x);
    }
    if (!equality) {
      const order = compareValues(x, y);
      return order === undefined ? null : holds(order, 0);
    }
    const equal = equalValues(x, y);
    return equal === null ? null : equal === (op === '=');
  };
}

/** A number that a double holds, and whose comparison with any 64-bit integer is the same in doubles. */
function exactDouble(value: SelectValue): number | undefined {
  if (typeof value === 'bigint') return value < 2n ** 53n && value > -(2n ** 53n) ? Number(value) : undefined;
  return typeof value === 'number' ? value : undefined;
}

function cellAgainst(op: CompareOperator, cell: Evaluate, bound: number): Evaluate {
  const holds = HOLDS[op];
  return (row) => {
    const text = cell(row);
    const n = typeof text === 'string' ? numberOf(text) : undefined;
    return n === undefined ? null : holds(n, bound);
  };
}

/** The cell as a value of the other side's type; what cannot be one is NULL, so that the comparison is unknown. */
function cellAs(cell: SelectValue, other: SelectValue): SelectValue {
  if (typeof cell !== 'string') return cell;
  if (typeof other === 'boolean') {
    const word = cell.toLowerCase();
    return word === 'true' ? true : word === 'false' ? false : null;
  }
  return numericOf(other) === undefined ? cell : (cellNumber(cell) ?? null);
}

export function evaluateIn(arg: SelectExpr, list: readonly SelectExpr[], inner: Inner): Evaluate {
  const evaluate = inner(arg);
  const constants =
    list.every((each) => each.kind === 'literal') && list.length > 2 ? constantSet(list, arg) : undefined;
  if (constants !== undefined) {
    const isCell = arg.type === 'cell';
    return (row) => {
      const value = evaluate(row);
      if (value === null || value === undefined) return null;
      if (typeof value === 'string') {
        if (constants.texts) return constants.values.has(value);
        const number = isCell ? numberOf(value) : undefined;
        return number === undefined ? (isCell ? null : false) : constants.values.has(number);
      }
      const number = numericOf(value);
      return number !== undefined && !constants.texts && constants.values.has(toDouble(number));
    };
  }
  const tests = list.map((each) => evaluateCompare('=', arg, each, inner));
  return (row) => {
    let result: boolean | null = false;
    for (const test of tests) {
      const equal = test(row);
      if (equal === true) return true;
      if (equal === null) result = null;
    }
    return result;
  };
}

/** Long lists of texts, or of whole numbers that doubles hold. */
function constantSet(
  list: readonly SelectExpr[],
  arg: SelectExpr,
): { readonly texts: boolean; readonly values: ReadonlySet<SelectValue> } | undefined {
  const values = list.map((each) => (each.kind === 'literal' ? each.value : undefined));
  if (values.every((value) => typeof value === 'string')) return { texts: true, values: new Set(values) };
  if (arg.type !== 'cell') return undefined;
  const numbers = values.map(exactDouble);
  return numbers.includes(undefined) ? undefined : { texts: false, values: new Set(numbers) };
}

/** Whether the array has an element that is equal; unknown where none is, but one is NULL; a value that is no array has none. */
export function evaluateInArray(arg: SelectExpr, array: SelectExpr, inner: Inner): Evaluate {
  const evaluate = inner(arg);
  const elements = inner(array);
  return (row) => {
    const values = elements(row);
    if (values === undefined || values === null) return null;
    if (!Array.isArray(values)) return false;
    const value = evaluate(row);
    let result: boolean | null = false;
    for (const element of values as readonly SelectValue[]) {
      const equal = equalValues(value, element);
      if (equal === true) return true;
      if (equal === null) result = null;
    }
    return result;
  };
}
