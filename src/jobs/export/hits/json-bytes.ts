/** Steps over JSON in bytes that a cluster wrote: well-formed, so that only the ends of values are looked for. */

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** The place after the closing quote of the string that begins at `at`. */
export function endOfString(bytes: Uint8Array, at: number): number {
  for (let i = at + 1; ; i++) {
    const c = bytes[i];
    if (c === QUOTE) return i + 1;
    if (c === BACKSLASH) i++;
    else if (c === undefined) throw unexpectedEnd();
  }
}

/** The place after the value that begins at `at`. */
export function endOfValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return endOfString(bytes, at);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return endOfNest(bytes, at);
  for (let i = at; ; i++) {
    const c = bytes[i];
    if (c === COMMA || c === CLOSE_OBJECT || c === CLOSE_ARRAY) return i;
    if (c === undefined) throw unexpectedEnd();
  }
}

function endOfNest(bytes: Uint8Array, at: number): number {
  let depth = 0;
  for (let i = at; ; ) {
    const c = bytes[i];
    if (c === QUOTE) {
      i = endOfString(bytes, i);
      continue;
    }
    i++;
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) depth++;
    else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) {
      if (--depth === 0) return i;
    } else if (c === undefined) throw unexpectedEnd();
  }
}

/** Documents may be written with blanks, which `_source` keeps. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  let i = at;
  while (bytes[i] === 0x20 || bytes[i] === 0x0a || bytes[i] === 0x0d || bytes[i] === 0x09) i++;
  return i;
}

export const unexpectedEnd = (): Error => new Error('an answer of the cluster ends in the middle');
