/** Numbers as Java prints them, which is what clients of the plugin see: `1.0`, `1.0E10`, `0.1` (spec data-types 4). */

/** `Double.toString` and `Float.toString` of the JDK since 19: the shortest digits that mean the number. */
export function javaDouble(n: number, type: 'float' | 'double'): string {
  // Most cells are small whole numbers.
  if (Number.isInteger(n) && n < 1e7 && n > -1e7) {
    if (n === 0) return Object.is(n, -0) ? '-0.0' : '0.0';
    if (type === 'double' || n === Math.fround(n)) return `${n}.0`;
  }
  // Between these both languages print the same digits in the same way.
  const size = Math.abs(n);
  if (type === 'double' && size >= 1e-3 && size < 1e7 && !Number.isInteger(n)) return `${n}`;
  const value = type === 'float' ? Math.fround(n) : n;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  const { digits, exponent } = type === 'float' ? floatDigits(value, n) : doubleDigits(value);
  return (value < 0 || Object.is(value, -0) ? '-' : '') + layout(digits, exponent);
}

interface Decimal {
  /** Significant digits without trailing zeros. */
  readonly digits: string;
  /** Of the first digit: 0 for units. */
  readonly exponent: number;
}

/** `1.25e-7` → digits 125, exponent -7. */
function decimalOf(scientific: string): Decimal {
  const at = scientific.indexOf('e');
  let digits = scientific.slice(scientific.startsWith('-') ? 1 : 0, at).replace('.', '');
  let end = digits.length;
  while (end > 1 && digits.charCodeAt(end - 1) === 48) end--;
  digits = digits.slice(0, end);
  return { digits, exponent: Number(scientific.slice(at + 1)) };
}

function doubleDigits(value: number): Decimal {
  const shortest = decimalOf(value.toExponential());
  // Java always prints two digits, so it takes the nearest number of two digits even where one would do: 4.9E-324.
  return shortest.digits.length === 1 ? decimalOf(value.toExponential(1)) : shortest;
}

function floatDigits(value: number, written: number): Decimal {
  // Up to six digits every decimal means a float of its own.
  const asWritten = decimalOf(written.toExponential());
  if (asWritten.digits.length > 1 && asWritten.digits.length <= 6 && Math.abs(value) > 1.2e-38) return asWritten;
  for (let precision = 1; precision < 9; precision++) {
    const text = value.toExponential(precision);
    if (Math.fround(Number(text)) === value) return decimalOf(text);
  }
  return decimalOf(value.toExponential(9));
}

function layout(digits: string, exponent: number): string {
  if (exponent >= -3 && exponent < 7) {
    if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
    const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
    return `${whole}.${digits.slice(exponent + 1) || '0'}`;
  }
  return `${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
}
