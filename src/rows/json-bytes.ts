/** Steps over JSON in bytes without reading it. The end of the bytes ends every step: what is cut off is found by who parses it. */

export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const OPEN_ARRAY = 91;
const BACKSLASH = 92;
export const CLOSE_ARRAY = 93;
export const OPEN_OBJECT = 123;
export const CLOSE_OBJECT = 125;
const SPACE = 32;

/** The first position from `at` on that is no white space. */
export function afterSpace(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length && bytes[i]! <= SPACE) i++;
  return i;
}

/** The position of the quote that closes the string whose text begins at `at`. */
export function closingQuote(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    if (byte === QUOTE) return i;
    i += byte === BACKSLASH ? 2 : 1;
  }
  return bytes.length;
}

/** The position after the value that begins at `at`. */
export function afterValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return closingQuote(bytes, at + 1) + 1;
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return afterContainer(bytes, at);
  let i = at;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || byte <= SPACE) break;
    i++;
  }
  return i;
}

function afterContainer(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let i = at;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    if (byte === QUOTE) i = closingQuote(bytes, i + 1);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth--;
      if (depth === 0) return i + 1;
    }
    i++;
  }
  return bytes.length;
}
