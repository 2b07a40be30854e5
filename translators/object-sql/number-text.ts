/** Which texts are numbers: a sign, digits, a point, an exponent, white space of ASCII around; nothing else. */

const WHOLE = /^[ \t-\r]*[+-]?\d+[ \t-\r]*$/;
const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
/** Digits, a sign included, that a double holds for certain. */
const SAFE_LENGTH = 15;

/** Undefined for a text that is no whole number of 64 bits. */
export function integerOf(text: string): bigint | undefined {
  if (!WHOLE.test(text)) return undefined;
  if (text.length <= SAFE_LENGTH) return BigInt(Number(text));
  const value = BigInt(text.trim().replace(/^\+/, ''));
  return value >= INT_MIN && value <= INT_MAX ? value : undefined;
}

/** Undefined for a text that is no finite number. */
export function numberOf(text: string): number | undefined {
  const length = text.length;
  if (length === 0) return undefined;
  const value = +text;
  // NaN is most often the answer; Infinity and 0x1F are words that Number() knows and a cell must not be.
  if (value - value !== 0) return undefined;
  const last = text.charCodeAt(length - 1);
  const first = text.charCodeAt(0);
  if (isPlain(first) && isPlain(last) && (first !== ZERO || length === 1 || isPlain(text.charCodeAt(1)))) return value;
  return NUMBER.test(text) ? value : undefined;
}

const ZERO = 48;
/** A digit or a point. */
const isPlain = (c: number): boolean => (c >= 48 && c <= 57) || c === 46;
const NUMBER = /^[ \t-\r]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ \t-\r]*$/;

/** A cell where it is compared with a number, or computed with: INT where it is whole, else FLOAT. */
export function cellNumber(text: string): bigint | number | undefined {
  const value = numberOf(text);
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value)) return isWhole(text) ? BigInt(value) : value;
  return integerOf(text) ?? value;
}

function isWhole(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 46 || c === 69 || c === 101) return false;
  }
  return true;
}
