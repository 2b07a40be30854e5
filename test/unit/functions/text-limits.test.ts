import { describe, expect, it } from 'vitest';
import type { SqlType, Value } from '../../../translators/algebra/types.ts';
import { scalarFunction } from '../../../translators/functions/index.ts';
import { SESSION } from './bind-kit.ts';

function apply(name: string, ...args: readonly Value[]): Value {
  const fn = scalarFunction(name)!;
  const types = args.map((arg): SqlType => (typeof arg === 'number' ? 'integer' : 'keyword'));
  const js = fn.js(types, 'keyword', { ...SESSION, maxText: 12 });
  return (js as (...values: readonly Value[]) => Value)(...args);
}

describe('the longest text that a function makes', () => {
  it.each<[string, readonly Value[], string]>([
    ['REPEAT', ['abc', 4], 'abcabcabcabc'],
    ['REPLACE', ['a-b-c', '-', '1234'], 'a1234b1234c'],
    ['CONCAT', ['abcdef', 'ghijkl'], 'abcdefghijkl'],
    ['CONCAT_WS', ['-', 'abcdef', 'ghijk'], 'abcdef-ghijk'],
    ['LPAD', ['é', 11, 'x'], `${'x'.repeat(10)}é`],
    ['RPAD', ['a', 12, '-'], 'a-----------'],
    ['SPACE', [12], ' '.repeat(12)],
    ['REGEXP_REPLACE', ['abc', '[abc]', 'xyz'], 'xyzxyzxyz'],
  ])('%s%j is kept', (name, args, expected) => {
    expect(apply(name, ...args)).toBe(expected);
  });

  it.each<[string, readonly Value[]]>([
    ['REPEAT', ['abc', 5]],
    ['REPEAT', ['abc', 2 ** 40]],
    ['REPLACE', ['a-b-c', '-', '12345']],
    ['REPLACE', ['a-b-c', '-', 'ééé']],
    ['CONCAT', ['abcdef', 'ghijklm']],
    ['CONCAT_WS', ['--', 'abcdef', 'ghijk']],
    ['LPAD', ['é', 12, 'x']],
    ['RPAD', ['a', 2 ** 50, '-']],
    ['SPACE', [13]],
    ['REGEXP_REPLACE', ['abc', '[abc]', 'wxyz!']],
    ['DATE_FORMAT', ['2024-05-03 00:00:00', '%W %W']],
  ])('%s%j is refused by the name of the setting', (name, args) => {
    expect(() => apply(name, ...args)).toThrow('MAX_FOLDED_TEXT');
  });
});
