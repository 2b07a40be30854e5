/** Mathematical functions (spec sql-functions 3). Fractions are Java's doubles; what has no real result is NULL. */

import { absoluteDecimal, doubleOf, parseDecimal } from '../algebra/decimal.ts';
import { define, int, num, opt, str } from '../algebra/function.ts';
import { rises } from '../algebra/function-facts.ts';
import { SqlError } from '../errors.ts';
import { DATE_CEIL, DATE_FLOOR } from './date-buckets.ts';
import { javaRandomFloat } from './java-random.ts';
import { convertBase, crc32, halfEven, logarithm } from './math-kernels.ts';
import {
  absolute,
  constant,
  examples,
  ofDoubles,
  places,
  real,
  scripted,
  toPlaces,
  unlessNaN,
  wholeNumber,
  wholeOrDouble,
} from './math-row.ts';
import type { Numeric } from './numbers.ts';
import { roundDouble, roundInteger, truncateDouble, truncateInteger } from './rounding.ts';
import { widest } from './types-of-arguments.ts';

export const math = define([
  {
    name: 'ABS',
    family: 'math',
    summary: 'absolute value',
    signatures: [[num]],
    returns: widest,
    nulls: 'strict',
    js: absolute,
    // The only Math.abs of Painless is that of double.
    painless: ([a], types) => {
      if (types[0] === 'long') return `${a} < 0L ? subtractLong(0L, ${a}) : ${a}`;
      if (types[0] === 'integer') return `exactInt(${a} < 0L ? -${a} : ${a})`;
      return types[0] === 'double' ? `Math.abs(${a})` : undefined;
    },
    duckdb: (_args, types) => (types[0] === 'double' ? 'abs(a0)' : undefined),
    exact: ([a]) => absoluteDecimal(a!),
    motion: () => ({ cuts: [0], up: [false, true] }),
    total: true,
    examples: examples(
      ['ABS(-12.5)', 12.5],
      ['ABS(7)', 7],
      ['ABS(-2147483648000)', 2147483648000],
      ['ABS(-9007199254740993)', 9007199254740993n],
      ['ABS(NULL)', null],
    ),
  },
  real({
    name: 'ACOS',
    summary: 'arc cosine; NULL outside [-1, 1]',
    compute: (a) => unlessNaN(Math.acos(a)),
    painless: 'a0 < -1.0 || a0 > 1.0 ? null : (def)Math.acos(a0)',
    examples: examples(['ACOS(1)', 0], ['ACOS(0.5)', 1.0471975511965979], ['ACOS(2)', null]),
  }),
  real({
    name: 'ASIN',
    summary: 'arc sine; NULL outside [-1, 1]',
    compute: (a) => unlessNaN(Math.asin(a)),
    painless: 'a0 < -1.0 || a0 > 1.0 ? null : (def)Math.asin(a0)',
    examples: examples(['ASIN(1)', 1.5707963267948966], ['ASIN(-0.5)', -0.5235987755982989], ['ASIN(1.5)', null]),
  }),
  {
    name: 'ATAN',
    family: 'math',
    summary: 'arc tangent; of two arguments the angle of the point (x, y)',
    signatures: [[num], [num, num]],
    returns: 'double',
    nulls: 'strict',
    js: (types, result, session) =>
      ofDoubles((a, b) => (types.length === 2 ? Math.atan2(a, b) : Math.atan(a)))(types, result, session),
    painless: (args) => scripted(args.length === 2 ? 'Math.atan2(a0, a1)' : 'Math.atan(a0)'),
    examples: examples(['ATAN(1)', 0.7853981633974483], ['ATAN(-1, -1)', -2.356194490192345]),
  },
  real({
    name: 'ATAN2',
    summary: 'the angle of the point (x, y): ATAN2(y, x)',
    two: true,
    compute: Math.atan2,
    painless: 'Math.atan2(a0, a1)',
    examples: examples(
      ['ATAN2(1, 1)', 0.7853981633974483],
      ['ATAN2(0, -1)', Math.PI],
      ['ATAN2(-2, 3)', -0.5880026035475675],
    ),
  }),
  real({
    name: 'CBRT',
    summary: 'cube root',
    compute: Math.cbrt,
    painless: 'Math.cbrt(a0)',
    total: true,
    examples: examples(['CBRT(64)', 4], ['CBRT(-27)', -3], ['CBRT(2)', 1.2599210498948732]),
  }),
  wholeNumber('CEIL', ['CEILING'], 'the next whole number above', Math.ceil, DATE_CEIL, [
    ...examples(['CEIL(-7.2)', -7], ['CEIL(7.2)', 8], ['CEILING(-0.5)', 0], ['CEIL(1e19)', 9223372036854775807n]),
  ]),
  wholeNumber('FLOOR', [], 'the next whole number below', Math.floor, DATE_FLOOR, [
    ...examples(['FLOOR(-2.5)', -3], ['FLOOR(2.5)', 2], ['FLOOR(-1e19)', -9223372036854775808n]),
  ]),
  {
    name: 'CONV',
    family: 'math',
    summary: 'a whole number of 32 bits, written in another base',
    signatures: [
      [str, int, int],
      [int, int, int],
    ],
    returns: 'keyword',
    nulls: 'strict',
    js: () => (value: string | Numeric, from: Numeric, to: Numeric) =>
      convertBase(String(value), Number(from), Number(to)),
    examples: examples(
      ["CONV('ff', 16, 10)", '255'],
      ['CONV(26, 10, 16)', '1a'],
      ['CONV(-10, 10, 2)', '-1010'],
      ["CONV('z', 36, 10)", '35'],
    ),
  },
  real({
    name: 'COS',
    summary: 'cosine of radians',
    compute: Math.cos,
    painless: 'Math.cos(a0)',
    examples: examples(['COS(0)', 1], ['COS(PI())', -1], ['COS(1.5)', 0.0707372016677029]),
  }),
  real({
    name: 'COSH',
    summary: 'hyperbolic cosine',
    compute: Math.cosh,
    painless: 'Math.cosh(a0)',
    examples: examples(['COSH(0)', 1], ['COSH(1)', 1.543080634815244], ['COSH(-2)', 3.7621956910836314]),
  }),
  real({
    name: 'COT',
    summary: 'cotangent of radians; an error for 0',
    compute: (a) => {
      if (a === 0) throw new SqlError('arithmetic', `Out of range value for cot(${a}.0)`);
      return 1 / Math.tan(a);
    },
    examples: examples(['COT(2)', -0.45765755436028577], ['COT(-1)', -0.6420926159343306]),
  }),
  {
    name: 'CRC32',
    family: 'math',
    summary: 'checksum of the UTF-8 bytes of a text',
    signatures: [[str]],
    returns: 'long',
    nulls: 'strict',
    js: () => crc32,
    examples: examples(["CRC32('abc')", 891568578], ["CRC32('')", 0], ["CRC32('ü')", 1675192789]),
  },
  real({
    name: 'DEGREES',
    summary: 'radians as degrees',
    compute: (a) => a * (180 / Math.PI),
    painless: 'Math.toDegrees(a0)',
    motion: rises,
    examples: examples(['DEGREES(PI())', 180], ['DEGREES(1)', 57.29577951308232]),
  }),
  constant('E', 'the base of natural logarithms', Math.E, 'Math.E'),
  constant('PI', 'the ratio of circumference to diameter', Math.PI, 'Math.PI'),
  real({
    name: 'EXP',
    summary: 'e to the power of x',
    compute: Math.exp,
    painless: 'Math.exp(a0)',
    total: true,
    examples: examples(['EXP(0)', 1], ['EXP(-1)', 0.36787944117144233], ['EXP(2.5)', 12.182493960703473]),
  }),
  real({
    name: 'EXPM1',
    summary: 'e to the power of x, minus 1',
    compute: Math.expm1,
    painless: 'Math.expm1(a0)',
    examples: examples(['EXPM1(0)', 0], ['EXPM1(1)', 1.718281828459045]),
  }),
  real({
    name: 'LN',
    summary: 'natural logarithm; NULL for 0 and below',
    compute: (a) => (a > 0 ? Math.log(a) : null),
    painless: 'a0 > 0.0 ? (def)Math.log(a0) : null',
    examples: examples(['LN(2)', Math.LN2], ['LN(1)', 0], ['LN(0)', null], ['LN(-1)', null]),
  }),
  {
    name: 'LOG',
    family: 'math',
    summary: 'natural logarithm, or LOG(base, x); NULL for 0 and below, and for LOG(1, 1)',
    signatures: [[num], [num, num]],
    returns: 'double',
    nulls: 'strict',
    js: (types, result, session) =>
      ofDoubles((a, b) => {
        if (types.length === 1) return a > 0 ? Math.log(a) : null;
        return a > 0 && b > 0 ? unlessNaN(logarithm(a, b)) : null;
      })(types, result, session),
    painless: (args) =>
      scripted(
        args.length === 1
          ? 'a0 > 0.0 ? (def)Math.log(a0) : null'
          : 'a0 > 0.0 && a1 > 0.0 && !Double.isNaN(Math.log(a1) / Math.log(a0)) ? (def)(Math.log(a1) / Math.log(a0)) : null',
      ),
    examples: examples(
      ['LOG(2)', Math.LN2],
      ['LOG(3, 81)', 4],
      ['LOG(2, 8)', 3],
      ['LOG(0)', null],
      ['LOG(-1, 2)', null],
      ['LOG(1, 1)', null],
    ),
  },
  real({
    name: 'LOG2',
    summary: 'logarithm to base 2; NULL for 0 and below',
    compute: (a) => (a > 0 ? logarithm(2, a) : null),
    painless: 'a0 > 0.0 ? (def)(Math.log(a0) / Math.log(2.0)) : null',
    examples: examples(['LOG2(32)', 5], ['LOG2(8)', 3], ['LOG2(0.5)', -1], ['LOG2(0)', null]),
  }),
  real({
    name: 'LOG10',
    summary: 'logarithm to base 10; NULL for 0 and below',
    compute: (a) => (a > 0 ? Math.log10(a) : null),
    painless: 'a0 > 0.0 ? (def)Math.log10(a0) : null',
    examples: examples(['LOG10(100)', 2], ['LOG10(0.001)', -3], ['LOG10(-5)', null]),
  }),
  real({
    name: 'POW',
    aliases: ['POWER'],
    summary: 'x to the power of y; NULL where that is no real number',
    two: true,
    compute: (a, b) => unlessNaN(a ** b),
    painless: 'Double.isNaN(Math.pow(a0, a1)) ? null : (def)Math.pow(a0, a1)',
    examples: examples(
      ['POW(2, -1)', 0.5],
      ['POWER(2, 0.5)', Math.SQRT2],
      ['POW(-8, 3)', -512],
      ['POW(-8, 0.5)', null],
      ['POW(0, 0)', 1],
    ),
  }),
  real({
    name: 'RADIANS',
    summary: 'degrees as radians',
    compute: (a) => a * (Math.PI / 180),
    painless: 'Math.toRadians(a0)',
    motion: rises,
    examples: examples(
      ['RADIANS(180)', Math.PI],
      ['RADIANS(-90)', -1.5707963267948966],
      ['RADIANS(1)', 0.017453292519943295],
    ),
  }),
  {
    name: 'RAND',
    aliases: ['RANDOM'],
    family: 'math',
    summary: 'a number from 0 to 1, of a seed always the same one',
    signatures: [[], [int]],
    returns: 'float',
    nulls: 'strict',
    volatile: true,
    js: (types) => (types.length === 0 ? () => Math.fround(Math.random()) : (seed: Numeric) => javaRandomFloat(seed)),
    examples: examples(['RAND(7)', Math.fround(0.730699)], ['RAND(0)', Math.fround(0.73096776)]),
  },
  real({
    name: 'RINT',
    summary: 'the nearest whole number, of two the even one, as a double',
    compute: halfEven,
    painless: 'Math.rint(a0)',
    motion: rises,
    examples: examples(['RINT(2.5)', 2], ['RINT(3.5)', 4], ['RINT(-2.5)', -2], ['RINT(2.51)', 3]),
  }),
  {
    name: 'ROUND',
    family: 'math',
    summary: 'to `d` places (0, or negative for places before the point), half away from zero',
    signatures: [[num, opt(int)]],
    returns: wholeOrDouble,
    nulls: 'strict',
    js: places(roundInteger, roundDouble),
    // As recorded of the plugin, the double of a decimal is rounded; what comes of it is a decimal again.
    exact: ([a, places]) => parseDecimal(String(roundDouble(doubleOf(a!), Number(places?.unscaled ?? 0n)))),
    motion: toPlaces,
    total: true,
    examples: examples(
      ['ROUND(7.6)', 8],
      ['ROUND(2.5)', 3],
      ['ROUND(-2.5)', -3],
      ['ROUND(9)', 9],
      ['ROUND(456.7, -2)', 500],
      ['ROUND(2.71449, 3)', 2.714],
      ['ROUND(155, -1)', 160],
      ['ROUND(-1.005, 2)', -1],
    ),
  },
  {
    name: 'SIGN',
    aliases: ['SIGNUM'],
    family: 'math',
    summary: '-1, 0 or 1',
    signatures: [[num]],
    returns: 'integer',
    nulls: 'strict',
    js: () => (value: Numeric) => (value > 0 ? 1 : value < 0 ? -1 : 0),
    painless: (args, types) => (types[0] === 'float' ? undefined : `${args[0]} > 0 ? 1L : (${args[0]} < 0 ? -1L : 0L)`),
    duckdb: 'CAST(CASE WHEN a0 > 0 THEN 1 WHEN a0 IS NOT NULL THEN CASE WHEN a0 < 0 THEN -1 ELSE 0 END END AS INTEGER)',
    motion: rises,
    total: true,
    examples: examples(['SIGN(-0.5)', -1], ['SIGN(0)', 0], ['SIGN(12)', 1], ['SIGNUM(0.0)', 0]),
  },
  real({
    name: 'SIN',
    summary: 'sine of radians',
    compute: Math.sin,
    painless: 'Math.sin(a0)',
    examples: examples(['SIN(0)', 0], ['SIN(1)', 0.8414709848078965], ['SIN(PI())', 1.2246467991473532e-16]),
  }),
  real({
    name: 'SINH',
    summary: 'hyperbolic sine',
    compute: Math.sinh,
    painless: 'Math.sinh(a0)',
    examples: examples(['SINH(0)', 0], ['SINH(1)', 1.1752011936438014]),
  }),
  real({
    name: 'SQRT',
    summary: 'square root; NULL for negative numbers',
    compute: (a) => (a < 0 ? null : Math.sqrt(a)),
    painless: 'a0 < 0.0 ? null : (def)Math.sqrt(a0)',
    duckdb: 'CASE WHEN a0 >= 0 THEN sqrt(a0) END',
    motion: rises,
    examples: examples(['SQRT(9)', 3], ['SQRT(2)', Math.SQRT2], ['SQRT(0)', 0], ['SQRT(-1)', null]),
  }),
  real({
    name: 'TAN',
    summary: 'tangent of radians',
    compute: Math.tan,
    painless: 'Math.tan(a0)',
    examples: examples(['TAN(0)', 0], ['TAN(1)', 1.5574077246549023]),
  }),
  real({
    name: 'TANH',
    summary: 'hyperbolic tangent',
    compute: Math.tanh,
    painless: 'Math.tanh(a0)',
    examples: examples(['TANH(0)', 0]),
  }),
  {
    name: 'TRUNCATE',
    family: 'math',
    summary: 'cut to `d` places, towards zero',
    signatures: [[num, int]],
    returns: wholeOrDouble,
    nulls: 'strict',
    js: places(truncateInteger, truncateDouble),
    motion: toPlaces,
    total: true,
    examples: examples(
      ['TRUNCATE(3.149, 2)', 3.14],
      ['TRUNCATE(8, 3)', 8],
      ['TRUNCATE(-3.99, 0)', -3],
      ['TRUNCATE(1234, -2)', 1200],
      ['TRUNCATE(9.999, 1)', 9.9],
      ['TRUNCATE(2100.1, 1)', 2100.1],
    ),
  },
]);
