/** Numbers read from bytes are those that are read from texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberAt } from '../../../translators/object-sql/cell-bytes.ts';
import { numberOf } from '../../../translators/object-sql/number-text.ts';

const read = (text: string): number => {
  const bytes = Buffer.from(`7${text},8`);
  return numberAt(bytes, 1, bytes.length - 2);
};
const expected = (text: string): number => numberOf(text) ?? Number.NaN;

describe('a number in bytes', () => {
  it.each([
    ...[
      '',
      '-',
      '+',
      '.',
      '-.',
      '5.',
      '.5',
      '-.5',
      '+5',
      '--5',
      '5-',
      '1.2.3',
      '0',
      '-0',
      '007',
      '0.1',
      '0.30000000000000004',
    ],
    ...[
      '123456789012345',
      '1234567890123456',
      '9007199254740993',
      '99999999999999.9',
      '0.00000000000001',
      '1e5',
      ' 5',
      '5 ',
    ],
    ...['0x10', '1_0', 'nan', 'inf', '1e400', '\u00a05', '5\u00a0', '\ufeff5', '٣', '1,5'],
  ])('%j', (text) => expect(read(text)).toBe(expected(text)));

  it('whatever the text', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789.-+e _'), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(digits, fc.double().map(String), fc.string({ unit: 'binary' })), (text) => {
        if (Buffer.from(text).toString() === text) expect(read(text)).toBe(expected(text));
      }),
      { numRuns: 20_000 },
    );
  });
});
