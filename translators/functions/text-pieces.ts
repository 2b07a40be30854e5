/** Pieces of text by Java's rules; positions count characters (code points) from 1 (spec sql-functions 4). */
import { SqlError } from '../errors.ts';
import { countOf, placeAfter, placeBefore } from './code-points.ts';
import type { Numeric } from './numbers.ts';
import { checkBytes, checkedText, utf8Length } from './text-length.ts';

/** A negative start counts from the end; what lies outside is empty, never an error. */
export function substring(text: string, start: Numeric, length?: Numeric): string {
  const at = Number(start);
  const from = at > 0 ? placeAfter(text, at - 1) : at < 0 ? placeBefore(text, -at) : undefined;
  if (from === undefined || from >= text.length) return '';
  return length === undefined ? text.slice(from) : left(text.slice(from), length);
}

export const left = (text: string, count: Numeric): string => text.slice(0, placeAfter(text, Number(count)));

export const right = (text: string, count: Numeric): string => text.slice(placeBefore(text, Number(count)) ?? 0);

export function locate(wanted: string, text: string, from: Numeric = 1): number {
  const found = text.indexOf(wanted, placeAfter(text, Number(from) - 1));
  return found < 0 ? 0 : countOf(text, found) + 1;
}

/** By characters, so that surrogate pairs stay whole, as StringBuilder.reverse keeps them. */
export function reverse(text: string): string {
  return [...text].reverse().join('');
}

/** `String.trim`: everything up to the blank. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return text.slice(start, end);
}

/** `Character.isWhitespace`: white space without the blanks that must not break. */
const JAVA_WHITESPACE = '[\\t-\\r\\u001c-\\u0020\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000]';
const LEADING = new RegExp(`^${JAVA_WHITESPACE}+`, 'u');
const WHITESPACE = new RegExp(JAVA_WHITESPACE, 'u');

export const trimStart = (text: string): string => text.replace(LEADING, '');

export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && WHITESPACE.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** As MySQL's TRIM: the whole of `piece`, as often as it stands there. */
export function trimmedOf(text: string, side: string, piece = ' '): string {
  if (!['LEADING', 'TRAILING', 'BOTH'].includes(side))
    throw new SqlError('semantic', `TRIM is written TRIM([LEADING | TRAILING | BOTH] [piece] FROM text)`);
  if (piece === '') return text;
  let start = 0;
  let end = text.length;
  if (side !== 'TRAILING') while (text.startsWith(piece, start)) start += piece.length;
  if (side !== 'LEADING') while (end - piece.length >= start && text.endsWith(piece, end)) end -= piece.length;
  return text.slice(start, end);
}

export function repeat(text: string, times: Numeric, limit: number): string {
  const count = Math.max(0, Math.trunc(Number(times)));
  checkBytes(utf8Length(text) * count, limit);
  return text.repeat(count);
}

/** Cut to `length`, or filled up to it on one side; NULL where there is nothing to fill with. */
export function pad(text: string, length: Numeric, fill: string, side: 'left' | 'right', limit: number): string | null {
  const wanted = Number(length);
  if (wanted < 0) return null;
  const missing = wanted - countOf(text);
  if (missing <= 0) return left(text, wanted);
  if (fill === '') return null;
  checkBytes(text.length + missing, limit);
  const size = countOf(fill);
  const padding = checkedText(fill.repeat(Math.floor(missing / size)) + left(fill, missing % size), limit);
  return checkedText(side === 'left' ? padding + text : text + padding, limit);
}

export const capitalise = (text: string): string =>
  text
    .toLowerCase()
    .replace(/(^|[^\p{L}\p{N}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
