/** Decimals of constants: exact arithmetic of literals with a point, while constants are folded. A result that would not be exact is undefined. */

export interface Decimal {
  readonly unscaled: bigint;
  /** Digits after the point, from 0 on. */
  readonly scale: number;
}

/** Beyond so many digits a constant is a double, so that no statement makes numbers without bound. */
const MOST_DIGITS = 76;
const LIMIT = 10n ** BigInt(MOST_DIGITS);
export const pow10 = (n: number): bigint => 10n ** BigInt(n);
const size = (n: bigint): bigint => (n < 0n ? -n : n);

function bounded(unscaled: bigint, scale: number): Decimal | undefined {
  return size(unscaled) < LIMIT && scale <= MOST_DIGITS ? { unscaled, scale } : undefined;
}

/** Of digits with a sign and a point; undefined for any other text. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^([+-]?)(\d*)\.?(\d*)$/.exec(text);
  if (match === null || text.length > MOST_DIGITS) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const unscaled = BigInt(`${whole}${fraction}` || '0');
  return bounded(sign === '-' ? -unscaled : unscaled, fraction.length);
}

export const decimalOfWhole = (value: bigint): Decimal => ({ unscaled: value, scale: 0 });

/** The nearest double. */
export function doubleOf({ unscaled, scale }: Decimal): number {
  return Number(`${unscaled}e-${scale}`);
}

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.unscaled * pow10(scale - a.scale), b.unscaled * pow10(scale - b.scale), scale];
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** However many digits it has. */
export function sumOf(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return { unscaled: x + y, scale };
}

/** With the sign of the dividend; the divisor is not zero. */
export function remainderOf(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return { unscaled: x % y, scale };
}

export function addDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  const sum = sumOf(a, b);
  return bounded(sum.unscaled, sum.scale);
}

export const negateDecimal = ({ unscaled, scale }: Decimal): Decimal => ({ unscaled: -unscaled, scale });

export const absoluteDecimal = ({ unscaled, scale }: Decimal): Decimal => ({ unscaled: size(unscaled), scale });

export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal | undefined =>
  bounded(a.unscaled * b.unscaled, a.scale + b.scale);

/** Undefined where the quotient has no end, as 1.0 / 3, and for a divisor of zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  if (b.unscaled === 0n) return undefined;
  const [x, y] = aligned(a, b);
  const numerator = x * pow10(MOST_DIGITS);
  if (numerator % y !== 0n) return undefined;
  let unscaled = numerator / y;
  let scale = MOST_DIGITS;
  for (; scale > 0 && unscaled % 10n === 0n; scale--) unscaled /= 10n;
  return bounded(unscaled, scale);
}

/** Undefined for a divisor of zero. */
export function remainderOfDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  if (b.unscaled === 0n) return undefined;
  const remainder = remainderOf(a, b);
  return bounded(remainder.unscaled, remainder.scale);
}
