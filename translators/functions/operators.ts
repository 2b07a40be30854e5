/** Arithmetic, REGEXP and null-safe equality: what the binder calls for operators, and their function forms (spec sql-functions 1, 2). */

import {
  addDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  remainderOfDecimals,
} from '../algebra/decimal.ts';
import { any, define, num, type ScalarFunction, str } from '../algebra/function.ts';
import { FALLS, type MotionRule, type OpenCall, RISES, rises } from '../algebra/function-facts.ts';
import type { SqlType, Value } from '../algebra/types.ts';
import { isInteger, isNumber } from '../algebra/types.ts';
import { ofPattern, solvedDifference, solvedNegation, solvedProduct, solvedSum } from './comparisons.ts';
import { equalValues } from './equality.ts';
import { integerOperation, type Numeric, toDouble, wholeIn } from './numbers.ts';
import { wholeMatcher } from './regular-expression.ts';
import { widest } from './types-of-arguments.ts';

type Doubles = (a: number, b: number) => number | null;

/** Two numbers in, the wider type out: whole numbers exactly, fractions in the precision of the result. */
function arithmetic(
  integers: (type: SqlType) => (a: Numeric, b: Numeric) => Numeric | null,
  doubles: Doubles,
): ScalarFunction['js'] {
  return (types, result) => {
    if (isInteger(result)) return integers(result);
    const [left, right] = [toDouble(types[0]!), toDouble(types[1]!)];
    if (result === 'float') {
      return (a: Numeric, b: Numeric) => {
        const value = doubles(Math.fround(Number(a)), Math.fround(Number(b)));
        return value === null ? null : Math.fround(value);
      };
    }
    return (a: Numeric, b: Numeric) => doubles(left(a), right(b));
  };
}

const unlessZero =
  (compute: (type: SqlType) => (a: Numeric, b: Numeric) => Numeric) =>
  (type: SqlType): ((a: Numeric, b: Numeric) => Numeric | null) => {
    const inner = compute(type);
    return (a, b) => (Number(b) === 0 ? null : inner(a, b));
  };

const divide = unlessZero((type) =>
  integerOperation(
    type,
    (a, b) => Math.trunc(a / b),
    (a, b) => a / b,
  ),
);
const remainder = unlessZero((type) =>
  integerOperation(
    type,
    (a, b) => a % b,
    (a, b) => a % b,
  ),
);
const floorModulo = unlessZero((type) => {
  const cut = type === 'integer' || type === 'long' || type === 'unsigned_long';
  return integerOperation(
    type,
    (a, b) => (cut && a % b !== 0 && a < 0 !== b < 0 ? (a % b) + b : a % b),
    (a, b) => (cut && a % b !== 0n && a < 0n !== b < 0n ? (a % b) + b : a % b),
  );
});

/** DuckDB fails beyond 32 and 64 bits too; byte and short have no type of their own there, and `float` would be rounded twice. */
const inDuckDb =
  (operator: string): ScalarFunction['duckdb'] =>
  (_args, _types, result) => {
    if (result === 'double') return `CAST(a0 AS DOUBLE) ${operator} CAST(a1 AS DOUBLE)`;
    return result === 'integer' || result === 'long' ? `a0 ${operator} a1` : undefined;
  };

/** Whole numbers are long there; `exact` throws beyond the result's type, as Java's exact methods do. */
const scripted =
  (name: string, operator: string): ScalarFunction['painless'] =>
  (args, types, result) => {
    if (types.some((type) => !isNumber(type))) return undefined;
    if (result === 'double' && !types.includes('float')) return `(double)${args[0]} ${operator} (double)${args[1]}`;
    if (result === 'integer') return `exactInt(${args[0]} ${operator} ${args[1]})`;
    return result === 'long' ? `${name}Long(${args[0]}, ${args[1]})` : undefined;
  };

/** A zero divisor gives NULL; the least number by -1 is beyond its type, which Java itself leaves as it is. */
const scriptedQuotient =
  (operator: '/' | '%'): ScalarFunction['painless'] =>
  (args, types, result) => {
    const [a, b] = args;
    if (types.some((type) => !isNumber(type))) return undefined;
    if (result === 'integer' || result === 'long') {
      const quotient = result === 'long' ? `divideLong(${a}, ${b})` : `exactInt(${a} / ${b})`;
      return `${b} == 0L ? null : (def)(${operator === '/' ? quotient : `${a} % ${b}`})`;
    }
    if (result !== 'double' || types.includes('float')) return undefined;
    return `(double)${b} == 0.0 ? null : (def)((double)${a} ${operator} (double)${b})`;
  };

/** The one constant beside the open argument, as a number. */
function constantOf({ at, constants }: OpenCall): number | undefined {
  const value = constants[at === 0 ? 1 : 0];
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

const byFactor: MotionRule = (call) => {
  const factor = constantOf(call);
  return factor === undefined ? undefined : factor >= 0 ? RISES : FALLS;
};

/** As a divisor, it falls (or rises) below zero, and again from the least number above zero on. */
const byDivisor: MotionRule = (call) => {
  const constant = constantOf(call);
  if (constant === undefined || constant === 0) return undefined;
  if (call.at === 0) return constant > 0 ? RISES : FALLS;
  const next = isInteger(call.type) ? 1 : Number.MIN_VALUE;
  return { cuts: [0, next], up: [constant < 0, true, constant < 0] };
};

export const operators = define([
  {
    name: 'ADD',
    family: 'operator',
    summary: '`a + b`; whole numbers fail beyond their type',
    signatures: [[num, num]],
    returns: widest,
    nulls: 'strict',
    js: arithmetic(
      (type) =>
        integerOperation(
          type,
          (a, b) => a + b,
          (a, b) => a + b,
        ),
      (a, b) => a + b,
    ),
    painless: scripted('add', '+'),
    duckdb: inDuckDb('+'),
    exact: ([a, b]) => addDecimals(a!, b!),
    motion: rises,
    total: true,
    comparison: solvedSum,
    operator: { written: ['+'], of: 'two' },
    examples: [
      { sql: '1 + 1', value: 2 },
      { sql: 'ADD(1.25, 4)', value: 5.25 },
      { sql: '1e-1 + 2e-1', value: 0.30000000000000004 },
      { sql: '2147483647 + 1.0', value: 2147483648 },
      { sql: '2147483648 + 1', value: 2147483649 },
      { sql: '9007199254740993 + 1', value: 9007199254740994n },
      { sql: '1 + NULL', value: null },
    ],
  },
  {
    name: 'SUBTRACT',
    family: 'operator',
    summary: '`a - b`',
    signatures: [[num, num]],
    returns: widest,
    nulls: 'strict',
    js: arithmetic(
      (type) =>
        integerOperation(
          type,
          (a, b) => a - b,
          (a, b) => a - b,
        ),
      (a, b) => a - b,
    ),
    painless: scripted('subtract', '-'),
    duckdb: inDuckDb('-'),
    exact: ([a, b]) => addDecimals(a!, negateDecimal(b!)),
    motion: ({ at }) => (at === 0 ? RISES : FALLS),
    total: true,
    comparison: solvedDifference,
    operator: { written: ['-'], of: 'two' },
    examples: [
      { sql: '5 - 7', value: -2 },
      { sql: 'SUBTRACT(5.5, 1)', value: 4.5 },
      { sql: '10 - 4 - 3', value: 3 },
    ],
  },
  {
    name: 'MULTIPLY',
    family: 'operator',
    summary: '`a * b`',
    signatures: [[num, num]],
    returns: widest,
    nulls: 'strict',
    js: arithmetic(
      (type) =>
        integerOperation(
          type,
          (a, b) => a * b,
          (a, b) => a * b,
        ),
      (a, b) => a * b,
    ),
    painless: scripted('multiply', '*'),
    duckdb: inDuckDb('*'),
    exact: ([a, b]) => multiplyDecimals(a!, b!),
    motion: byFactor,
    total: true,
    comparison: solvedProduct,
    operator: { written: ['*'], of: 'two' },
    examples: [
      { sql: '1 + 2 * 3', value: 7 },
      { sql: 'MULTIPLY(1.5, 2)', value: 3 },
      { sql: 'MULTIPLY(-3, 2147483648)', value: -6442450944 },
      { sql: '3037000500 * 3037000499', value: 9223372033963249500n },
    ],
  },
  {
    name: 'DIVIDE',
    family: 'operator',
    summary: '`a / b`; whole numbers are cut, a zero divisor gives NULL',
    signatures: [[num, num]],
    returns: widest,
    nulls: 'strict',
    js: arithmetic(divide, (a, b) => (b === 0 ? null : a / b)),
    painless: scriptedQuotient('/'),
    duckdb: (_args, _types, result) =>
      result === 'double' ? 'CAST(a0 AS DOUBLE) / nullif(CAST(a1 AS DOUBLE), 0)' : undefined,
    exact: ([a, b]) => divideDecimals(a!, b!),
    motion: byDivisor,
    operator: { written: ['/'], of: 'two' },
    examples: [
      { sql: '7 / 2', value: 3 },
      { sql: '-7 / 2', value: -3 },
      { sql: '-1 / 2', value: 0 },
      { sql: 'DIVIDE(4.5, 2)', value: 2.25 },
      { sql: '7 / 2.0', value: 3.5 },
      { sql: '5 / 0', value: null },
      { sql: '5.0 / 0', value: null },
      { sql: '9223372036854775807 / 10', value: 922337203685477580n },
    ],
  },
  {
    name: 'MODULUS',
    family: 'operator',
    summary: '`a % b`; the sign is that of the dividend, a zero divisor gives NULL',
    signatures: [[num, num]],
    returns: widest,
    nulls: 'strict',
    js: arithmetic(remainder, (a, b) => (b === 0 ? null : a % b)),
    painless: scriptedQuotient('%'),
    exact: ([a, b]) => remainderOfDecimals(a!, b!),
    operator: { written: ['%', 'MOD'], of: 'two' },
    examples: [
      { sql: '7 % 3', value: 1 },
      { sql: '-7 % 3', value: -1 },
      { sql: '7 % -3', value: 1 },
      { sql: '5.5 % 2', value: 1.5 },
      { sql: '5 % 0', value: null },
      { sql: '9223372036854775807 % 10', value: 7 },
    ],
  },
  {
    name: 'MOD',
    family: 'math',
    summary: 'remainder; of whole numbers with the sign of the divisor',
    signatures: [[num, num]],
    returns: widest,
    nulls: 'strict',
    js: arithmetic(floorModulo, (a, b) => (b === 0 ? null : a % b)),
    painless: (args, types, result) => {
      const [a, b] = args;
      if (result === 'integer' || result === 'long') return `${b} == 0L ? null : (def)floorModLong(${a}, ${b})`;
      if (result !== 'double' || types.includes('float')) return undefined;
      return `(double)${b} == 0.0 ? null : (def)((double)${a} % (double)${b})`;
    },
    exact: ([a, b]) => remainderOfDecimals(a!, b!),
    examples: [
      { sql: 'MOD(7, 3)', value: 1 },
      { sql: 'MOD(-3, 2)', value: 1 },
      { sql: 'MOD(3, -2)', value: -1 },
      { sql: 'MOD(-5.5, 2)', value: -1.5 },
      { sql: 'MOD(5, 0)', value: null },
    ],
  },
  {
    name: 'DIV',
    family: 'operator',
    summary: '`a DIV b`: the quotient cut to a whole number',
    signatures: [[num, num]],
    returns: (types) => (types.every((type) => isInteger(type) || type === 'undefined') ? widest(types) : 'long'),
    nulls: 'strict',
    js: (types, result) => {
      if (types.every(isInteger)) return divide(result);
      const [left, right] = [toDouble(types[0]!), toDouble(types[1]!)];
      return (a: Numeric, b: Numeric) => {
        const divisor = right(b);
        return divisor === 0 ? null : wholeIn(left(a) / divisor, 'long');
      };
    },
    motion: byDivisor,
    operator: { written: ['DIV'], of: 'two' },
    examples: [
      { sql: '7 DIV 2', value: 3 },
      { sql: '7.5 DIV 2', value: 3 },
      { sql: '-7 DIV 2', value: -3 },
      { sql: '7 DIV 0', value: null },
    ],
  },
  {
    name: 'NEGATE',
    family: 'operator',
    summary: '`-a`',
    signatures: [[num]],
    returns: widest,
    nulls: 'strict',
    js: (_types, result) => {
      if (!isInteger(result)) return (a: number) => -a;
      const subtract = integerOperation(
        result,
        (a, b) => b - a,
        (a, b) => b - a,
      );
      return (a: Numeric) => subtract(a, 0);
    },
    painless: (args, types) => {
      if (types[0] === 'double') return `-(double)${args[0]}`;
      if (types[0] === 'integer') return `exactInt(-${args[0]})`;
      return types[0] === 'long' ? `subtractLong(0L, ${args[0]})` : undefined;
    },
    duckdb: (_args, types) => (types[0] === 'double' ? '-(a0)' : undefined),
    exact: ([a]) => negateDecimal(a!),
    motion: () => FALLS,
    total: true,
    comparison: solvedNegation,
    operator: { written: ['-'], of: 'one' },
    examples: [
      { sql: '-(3)', value: -3 },
      { sql: '-(2.5)', value: -2.5 },
      { sql: '-(1 - 1)', value: 0 },
    ],
  },
  {
    name: 'REGEXP',
    family: 'operator',
    summary:
      '`a REGEXP b`: 1 when the regular expression matches the whole value, else 0; case-sensitive, of linear time (RE2)',
    signatures: [[str, str]],
    returns: 'integer',
    nulls: 'strict',
    js: () => {
      const matches = wholeMatcher();
      return (text: string, pattern: string) => (matches(text, pattern) ? 1 : 0);
    },
    total: true,
    comparison: ofPattern,
    text: { kind: 'pattern' },
    operator: { written: ['REGEXP'], of: 'two' },
    examples: [
      { sql: "'abc' REGEXP 'a.*'", value: 1 },
      { sql: "'abc' REGEXP 'b'", value: 0 },
      { sql: "'abc' REGEXP 'ABC'", value: 0 },
      { sql: "'a' REGEXP '.*'", value: 1 },
    ],
  },
  {
    name: '<=>',
    family: 'operator',
    summary: '`a <=> b`: equality for which NULL equals NULL',
    signatures: [[any, any]],
    returns: 'boolean',
    nulls: 'custom',
    js: (types) => {
      const equal = equalValues(types[0]!, types[1]!);
      return (a: Value, b: Value) => (a === null || b === null ? a === b : equal(a, b));
    },
    examples: [
      { sql: '1 <=> 1', value: true },
      { sql: '1 <=> NULL', value: false },
      { sql: 'NULL <=> NULL', value: true },
      { sql: "'a' <=> 'A'", value: false },
    ],
  },
]);
