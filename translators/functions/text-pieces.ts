/** Pieces of text by Java's rules: positions count UTF-16 code units from 1 (spec sql-functions 4). */
import { SqlError } from '../errors.ts';
import type { Numeric } from './numbers.ts';

/** A negative start counts from the end; what lies outside is empty, never an error. */
export function substring(text: string, start: Numeric, length: Numeric = text.length): string {
  const at = Number(start);
  const from = at > 0 ? at - 1 : at === 0 ? text.length : text.length + at;
  const count = Number(length);
  if (from < 0 || from >= text.length || count <= 0) return '';
  return text.slice(from, from + count);
}

export const left = (text: string, count: Numeric): string => (count > 0 ? text.slice(0, Number(count)) : '');

export function right(text: string, count: Numeric): string {
  const wanted = Number(count);
  return wanted <= 0 ? '' : text.slice(Math.max(0, text.length - wanted));
}

export const locate = (wanted: string, text: string, from: Numeric = 1): number =>
  text.indexOf(wanted, Math.max(0, Number(from) - 1)) + 1;

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

/** Longest text that a function may make of a short one. */
const MAX_LENGTH = 16 * 1024 * 1024;

export function repeat(text: string, times: Numeric): string {
  const count = Math.max(0, Math.trunc(Number(times)));
  checkLength(text.length * count);
  return text.repeat(count);
}

/** Cut to `length`, or filled up to it on one side; NULL where there is nothing to fill with. */
export function pad(text: string, length: Numeric, fill: string, side: 'left' | 'right'): string | null {
  const wanted = Number(length);
  if (wanted < 0) return null;
  if (text.length >= wanted) return text.slice(0, wanted);
  if (fill === '') return null;
  checkLength(wanted);
  return side === 'left' ? text.padStart(wanted, fill) : text.padEnd(wanted, fill);
}

function checkLength(length: number): void {
  if (length > MAX_LENGTH)
    throw new SqlError('resourceLimit', `a text of ${length} characters is over the limit of ${MAX_LENGTH}`);
}

export const capitalise = (text: string): string =>
  text
    .toLowerCase()
    .replace(/(^|[^\p{L}\p{N}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
