/** Functions of arrays and JSON text. */

import { any, define, int, type ScalarFunction } from '../algebra/function.ts';
import type { Value } from '../algebra/types.ts';
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

export const json = define([ELEMENT_AT]);
