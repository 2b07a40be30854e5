/** jdbc and json: order of keys, exact numbers, indentation (spec sql-endpoint 4.2, 4.4 and 4.7). */
import { describe, expect, it } from 'vitest';
import type { OutputColumn, Row } from '../../../src/rows/page.ts';
import { createWriter } from '../../../src/write/index.ts';
import { intervalText } from '../../../src/write/interval-text.ts';
import type { SqlType, Value } from '../../../translators/algebra/types.ts';
import { answer, columnsOf } from './answers.ts';

const cell = (value: Value, type: SqlType): string => {
  const text = answer('jdbc', { columns: [{ name: 'c', type }] }, [[value]]);
  return text.slice(text.indexOf('[[') + 2, text.indexOf(']],"total"'));
};

describe('jdbc', () => {
  const columns: OutputColumn[] = [
    { name: 'host', type: 'keyword' },
    { name: 'COUNT(*)', alias: 'n', type: 'unsigned_long' },
  ];
  const rows: Row[] = [
    ['web-01', 3],
    [null, 1],
  ];

  it('has the keys in the order of the plugin', () => {
    expect(Object.keys(JSON.parse(answer('jdbc', { columns }, rows, { info: { cursor: 'n:x' } })))).toEqual([
      'schema',
      'datarows',
      'total',
      'size',
      'status',
      'cursor',
    ]);
  });

  it('is compact', () => {
    expect(answer('jdbc', { columns }, rows)).toBe(
      '{"schema":[{"name":"host","type":"keyword"},{"name":"COUNT(*)","alias":"n","type":"long"}],"datarows":[["web-01",3],[null,1]],"total":2,"size":2,"status":200}',
    );
  });

  it('is indented as by JSON.stringify when pretty', () => {
    const mixed: OutputColumn[] = columnsOf({ o: 'object', a: 'integer', e: 'nested', s: 'text' });
    const cells: Row[] = [
      [{ x: { y: [1, 'b'] }, z: {} }, [1, 2], [], 'é"\n'],
      [null, 1, [{ a: true }], ''],
    ];
    for (const list of [cells, []]) {
      const text = answer('jdbc', { columns: mixed, pretty: true }, list, { info: { cursor: 'c' } });
      expect(text).toBe(
        JSON.stringify(JSON.parse(answer('jdbc', { columns: mixed }, list, { info: { cursor: 'c' } })), null, 2),
      );
    }
  });

  it('prints a page the same with and without long integers in it', () => {
    const any = columnsOf({ a: 'long', s: 'text', o: 'object', t: 'timestamp', b: 'boolean' });
    const cells: Row = [1, 'é"\n\ud800 😀', { x: [1e-7, null, { y: -0 }], 'k"': 1e21 }, '2024-01-01 00:00:00', true];
    const other: Row = [null, null, null, null, null];
    const long: Row = [9007199254740993n, '', {}, '', false];
    const text = (list: Row[]): string => answer('jdbc', { columns: any }, list);
    const rowsOf = (list: Row[]): string =>
      text(list).slice(text([]).indexOf('"datarows":[') + 12, text(list).indexOf('],"total"'));
    expect(rowsOf([cells, other, long])).toBe(`${rowsOf([cells, other])},${rowsOf([long])}`);
  });

  it('counts rows before LIMIT where they are known, within 32 bits', () => {
    const totals = (total?: number) =>
      JSON.parse(answer('jdbc', { columns }, rows, { info: { total } })) as { total: number; size: number };
    expect(totals(1000)).toMatchObject({ total: 1000, size: 2 });
    expect(totals(0)).toMatchObject({ total: 2, size: 2 });
    expect(totals(3e9)).toMatchObject({ total: 2147483647, size: 2 });
  });

  it.each([
    [10, 'double', '10.0'],
    [0.1, 'double', '0.1'],
    [1e10, 'double', '1.0E10'],
    [Math.fround(0.1), 'float', '0.1'],
    [9223372036854775807n, 'long', '9223372036854775807'],
    [18446744073709551615n, 'unsigned_long', '18446744073709551615'],
    [-5, 'integer', '-5'],
    [[1, 9007199254740995n, null], 'long', '[1,9007199254740995,null]'],
    [[10, 0.5], 'double', '[10.0,0.5]'],
    [true, 'boolean', 'true'],
    ['<b>&amp;"\\\u0001', 'text', '"<b>&amp;\\"\\\\\\u0001"'],
    ['2023-04-01 10:00:00.123', 'timestamp', '"2023-04-01 10:00:00.123"'],
    [{ lat: 40.71, lon: 74 }, 'geo_point', '{"lat":40.71,"lon":74.0}'],
    [{ a: { b: 9007199254740993n }, 'c"d': [null, 1] }, 'object', '{"a":{"b":9007199254740993},"c\\"d":[null,1]}'],
    [{ months: 1, nanos: 5n }, 'object', '{"months":1,"nanos":5}'],
    [{ months: 0, nanos: 3_600_000_000_000n }, 'interval', '"PT1H"'],
    [null, 'undefined', 'null'],
  ] as [Value, SqlType, string][])('%o (%s) → %s', (value, type, expected) => {
    expect(cell(value, type)).toBe(expected);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d, as JSON has no word for it',
    (value) => {
      const writer = createWriter('jdbc', { columns: columnsOf({ d: 'double' }) });
      expect(() => writer.page([[value]])).toThrow(
        expect.objectContaining({
          type: 'IllegalArgumentException',
          status: 400,
          message: expect.stringContaining(`${value} is not a valid double value`),
        }),
      );
    },
  );
});

describe('json', () => {
  it('has the shape of a search response', () => {
    const columns = columnsOf({ a: 'integer', b: 'double' });
    const info = { took: 12.4, total: 7, totalIsLowerBound: true };
    expect(JSON.parse(answer('json', { columns, index: 't*' }, [[1, 2]], { info }))).toEqual({
      took: 12,
      timed_out: false,
      _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
      hits: {
        total: { value: 7, relation: 'gte' },
        max_score: null,
        hits: [{ _index: 't*', _id: null, _score: null, _source: { a: 1, b: 2 } }],
      },
    });
  });

  it('keeps columns of one label apart', () => {
    const columns: OutputColumn[] = ['a', 'a', 'a_2', 'a'].map((name) => ({ name, type: 'integer' }));
    const made = JSON.parse(answer('json', { columns }, [[1, 2, 3, 4]])) as { hits: { hits: { _source: object }[] } };
    expect(made.hits.hits[0]!._source).toEqual({ a: 1, a_3: 2, a_2: 3, a_4: 4 });
  });
});

describe('intervals', () => {
  const second = 1_000_000_000n;
  it.each([
    [0, 0n, 'PT0S'],
    [14, 0n, 'P1Y2M'],
    [-1, 0n, 'P-1M'],
    [0, 3n * 86_400n * second, 'P3D'],
    [0, 36n * 3600n * second, 'PT36H'],
    [0, 90n * 60n * second, 'PT1H30M'],
    [0, second / 2n, 'PT0.5S'],
    [0, -second / 2n, 'PT-0.5S'],
    [0, 61_250_000_000n, 'PT1M1.25S'],
    [1, 3600n * second, 'P1MT1H'],
  ])('%d months, %d ns → %s', (months, nanos, expected) => {
    expect(intervalText(months, nanos)).toBe(expected);
  });
});
