/** Arithmetic on cells as Java does it: 64-bit integers exact, floats rounded, overflow an error (spec sql-functions 1). */
import type { SqlType } from '../algebra/types.ts';
import { cellOf, LONG_MAX, LONG_MIN, UNSIGNED_MAX } from '../algebra/whole-number.ts';
import { SqlError } from '../errors.ts';

export type Numeric = number | bigint;

/** Exact, also for a number that only happens to be whole. */
export const big = (value: Numeric): bigint => (typeof value === 'bigint' ? value : BigInt(Math.trunc(value)));

const overflow = (type: SqlType): SqlError =>
  new SqlError('arithmetic', type === 'long' || type === 'unsigned_long' ? 'long overflow' : `${type} overflow`);

/** The least and the greatest whole number of each type. */
export const RANGES: Readonly<Partial<Record<SqlType, readonly [bigint, bigint]>>> = {
  byte: [-128n, 127n],
  short: [-32768n, 32767n],
  integer: [-2147483648n, 2147483647n],
  long: [LONG_MIN, LONG_MAX],
  unsigned_long: [0n, UNSIGNED_MAX],
};

/** The result of an operation, which its type must hold. */
export function checkedInteger(value: bigint, type: SqlType): Numeric {
  const [low, high] = RANGES[type] ?? [LONG_MIN, LONG_MAX];
  // A difference of unsigned values may be negative: it is kept where 64 bits of either sign can.
  if (value < (type === 'unsigned_long' ? LONG_MIN : low) || value > high) throw overflow(type);
  return cellOf(value);
}

/** A number brought into a type of whole numbers, its fraction cut; one that the type cannot hold is an error. */
export function wholeIn(value: Numeric, type: SqlType): Numeric {
  const [low, high] = RANGES[type] ?? [LONG_MIN, LONG_MAX];
  const whole = typeof value === 'bigint' ? value : Number.isFinite(value) ? Math.trunc(value) + 0 : undefined;
  if (whole === undefined || whole < low || whole > high) {
    throw new SqlError('arithmetic', `the number ${value} is out of the range of ${type}`);
  }
  return typeof whole === 'number' && Number.isSafeInteger(whole) ? whole : cellOf(BigInt(whole));
}

/** `small` computes on doubles and `exact` on big integers; the first is kept where no digit can be lost. */
export function integerOperation(
  type: SqlType,
  small: (a: number, b: number) => number,
  exact: (a: bigint, b: bigint) => bigint,
): (a: Numeric, b: Numeric) => Numeric {
  if (type === 'integer') {
    return (a, b) => {
      if (typeof a === 'number' && typeof b === 'number') {
        const result = small(a, b);
        if (result >= -2147483648 && result <= 2147483647) return result + 0;
      }
      return checkedInteger(exact(big(a), big(b)), type);
    };
  }
  if (type === 'long') {
    return (a, b) => {
      if (typeof a === 'number' && typeof b === 'number') {
        const result = small(a, b);
        if (Number.isSafeInteger(result)) return result + 0;
      }
      return checkedInteger(exact(big(a), big(b)), type);
    };
  }
  return (a, b) => checkedInteger(exact(big(a), big(b)), type);
}

/** A cell as Java's double: floats are widened from their 32 bits. */
export function toDouble(type: SqlType): (value: Numeric) => number {
  if (type === 'float') return (value) => Math.fround(Number(value));
  return (value) => (typeof value === 'number' ? value : Number(value));
}

/** The long that is nearest, as Java casts a double: NaN is 0, what is too large becomes the largest. */
export function nearestLong(value: number): Numeric {
  if (Number.isNaN(value)) return 0;
  if (value >= 2 ** 63) return LONG_MAX;
  return value <= -(2 ** 63) ? LONG_MIN : wholeIn(value, 'long');
}
