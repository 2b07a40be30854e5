/** Numbers of JSON come back as they were written, wherever they stand. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minifyJson, parseJson } from '../../../translators/object-sql/json.ts';
import { jsonText } from '../../../translators/object-sql/value.ts';

const digits = fc.string({ unit: fc.constantFrom(...'0000123456789'), minLength: 1, maxLength: 20 });
const number = fc
  .tuple(fc.constantFrom('', '-'), digits, fc.option(digits), fc.constantFrom('', '', 'e5', 'E-3', 'e+40'))
  .map(
    ([sign, whole, part, power]) =>
      `${sign}${whole.replace(/^0+(?=\d)/, '')}${part === null ? '' : `.${part}`}${power}`,
  );
const text = fc
  .string({ unit: fc.constantFrom('a', '1e5', ':-0', ',1.50', '2024-01', '[0.0000001'), maxLength: 3 })
  .map((s) => JSON.stringify(s));
const space = fc.constantFrom('', ' ', '\n', '\t ');
const value: fc.Memo<string> = fc.memo((depth) => {
  const leaf = fc.oneof(number, text, fc.constantFrom('true', 'null'));
  if (depth <= 1) return leaf;
  const items = fc.array(
    fc.tuple(space, value(depth - 1), space).map((parts) => parts.join('')),
    { maxLength: 3 },
  );
  return fc.oneof(
    leaf,
    items.map((each) => `[${each.join(',')}]`),
    items.map((each) => `{${each.map((item, i) => `"k${i}":${item}`).join(',')}}`),
  );
});

it('gives JSON back as it was written', () => {
  fc.assert(
    fc.property(space, value(3), (before, json) => {
      expect(jsonText(parseJson(before + json, 100))).toBe(minifyJson(json));
    }),
    { numRuns: 20_000 },
  );
});

it.each([
  [512, '"]["', true],
  [513, '1', false],
  [511, '1.50', true],
  [513, '1.50', false],
])('nests %i levels around %s: %s', (levels, inner, taken) => {
  const text = `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;
  if (taken) expect(jsonText(parseJson(text, 512))).toBe(text);
  else expect(() => parseJson(text, 512)).toThrow('deeper than 512 levels');
});
