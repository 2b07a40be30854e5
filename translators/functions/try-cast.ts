/** The cast that gives NULL in place of an error. */
import { any, define, lit, str } from '../algebra/function.ts';
import type { Value } from '../algebra/types.ts';
import { castFunction } from './cast.ts';

/** The binder gives a call the type that it casts to. */
export const tryCast = define([
  {
    name: 'TRY_CAST',
    aliases: ['SAFE_CAST'],
    family: 'cast',
    summary: '`TRY_CAST(x AS type)`: as CAST, with NULL where the value cannot be read as the type',
    signatures: [[any, lit(str)]],
    returns: 'undefined',
    nulls: 'strict',
    syntax: 'cast',
    js: ([from], to, session) => {
      const cast = castFunction(from!, to, session) as ((value: Value) => Value) | undefined;
      return (value: Value) => {
        try {
          return cast ? cast(value) : null;
        } catch {
          return null;
        }
      };
    },
    examples: [
      { sql: "TRY_CAST('12' AS INT)", value: 12 },
      { sql: "TRY_CAST('twelve' AS INT)", value: null },
      { sql: "TRY_CAST('2024-02-30' AS DATE)", value: null },
      { sql: 'TRY_CAST(300 AS BYTE)', value: null },
      { sql: "TRY_CAST('2.5' AS DOUBLE)", value: 2.5 },
    ],
  },
]);
