/** Cells as csv of any delimiters: quoted always or where they must be, quotes escaped (bos-select 3). */
import type { CsvOutput } from './request.ts';

/** A cell's text as it stands between two delimiters. */
export function csvCell({ quoteFields, recordDelimiter, fieldDelimiter, quote, quoteEscape }: CsvOutput) {
  if (quote === undefined) return (text: string): string => text;
  const escaped = new RegExp(`[${charactersOf(quote + quoteEscape)}]`, 'gu');
  const quoted = (text: string): string => quote + text.replace(escaped, (found) => quoteEscape + found) + quote;
  if (quoteFields === 'ALWAYS') return quoted;
  // Any character of a two-character record delimiter: at a cell's end it could be taken for the delimiter's begin.
  const special = new RegExp(`[\r\n${charactersOf(quote + fieldDelimiter + recordDelimiter)}]`, 'u');
  return (text: string): string => (special.test(text) ? quoted(text) : text);
}

const charactersOf = (text: string): string =>
  [...text].map((character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join('');
