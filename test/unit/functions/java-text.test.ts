import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { javaDouble } from '../../../translators/functions/java-text.ts';

describe('numbers as Java prints them', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-12000, '-12000.0'],
    [9999999, '9999999.0'],
    [10000000, '1.0E7'],
    [10000000000, '1.0E10'],
    [1700000000, '1.7E9'],
    [0.1, '0.1'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [0.00123, '0.00123'],
    [5200.5, '5200.5'],
    [123456789.125, '1.23456789125E8'],
    [1e21, '1.0E21'],
    [1.7976931348623157e308, '1.7976931348623157E308'],
    [5e-324, '4.9E-324'],
    [2e-323, '2.0E-323'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('Double.toString(%d) is %s', (n, text) => {
    expect(javaDouble(n, 'double')).toBe(text);
  });

  it.each([
    [0.1, '0.1'],
    [Math.fround(0.1), '0.1'],
    [2.5, '2.5'],
    [16777217, '1.6777216E7'],
    [0.3 + 0.6, '0.9'],
    [3.4028234663852886e38, '3.4028235E38'],
    [1.401298464324817e-45, '1.4E-45'],
    [Math.fround(0.7306990027427673), '0.730699'],
    [Math.fround(0.7309677600860596), '0.73096776'],
    [1e10, '1.0E10'],
  ])('Float.toString(%d) is %s', (n, text) => {
    expect(javaDouble(n, 'float')).toBe(text);
  });

  it('reads back as the same number', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (n) => Object.is(Number(javaDouble(n, 'double')), n)));
    fc.assert(fc.property(fc.float({ noNaN: true }), (n) => Object.is(Math.fround(Number(javaDouble(n, 'float'))), n)));
  });
});
