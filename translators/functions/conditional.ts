/** Conditional functions and TYPEOF (spec sql-functions 6). Branches of different widths are widened to one type. */

import type { Expr } from '../algebra/expr.ts';
import {
  type ArgSpec,
  any,
  anyOne,
  bool,
  define,
  type Example,
  type ReturnRule,
  rest,
  type ScalarFunction,
} from '../algebra/function.ts';
import type { Session } from '../algebra/session.ts';
import { isNumber, SQL_TYPES, type SqlType, type Value } from '../algebra/types.ts';
import { SqlError } from '../errors.ts';
import { castFunction } from './cast.ts';
import { comparator, deepEqual, equalValues } from './equality.ts';
import { engineTypeName } from './resolve.ts';
import { sharedType } from './types-of-arguments.ts';

const shared =
  (name: string, from = 0) =>
  (types: readonly SqlType[]): SqlType => {
    const type = sharedType(types.slice(from));
    if (type) return type;
    throw new SqlError(
      'argumentTypes',
      `${name.toLowerCase()} function expected arguments of one type, but got [${types.map(engineTypeName).join(',')}]`,
    );
  };

type Convert = (value: Value) => Value;

/** Numbers keep their value in any width; a date among timestamps becomes one. */
function widener(from: SqlType, to: SqlType, session: Session): Convert {
  const cast = from === to || isNumber(from) ? undefined : (castFunction(from, to, session) as Convert | undefined);
  if (!cast) return (value) => value;
  return (value) => (value === null ? null : cast(Array.isArray(value) ? oneOf(value, to) : value));
}

/** Another type is made of one value only. */
function oneOf(values: readonly Value[], type: SqlType): Value {
  const [first, ...more] = values.filter((value) => value !== null);
  if (more.length === 0 && first !== undefined) return first;
  throw new SqlError('evaluation', `a field with several values in a document cannot be read as one ${type}`);
}

/** The second argument is only compared: a whole number beside a fraction stays one. */
const ofTheFirst: ReturnRule = (types) => {
  const type = shared('NULLIF')(types);
  return isNumber(type) && isNumber(types[0]!) ? types[0]! : type;
};

const row = (
  name: string,
  summary: string,
  signature: readonly ArgSpec[],
  returns: ReturnRule,
  compute: ScalarFunction['js'] | { readonly lazy: NonNullable<ScalarFunction['lazy']> },
  examples: readonly (readonly [string, Example['value']])[],
  cells: Pick<ScalarFunction, 'aliases' | 'painless' | 'duckdb' | 'branches'> = {},
): ScalarFunction => ({
  name,
  family: 'conditional',
  summary,
  signatures: [signature],
  returns,
  nulls: 'custom',
  ...('lazy' in compute ? { js: eager(compute.lazy), lazy: compute.lazy } : { js: compute }),
  ...cells,
  examples: examples.map(([sql, value]) => ({ sql, value })),
});

/** DuckDB widens numbers itself. */
const whenWidened =
  (print: (args: readonly string[]) => string, from = 0): ScalarFunction['duckdb'] =>
  (args, types, result) =>
    types.slice(from).every((type) => type === result || type === 'undefined' || (isNumber(type) && isNumber(result)))
      ? print(args)
      : undefined;

/** Cells that only hand values on are right where no value changes its type. */
const whenAlike =
  (print: (args: readonly string[]) => string, from = 0): ScalarFunction['painless'] =>
  (args, types, result) =>
    types.slice(from).every((type) => type === result || type === 'undefined') ? print(args) : undefined;

const firstPresent: NonNullable<ScalarFunction['lazy']> = (types, result, session) => {
  const wideners = types.map((type) => widener(type, result, session));
  return (read) => {
    for (const [i, widen] of wideners.entries()) {
      const value = read(i);
      if (value !== null) return widen(value);
    }
    return null;
  };
};

const chosen: NonNullable<ScalarFunction['lazy']> = (types, result, session) => {
  const [then, otherwise] = [widener(types[1]!, result, session), widener(types[2]!, result, session)];
  return (read) => (read(0) === true ? then(read(1)) : otherwise(read(2)));
};

/** The same for arguments that are there already. */
const eager =
  (lazy: NonNullable<ScalarFunction['lazy']>): ScalarFunction['js'] =>
  (types, result, session) => {
    const decide = lazy(types, result, session);
    return (...values: Value[]) => decide((i) => values[i]!);
  };

/** A result in the type of the CASE: a text among dates or addresses is read as one of them. */
const resultIn =
  (type: SqlType) =>
  (arg: Expr): Expr =>
    arg.type === type || arg.type === 'undefined' || (isNumber(arg.type) && arg.type !== 'float')
      ? arg
      : { kind: 'cast', type, arg };

const byCondition: ScalarFunction['branches'] = ({ args: [when, then, otherwise], type }) => {
  if (!when || !then || !otherwise) return undefined;
  const result = resultIn(type);
  return { kind: 'case', type, whens: [{ when, then: result(then) }], otherwise: result(otherwise) };
};

const byPresence: ScalarFunction['branches'] = ({ args, type }) => {
  const last = args.at(-1);
  if (!last) return undefined;
  const result = resultIn(type);
  const present = (arg: Expr): Expr => ({
    kind: 'not',
    type: 'boolean',
    arg: { kind: 'isNull', type: 'boolean', arg },
  });
  const whens = args.slice(0, -1).map((then) => ({ when: present(then), then: result(then) }));
  return { kind: 'case', type, whens, otherwise: result(last) };
};

/** The greatest or least of the values; NULL when one is NULL. */
const extreme =
  (sign: 1 | -1): ScalarFunction['js'] =>
  (types, result, session) => {
    const wideners = types.map((type) => widener(type, result, session));
    const compare = comparator(result, result) as (a: Value, b: Value) => number;
    return (...values: Value[]) => {
      let best: Value = null;
      for (const [i, value] of values.entries()) {
        if (value === null) return null;
        const widened = wideners[i]!(value);
        if (best === null || compare(widened, best) * sign > 0) best = widened;
      }
      return best;
    };
  };

/** Longer first values stay in `coalesce`: a text that holds them twice would double with each nesting. */
const LONGEST_TWICE = 2_000;

/**
 * The first value in DuckDB. Its optimizer takes an expression that occurs twice out of `coalesce`, and then computes it for rows that
 * do not need it, where it may fail; it never does so with the branches of CASE.
 */
function firstInDuckDb(args: readonly string[]): string {
  const names = args.map((_, i) => `a${i}`);
  const computed = args.slice(1).some((arg) => arg.includes('('));
  if (!computed || args.slice(0, -1).some((arg) => arg.length > LONGEST_TWICE)) return `coalesce(${names.join(', ')})`;
  const whens = names.slice(0, -1).map((name) => `WHEN ${name} IS NOT NULL THEN ${name}`);
  return `CASE ${whens.join(' ')} ELSE ${names.at(-1)} END`;
}

const coalesced = (args: readonly string[]): string =>
  args.reduceRight((otherwise, arg) => `(${arg} != null ? ${arg} : ${otherwise})`);

export const IFNULL = row(
  'IFNULL',
  'the first value, or the second when it is NULL',
  [any, any],
  shared('IFNULL'),
  { lazy: firstPresent },
  [
    ['IFNULL(5 / 0, 7)', 7],
    ['IFNULL(1, 2)', 1],
    ["IFNULL(NULL, 'x')", 'x'],
    ["IFNULL(CAST(NULL AS DATE), '2024-01-01')", '2024-01-01'],
    ['IFNULL(NULL, NULL)', null],
  ],
  { aliases: ['NVL'], branches: byPresence, painless: whenAlike(coalesced), duckdb: whenWidened(firstInDuckDb) },
);

export const COALESCE = row(
  'COALESCE',
  'the first value that is not NULL',
  [rest(any)],
  shared('COALESCE'),
  { lazy: firstPresent },
  [
    ['COALESCE(NULL, 2)', 2],
    ['COALESCE(NULL, NULL, 3.5)', 3.5],
    ['COALESCE(NULL)', null],
  ],
  {
    branches: byPresence,
    painless: whenAlike(coalesced),
    duckdb: whenWidened(firstInDuckDb),
  },
);

export const conditional = define([
  row(
    'IF',
    'IF(condition, a, b): a when the condition is true, else b',
    [bool, any, any],
    shared('IF', 1),
    { lazy: chosen },
    [
      ["IF(2 > 1, 'yes', 'no')", 'yes'],
      ['IF(1 > 2, 1, 2)', 2],
      ['IF(NULL, 1, 2)', 2],
      ['IF(TRUE, NULL, 1)', null],
      ['IF(TRUE, 1, 2.5)', 1],
    ],
    {
      aliases: ['IIF'],
      branches: byCondition,
      painless: whenAlike(([c, a, b]) => `${c} == true ? ${a} : ${b}`, 1),
      duckdb: whenWidened(() => 'CASE WHEN a0 THEN a1 ELSE a2 END', 1),
    },
  ),
  IFNULL,
  COALESCE,
  row(
    'NULLIF',
    'NULL when both are equal, else the first',
    [any, any],
    ofTheFirst,
    (types, result, session) => {
      const equal = isNumber(result) ? deepEqual : equalValues(result, result);
      const [first, second] = [widener(types[0]!, result, session), widener(types[1]!, result, session)];
      return (a: Value, b: Value) => {
        const value = first(a);
        return a !== null && b !== null && equal(value, second(b)) ? null : value;
      };
    },
    [
      ["NULLIF(DATE '2024-01-01', '2024-01-01')", null],
      ['NULLIF(4, 4)', null],
      ['NULLIF(4, 5)', 4],
      ["NULLIF('a', 'b')", 'a'],
      ['NULLIF(NULL, NULL)', null],
      ['NULLIF(4, 4.0)', null],
    ],
    {
      painless: (args, types, result) =>
        ['keyword', 'integer', 'long', 'boolean'].includes(result) && types.every((type) => type === result)
          ? `${args[1]} != null && ${args[0]} == ${args[1]} ? null : ${args[0]}`
          : undefined,
    },
  ),
  row(
    'ISNULL',
    'whether the value is NULL',
    [any],
    'boolean',
    () => (value: Value) => value === null,
    [
      ['ISNULL(5 / 0)', true],
      ['ISNULL(1)', false],
      ['ISNULL(NULL)', true],
    ],
    { painless: 'a0 == null', duckdb: 'a0 IS NULL' },
  ),
  row(
    'GREATEST',
    'the greatest of the values; NULL when one is NULL',
    [anyOne, rest(anyOne)],
    shared('GREATEST'),
    extreme(1),
    [
      ['GREATEST(1, 3, 2)', 3],
      ["GREATEST('a', 'B')", 'a'],
      ["GREATEST(DATE '2024-01-01', '2024-02-01')", '2024-02-01'],
      ['GREATEST(1, 2.5)', 2.5],
      ['GREATEST(1, NULL)', null],
    ],
  ),
  row('LEAST', 'the least of the values; NULL when one is NULL', [anyOne, rest(anyOne)], shared('LEAST'), extreme(-1), [
    ['LEAST(1, 3, 2)', 1],
    ["LEAST('a', 'B')", 'B'],
    ['LEAST(1, NULL)', null],
  ]),
  row(
    'TYPEOF',
    'the name of the type of a value',
    [any],
    'keyword',
    (types) => {
      const name = SQL_TYPES[types[0]!].shown.toUpperCase();
      return () => name;
    },
    [
      ['TYPEOF(1)', 'INTEGER'],
      ['TYPEOF(1.5)', 'DOUBLE'],
      ["TYPEOF('a')", 'KEYWORD'],
      ['TYPEOF(TRUE)', 'BOOLEAN'],
      ['TYPEOF(NULL)', 'UNDEFINED'],
      ["TYPEOF(DATE '2024-01-01')", 'DATE'],
      ["TYPEOF(TIME '10:00:00')", 'TIME'],
      ['TYPEOF(2147483648)', 'LONG'],
    ],
  ),
]);
