/** Names and strings as SQL text, quoted where they must be. */
import { bareFunctions } from '../functions/index.ts';
import { RESERVED } from './keywords.ts';
import { isBareWord } from './lexer.ts';

/** One name: bare when it can stand so anywhere and `quoted` does not forbid it, otherwise in back-quotes. */
export function printWord(name: string, quoted = false): string {
  const upper = name.toUpperCase();
  const bare = !quoted && isBareWord(name) && !RESERVED.has(upper) && !bareFunctions.has(upper) && upper !== 'INTERVAL';
  return bare ? name : `\`${name.replaceAll('`', '``')}\``;
}

/** `a.b.c`. */
export function printPath(parts: readonly string[], quoted = false): string {
  return parts.map((part) => printWord(part, quoted)).join('.');
}

/** Doubles the quote, and a backslash only where it would otherwise take the next character with it. */
export function printString(text: string, quote: "'" | '"' = "'"): string {
  return quote + text.replace(/\\(?=['"\\]|$)/g, '\\\\').replaceAll(quote, quote + quote) + quote;
}
