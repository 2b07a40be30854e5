/** Decimals of 38 digits, exact (spec s3-select 4). */
import { SelectFault } from './errors.ts';

const MOST_DIGITS = 38;
const LIMIT = 10n ** BigInt(MOST_DIGITS);
const pow10 = (n: number): bigint => 10n ** BigInt(n);

export class Decimal {
  constructor(
    readonly unscaled: bigint,
    /** Digits after the point, 0 to 38. */
    readonly scale: number,
  ) {
    if (unscaled >= LIMIT || unscaled <= -LIMIT) {
      throw new SelectFault('IntegerOverflow', `a decimal has at most ${MOST_DIGITS} digits`);
    }
  }

  toNumber(): number {
    return Number(this.toString());
  }

  toString(): string {
    const digits = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, '0');
    const whole = digits.slice(0, digits.length - this.scale);
    const sign = this.unscaled < 0n ? '-' : '';
    return this.scale === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-this.scale)}`;
  }

  /** Towards zero. */
  truncate(): bigint {
    return this.unscaled / pow10(this.scale);
  }
}

export const decimalOfInt = (value: bigint): Decimal => new Decimal(value, 0);

/** Of `12.50`, `-3`, `1e-2`; undefined for any other text and for more digits than a decimal has. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const shift = Number(exponent);
  let scale = fraction.length - shift;
  const significant = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  if (significant.length + Math.max(0, -scale) > 200 || scale > 200) return undefined;
  let unscaled = BigInt(significant);
  if (scale < 0) {
    unscaled *= pow10(-scale);
    scale = 0;
  }
  for (; scale > 0 && (scale > MOST_DIGITS || unscaled >= LIMIT) && unscaled % 10n === 0n; scale--) unscaled /= 10n;
  if (unscaled >= LIMIT || scale > MOST_DIGITS) return undefined;
  return new Decimal(sign === '-' ? -unscaled : unscaled, scale);
}

/** To so many digits after the point, half away from zero. */
export function rescale({ unscaled, scale }: Decimal, wanted: number): Decimal {
  if (wanted >= scale) return new Decimal(unscaled * pow10(wanted - scale), wanted);
  const divisor = pow10(scale - wanted);
  const half = divisor / 2n;
  return new Decimal((unscaled < 0n ? unscaled - half : unscaled + half) / divisor, wanted);
}

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.unscaled * pow10(scale - a.scale), b.unscaled * pow10(scale - b.scale), scale];
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return new Decimal(x + y, scale);
}

export const negateDecimal = ({ unscaled, scale }: Decimal): Decimal => new Decimal(-unscaled, scale);

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  const product = a.unscaled * b.unscaled;
  const scale = a.scale + b.scale;
  return scale <= MOST_DIGITS ? new Decimal(product, scale) : rescaled(product, scale, MOST_DIGITS);
}

function rescaled(unscaled: bigint, scale: number, wanted: number): Decimal {
  const divisor = pow10(scale - wanted);
  const half = divisor / 2n;
  return new Decimal((unscaled < 0n ? unscaled - half : unscaled + half) / divisor, wanted);
}

/** Digits after the point that a quotient has beyond those of its operands. */
const QUOTIENT_DIGITS = 6;

export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.unscaled === 0n) throw new SelectFault('EvaluatorInvalidArguments', 'division by zero');
  const scale = Math.min(MOST_DIGITS, Math.max(a.scale, b.scale) + QUOTIENT_DIGITS);
  const numerator = a.unscaled * pow10(scale + b.scale + 1);
  const digits = numerator / (b.unscaled * pow10(a.scale));
  return rescaled(digits, scale + 1, scale);
}

export function remainderOfDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.unscaled === 0n) throw new SelectFault('EvaluatorInvalidArguments', 'division by zero');
  const [x, y, scale] = aligned(a, b);
  return new Decimal(x % y, scale);
}
