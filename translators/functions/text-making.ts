/** Functions that make texts of any length, or take a piece that may not be there. */
import { int, opt, type ScalarFunction, str } from '../algebra/function.ts';
import { countOf, placeAfter } from './code-points.ts';
import type { Numeric } from './numbers.ts';
import { patternCache, replaceMatches } from './regular-expression.ts';
import { similarPattern } from './similar-pattern.ts';
import { joinedText, limitOf } from './text-length.ts';
import { pad, repeat } from './text-pieces.ts';
import { row } from './text-row.ts';

export const SIMILAR_PATTERN: ScalarFunction = row(
  'SIMILAR_PATTERN',
  'the regular expression of a pattern of SIMILAR TO; the second argument is its escape character',
  [[str, opt(str)]],
  'keyword',
  () => similarPattern,
  [
    ["SIMILAR_PATTERN('a%(b|c)_')", '(?s:a.*(?:b|c).)'],
    ["SIMILAR_PATTERN('1.5#%', '#')", '(?s:1\\.5%)'],
    ["SIMILAR_PATTERN('[^a-z]{2,3}')", '(?s:[^a-z]{2,3})'],
  ],
);

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
    'OVERLAY',
    'the text with a piece of it, from a position on, replaced; the piece is as long as what replaces it, or of n characters',
    [[str, str, int, opt(int)]],
    'keyword',
    (_types, _result, session) => {
      const limit = limitOf(session);
      return (s: string, piece: string, from: Numeric, count: Numeric = countOf(piece)) =>
        overlay(s, piece, Number(from), Number(count), limit);
    },
    [
      ["OVERLAY('Txxxxas' PLACING 'hom' FROM 2 FOR 4)", 'Thomas'],
      ["OVERLAY('abcdef' PLACING 'XY' FROM 3)", 'abXYef'],
      ["OVERLAY('a😀c', 'b', 2, 1)", 'abc'],
      ["OVERLAY('abc', 'x', 9)", 'abc'],
      ["OVERLAY('abc', 'x', 2, -1)", 'ax'],
    ],
    { syntax: 'placing' },
  ),
  row(
    'INSERT',
    'OVERLAY as MySQL writes it: the text, a position, the number of characters there to replace, what replaces them',
    [[str, int, int, str]],
    'keyword',
    (_types, _result, session) => {
      const limit = limitOf(session);
      return (s: string, from: Numeric, count: Numeric, piece: string) =>
        overlay(s, piece, Number(from), Number(count), limit);
    },
    [
      ["INSERT('Quadratic', 3, 4, 'What')", 'QuWhattic'],
      ["INSERT('Quadratic', -1, 4, 'What')", 'Quadratic'],
      ["INSERT('Quadratic', 3, 100, 'What')", 'QuWhat'],
    ],
  ),
  SIMILAR_PATTERN,
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

/** As MySQL's INSERT: from outside of the text on nothing is replaced, and a count below 0 is the whole rest. */
function overlay(s: string, piece: string, from: number, count: number, limit: number): string {
  const start = from < 1 ? s.length : placeAfter(s, from - 1);
  if (start >= s.length) return s;
  const rest = s.slice(start);
  return joinedText([s.slice(0, start), piece, count < 0 ? '' : rest.slice(placeAfter(rest, count))], '', limit);
}

function splitPart(s: string, separator: string, part: Numeric): string {
  const n = Number(part);
  const parts = separator === '' ? [s] : s.split(separator);
  return (n > 0 ? parts[n - 1] : n < 0 ? parts.at(n) : undefined) ?? '';
}
