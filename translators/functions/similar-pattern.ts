/** Patterns of SIMILAR TO (SQL:2016, 8.6) as regular expressions: `%` is any text, `_` one character, the rest is as in both or plain text. */
import { SqlError } from '../errors.ts';

/** What means the same in both, and what is plain text in the pattern only. */
const SHARED = /[|*+?{},()\d]/;
const PLAIN = /[.^$\\/[\]]/;

export function similarPattern(pattern: string, escapedBy = '\\'): string {
  if (escapedBy.length > 1) throw new SqlError('illegalArgument', 'ESCAPE takes one character');
  let out = '';
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === escapedBy) {
      i += 1;
      if (i >= characters.length)
        throw new SqlError('illegalArgument', `The pattern [${pattern}] ends with its escape character`);
      out += quoted(characters[i]!);
    } else if (c === '%') out += '.*';
    else if (c === '_') out += '.';
    else if (c === '(') out += '(?:';
    else if (c === '[') {
      const end = characters.indexOf(']', i + 2);
      if (end < 0) throw new SqlError('illegalArgument', `The pattern [${pattern}] lacks a closing bracket`);
      out += `[${characters
        .slice(i + 1, end)
        .join('')
        .replaceAll('\\', '\\\\')}]`;
      i = end;
    } else out += SHARED.test(c) ? c : quoted(c);
  }
  return `(?s:${out})`;
}

/** The character itself in a regular expression. */
const quoted = (c: string): string => (PLAIN.test(c) || (SHARED.test(c) && !/[\d,]/.test(c)) ? `\\${c}` : c);
