/**
 * Cells from the bytes of JSON values: where the text of the cell is the text in the document, or a rearrangement of it, it is
 * copied. Each answers false, and writes nothing, where it cannot be sure; then the value is parsed.
 */
import { readsIsoText } from '../../../../translators/catalog/date-format.ts';
import type { Field } from '../../../../translators/catalog/schema.ts';
import type { ByteWriter } from './byte-writer.ts';
import { BACKSLASH, QUOTE } from './json-bytes.ts';

/** Of a value that is neither absent nor null; room for its length and some more has been made. */
export type CopyCell = (bytes: Uint8Array, start: number, end: number, out: ByteWriter) => boolean;

/** csv: quotes around text where a comma is in it. json: quotes around every text. */
export type Style = 'csv' | 'json';

const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Undefined: values of such fields are always parsed. */
export function copierOf(field: Field, style: Style, backslashEscapes: boolean): CopyCell | undefined {
  switch (field.type) {
    case 'keyword':
    case 'text':
      return textCopier(style, backslashEscapes);
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'unsigned_long':
      return copyInteger;
    case 'double':
      return decimalCopier(15);
    case 'float':
      return decimalCopier(6);
    case 'boolean':
      return copyBoolean;
    case 'timestamp':
      return field.mapping === 'date' && readsIsoText(field.format) ? timestampCopier(style) : undefined;
    default:
      return undefined;
  }
}

/** Text whose escapes stand for the same in the cell, or for one character that is looked up. */
export function textCopier(style: Style, backslashEscapes = false): CopyCell {
  return style === 'json' ? copyJsonText : csvTextCopier(backslashEscapes);
}

const SMALL_B = 0x62;
const SMALL_F = 0x66;
const SMALL_N = 0x6e;
const SMALL_R = 0x72;
const SMALL_T = 0x74;
const SLASH = 0x2f;

/** Short escapes are what we print too, but for the one of a slash. */
const copyJsonText: CopyCell = (bytes, start, end, out) => {
  if (bytes[start] !== QUOTE) return false;
  for (let i = start + 1; i < end; i++) {
    if (bytes[i] !== BACKSLASH) continue;
    const next = bytes[++i]!;
    if (next === SLASH || unescaped(next) < 0) return false;
  }
  out.copy(bytes, start, end);
  return true;
};

/** The character that a short escape stands for; −1 for an escape of four digits. */
function unescaped(letter: number): number {
  switch (letter) {
    case QUOTE:
    case BACKSLASH:
    case SLASH:
      return letter;
    case SMALL_N:
      return 0x0a;
    case SMALL_R:
      return 0x0d;
    case SMALL_T:
      return 0x09;
    case SMALL_B:
      return 0x08;
    case SMALL_F:
      return 0x0c;
    default:
      return -1;
  }
}

function csvTextCopier(backslashEscapes: boolean): CopyCell {
  const copySpecial = specialTextCopier(backslashEscapes);
  return (bytes, start, end, out) => {
    if (bytes[start] !== QUOTE) return false;
    const last = end - 1;
    const to = out.bytes;
    let at = out.length;
    for (let i = start + 1; i < last; i++) {
      const c = bytes[i]!;
      // Most text has neither: it is copied while it is looked at.
      if (c === COMMA || c === BACKSLASH) return copySpecial(bytes, start, end, out);
      to[at++] = c;
    }
    // Empty text is quoted, to be told from NULL.
    if (last === start + 1) return copySpecial(bytes, start, end, out);
    out.length = at;
    return true;
  };
}

function specialTextCopier(backslashEscapes: boolean): CopyCell {
  const before = backslashEscapes ? BACKSLASH : QUOTE;
  return (bytes, start, end, out) => {
    const last = end - 1;
    let quoted = last === start + 1;
    for (let i = start + 1; i < last; i++) {
      const c = bytes[i]!;
      if (c === COMMA) quoted = true;
      else if (c === BACKSLASH) {
        const plain = unescaped(bytes[++i]!);
        if (plain < 0) return false;
        if (plain === QUOTE || plain === 0x0a || plain === 0x0d || (plain === BACKSLASH && backslashEscapes))
          quoted = true;
      }
    }
    const to = out.bytes;
    let at = out.length;
    if (quoted) to[at++] = QUOTE;
    for (let i = start + 1; i < last; i++) {
      let c = bytes[i]!;
      if (c === BACKSLASH) {
        c = unescaped(bytes[++i]!);
        if (c === QUOTE || (c === BACKSLASH && backslashEscapes)) to[at++] = before;
      }
      to[at++] = c;
    }
    if (quoted) to[at++] = QUOTE;
    out.length = at;
    return true;
  };
}

/** Up to 15 digits: a number that JavaScript holds and prints as it stands. */
const copyInteger: CopyCell = (bytes, start, end, out) => {
  const digits = bytes[start] === MINUS ? start + 1 : start;
  if (end - digits > 15 || end === digits) return false;
  for (let i = digits; i < end; i++) if (bytes[i]! < ZERO || bytes[i]! > NINE) return false;
  // -0 prints as 0.
  if (digits > start && bytes[digits] === ZERO) return false;
  out.copy(bytes, start, end);
  return true;
};

/**
 * Up to so many significant digits a decimal is the shortest text of its number; Java prints it so between 0.001 and 10,000,000.
 */
function decimalCopier(mostDigits: number): CopyCell {
  return (bytes, start, end, out) => {
    const from = bytes[start] === MINUS ? start + 1 : start;
    let i = from;
    while (i < end && bytes[i]! >= ZERO && bytes[i]! <= NINE) i++;
    const whole = i - from;
    if (whole === 0 || whole > 7) return false;
    const belowOne = bytes[from] === ZERO;
    if (i === end) {
      // Of seven digits not all are exact floats, nor is -0.
      if (whole >= mostDigits || (belowOne && from > start)) return false;
      out.copy(bytes, start, end);
      out.bytes[out.length++] = POINT;
      out.bytes[out.length++] = ZERO;
      return true;
    }
    if (bytes[i] !== POINT) return false;
    const fraction = i + 1;
    for (i = fraction; i < end; i++) if (bytes[i]! < ZERO || bytes[i]! > NINE) return false;
    const digits = end - fraction;
    if (digits === 0 || whole + digits > mostDigits) return false;
    // A trailing zero is not printed, but for the only digit.
    if (bytes[end - 1] === ZERO && (digits > 1 || belowOne)) return false;
    if (
      belowOne &&
      bytes[fraction] === ZERO &&
      bytes[fraction + 1] === ZERO &&
      (bytes[fraction + 2] ?? ZERO) === ZERO
    ) {
      return false;
    }
    out.copy(bytes, start, end);
    return true;
  };
}

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

const copyBoolean: CopyCell = (bytes, start, end, out) => {
  const word = bytes[start] === TRUE[0] ? TRUE : FALSE;
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  out.copy(bytes, start, end);
  return true;
};

/** Where the digits of `"yyyy-MM-ddTHH:mm:ss` stand. */
const DIGITS = [1, 2, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18, 19] as const;

/** `"2024-01-02T03:04:05.678Z"` → `2024-01-02 03:04:05.678`; every other spelling, and days that not every month has, are parsed. */
function timestampCopier(style: Style): CopyCell {
  return (bytes, start, end, out) => {
    const length = end - start;
    if (length < 22 || length > 26 || bytes[end - 2] !== 0x5a || bytes[start] !== QUOTE) return false;
    if (bytes[start + 5] !== MINUS || bytes[start + 8] !== MINUS || bytes[start + 11] !== 0x54) return false;
    if (bytes[start + 14] !== 0x3a || bytes[start + 17] !== 0x3a) return false;
    for (let d = 0; d < DIGITS.length; d++) {
      const c = bytes[start + DIGITS[d]!]!;
      if (c < ZERO || c > NINE) return false;
    }
    const two = (at: number): number => (bytes[start + at]! - ZERO) * 10 + bytes[start + at + 1]! - ZERO;
    const month = two(6);
    const day = two(9);
    if (bytes[start + 1] === ZERO || month < 1 || month > 12 || day < 1 || day > 28) return false;
    if (two(12) > 23 || two(15) > 59 || two(18) > 59) return false;
    let last = start + 20;
    if (length > 22) {
      if (bytes[last] !== POINT || length === 23) return false;
      for (let i = last + 1; i < end - 2; i++) if (bytes[i]! < ZERO || bytes[i]! > NINE) return false;
      last = end - 2;
      while (bytes[last - 1] === ZERO) last--;
      if (bytes[last - 1] === POINT) last--;
    }
    if (style === 'json') out.bytes[out.length++] = QUOTE;
    out.copy(bytes, start + 1, start + 11);
    out.bytes[out.length++] = 0x20;
    out.copy(bytes, start + 12, last);
    if (style === 'json') out.bytes[out.length++] = QUOTE;
    return true;
  };
}
