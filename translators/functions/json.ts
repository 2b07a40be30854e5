/** Functions of arrays and JSON text. */

import { any, define, int, type ScalarFunction, str } from '../algebra/function.ts';
import type { Value } from '../algebra/types.ts';
import { isScalar, pathSteps, pieceAt, type Step, unquotedJson } from './json-path.ts';
import type { Numeric } from './numbers.ts';

export const ELEMENT_AT: ScalarFunction = {
  name: 'ELEMENT_AT',
  family: 'json',
  summary: '`a[i]`: the element at a position that counts from 0, negative from the end; NULL outside',
  signatures: [[any, int]],
  // The elements of a nested field are objects; those of any other field have its type.
  returns: ([type]) => (type === 'nested' ? 'object' : (type ?? 'undefined')),
  nulls: 'strict',
  js: () => (list: Value, index: Numeric) => {
    // A field with a single value is that value in the source.
    const items = Array.isArray(list) ? list : [list];
    return items.at(Number(index)) ?? null;
  },
  examples: [
    { sql: "ELEMENT_AT('a', 0)", value: 'a' },
    { sql: "ELEMENT_AT('a', 1)", value: null },
  ],
};

const base = { family: 'json', nulls: 'strict', returns: 'keyword' } as const;

/** The piece of a JSON text at a path, which is a constant in most statements: the last one is kept. */
function pieces(): (text: string, path: string | Numeric) => string | undefined {
  let known: { readonly path: string | Numeric; readonly steps: readonly Step[] } | undefined;
  return (text, path) => {
    if (known?.path !== path) known = { path, steps: pathSteps(path) };
    return pieceAt(text, known.steps);
  };
}

const WITH_PATH: ScalarFunction['signatures'] = [
  [str, str],
  [str, int],
];

const DOCUMENT = `'{"a": {"b": [1, "x", null]}, "n": 9007199254740993, "s": "say \\\\"hi\\\\""}'`;

const extracted = (
  row: Pick<ScalarFunction, 'name' | 'aliases' | 'summary' | 'operator' | 'examples'>,
  value: (piece: string) => string | null,
): ScalarFunction => ({
  ...base,
  ...row,
  signatures: WITH_PATH,
  js: () => {
    const find = pieces();
    return (text: string, path: string | Numeric) => {
      const piece = find(text, path);
      return piece === undefined ? null : value(piece);
    };
  },
});

export const json = define([
  ELEMENT_AT,
  extracted(
    {
      name: 'JSON_EXTRACT',
      operator: { written: ['->'], of: 'two' },
      summary:
        '`j -> path`: the piece of a JSON text at a path (`$.a.b[0]`), at a name, or at a position, as JSON; NULL where there is none',
      examples: [
        { sql: `JSON_EXTRACT(${DOCUMENT}, '$.a.b')`, value: '[1, "x", null]' },
        { sql: `JSON_EXTRACT(${DOCUMENT}, '$.n')`, value: '9007199254740993' },
        { sql: `${DOCUMENT} -> 'a' -> 'b' -> 1`, value: '"x"' },
        { sql: `JSON_EXTRACT(${DOCUMENT}, '$.a.c')`, value: null },
        { sql: `JSON_EXTRACT('{"a b": 1}', '$."a b"')`, value: '1' },
      ],
    },
    (piece) => piece,
  ),
  extracted(
    {
      name: 'JSON_EXTRACT_STRING',
      aliases: ['GET_JSON_OBJECT'],
      operator: { written: ['->>'], of: 'two' },
      summary: '`j ->> path`: the same as text: a text without its quotes, NULL for null',
      examples: [
        { sql: `${DOCUMENT} ->> '$.s'`, value: 'say "hi"' },
        { sql: `${DOCUMENT} -> 'a' ->> 'b'`, value: '[1, "x", null]' },
        { sql: `JSON_EXTRACT_STRING('[1, null]', 1)`, value: null },
        { sql: `'[1, 2]' ->> -1`, value: '2' },
      ],
    },
    unquotedJson,
  ),
  extracted(
    {
      name: 'JSON_VALUE',
      aliases: ['JSON_EXTRACT_SCALAR'],
      summary: 'the text, number or boolean of a JSON text at a path, as text; NULL for objects, arrays and null',
      examples: [
        { sql: `JSON_VALUE(${DOCUMENT}, '$.a.b[1]')`, value: 'x' },
        { sql: `JSON_VALUE(${DOCUMENT}, '$.a')`, value: null },
        { sql: `JSON_VALUE('{"t": true}', '$.t')`, value: 'true' },
        { sql: `JSON_VALUE('no JSON', '$.t')`, value: null },
      ],
    },
    (piece) => (isScalar(piece) ? unquotedJson(piece) : null),
  ),
  {
    ...base,
    name: 'JSON_UNQUOTE',
    summary: 'a JSON text without its quotes; what is no quoted text stays as it is',
    signatures: [[str]],
    js: () => (text: string) => (/^".*"$/s.test(text) ? unquotedJson(text) : text),
    examples: [
      { sql: `JSON_UNQUOTE('"a\\\\tb"')`, value: 'a\tb' },
      { sql: "JSON_UNQUOTE('abc')", value: 'abc' },
    ],
  },
]);
