/** Lossless JSON: the same as JSON.parse wherever that is exact, exact where it is not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '../../../src/rows/longs.ts';

const LONG = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n });
const TRICKY_STRING = fc.oneof(
  fc.string(),
  fc.constantFrom(
    ': 9007199254740993,',
    '[12345678901234567890]',
    '\\',
    '"',
    '\\": 9007199254740993, "',
    '"\\"[9007199254740993]',
    'long:',
  ),
);

/** Any JSON value with bigint where an integer is not safe. */
const VALUE = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    TRICKY_STRING,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    LONG.map((long) => (Number.isSafeInteger(Number(long)) ? Number(long) : long)),
    fc.array(tie('value')),
    fc.dictionary(TRICKY_STRING, tie('value')),
  ),
})).value;

/** A double that JSON writes as a long integer, such as 1e20, comes back as that integer. */
function exact(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21) {
    return BigInt(JSON.stringify(value));
  }
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, exact(one)]));
  }
  return value;
}

describe('parseJson', () => {
  it('reads back what stringifyJson wrote, compact or indented', () => {
    fc.assert(
      fc.property(VALUE, fc.constantFrom(undefined, 2), (value, indent) => {
        expect(parseJson(stringifyJson(value, indent))).toEqual(exact(value));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with JSON.parse on text without long integers', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const wanted: unknown = JSON.parse(text);
        fc.pre(
          JSON.stringify(exact(wanted), (_, v: unknown) => (typeof v === 'bigint' ? 'big' : v)) ===
            JSON.stringify(wanted),
        );
        expect(parseJson(text)).toEqual(wanted);
      }),
    );
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    [' -9223372036854775808 ', -9223372036854775808n],
    ['[1234567890123456]', [1234567890123456]],
    ['[9007199254740993.0]', [9007199254740992]],
    ['[9.007199254740993E15]', [9007199254740992]],
    ['{"a" : 18446744073709551615}', { a: 18446744073709551615n }],
    [
      '{"a":[9007199254740993,9007199254740995],"b":"9007199254740993"}',
      { a: [9007199254740993n, 9007199254740995n], b: '9007199254740993' },
    ],
    ['{"a":"x\\\\","b":9007199254740993}', { a: 'x\\', b: 9007199254740993n }],
    ['{"a":"x\\\\\\": 9007199254740993, ","b":1}', { a: 'x\\": 9007199254740993, ', b: 1 }],
  ])('%s', (text, wanted) => expect(parseJson(text)).toEqual(wanted));

  it.each([
    '[01234567890123456]',
    '{"a":1,12345678901234567}',
    '[9007199254740993',
    '{9007199254740993:1}',
    '["a" 9007199254740993]',
  ])('refuses %s as JSON.parse does', (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('keeps __proto__ an ordinary key', () => {
    const value = parseJson('{"__proto__":9007199254740993}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.entries(value)).toEqual([['__proto__', 9007199254740993n]]);
  });

  it('takes deep documents and long lists in linear time', () => {
    const deep = `${'['.repeat(50_000)}9007199254740993${']'.repeat(50_000)}`;
    expect(() => parseJson(deep)).not.toThrow();
    const list = `[${Array.from({ length: 200_000 }, () => '9007199254740993').join(',')},"x"]`;
    const started = performance.now();
    expect((parseJson(list) as unknown[])[199_999]).toBe(9007199254740993n);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('stringifyJson', () => {
  it('writes bigint as bare integers, and nothing else differently', () => {
    expect(stringifyJson({ a: [1n, 'long:1'], b: 1e20 })).toBe('{"a":[1,"long:1"],"b":100000000000000000000}');
    expect(stringifyJson({ a: 9007199254740993n }, 2)).toBe('{\n  "a": 9007199254740993\n}');
  });
  it('throws on a cycle', () => {
    const cycle: Record<string, unknown> = { a: 1n };
    cycle.self = cycle;
    expect(() => stringifyJson(cycle)).toThrow(TypeError);
  });
});
