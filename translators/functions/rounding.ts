/** ROUND and TRUNCATE: the roundings of Java's BigDecimal, without one. */
import type { SqlType } from '../algebra/types.ts';
import { cellOf } from '../algebra/whole-number.ts';
import { big, checkedInteger, type Numeric } from './numbers.ts';

/** Half away from zero, on the exact binary value of the double: ROUND(-1.005, 2) is -1.00. */
export function roundDouble(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 100) return value;
  const magnitude = Math.abs(value);
  if (digits >= 0) {
    // toFixed is exact and takes the larger of two equally near; from 1e21 on a double has no fraction.
    return magnitude >= 1e21 ? value : Math.sign(value) * Number(magnitude.toFixed(digits));
  }
  if (digits < -310) return 0;
  const unit = 10n ** BigInt(-digits);
  const whole = BigInt(Math.trunc(magnitude));
  const rest = whole % unit;
  // The unit is even, so a fraction below the units cannot decide.
  const rounded = whole - rest + (rest >= unit / 2n ? unit : 0n);
  return Math.sign(value) * Number(rounded);
}

/** `type` is that of the result. */
export function roundInteger(value: Numeric, digits: number, type: SqlType): Numeric {
  if (digits >= 0) return value;
  if (digits < -19) return 0;
  const unit = 10n ** BigInt(-digits);
  const whole = big(value);
  const magnitude = whole < 0n ? -whole : whole;
  const rest = magnitude % unit;
  const rounded = magnitude - rest + (rest >= unit / 2n ? unit : 0n);
  return checkedInteger(whole < 0n ? -rounded : rounded, type);
}

/** Towards zero, on the shortest decimal text of the double: TRUNCATE(2100.1, 1) is 2100.1. */
export function truncateDouble(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const text = Math.abs(value).toExponential();
  const at = text.indexOf('e');
  const exponent = Number(text.slice(at + 1));
  const figures = text.slice(0, at).replace('.', '');
  // Figures that are kept: those before the point and `digits` behind it.
  const kept = exponent + 1 + digits;
  if (kept >= figures.length) return value;
  if (kept <= 0) return 0;
  return Math.sign(value) * Number(`${figures[0]}.${figures.slice(1, kept)}e${exponent}`);
}

export function truncateInteger(value: Numeric, digits: number): Numeric {
  if (digits >= 0) return value;
  if (digits < -19) return 0;
  const unit = 10n ** BigInt(-digits);
  const whole = big(value);
  return cellOf(whole - (whole % unit));
}
