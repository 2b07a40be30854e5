/** SPLIT: the pieces of a text between separators, or one of them (spec sql-functions 11.4). */

import { define, int, str } from '../algebra/function.ts';
import type { Value } from '../algebra/types.ts';
import type { Numeric } from './numbers.ts';

export const split = define([
  {
    name: 'SPLIT',
    family: 'text',
    summary: 'pieces of a text between separators; `split(s, sep)[i]` is one of them, counted from 0, NULL outside',
    signatures: [
      [str, str],
      [str, str, int],
    ],
    returns: ({ length }) => (length === 3 ? 'keyword' : 'nested'),
    nulls: 'strict',
    js:
      ({ length }) =>
      (text: string, separator: string, index: Numeric = 0): Value => {
        const pieces = separator === '' ? [text] : text.split(separator);
        return length === 3 ? (pieces.at(Number(index)) ?? null) : pieces;
      },
    takesIndex: true,
    examples: [
      { sql: "SPLIT('one,two', ',')[0]", value: 'one' },
      { sql: "SPLIT('one,two', ',')[1]", value: 'two' },
      { sql: "SPLIT('one,two', ',')[2]", value: null },
    ],
  },
]);
