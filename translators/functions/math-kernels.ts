/** What mathematical functions compute that JavaScript has not: CONV, CRC32, RINT and logarithms to a base. */
import { SqlError } from '../errors.ts';
import { numberFormat } from './cast.ts';

/** A quotient of two rounded logarithms misses whole results by their last digit: LOG(3, 81) is 4. */
export function logarithm(base: number, value: number): number {
  const quotient = Math.log(value) / Math.log(base);
  const whole = Math.round(quotient);
  return whole !== quotient && base ** whole === value ? whole : quotient;
}

export function convertBase(text: string, from: number, to: number): string {
  const digits = /^[+-]?([0-9a-z]+)$/i.exec(text)?.[1];
  if (from < 2 || from > 36 || to < 2 || to > 36) {
    throw new SqlError('illegalArgument', `conv takes bases from 2 to 36, but got ${from} and ${to}`);
  }
  if (digits === undefined || [...digits].some((digit) => Number.parseInt(digit, 36) >= from)) throw numberFormat(text);
  const value = [...digits].reduce((sum, digit) => sum * BigInt(from) + BigInt(Number.parseInt(digit, 36)), 0n);
  const signed = text.startsWith('-') ? -value : value;
  if (signed < -2147483648n || signed > 2147483647n) throw numberFormat(text);
  return signed.toString(to);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

const encoder = new TextEncoder();

export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of encoder.encode(text)) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** To the nearest whole number, of two equally near the even one. */
export function halfEven(value: number): number {
  if (Math.abs(value) >= 4503599627370496 || !Number.isFinite(value)) return value;
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5 || (rest === 0.5 && floor % 2 === 0)) return floor === 0 && value < 0 ? -0 : floor;
  return value < 0 && floor + 1 === 0 ? -0 : floor + 1;
}
