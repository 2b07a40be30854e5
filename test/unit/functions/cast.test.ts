import { describe, expect, it } from 'vitest';
import type { SqlType, Value } from '../../../translators/algebra/types.ts';
import { castFunction, castTarget } from '../../../translators/functions/cast.ts';
import { SESSION } from './bind-kit.ts';

const cast = (value: Value, from: SqlType, to: SqlType): Value =>
  (castFunction(from, to, SESSION) as (v: Value) => Value)(value);

const LONG_MAX = 9223372036854775807n;

describe('CAST', () => {
  it.each<[Value, SqlType, SqlType, Value]>([
    ['42', 'keyword', 'integer', 42],
    ['+42', 'keyword', 'integer', 42],
    ['9223372036854775807', 'keyword', 'long', LONG_MAX],
    ['1e3', 'keyword', 'double', 1000],
    [' 1.5 ', 'keyword', 'double', 1.5],
    ['2.5f', 'keyword', 'float', 2.5],
    ['-Infinity', 'keyword', 'double', Number.NEGATIVE_INFINITY],
    [1.9, 'double', 'integer', 1],
    [-1.9, 'double', 'integer', -1],
    [127.9, 'double', 'byte', 127],
    [-128, 'integer', 'byte', -128],
    [LONG_MAX, 'long', 'unsigned_long', LONG_MAX],
    [LONG_MAX, 'long', 'double', 2 ** 63],
    [7, 'integer', 'float', 7],
    [1, 'integer', 'keyword', '1'],
    [1, 'double', 'keyword', '1.0'],
    [10000000000, 'double', 'keyword', '1.0E10'],
    [LONG_MAX, 'long', 'keyword', '9223372036854775807'],
    [true, 'boolean', 'keyword', 'true'],
    [true, 'boolean', 'double', 1],
    [0, 'integer', 'boolean', false],
    [LONG_MAX, 'long', 'boolean', true],
    ['TRUE', 'keyword', 'boolean', true],
    ['yes', 'keyword', 'boolean', false],
    ['2024-05-17 08:30:00', 'keyword', 'date', '2024-05-17'],
    ['2024-05-17 08:30:00', 'keyword', 'time', '08:30:00'],
    ['2024-05-17T08:30:00+02:00', 'keyword', 'timestamp', '2024-05-17 06:30:00'],
    ['2024-05-17 08:30:00.5', 'timestamp', 'time', '08:30:00.5'],
    ['2024-05-17', 'date', 'time', '00:00:00'],
    ['08:00:00', 'time', 'timestamp', `${SESSION.today} 08:00:00`],
    ['08:00:00', 'time', 'date', SESSION.today],
    ['10.0.0.1', 'ip', 'keyword', '10.0.0.1'],
    ['2001:DB8:0:0::1', 'keyword', 'ip', '2001:db8::1'],
    [{ a: [1, LONG_MAX], b: 'x' }, 'object', 'keyword', '{"a":[1,9223372036854775807],"b":"x"}'],
  ])('%s as %s to %s is %s', (value, from, to, expected) => {
    expect(cast(value, from, to)).toEqual(expected);
  });

  it.each<[number | bigint, SqlType, SqlType]>([
    [1e20, 'double', 'integer'],
    [1e20, 'double', 'long'],
    [2 ** 63, 'double', 'long'],
    [Number.NaN, 'double', 'integer'],
    [Number.POSITIVE_INFINITY, 'double', 'long'],
    [3000000000, 'long', 'integer'],
    [300, 'integer', 'byte'],
    [-129, 'integer', 'byte'],
    [32768, 'integer', 'short'],
    [-1, 'integer', 'unsigned_long'],
    [18446744073709551615n, 'unsigned_long', 'long'],
    [1e300, 'double', 'float'],
  ])('%s as %s does not become another number of %s', (value, from, to) => {
    expect(() => cast(value, from, to)).toThrow(`is out of the range of ${to}`);
  });

  it.each<[string, SqlType, string]>([
    ['abc', 'integer', 'For input string: "abc"'],
    ['1.5', 'integer', 'For input string: "1.5"'],
    ['', 'integer', 'For input string: ""'],
    [' 1', 'integer', 'For input string: " 1"'],
    ['2147483648', 'integer', 'For input string: "2147483648"'],
    ['128', 'byte', 'For input string: "128"'],
    ['', 'double', 'For input string: ""'],
    ['NaNf', 'double', 'For input string: "NaNf"'],
    ['2023-02-30', 'date', "date:2023-02-30 in unsupported format, please use 'yyyy-MM-dd'"],
    ['x', 'ip', "IP address string 'x' is not valid"],
  ])('"%s" to %s fails', (text, to, message) => {
    expect(() => cast(text, 'keyword', to)).toThrow(message);
  });

  it.each<[SqlType, SqlType]>([
    ['integer', 'date'],
    ['boolean', 'timestamp'],
    ['date', 'integer'],
    ['date', 'boolean'],
    ['ip', 'long'],
    ['keyword', 'object'],
  ])('there is none from %s to %s', (from, to) => {
    expect(castFunction(from, to, SESSION)).toBeUndefined();
  });

  it('knows the names of types in any case', () => {
    expect(castTarget('varchar')).toBe('keyword');
    expect(castTarget('BIGINT')).toBe('long');
    expect(castTarget('DateTime')).toBe('timestamp');
    expect(castTarget('NOSUCH')).toBeUndefined();
  });
});
