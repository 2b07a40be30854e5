/** Arithmetic and rounding beyond the examples: every width, overflow, 64 bits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SqlType, Value } from '../../../translators/algebra/types.ts';
import { scalarFunction } from '../../../translators/functions/index.ts';
import { roundDouble, truncateDouble } from '../../../translators/functions/rounding.ts';
import { SESSION } from './bind-kit.ts';

function apply(name: string, type: SqlType, ...args: readonly Value[]): Value {
  const fn = scalarFunction(name)!;
  const types = args.map(() => type);
  const result = typeof fn.returns === 'string' ? fn.returns : fn.returns(types);
  return (fn.js(types, result, SESSION) as (...values: readonly Value[]) => Value)(...args);
}

const LEAST: readonly (readonly [SqlType, number | bigint])[] = [
  ['byte', -128],
  ['short', -32768],
  ['integer', -2147483648],
  ['long', -9223372036854775808n],
];

describe('whole numbers', () => {
  it('fail beyond their type', () => {
    expect(() => apply('ADD', 'byte', 127, 1)).toThrow('byte overflow');
    expect(() => apply('MULTIPLY', 'short', 300, 300)).toThrow('short overflow');
    for (const [type, least] of LEAST) {
      expect(() => apply('ABS', type, least)).toThrow(`${type} overflow`);
      expect(() => apply('NEGATE', type, least)).toThrow(`${type} overflow`);
      expect(() => apply('DIVIDE', type, least, -1)).toThrow(`${type} overflow`);
      expect(apply('ABS', type, BigInt(least) + 1n)).toEqual(apply('NEGATE', type, BigInt(least) + 1n));
    }
    expect(() => apply('ROUND', 'long', 9223372036854775807n, -1)).toThrow('long overflow');
    expect(() => apply('DIV', 'double', 1e19, 1)).toThrow('out of the range of long');
    expect(() => apply('ADD', 'integer', 2147483647, 1)).toThrow('integer overflow');
    expect(() => apply('MULTIPLY', 'integer', 65536, 65536)).toThrow('integer overflow');
    expect(() => apply('SUBTRACT', 'long', -9223372036854775808n, 1)).toThrow('long overflow');
    expect(() => apply('NEGATE', 'long', -9223372036854775808n)).toThrow('long overflow');
    expect(apply('ADD', 'unsigned_long', 9223372036854775807n, 5)).toBe(9223372036854775812n);
  });

  it('divide as Java does', () => {
    expect(Object.is(apply('DIVIDE', 'integer', -1, 2), 0)).toBe(true);
    expect(Object.is(apply('MODULUS', 'integer', -4, 2), 0)).toBe(true);
    expect(apply('MOD', 'long', -9223372036854775807n, 10)).toBe(3);
    expect(apply('DIVIDE', 'long', 1, 0n)).toBe(null);
  });

  it('are exact in 64 bits, as numbers where those are exact', () => {
    const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const cell = (n: bigint): number | bigint => (Number.isSafeInteger(Number(n)) ? Number(n) : n);
    const operations = {
      ADD: (a: bigint, b: bigint) => a + b,
      SUBTRACT: (a: bigint, b: bigint) => a - b,
      MULTIPLY: (a: bigint, b: bigint) => a * b,
    };
    fc.assert(
      fc.property(
        fc.constantFrom('ADD', 'SUBTRACT', 'MULTIPLY'),
        long,
        fc.oneof(long, fc.bigInt(-1000n, 1000n)),
        (name, a, b) => {
          const exact = operations[name as 'ADD'](a, b);
          if (exact < -(2n ** 63n) || exact >= 2n ** 63n)
            expect(() => apply(name, 'long', cell(a), cell(b))).toThrow('overflow');
          else expect(apply(name, 'long', cell(a), cell(b))).toBe(cell(exact));
        },
      ),
    );
  });
});

describe('fractions', () => {
  it('of 32 bits stay in 32 bits', () => {
    expect(apply('ADD', 'float', 0.1, 0.2)).toBe(Math.fround(Math.fround(0.1) + Math.fround(0.2)));
    expect(apply('SQRT', 'float', 0.1)).toBe(Math.sqrt(Math.fround(0.1)));
  });

  it('are rounded on their binary value and cut on their decimal text', () => {
    expect(roundDouble(2100.05, 1)).toBe(2100.1);
    expect(roundDouble(1.005, 2)).toBe(1);
    expect(roundDouble(-0.5, 0)).toBe(-1);
    expect(roundDouble(1e22, 2)).toBe(1e22);
    expect(roundDouble(149.99, -2)).toBe(100);
    expect(roundDouble(-150, -2)).toBe(-200);
    expect(truncateDouble(-1.999, 2)).toBe(-1.99);
    expect(truncateDouble(1.005, 3)).toBe(1.005);
    expect(truncateDouble(1999.9, -3)).toBe(1000);
    expect(truncateDouble(0.05, 1)).toBe(0);
  });
});
