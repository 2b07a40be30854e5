/**
 * Conditions over csv cells as they stand in the bytes of an object: comparisons with constants, which need no text for each cell. They mean
 * what the closures of `compare.ts` mean, and never fail.
 */
import { type CompareOperator, MIRRORED, type SelectExpr } from './expr.ts';
import { HOLDS, SAFE_DIGITS } from './number-order.ts';
import { numberOf } from './number-text.ts';

export type Truth = typeof FALSE | typeof TRUE | typeof UNKNOWN;
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;

/** Where the cells of a record are: `starts[slot]` to `ends[slot]`; a start below 0: the record has no such cell. */
export interface CellPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** The cells are UTF-8. */
export type BytesTest = (bytes: Buffer, cells: CellPlaces) => Truth;

/** Beyond so many constants a set of texts is faster. */
const MOST_CONSTANTS = 16;

/** Undefined: not a condition of this kind. `slotOf` gives a column its place. */
export function bytesTest(expr: SelectExpr, slotOf: (column: number) => number): BytesTest | undefined {
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const tests = expr.items.map((item) => bytesTest(item, slotOf));
      return allDefined(tests) ? junction(tests, expr.kind === 'or' ? TRUE : FALSE) : undefined;
    }
    case 'not': {
      const arg = bytesTest(expr.arg, slotOf);
      return arg && ((bytes, cells) => NEGATED[arg(bytes, cells)]);
    }
    case 'compare':
      if (expr.left.kind === 'cell') return compareTest(expr.op, expr.left.column, expr.right, slotOf);
      if (expr.right.kind === 'cell') return compareTest(MIRRORED[expr.op], expr.right.column, expr.left, slotOf);
      return undefined;
    case 'in': {
      const { arg, list } = expr;
      if (arg.kind !== 'cell' || list.length > MOST_CONSTANTS) return undefined;
      const tests = list.map((each) => compareTest('=', arg.column, each, slotOf));
      return allDefined(tests) ? junction(tests, TRUE) : undefined;
    }
    case 'is': {
      if (expr.arg.kind !== 'cell' || (expr.what !== 'NULL' && expr.what !== 'MISSING')) return undefined;
      const slot = slotOf(expr.arg.column);
      const { not } = expr;
      return (_, { starts }) => (starts[slot]! < 0 !== not ? TRUE : FALSE);
    }
    default:
      return undefined;
  }
}

const NEGATED: Readonly<Record<Truth, Truth>> = { [FALSE]: TRUE, [TRUE]: FALSE, [UNKNOWN]: UNKNOWN };

/** None is missing. */
export const allDefined = <T>(items: readonly (T | undefined)[]): items is readonly T[] => !items.includes(undefined);

/** AND is decided by the first FALSE, OR by the first TRUE. */
function junction(tests: readonly BytesTest[], deciding: typeof TRUE | typeof FALSE): BytesTest {
  const [first] = tests;
  if (tests.length === 1) return first!;
  const otherwise = deciding === TRUE ? FALSE : TRUE;
  return (bytes, cells) => {
    let result: Truth = otherwise;
    for (let i = 0; i < tests.length; i++) {
      const value = tests[i]!(bytes, cells);
      if (value === deciding) return deciding;
      if (value === UNKNOWN) result = UNKNOWN;
    }
    return result;
  };
}

function compareTest(
  op: CompareOperator,
  column: number,
  constant: SelectExpr,
  slotOf: (column: number) => number,
): BytesTest | undefined {
  if (constant.kind !== 'literal') return undefined;
  const { value } = constant;
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    // Half a surrogate pair has no UTF-8.
    return bytes.toString() === value ? textTest(op, slotOf(column), bytes) : undefined;
  }
  if (typeof value === 'number') return numberTest(op, slotOf(column), value);
  // Whole numbers whose comparison with any other of 64 bits is the same in doubles.
  if (typeof value === 'bigint' && value < 2n ** 53n && value > -(2n ** 53n)) {
    return numberTest(op, slotOf(column), Number(value));
  }
  return undefined;
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
