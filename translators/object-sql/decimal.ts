/** Decimals of 38 digits, exact (spec s3-select 4). */
import { type Decimal as Exact, pow10, remainderOf, sumOf } from '../algebra/decimal.ts';
import { SelectFault } from './errors.ts';

const MOST_DIGITS = 38;
const LIMIT = 10n ** BigInt(MOST_DIGITS);

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
export function rescale({ unscaled, scale }: Exact, wanted: number): Decimal {
  if (wanted >= scale) return new Decimal(unscaled * pow10(wanted - scale), wanted);
  const divisor = pow10(scale - wanted);
  const half = divisor / 2n;
  return new Decimal((unscaled < 0n ? unscaled - half : unscaled + half) / divisor, wanted);
}

export const addDecimals = (a: Decimal, b: Decimal): Decimal => decimalOf(sumOf(a, b));

const decimalOf = ({ unscaled, scale }: Exact): Decimal => new Decimal(unscaled, scale);

export const negateDecimal = ({ unscaled, scale }: Decimal): Decimal => new Decimal(-unscaled, scale);

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  const product: Exact = { unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale };
  return rescale(product, Math.min(product.scale, MOST_DIGITS));
}

/** Digits after the point that a quotient has beyond those of its operands. */
const QUOTIENT_DIGITS = 6;

export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.unscaled === 0n) throw new SelectFault('EvaluatorInvalidArguments', 'division by zero');
  const scale = Math.min(MOST_DIGITS, Math.max(a.scale, b.scale) + QUOTIENT_DIGITS);
  const numerator = a.unscaled * pow10(scale + b.scale + 1);
  const digits = numerator / (b.unscaled * pow10(a.scale));
  return rescale({ unscaled: digits, scale: scale + 1 }, scale);
}

export function remainderOfDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.unscaled === 0n) throw new SelectFault('EvaluatorInvalidArguments', 'division by zero');
  return decimalOf(remainderOf(a, b));
}
