/** Takes the answer of a search apart in bytes: what surrounds its hits, and each hit. */
import {
  afterSpace,
  afterValue,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  closingQuote,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.ts';

/**
 * Calls `onHit` with the position of each hit, which answers the position after it. Gives the text of the answer with an empty
 * list of hits; undefined when it has none, or is no such answer.
 */
export function eachHit(bytes: Buffer, onHit: (at: number) => number): string | undefined {
  const outer = memberAt(bytes, afterSpace(bytes, 0), 'hits');
  if (outer === -1) return undefined;
  const list = memberAt(bytes, outer, 'hits');
  if (list === -1 || bytes[list] !== OPEN_ARRAY) return undefined;
  let at = afterSpace(bytes, list + 1);
  while (bytes[at] !== CLOSE_ARRAY) {
    if (bytes[at] !== OPEN_OBJECT) return undefined;
    at = afterSpace(bytes, onHit(at));
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    else if (bytes[at] !== CLOSE_ARRAY) return undefined;
  }
  return bytes.toString('utf8', 0, list + 1) + bytes.toString('utf8', at);
}

/** Where the value of a member of the object at `open` begins, or -1. */
function memberAt(bytes: Buffer, open: number, name: string): number {
  if (bytes[open] !== OPEN_OBJECT) return -1;
  let at = afterSpace(bytes, open + 1);
  while (bytes[at] === QUOTE) {
    const end = closingQuote(bytes, at + 1);
    const found = bytes.toString('latin1', at + 1, end) === name;
    at = afterSpace(bytes, end + 1);
    if (bytes[at] !== COLON) return -1;
    at = afterSpace(bytes, at + 1);
    if (found) return at;
    at = afterSpace(bytes, afterValue(bytes, at));
    if (bytes[at] === CLOSE_OBJECT) return -1;
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
  }
  return -1;
}
