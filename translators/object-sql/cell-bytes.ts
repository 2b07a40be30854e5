/**
 * Conditions over csv cells as they stand in the bytes of an object: comparisons with constants, which need no text for each cell. They mean
 * what the closures of `compare.ts` mean, and never fail.
 */
import type { CompareOperator } from '../algebra/expr.ts';
import type { SelectExpr } from './expr.ts';
import { HOLDS, SAFE_DIGITS } from './number-order.ts';
import { numberOf } from './number-text.ts';
import { allDefined, type SimpleComparison, type SimplePredicate, simplePredicate } from './simple-predicate.ts';
import { FALSE, junction, negation, TRUE, type TruthTest, UNKNOWN } from './truth.ts';

/** Where the cells of a record are: `starts[slot]` to `ends[slot]`; a start below 0: the record has no such cell. */
interface CellPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** The cells are UTF-8. */
export type BytesTest = TruthTest<Buffer, CellPlaces>;

/** Beyond so many constants a set of texts is faster. */
const MOST_CONSTANTS = 16;

/** Undefined: not a condition of this kind. `slotOf` gives a column its place. */
export function bytesTest(expr: SelectExpr, slotOf: (column: number) => number): BytesTest | undefined {
  const simple = simplePredicate(expr);
  return simple && testOf(simple, slotOf);
}

function testOf(simple: SimplePredicate, slotOf: (column: number) => number): BytesTest | undefined {
  switch (simple.kind) {
    case 'and':
    case 'or': {
      const tests = simple.items.map((item) => testOf(item, slotOf));
      return allDefined(tests) ? junction(simple.kind, tests) : undefined;
    }
    case 'not': {
      const arg = testOf(simple.arg, slotOf);
      return arg && negation(arg);
    }
    case 'in': {
      const tests =
        simple.tests.length > MOST_CONSTANTS ? [undefined] : simple.tests.map((t) => compareTest(t, slotOf));
      return allDefined(tests) ? junction('or', tests) : undefined;
    }
    case 'is': {
      const { subject, not } = simple;
      if (subject.kind !== 'cell') return undefined;
      const slot = slotOf(subject.column);
      return (_, { starts }) => (starts[slot]! < 0 !== not ? TRUE : FALSE);
    }
    case 'compare':
      return compareTest(simple, slotOf);
  }
}

function compareTest(
  { op, subject, constant }: SimpleComparison,
  slotOf: (column: number) => number,
): BytesTest | undefined {
  if (subject.kind !== 'cell') return undefined;
  const slot = slotOf(subject.column);
  if (constant.kind === 'text') return textTest(op, slot, Buffer.from(constant.text));
  return constant.double === undefined ? undefined : numberTest(op, slot, constant.double);
}

/** Texts are in the order of their code points, and that is the order of their bytes. */
function textTest(op: CompareOperator, slot: number, constant: Buffer): BytesTest {
  const { length } = constant;
  if (op === '=' || op === '!=') {
    const equal = op === '=' ? TRUE : FALSE;
    const other = op === '=' ? FALSE : TRUE;
    return (bytes, { starts, ends }) => {
      const start = starts[slot]!;
      if (start < 0) return UNKNOWN;
      if (ends[slot]! - start !== length) return other;
      for (let i = 0; i < length; i++) if (bytes[start + i] !== constant[i]) return other;
      return equal;
    };
  }
  const holds = HOLDS[op];
  return (bytes, { starts, ends }) => {
    const start = starts[slot]!;
    if (start < 0) return UNKNOWN;
    const size = ends[slot]! - start;
    const common = Math.min(size, length);
    let order = size - length;
    for (let i = 0; i < common; i++) {
      const difference = bytes[start + i]! - constant[i]!;
      if (difference === 0) continue;
      order = difference;
      break;
    }
    return holds(order, 0) ? TRUE : FALSE;
  };
}

function numberTest(op: CompareOperator, slot: number, constant: number): BytesTest {
  const holds = HOLDS[op];
  return (bytes, { starts, ends }) => {
    const start = starts[slot]!;
    if (start < 0) return UNKNOWN;
    const value = numberAt(bytes, start, ends[slot]!);
    if (Number.isNaN(value)) return UNKNOWN;
    return holds(value, constant) ? TRUE : FALSE;
  };
}

/** Powers of ten that doubles hold exactly, so that the division by one is rounded once and so right. */
const POWERS = Float64Array.from({ length: SAFE_DIGITS + 1 }, (_, i) => 10 ** i);

/** The number that a cell is; NaN: it is none. Short plain ones are read here, all others by `numberOf`. */
export function numberAt(bytes: Buffer, start: number, end: number): number {
  if (end - start > SAFE_DIGITS + 2 || end <= start) return longNumber(bytes, start, end);
  const negative = bytes[start] === 45;
  let digits = 0;
  let value = 0;
  let point = -1;
  for (let i = negative ? start + 1 : start; i < end; i++) {
    const c = bytes[i]!;
    if (c >= 48 && c <= 57) {
      value = value * 10 + (c - 48);
      digits++;
    } else if (c === 46 && point < 0) point = i;
    else return longNumber(bytes, start, end);
  }
  if (digits === 0 || digits > SAFE_DIGITS) return longNumber(bytes, start, end);
  if (point >= 0) value /= POWERS[end - point - 1]!;
  return negative ? -value : value;
}

const longNumber = (bytes: Buffer, start: number, end: number): number =>
  numberOf(bytes.toString('utf8', start, end)) ?? Number.NaN;
