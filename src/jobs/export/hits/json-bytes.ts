/** Steps over JSON in bytes that a cluster wrote: well-formed, so that only the ends of values are looked for. */

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** The same bytes twice: words of four are read by the view, wherever they stand. */
export interface JsonBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const FOUR_QUOTES = 0x22222222;
const FOUR_BACKSLASHES = 0x5c5c5c5c;

/** Not 0 where one of the four bytes is. */
const hasZero = (word: number): number => (word - 0x01010101) & ~word & 0x80808080;

/** The place after the closing quote of the string that begins at `at`. Four bytes at a time: most of an answer is in strings. */
export function endOfString({ bytes, view }: JsonBytes, at: number): number {
  const lastWord = bytes.length - 4;
  for (let i = at + 1; ; ) {
    for (; i <= lastWord; i += 4) {
      const word = view.getInt32(i, true);
      if ((hasZero(word ^ FOUR_QUOTES) | hasZero(word ^ FOUR_BACKSLASHES)) !== 0) break;
    }
    for (; ; i++) {
      const c = bytes[i];
      if (c === QUOTE) return i + 1;
      if (c === BACKSLASH) break;
      if (c === undefined) throw unexpectedEnd();
    }
    i += 2;
  }
}

/** The place after the value that begins at `at`. */
export function endOfValue(json: JsonBytes, at: number): number {
  const { bytes } = json;
  const first = bytes[at];
  if (first === QUOTE) return endOfString(json, at);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return endOfNest(json, at);
  for (let i = at; ; i++) {
    const c = bytes[i];
    if (c === COMMA || c === CLOSE_OBJECT || c === CLOSE_ARRAY) return i;
    if (c === undefined) throw unexpectedEnd();
  }
}

function endOfNest(json: JsonBytes, at: number): number {
  const { bytes } = json;
  let depth = 0;
  for (let i = at; ; ) {
    const c = bytes[i];
    if (c === QUOTE) {
      i = endOfString(json, i);
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
