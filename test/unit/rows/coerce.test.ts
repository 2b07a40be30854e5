/** Values as documents hold them → cells, a mapping at a time. */
import { describe, expect, it } from 'vitest';
import { coercer } from '../../../src/rows/coerce.ts';
import { keyCoercer } from '../../../src/rows/coerce-key.ts';
import { metricCoercer } from '../../../src/rows/coerce-metric.ts';
import type { SqlType } from '../../../translators/algebra/types.ts';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import type { MappingProperty } from '../../../translators/catalog/mapping-json.ts';

const fieldOf = (f: MappingProperty) => buildSchema('t', { t: { mappings: { properties: { f } } } }).lookup('f')!;
const value = (mapping: MappingProperty | string, raw: unknown, tolerance = true) =>
  coercer(fieldOf(typeof mapping === 'string' ? { type: mapping } : mapping), { tolerance })(raw);

describe('single values', () => {
  it.each([
    ['boolean', true, true],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['boolean', '', false],
    ['boolean', 'yes', null],
    ['byte', 127, 127],
    ['byte', '12', 12],
    ['short', '-3', -3],
    ['integer', 3.7, 3],
    ['integer', -3.7, -3],
    ['integer', -0.5, 0],
    ['integer', '3.7', 3],
    ['integer', '1e3', 1000],
    ['integer', '', null],
    ['integer', ' ', null],
    ['integer', 'x', null],
    ['integer', '0x10', null],
    ['integer', true, null],
    ['integer', {}, null],
    ['long', 9007199254740993n, 9007199254740993n],
    ['long', 5n, 5],
    ['long', '-9007199254740993', -9007199254740993n],
    ['long', '42', 42],
    ['long', 1e300, null],
    ['long', '99999999999999999999999', null],
    ['unsigned_long', '18446744073709551615', 18446744073709551615n],
    ['float', 0.1, Math.fround(0.1)],
    ['float', 16777217, 16777216],
    ['float', '1e3', 1000],
    ['float', 1e39, null],
    ['half_float', 2.5, 2.5],
    ['double', '1e-7', 1e-7],
    ['double', 'NaN', null],
    ['double', '', null],
    ['double', 9007199254740993n, 9007199254740992],
    ['scaled_float', 7.77, 7.77],
    ['keyword', 'a', 'a'],
    ['keyword', '', ''],
    ['keyword', 12345, '12345'],
    ['keyword', 0.5, '0.5'],
    ['keyword', 9007199254740993n, '9007199254740993'],
    ['text', true, 'true'],
    ['completion', { input: ['a', 'b'] }, '{"input":["a","b"]}'],
    ['ip', '10.1.2.3', '10.1.2.3'],
    ['ip', '::ffff:10.1.2.4', '10.1.2.4'],
    ['ip', '2001:0DB8:0:0:0:0:0:FF', '2001:db8::ff'],
    ['ip', '::1', '::1'],
    ['ip', '10.1.2', null],
    ['ip', 5, null],
    ['binary', 'U29tZQ==', 'U29tZQ=='],
    ['flat_object', { a: 'x', b: { c: 'y', d: null } }, { a: 'x', b: { c: 'y' } }],
    ['integer_range', { gte: 1, lte: 5 }, { gte: 1, lte: 5 }],
    ['geo_shape', 'POINT (1 2)', 'POINT (1 2)'],
  ] as [string, unknown, unknown][])('%s %o → %o', (mapping, raw, expected) => {
    expect(value(mapping, raw)).toEqual(expected);
  });

  it.each(['long', 'keyword', 'boolean', 'date', 'ip', 'geo_point', 'object', 'nested', 'binary'])(
    '%s: nothing is null',
    (mapping) => {
      for (const raw of [null, undefined, [], [null], [null, null]]) expect(value(mapping, raw)).toBeNull();
    },
  );
});

describe('dates', () => {
  it.each([
    ['date', '2024-05-17T08:30:00Z', '2024-05-17 08:30:00'],
    ['date', 0, '1970-01-01 00:00:00'],
    ['date', '2024-05-17', '2024-05-17 00:00:00'],
    ['date', '2024-12-31T23:59:59.999Z', '2024-12-31 23:59:59.999'],
    ['date', '2024-02-29T12:00:00+05:00', '2024-02-29 07:00:00'],
    ['date_nanos', '2024-05-17T08:30:00.123456789Z', '2024-05-17 08:30:00.123456789'],
    ['date', 'soon', null],
    ['date', {}, null],
  ])('%s %s → %s', (mapping, raw, expected) => {
    expect(value(mapping, raw)).toBe(expected);
  });

  it('are cut to what their format holds', () => {
    expect(value({ type: 'date', format: 'yyyy-MM-dd' }, '2024-05-17')).toBe('2024-05-17');
    expect(value({ type: 'date', format: 'HH:mm:ss' }, '09:07:42')).toBe('09:07:42');
  });

  it('are epochs of the unit that the format says', () => {
    expect(value({ type: 'date', format: 'epoch_second' }, 1_715_934_600)).toBe('2024-05-17 08:30:00');
    expect(value({ type: 'date', format: 'epoch_millis' }, '1715934600123')).toBe('2024-05-17 08:30:00.123');
  });
});

describe('points', () => {
  const here = { lat: 41.12, lon: -71.34 };
  it.each([
    ['object', here],
    ['text members', { lat: '41.12', lon: '-71.34' }],
    ['text', '41.12,-71.34'],
    ['text with a blank', '41.12, -71.34'],
    ['array', [-71.34, 41.12]],
    ['array with height', [-71.34, 41.12, 3]],
    ['WKT', 'POINT (-71.34 41.12)'],
    ['GeoJSON', { type: 'Point', coordinates: [-71.34, 41.12] }],
  ])('%s', (_, raw) => {
    expect(value('geo_point', raw)).toEqual(here);
  });

  it('geohash', () => {
    expect(value('geo_point', 'drm3btev3e86')).toEqual({ lat: 41.119999922811985, lon: -71.34000029414892 });
  });

  it('several', () => {
    expect(value('geo_point', [here, '1,2'])).toEqual([here, { lat: 1, lon: 2 }]);
    expect(value('geo_point', [here, '1,2'], false)).toEqual(here);
    expect(
      value('geo_point', [
        [-71.34, 41.12],
        [2, 1],
      ]),
    ).toEqual([here, { lat: 1, lon: 2 }]);
  });

  it.each(['nowhere!', '1,', {}, 7])('%o is none', (raw) => {
    expect(value('geo_point', raw)).toBeNull();
  });
});

describe('arrays', () => {
  it('are shown, each element by its type', () => {
    expect(value('integer', ['30', 10.5, null, 'x'])).toEqual([30, 10, null, null]);
    expect(value('keyword', ['z'])).toEqual(['z']);
    expect(value('date', ['2024-01-01', '2024-01-02'])).toEqual(['2024-01-01 00:00:00', '2024-01-02 00:00:00']);
  });

  it('are their first element without tolerance', () => {
    expect(value('integer', [30, 10], false)).toBe(30);
    expect(value('integer', [null, 10], false)).toBe(10);
  });
});

describe('objects', () => {
  const meta: MappingProperty = {
    properties: {
      lang: { type: 'keyword' },
      at: { type: 'date' },
      place: { type: 'geo_point' },
      dims: { properties: { w: { type: 'double' }, h: { type: 'integer' } } },
      tags: { type: 'nested', properties: { t: { type: 'keyword' } } },
    },
  };
  it('render members by their mapping and drop nulls', () => {
    const raw = {
      lang: 5,
      at: '2024-01-02T00:00:00Z',
      place: '1,2',
      dims: { w: '7.25', h: null },
      tags: { t: 'x' },
      free: 1,
      none: null,
      empty: [],
    };
    expect(value(meta, raw)).toEqual({
      lang: '5',
      at: '2024-01-02 00:00:00',
      place: { lat: 1, lon: 2 },
      dims: { w: 7.25 },
      tags: [{ t: 'x' }],
      free: 1,
    });
  });

  it('open keys with dots', () => {
    expect(value(meta, { 'dims.w': 1, dims: { h: '2' }, 'x.y.z': true })).toEqual({
      dims: { w: 1, h: 2 },
      x: { y: { z: true } },
    });
  });

  it('may be empty, or several', () => {
    expect(value(meta, {})).toEqual({});
    expect(value(meta, [{ lang: 'a' }, { lang: 'b' }])).toEqual([{ lang: 'a' }, { lang: 'b' }]);
    expect(value(meta, [{ lang: 'a' }, { lang: 'b' }], false)).toEqual({ lang: 'a' });
  });

  it('cannot reach the prototype', () => {
    const made = value(meta, JSON.parse('{"__proto__":{"polluted":1}}')) as object;
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(Object.hasOwn(made, '__proto__')).toBe(true);
  });
});

describe('nested', () => {
  const comments: MappingProperty = { type: 'nested', properties: { n: { type: 'integer' } } };
  it('is always an array', () => {
    expect(value(comments, { n: '1' })).toEqual([{ n: 1 }]);
    expect(value(comments, [{ n: 1 }])).toEqual([{ n: 1 }]);
    expect(value(comments, [{ n: 1 }, { n: 2 }], false)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(value('knn_vector', [0.5, 1])).toEqual([0.5, 1]);
  });
});

describe('keys of buckets', () => {
  it.each([
    ['boolean', 1, true],
    ['boolean', 0, false],
    ['boolean', 'true', true],
    ['boolean', false, false],
    ['timestamp', 1735689599999, '2024-12-31 23:59:59.999'],
    ['timestamp', '1735689599999', '2024-12-31 23:59:59.999'],
    ['timestamp', 1735689600000, '2025-01-01 00:00:00'],
    ['timestamp', -1, '1969-12-31 23:59:59.999'],
    ['timestamp', '2024-05-17T08:30:00.120Z', '2024-05-17 08:30:00.12'],
    ['date', 1735603200000, '2024-12-31'],
    ['time', 32862000, '09:07:42'],
    ['long', 9007199254740993n, 9007199254740993n],
    ['long', 3.0, 3],
    ['double', 0.5, 0.5],
    ['float', 0.1, Math.fround(0.1)],
    ['keyword', 'x', 'x'],
    ['ip', '::1', '::1'],
    ['keyword', null, null],
    ['long', undefined, null],
    ['double', 'Infinity', Number.POSITIVE_INFINITY],
    ['double', '-Infinity', Number.NEGATIVE_INFINITY],
    ['double', 'NaN', Number.NaN],
    ['keyword', 'NaN', 'NaN'],
  ] as [SqlType, unknown, unknown][])('%s %o → %o', (type, raw, expected) => {
    expect(keyCoercer(type)(raw)).toEqual(expected);
  });

  it('as the result of a metric, a number that is not finite is NULL', () => {
    expect(['Infinity', 'NaN', 1.5].map(metricCoercer('double'))).toEqual([null, null, 1.5]);
  });
});
