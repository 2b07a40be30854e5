/** Arithmetic on cells as Java does it: 64-bit integers exact, floats rounded, overflow an error (spec sql-functions 1). */
import type { SqlType } from '../catalog/types.ts';
import { SqlError } from '../errors.ts';

export type Numeric = number | bigint;

export const LONG_MIN = -9223372036854775808n;
export const LONG_MAX = 9223372036854775807n;
const UNSIGNED_MAX = 18446744073709551615n;
const SAFE_MIN = BigInt(Number.MIN_SAFE_INTEGER);
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** The cell of a 64-bit integer: a number where it is exact. */
export const cellOf = (value: bigint): Numeric => (value >= SAFE_MIN && value <= SAFE_MAX ? Number(value) : value);

/** Exact, also for a number that only happens to be whole. */
export const big = (value: Numeric): bigint => (typeof value === 'bigint' ? value : BigInt(Math.trunc(value)));

export const overflow = (type: SqlType): SqlError =>
  new SqlError('arithmetic', type === 'long' || type === 'unsigned_long' ? 'long overflow' : `${type} overflow`);

/** A whole number brought into the type: byte and short wrap, wider ones must hold it. */
export function checkedInteger(value: bigint, type: SqlType): Numeric {
  switch (type) {
    case 'byte':
      return Number(BigInt.asIntN(8, value));
    case 'short':
      return Number(BigInt.asIntN(16, value));
    case 'integer':
      if (value < -2147483648n || value > 2147483647n) throw overflow(type);
      return Number(value);
    case 'unsigned_long':
      // A difference of unsigned values may be negative: it is kept where 64 bits of either sign can.
      if (value < LONG_MIN || value > UNSIGNED_MAX) throw overflow(type);
      return cellOf(value);
    default:
      if (value < LONG_MIN || value > LONG_MAX) throw overflow(type);
      return cellOf(value);
  }
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

/** `(double) f` → long as Java casts: NaN is 0, what is too large becomes the largest. */
export function saturatedLong(value: number): Numeric {
  if (Number.isNaN(value)) return 0;
  const whole = Math.trunc(value) + 0;
  if (Number.isSafeInteger(whole)) return whole;
  if (whole >= 2 ** 63) return LONG_MAX;
  if (whole <= -(2 ** 63)) return LONG_MIN;
  return cellOf(BigInt(whole));
}
