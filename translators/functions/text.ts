/** Functions of text (spec sql-functions 4), and the common ones that the plugin lacks. */

import { anyOne, define, type Example, int, opt, rest, type ScalarFunction, str } from '../algebra/function.ts';
import { isString, type SqlType, type Value } from '../algebra/types.ts';
import { castFunction } from './cast.ts';
import { countOf } from './code-points.ts';
import type { Numeric } from './numbers.ts';
import { patternCache, replaceMatches } from './regular-expression.ts';
import { joinedText, limitOf, replacedText, utf8Length } from './text-length.ts';
import {
  capitalise,
  left,
  locate,
  pad,
  repeat,
  reverse,
  right,
  substring,
  trim,
  trimEnd,
  trimStart,
} from './text-pieces.ts';

type Cells = Pick<ScalarFunction, 'painless' | 'duckdb' | 'aliases'>;

const row = (
  name: string,
  summary: string,
  signatures: ScalarFunction['signatures'],
  returns: SqlType,
  js: ScalarFunction['js'],
  examples: readonly (readonly [string, Example['value']])[],
  cells: Cells = {},
): ScalarFunction => ({
  name,
  family: 'text',
  summary,
  signatures,
  returns,
  nulls: 'strict',
  js,
  ...cells,
  examples: examples.map(([sql, value]) => ({ sql, value })),
});

/** What is no text is joined by its text. */
const joined: ScalarFunction['js'] = (types, _result, session) => {
  const limit = limitOf(session);
  if (types.every(isString)) return (...parts: string[]) => joinedText(parts, '', limit);
  const texts = types.map((type) => castFunction(type, 'keyword', session) as ((value: Value) => Value) | undefined);
  return (...parts: Value[]) => {
    const written = parts.map((part, i) => String(texts[i]?.(part) ?? part));
    return joinedText(written, '', limit);
  };
};

const allText =
  (print: (args: readonly string[]) => string): ScalarFunction['painless'] =>
  (args, types) =>
    types.every(isString) ? print(args) : undefined;

export const text = define([
  row(
    'ASCII',
    'code point of the first character, 0 for an empty text',
    [[str]],
    'integer',
    () => (s: string) => s.codePointAt(0) ?? 0,
    [
      ["ASCII('Zed')", 90],
      ["ASCII('')", 0],
      ["ASCII('é')", 233],
      ["ASCII('😀')", 128512],
    ],
    { painless: 'a0.length() == 0 ? 0L : (long)a0.codePointAt(0)' },
  ),
  row(
    'CONCAT',
    '`a || b`: the texts one after the other; NULL when one is NULL',
    [[rest(anyOne)]],
    'keyword',
    joined,
    [
      ["CONCAT('a', 'b')", 'ab'],
      ["CONCAT('x')", 'x'],
      ["CONCAT('a', NULL)", null],
      ["CONCAT('a', '', 'c', 'd', 'e')", 'acde'],
      ["'a' || 'b'", 'ab'],
      ["CONCAT('a', 1.5, TRUE)", 'a1.5true'],
    ],
    {
      painless: allText((args) => (args.length === 1 ? args[0]! : args.join(' + '))),
    },
  ),
  row(
    'CONCAT_WS',
    'the texts with a separator between them; NULL when one is NULL',
    [[str, rest(str)]],
    'keyword',
    (_types, _result, session) => {
      const limit = limitOf(session);
      return (separator: string, ...parts: string[]) => joinedText(parts, separator, limit);
    },
    [
      ["CONCAT_WS(',', 'x', 'y')", 'x,y'],
      ["CONCAT_WS('', 'x', 'y')", 'xy'],
      ["CONCAT_WS(',', NULL, 'y')", null],
      ["CONCAT_WS('-', 'a', 'b', 'c')", 'a-b-c'],
    ],
    { painless: allText((args) => args.slice(1).join(` + ${args[0]} + `)) },
  ),
  row(
    'LEFT',
    'the first n characters',
    [[str, int]],
    'keyword',
    () => left,
    [
      ["LEFT('opensearch', 4)", 'open'],
      ["LEFT('abc', 0)", ''],
      ["LEFT('abc', 10)", 'abc'],
      ["LEFT('abc', -1)", ''],
      ["LEFT('a😀b', 2)", 'a😀'],
    ],
    { painless: 'a0.substring(0, placeAfter(a0, a1))' },
  ),
  row(
    'RIGHT',
    'the last n characters',
    [[str, int]],
    'keyword',
    () => right,
    [
      ["RIGHT('opensearch', 6)", 'search'],
      ["RIGHT('abc', 0)", ''],
      ["RIGHT('abc', 10)", 'abc'],
      ["RIGHT('abc', -1)", ''],
      ["RIGHT('a😀b', 2)", '😀b'],
    ],
    { painless: 'a0.substring(placeAfter(a0, charactersOf(a0) - a1))' },
  ),
  row(
    'LENGTH',
    'bytes of the text in UTF-8',
    [[str]],
    'integer',
    () => utf8Length,
    [
      ["LENGTH('hello')", 5],
      ["LENGTH('é')", 2],
      ["LENGTH('日本')", 6],
      ["LENGTH('')", 0],
    ],
    { aliases: ['OCTET_LENGTH'], painless: 'utf8Length(a0)', duckdb: 'CAST(strlen(a0) AS INTEGER)' },
  ),
  row(
    'CHAR_LENGTH',
    'characters of the text (code points)',
    [[str]],
    'integer',
    () => (s: string) => countOf(s),
    [
      ["CHAR_LENGTH('日本')", 2],
      ["CHAR_LENGTH('a😀')", 2],
      ["CHARACTER_LENGTH('')", 0],
    ],
    { aliases: ['CHARACTER_LENGTH'], painless: 'charactersOf(a0)', duckdb: 'CAST(length(a0) AS INTEGER)' },
  ),
  row(
    'LOCATE',
    'position of the first text in the second, from a position on; 0 when it is not there',
    [[str, str, opt(int)]],
    'integer',
    () => locate,
    [
      ["LOCATE('a', 'banana')", 2],
      ["LOCATE('a', 'banana', 3)", 4],
      ["LOCATE('A', 'banana')", 0],
      ["LOCATE('', 'abc')", 1],
      ["LOCATE('b', '😀b')", 2],
      ["LOCATE('b', 'b😀b', 3)", 3],
    ],
    { painless: (args) => (args.length === 3 ? 'locateOf(a0, a1, a2)' : 'locateOf(a0, a1, 1L)') },
  ),
  row(
    'POSITION',
    'POSITION(a IN b): position of a in b, 0 when it is not there',
    [[str, str]],
    'integer',
    () => (wanted: string, s: string) => locate(wanted, s),
    [
      ["POSITION('nan' IN 'banana')", 3],
      ["POSITION('z' IN 'banana')", 0],
    ],
    { painless: 'locateOf(a0, a1, 1L)' },
  ),
  row(
    'INSTR',
    'position of the second text in the first, 0 when it is not there',
    [[str, str]],
    'integer',
    () => (s: string, wanted: string) => locate(wanted, s),
    [
      ["INSTR('banana', 'nan')", 3],
      ["INSTR('banana', 'z')", 0],
    ],
    { painless: 'locateOf(a1, a0, 1L)' },
  ),
  row(
    'LOWER',
    'in small letters',
    [[str]],
    'keyword',
    () => (s: string) => s.toLowerCase(),
    [
      ["LOWER('ABC dÉ')", 'abc dé'],
      ["LCASE('A')", 'a'],
    ],
    { aliases: ['LCASE'], painless: 'a0.toLowerCase(Locale.ROOT)' },
  ),
  row(
    'UPPER',
    'in capital letters',
    [[str]],
    'keyword',
    () => (s: string) => s.toUpperCase(),
    [
      ["UPPER('abc ß dé')", 'ABC SS DÉ'],
      ["UCASE('a')", 'A'],
    ],
    { aliases: ['UCASE'], painless: 'a0.toUpperCase(Locale.ROOT)' },
  ),
  row('INITCAP', 'each word with a capital letter first', [[str]], 'keyword', () => capitalise, [
    ["INITCAP('hello BIG world')", 'Hello Big World'],
    ["INITCAP('o-neil')", 'O-Neil'],
  ]),
  row(
    'TRIM',
    'without white space on both sides',
    [[str]],
    'keyword',
    () => trim,
    [
      ["TRIM('  hi ')", 'hi'],
      ["TRIM('')", ''],
    ],
    { painless: 'a0.trim()' },
  ),
  row('LTRIM', 'without white space on the left', [[str]], 'keyword', () => trimStart, [["LTRIM('  hi ')", 'hi ']]),
  row('RTRIM', 'without white space on the right', [[str]], 'keyword', () => trimEnd, [["RTRIM('  hi ')", '  hi']]),
  row(
    'REPLACE',
    'every occurrence of the second text replaced by the third',
    [[str, str, str]],
    'keyword',
    (_types, _result, session) => {
      const limit = limitOf(session);
      return (s: string, from: string, to: string) => replacedText(s, from, to, limit);
    },
    [
      ["REPLACE('a-b-c', '-', '_')", 'a_b_c'],
      ["REPLACE('a.b.c', '.', '-')", 'a-b-c'],
      ["REPLACE('price', 'price', '$1')", '$1'],
      ["REPLACE('abcabc', 'b', '')", 'acac'],
      ["REPLACE('abc', '', 'x')", 'abc'],
    ],
    { painless: 'replacedText(a0, a1, a2)' },
  ),
  row(
    'REVERSE',
    'backwards',
    [[str]],
    'keyword',
    () => reverse,
    [
      ["REVERSE('abc1')", '1cba'],
      ["REVERSE('日本')", '本日'],
      ["REVERSE('ab😀')", '😀ba'],
    ],
    { painless: 'new StringBuilder(a0).reverse().toString()' },
  ),
  row(
    'SUBSTRING',
    'from a position on, at most `len` characters; negative positions count from the end',
    [[str, int, opt(int)]],
    'keyword',
    () => substring,
    [
      ["SUBSTRING('opensearch', 5, 3)", 'sea'],
      ["SUBSTRING('opensearch', 5)", 'search'],
      ["SUBSTRING('abc', 0)", ''],
      ["SUBSTRING('abc', -2)", 'bc'],
      ["SUBSTRING('abc', 4)", ''],
      ["SUBSTRING('abc', 2, 0)", ''],
      ["SUBSTRING('abc', 2, 99)", 'bc'],
      ["SUBSTRING('abc', -2, 1)", 'b'],
      ["SUBSTR('abc', 1, -1)", ''],
    ],
    {
      aliases: ['SUBSTR', 'MID'],
      painless: (args) => (args.length === 3 ? 'substringOf(a0, a1, a2)' : 'substringOf(a0, a1, (long)a0.length())'),
    },
  ),
  row(
    'STRCMP',
    '-1, 0 or 1, as the first text is before, equal to or behind the second',
    [[str, str]],
    'integer',
    () => (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0),
    [
      ["STRCMP('a', 'b')", -1],
      ["STRCMP('b', 'a')", 1],
      ["STRCMP('a', 'a')", 0],
      ["STRCMP('a', 'A')", 1],
    ],
    { painless: '(long)Math.signum((double)a0.compareTo(a1))' },
  ),
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
  row(
    'STARTS_WITH',
    'whether the text begins with another',
    [[str, str]],
    'boolean',
    () => (s: string, start: string) => s.startsWith(start),
    [
      ["STARTS_WITH('abc', 'ab')", true],
      ["STARTS_WITH('abc', 'b')", false],
    ],
    { painless: 'a0.startsWith(a1)', duckdb: 'starts_with(a0, a1)' },
  ),
  row(
    'ENDS_WITH',
    'whether the text ends with another',
    [[str, str]],
    'boolean',
    () => (s: string, end: string) => s.endsWith(end),
    [
      ["ENDS_WITH('abc', 'bc')", true],
      ["ENDS_WITH('abc', 'b')", false],
    ],
    { painless: 'a0.endsWith(a1)', duckdb: 'ends_with(a0, a1)' },
  ),
]);

function splitPart(s: string, separator: string, part: Numeric): string {
  const n = Number(part);
  const parts = separator === '' ? [s] : s.split(separator);
  return (n > 0 ? parts[n - 1] : n < 0 ? parts.at(n) : undefined) ?? '';
}
