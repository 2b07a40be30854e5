/** Functions that make texts of any length, or take a piece that may not be there. */
import { int, opt, type ScalarFunction, str } from '../algebra/function.ts';
import type { Numeric } from './numbers.ts';
import { patternCache, replaceMatches } from './regular-expression.ts';
import { limitOf } from './text-length.ts';
import { pad, repeat } from './text-pieces.ts';
import { row } from './text-row.ts';

const rows: readonly ScalarFunction[] = [
  row(
    'REPEAT',
    'the text n times',
    [[str, int]],
    'keyword',
    (_types, _result, session) => (s: string, n: Numeric) => repeat(s, n, limitOf(session)),
    [
      ["REPEAT('ab', 3)", 'ababab'],
      ["REPEAT('ab', 0)", ''],
    ],
  ),
  row(
    'SPACE',
    'n blanks',
    [[int]],
    'keyword',
    (_types, _result, session) => (n: Numeric) => repeat(' ', n, limitOf(session)),
    [['SPACE(3)', '   ']],
  ),
  row(
    'LPAD',
    'filled on the left, or cut, to n characters',
    [[str, int, opt(str)]],
    'keyword',
    (_types, _result, session) =>
      (s: string, n: Numeric, fill = ' ') =>
        pad(s, n, fill, 'left', limitOf(session)),
    [
      ["LPAD('7', 3, '0')", '007'],
      ["LPAD('12345', 3, '0')", '123'],
      ["LPAD('a', 3)", '  a'],
      ["LPAD('😀', 2, '😁😂')", '😁😀'],
    ],
  ),
  row(
    'RPAD',
    'filled on the right, or cut, to n characters',
    [[str, int, opt(str)]],
    'keyword',
    (_types, _result, session) =>
      (s: string, n: Numeric, fill = ' ') =>
        pad(s, n, fill, 'right', limitOf(session)),
    [
      ["RPAD('7', 3, '0')", '700'],
      ["RPAD('a', 3, '')", null],
    ],
  ),
  row(
    'SPLIT_PART',
    'the n-th part between separators, from the end when n is negative',
    [[str, str, int]],
    'keyword',
    () => splitPart,
    [
      ["SPLIT_PART('a,b,c', ',', 2)", 'b'],
      ["SPLIT_PART('a,b,c', ',', -1)", 'c'],
      ["SPLIT_PART('a,b,c', ',', 4)", ''],
    ],
  ),
  row(
    'REGEXP_REPLACE',
    'every match of the regular expression replaced; `$1` is the first group',
    [[str, str, str]],
    'keyword',
    (_types, _result, session) => {
      const compiled = patternCache();
      const limit = limitOf(session);
      return (s: string, pattern: string, to: string) => replaceMatches(compiled(pattern), s, to, limit);
    },
    [
      ["REGEXP_REPLACE('a1b22', '[0-9]+', '#')", 'a#b#'],
      ["REGEXP_REPLACE('ab', '(a)(b)', '$2$1')", 'ba'],
    ],
  ),
];

export const textMaking: readonly ScalarFunction[] = rows.map((one) => ({ ...one, total: false }));

function splitPart(s: string, separator: string, part: Numeric): string {
  const n = Number(part);
  const parts = separator === '' ? [s] : s.split(separator);
  return (n > 0 ? parts[n - 1] : n < 0 ? parts.at(n) : undefined) ?? '';
}
