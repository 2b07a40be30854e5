import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likeMatcher } from '../../../../translators/lower/js/like.ts';

describe('LIKE', () => {
  it.each([
    ['abc', 'A%', true],
    ['abc', 'a_c', true],
    ['abc', 'a_', false],
    ['a%c', 'a\\%c', true],
    ['abc', 'a\\%c', false],
    ['a_c', 'a\\_c', true],
    ['a\\c', 'a\\\\c', true],
    ['a\\bc', 'a\\bc', true],
    ['', '', true],
    ['', '%', true],
    ['x', '', false],
    ['ab\ncd', 'a%d', true],
    ['Ä', 'ä', false],
    ['İx', 'İX', true],
    ['😀', '_', true],
    ['😀', '__', false],
    ['a😀b', 'a_b', true],
    ['abcabd', '%ab_', true],
    ['abcabd', '%abc', false],
    ['aaab', '%a%ab', true],
    ['.*', '.*', true],
    ['abc', '.*', false],
  ])('%j LIKE %j is %s', (text, pattern, expected) => {
    expect(likeMatcher(pattern, '\\')(text)).toBe(expected);
  });

  it('takes another escape character, or none', () => {
    expect(likeMatcher('a!%', '!')('a%')).toBe(true);
    expect(likeMatcher('a!%', '!')('ab')).toBe(false);
    expect(likeMatcher('a\\%', '')('a\\xyz')).toBe(true);
  });

  it('agrees with a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', 'b', '%', '_', '\\', '\n', '😀'), maxLength: 12 });
    const oracle = (pattern: string): RegExp => {
      const source = pattern.replace(/\\([%_\\])|([%_])|([\s\S])/gu, (_all, escaped, wild, plain) =>
        wild === '%'
          ? '[^]*'
          : wild === '_'
            ? '[^]'
            : ((escaped ?? plain) as string).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
      );
      return new RegExp(`^(?:${source})$`, 'iu');
    };
    fc.assert(
      fc.property(text, text, (value, pattern) => likeMatcher(pattern, '\\')(value) === oracle(pattern).test(value)),
      {
        numRuns: 2000,
      },
    );
  });

  it('is not slowed down by any pattern', () => {
    const matches = likeMatcher(`${'%a'.repeat(200)}%b`, '\\');
    const start = performance.now();
    expect(matches('a'.repeat(20_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
