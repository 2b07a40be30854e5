/** Functions of text (spec sql-functions 4), and the common ones that the plugin lacks. */

import { anyOne, define, int, lit, opt, rest, type ScalarFunction, str } from '../algebra/function.ts';
import { isString, type Value } from '../algebra/types.ts';
import { castFunction } from './cast.ts';
import { countOf } from './code-points.ts';
import { ofOrder, ofPosition } from './comparisons.ts';
import { joinedText, limitOf, replacedText, utf8Length } from './text-length.ts';
import { textMaking } from './text-making.ts';
import {
  capitalise,
  left,
  locate,
  reverse,
  right,
  substring,
  trim,
  trimEnd,
  trimmedOf,
  trimStart,
} from './text-pieces.ts';
import {
  ofFirst,
  ofFolded,
  ofJoined,
  ofLast,
  ofPart,
  ofReversed,
  ofSeparated,
  ofTrimmed,
  ofTrimmedEnd,
  ofTrimmedStart,
} from './text-preimages.ts';
import { row } from './text-row.ts';

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

const TRIM_OF = row(
  'TRIM_OF',
  '`TRIM(LEADING a FROM b)`: the text without every `a` at its beginning (LEADING), its end (TRAILING) or both (BOTH); a blank, if no `a` is written',
  [[str, lit(str), opt(str)]],
  'keyword',
  () => trimmedOf,
  [
    ["TRIM(LEADING 'x' FROM 'xxax')", 'ax'],
    ["TRIM(TRAILING FROM ' a  ')", ' a'],
    ["TRIM(BOTH 'ab' FROM 'ababcab')", 'c'],
    ["TRIM('x' FROM 'xbx')", 'b'],
    ["TRIM(LEADING '' FROM 'xbx')", 'xbx'],
  ],
);

export const text = define([
  TRIM_OF,
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
      operator: { written: ['||'], of: 'two' },
      preimage: ofJoined,
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
    { preimage: ofSeparated, painless: allText((args) => args.slice(1).join(` + ${args[0]} + `)) },
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
    { preimage: ofFirst, painless: 'a0.substring(0, placeAfter(a0, a1))' },
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
    { preimage: ofLast, painless: 'a0.substring(placeAfter(a0, charactersOf(a0) - a1))' },
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
    {
      text: { kind: 'length', unit: 'bytes' },
      aliases: ['OCTET_LENGTH'],
      painless: 'utf8Length(a0)',
      duckdb: 'CAST(strlen(a0) AS INTEGER)',
    },
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
    {
      text: { kind: 'length', unit: 'characters' },
      aliases: ['CHARACTER_LENGTH'],
      painless: 'charactersOf(a0)',
      duckdb: 'CAST(length(a0) AS INTEGER)',
    },
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
    {
      text: { kind: 'position', piece: 0, text: 1 },
      comparison: ofPosition,
      painless: (args) => (args.length === 3 ? 'locateOf(a0, a1, a2)' : 'locateOf(a0, a1, 1L)'),
    },
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
    {
      syntax: 'in',
      text: { kind: 'position', piece: 0, text: 1 },
      comparison: ofPosition,
      painless: 'locateOf(a0, a1, 1L)',
    },
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
    { text: { kind: 'position', piece: 1, text: 0 }, comparison: ofPosition, painless: 'locateOf(a1, a0, 1L)' },
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
    {
      text: { kind: 'fold', fold: 'lower' },
      olderForm: 'language',
      preimage: ofFolded('lower'),
      aliases: ['LCASE'],
      painless: 'a0.toLowerCase(Locale.ROOT)',
    },
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
    {
      text: { kind: 'fold', fold: 'upper' },
      olderForm: 'language',
      preimage: ofFolded('upper'),
      aliases: ['UCASE'],
      painless: 'a0.toUpperCase(Locale.ROOT)',
    },
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
    { syntax: 'trim', furtherForm: TRIM_OF, preimage: ofTrimmed, painless: 'a0.trim()' },
  ),
  row('LTRIM', 'without white space on the left', [[str]], 'keyword', () => trimStart, [["LTRIM('  hi ')", 'hi ']], {
    preimage: ofTrimmedStart,
  }),
  row('RTRIM', 'without white space on the right', [[str]], 'keyword', () => trimEnd, [["RTRIM('  hi ')", '  hi']], {
    preimage: ofTrimmedEnd,
  }),
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
    { preimage: ofReversed, painless: 'new StringBuilder(a0).reverse().toString()' },
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
      ["SUBSTRING('opensearch' FROM 5 FOR 3)", 'sea'],
      ["SUBSTRING('opensearch' FROM 5)", 'search'],
      ["SUBSTRING('opensearch' FOR 4)", 'open'],
    ],
    {
      syntax: 'fromFor',
      preimage: ofPart,
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
    { comparison: ofOrder, painless: '(long)Math.signum((double)a0.compareTo(a1))' },
  ),
  ...textMaking,
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
    { text: { kind: 'edge', edge: 'starts' }, painless: 'a0.startsWith(a1)', duckdb: 'starts_with(a0, a1)' },
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
    { text: { kind: 'edge', edge: 'ends' }, painless: 'a0.endsWith(a1)', duckdb: 'ends_with(a0, a1)' },
  ),
]);
