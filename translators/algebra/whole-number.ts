/** Whole numbers of 64 bits as cells: numbers where a double holds them exactly, else big integers. */

export const LONG_MIN = -9223372036854775808n;
export const LONG_MAX = 9223372036854775807n;
export const UNSIGNED_MAX = 18446744073709551615n;

const SAFE_MIN = BigInt(Number.MIN_SAFE_INTEGER);
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** The cell of a 64-bit integer: a number where it is exact. */
export const cellOf = (value: bigint): number | bigint =>
  value >= SAFE_MIN && value <= SAFE_MAX ? Number(value) : value;
