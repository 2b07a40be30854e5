/** Copies a value's bytes into the answer where they are what a reader and a printer would make of them; every other value goes through both. */

import { type Field, isInteger } from '../../../translators/algebra/index.ts';
import { readsIsoFirst } from '../../../translators/execution.ts';
import { BACKSLASH, COLON, DOT, MINUS, NINE, QUOTE, ZERO } from '../../rows/json-bytes.ts';

/** Writes the value at `start` … `end` from `at` on, where there is room for it and some bytes more; the position after it, or -1: not so simple. */
export type CopyCell = (bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number) => number;

/** The most bytes by which a copied cell is longer than the value. */
export const GROWTH = 4;

/** `quote`: text stands in quotes, as in JSON. */
export function copierOf(field: Field, quote: boolean): CopyCell | undefined {
  if (isInteger(field.type)) return copyInteger;
  switch (field.type) {
    case 'keyword':
    case 'text':
      return textCopier(quote);
    case 'boolean':
      return copyBoolean;
    case 'double':
      return decimalCopier(DOUBLE_DIGITS);
    case 'float':
      return decimalCopier(FLOAT_DIGITS);
    case 'timestamp':
      return readsIsoFirst(field.format) ? (quote ? copyQuotedMoment : copyMoment) : undefined;
    default:
      return undefined;
  }
}

export const textCopier = (quote: boolean): CopyCell => (quote ? copyQuoted : copyUnquoted);

/** So many significant digits mean a number of their own, and are the shortest that mean it. */
const DOUBLE_DIGITS = 15;
const FLOAT_DIGITS = 6;
/** Whole numbers of Java's plain notation, and integers that are exact in JavaScript. */
const PLAIN_DIGITS = 7;
const SAFE_DIGITS = 15;

/** Below it bytes are no characters of a text. */
const SPACE = 32;
const LETTER_T = 84;
const LETTER_Z = 90;

function copyBytes(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  let to = at;
  for (let i = start; i < end; i++) out[to++] = bytes[i]!;
  return to;
}

/** Text without escapes is printed as it was written. */
function copyUnquoted(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  if (bytes[start] !== QUOTE) return -1;
  let to = at;
  for (let i = start + 1; i < end - 1; i++) {
    const byte = bytes[i]!;
    if (byte === BACKSLASH || byte < SPACE) return -1;
    out[to++] = byte;
  }
  return to;
}

function copyQuoted(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const to = copyUnquoted(bytes, start, end, out, at + 1);
  if (to === -1) return -1;
  out[at] = QUOTE;
  out[to] = QUOTE;
  return to + 1;
}

function copyBoolean(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const first = bytes[start];
  return first === 116 || first === 102 ? copyBytes(bytes, start, end, out, at) : -1;
}

/** The position after digits that begin at `at`. */
function afterDigits(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && bytes[i]! >= ZERO && bytes[i]! <= NINE) i++;
  return i;
}

function copyInteger(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  const digits = afterDigits(bytes, first, end) - first;
  const zero = bytes[first] === ZERO && first > start;
  if (digits !== end - first || digits === 0 || digits > SAFE_DIGITS || zero) return -1;
  return copyBytes(bytes, start, end, out, at);
}

/** Between 0.001 and 10,000,000 Java prints the shortest digits in plain notation, whole numbers with `.0`. */
function decimalCopier(most: number): CopyCell {
  return (bytes, start, end, out, at) => {
    const first = bytes[start] === MINUS ? start + 1 : start;
    const dot = afterDigits(bytes, first, end);
    const whole = dot - first;
    if (whole === 0 || whole > PLAIN_DIGITS) return -1;
    if (dot === end) {
      if (whole > most || (bytes[first] === ZERO && first > start)) return -1;
      const to = copyBytes(bytes, start, end, out, at);
      out[to] = DOT;
      out[to + 1] = ZERO;
      return to + 2;
    }
    if (bytes[dot] !== DOT || afterDigits(bytes, dot + 1, end) !== end) return -1;
    const fraction = end - dot - 1;
    if (fraction === 0 || whole + fraction > most) return -1;
    // A last zero is dropped, but for the only one.
    if (bytes[end - 1] === ZERO && (fraction > 1 || whole > most - 1)) return -1;
    const tiny = bytes[first] === ZERO && fraction > 2 && isZeros(bytes, dot + 1, dot + 4);
    return tiny ? -1 : copyBytes(bytes, start, end, out, at);
  };
}

function isZeros(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== ZERO) return false;
  return true;
}

/** `"2024-01-31T10:20:30.500Z"` → `2024-01-31 10:20:30.5`. */
function copyMoment(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const length = end - start - 2;
  if ((length !== 20 && length !== 24) || bytes[start] !== QUOTE) return -1;
  const text = start + 1;
  const month = pair(bytes, text + 5);
  const day = pair(bytes, text + 8);
  const valid =
    pair(bytes, text) > 0 &&
    pair(bytes, text + 2) >= 0 &&
    bytes[text + 4] === MINUS &&
    month >= 1 &&
    month <= 12 &&
    bytes[text + 7] === MINUS &&
    day >= 1 &&
    // The last days of a month are asked of a calendar.
    day <= (month === 2 ? 28 : 30) &&
    bytes[text + 10] === LETTER_T &&
    isBelow(pair(bytes, text + 11), 24) &&
    bytes[text + 13] === COLON &&
    isBelow(pair(bytes, text + 14), 60) &&
    bytes[text + 16] === COLON &&
    isBelow(pair(bytes, text + 17), 60) &&
    bytes[text + length - 1] === LETTER_Z;
  if (!valid) return -1;
  let last = text + 19;
  if (length === 24) {
    if (bytes[last] !== DOT || afterDigits(bytes, last + 1, text + 23) !== text + 23) return -1;
    last = text + 23;
    while (bytes[last - 1] === ZERO) last--;
    if (bytes[last - 1] === DOT) last--;
  }
  const to = copyBytes(bytes, text, last, out, at);
  out[at + 10] = SPACE;
  return to;
}

function copyQuotedMoment(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const to = copyMoment(bytes, start, end, out, at + 1);
  if (to === -1) return -1;
  out[at] = QUOTE;
  out[to] = QUOTE;
  return to + 1;
}

/** Two digits as a number, or -1. */
function pair(bytes: Uint8Array, at: number): number {
  const a = bytes[at]! - ZERO;
  const b = bytes[at + 1]! - ZERO;
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1;
}

const isBelow = (n: number, limit: number): boolean => n >= 0 && n < limit;
