/** Comparisons and IN as closures (spec data-types 6): exact numbers, any element of a multi-valued field. */
import type { Compare, CompareOperator, Expr, InList } from '../../algebra/expr.ts';
import { familyOf, type SqlType, type Value } from '../../algebra/types.ts';
import { comparator, equalValues } from '../../functions/equality.ts';
import { roundTo } from '../dsl/number.ts';
import { anyElement, type Closure, overElements } from './logic.ts';

type Test = (a: Value, b: Value) => boolean;

const isWhole = (type: SqlType): boolean => {
  const family = familyOf(type);
  return family === 'array' || family === 'object' || family === 'geo';
};

/** The test of two values that are not null. */
function testOf(op: CompareOperator, left: SqlType, right: SqlType): Test {
  if (op === '=' || op === '!=') {
    const equal = equalValues(left, right);
    return op === '=' ? equal : (a, b) => !equal(a, b);
  }
  const order = comparator(left, right) as (a: Value, b: Value) => number;
  switch (op) {
    case '<':
      return (a, b) => order(a, b) < 0;
    case '<=':
      return (a, b) => order(a, b) <= 0;
    case '>':
      return (a, b) => order(a, b) > 0;
    case '>=':
      return (a, b) => order(a, b) >= 0;
  }
}

/** The precision in which a side is compared: that of its field, so that a literal 0.1 finds the float 0.1. */
function precision(expr: Expr): 'float' | 'half_float' | undefined {
  if (expr.type !== 'float') return undefined;
  return expr.kind === 'column' && expr.column.field?.mapping === 'half_float' ? 'half_float' : 'float';
}

const rounding = (mapping: 'float' | 'half_float') => (value: Value) =>
  typeof value === 'number' || typeof value === 'bigint' ? roundTo(mapping, Number(value)) : value;

/** How the values of both sides are brought to a comparable precision. */
function roundings(
  left: Expr,
  right: Expr,
): readonly [((v: Value) => Value) | undefined, ((v: Value) => Value) | undefined] {
  const [l, r] = [precision(left), precision(right)];
  const ofLeft = l ?? (left.kind === 'literal' ? r : undefined);
  const ofRight = r ?? (right.kind === 'literal' ? l : undefined);
  return [ofLeft && rounding(ofLeft), ofRight && rounding(ofRight)];
}

/** Each element where the cell is multi-valued. */
function rounded(side: Closure, round: ((value: Value) => Value) | undefined): Closure {
  if (!round) return side;
  return (row) => {
    const value = side(row);
    return Array.isArray(value) ? value.map(round) : round(value);
  };
}

export function compareClosure(expr: Compare, left: Closure, right: Closure): Closure {
  const test = testOf(expr.op, expr.left.type, expr.right.type);
  const [roundLeft, roundRight] = roundings(expr.left, expr.right);
  const [l, r] = [rounded(left, roundLeft), rounded(right, roundRight)];
  const wholeLeft = isWhole(expr.left.type);
  const wholeRight = isWhole(expr.right.type);
  if (expr.right.kind === 'literal') {
    const literal = r([]);
    if (literal === null) return () => null;
    return overElements(l, (value) => test(value, literal), wholeLeft);
  }
  return (row) => {
    const a = l(row);
    if (a === null) return null;
    const b = r(row);
    if (b === null) return null;
    const against = (value: Value): boolean | null =>
      wholeRight || !Array.isArray(b) ? test(value, b) : anyElement(b, (other) => test(value, other));
    return wholeLeft || !Array.isArray(a) ? against(a) : anyElement(a, against);
  };
}

/** From here on a look-up in a set beats a walk. */
const SET_SIZE = 8;

export function inClosure(expr: InList, arg: Closure, list: readonly Closure[]): Closure {
  const whole = isWhole(expr.arg.type);
  const set = literalSet(expr);
  if (set) return overElements(arg, set, whole);
  const tests = expr.list.map((item) => {
    const [roundArg] = roundings(expr.arg, item);
    const equal = equalValues(expr.arg.type, item.type);
    return (value: Value, other: Value): boolean => equal(roundArg ? roundArg(value) : value, other);
  });
  const items = expr.list.map((item, i) => rounded(list[i]!, roundings(expr.arg, item)[1]));
  return (row) => {
    const value = arg(row);
    if (value === null) return null;
    let result: boolean | null = false;
    for (const [i, item] of items.entries()) {
      const other = item(row);
      const holds =
        other === null
          ? null
          : whole || !Array.isArray(value)
            ? against(value, other, tests[i]!, whole)
            : anyElement(value, (element) => against(element, other, tests[i]!, whole));
      if (holds === true) return true;
      if (holds === null) result = null;
    }
    return result;
  };
}

const against = (value: Value, other: Value, test: Test, whole: boolean): boolean | null =>
  whole || !Array.isArray(other) ? test(value, other) : anyElement(other, (element) => test(value, element));

/** Membership in a long list of literals that are equal only to themselves: texts, or numbers within the exact range of doubles. */
function literalSet(expr: InList): ((value: Value) => boolean | null) | undefined {
  if (expr.list.length < SET_SIZE || expr.arg.type === 'ip' || expr.arg.type === 'float') return undefined;
  const values = new Set<Value>();
  let unknown = false;
  for (const item of expr.list) {
    if (item.kind !== 'literal') return undefined;
    if (item.value === null) unknown = true;
    else if (typeof item.value === 'string' || (typeof item.value === 'number' && Math.abs(item.value) < 2 ** 53)) {
      values.add(item.value);
    } else return undefined;
  }
  return (value) => (values.has(value) ? true : unknown ? null : false);
}
