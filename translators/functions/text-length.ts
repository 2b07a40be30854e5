/** The bound of texts that functions make: a short text may ask for one that no memory holds (REPEAT, REPLACE in REPLACE). */
import type { Session } from '../algebra/session.ts';
import { SqlError } from '../errors.ts';

export const MAX_TEXT = 16 * 1024 * 1024;

const encoder = new TextEncoder();

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
};

/** Bytes of the text in UTF-8. */
export const utf8Length = (text: string): number => (isAscii(text) ? text.length : encoder.encode(text).length);

export const limitOf = (session: Session): number => session.maxText ?? MAX_TEXT;

/** Refuses a text of so many bytes. */
export function checkBytes(bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new SqlError(
    'resourceLimit',
    `a text of ${Math.ceil(bytes)} bytes or more is too long: the limit for a computed text, MAX_FOLDED_TEXT, is ${limit} bytes`,
  );
}

/** The text, if it is not too long. A unit of a text has three bytes at most, so that short ones need no count. */
export function checkedText(text: string, limit: number): string {
  if (text.length * 3 > limit) checkBytes(text.length > limit ? text.length : utf8Length(text), limit);
  return text;
}

/** The texts one after the other with a separator. */
export function joinedText(parts: readonly string[], separator: string, limit: number): string {
  let units = separator.length * Math.max(0, parts.length - 1);
  for (const part of parts) units += part.length;
  if (units * 3 > limit) {
    let bytes = utf8Length(separator) * Math.max(0, parts.length - 1);
    for (const part of parts) {
      bytes += part.length > limit ? part.length : utf8Length(part);
      checkBytes(bytes, limit);
    }
  }
  return parts.join(separator);
}

/** Every occurrence replaced; counted first, so that no text is made that is too long. */
export function replacedText(text: string, from: string, to: string, limit: number): string {
  if (from === '') return text;
  if (to.length * 3 > from.length) {
    let count = 0;
    for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + from.length)) {
      count++;
      // A text has at least as many bytes as units.
      const units = text.length + count * (to.length - from.length);
      if (units > limit) checkBytes(units, limit);
    }
    if ((text.length + count * to.length) * 3 > limit) {
      checkBytes(utf8Length(text) + count * (utf8Length(to) - utf8Length(from)), limit);
    }
  }
  return text.split(from).join(to);
}
