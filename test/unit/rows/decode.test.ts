/** Hits → rows: paths, keys with dots, arrays of objects, metadata, fetched values. */
import { describe, expect, it } from 'vitest';
import { compileHitDecoder, decodePage } from '../../../src/rows/decode.ts';
import type { Hit } from '../../../src/rows/hit.ts';
import type { Column } from '../../../translators/algebra/expr.ts';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';

const schema = buildSchema('t', {
  t: {
    mappings: {
      properties: {
        id: { type: 'integer' },
        al: { type: 'alias', path: 'meta.rank' },
        meta: {
          properties: {
            lang: { type: 'keyword' },
            rank: { type: 'integer' },
            dims: { properties: { w: { type: 'double' } } },
          },
        },
        items: {
          properties: {
            sku: { type: 'keyword' },
            n: { type: 'integer' },
            at: { type: 'geo_point' },
            o: { properties: { x: { type: 'long' } } },
          },
        },
        comments: { type: 'nested', properties: { author: { type: 'keyword' } } },
        name: { type: 'text', fields: { keyword: { type: 'keyword' } } },
        ck: { type: 'constant_keyword', value: 'always' },
        fo: { type: 'flat_object' },
        constructor: { type: 'keyword' },
        dn: { type: 'date_nanos', format: 'epoch_second' },
      },
    },
  },
});

let id = 0;
function column(path: string): Column {
  const field = schema.lookup(path)!;
  return { id: id++, name: path, type: field.type, field };
}
const meta = (name: string): Column => ({ id: id++, name, type: 'keyword', meta: name });
const read = (path: string, source: Record<string, unknown>, tolerance = true) =>
  compileHitDecoder([column(path)], { tolerance })({ _source: source })[0];

describe('leaves', () => {
  it.each([
    ['a top-level field', 'id', { id: '7' }, 7],
    ['a member', 'meta.lang', { meta: { lang: 'en' } }, 'en'],
    ['a deep member', 'meta.dims.w', { meta: { dims: { w: 1.5 } } }, 1.5],
    ['an absent member', 'meta.dims.w', { meta: {} }, null],
    ['an absent object', 'meta.dims.w', {}, null],
    ['a null object', 'meta.lang', { meta: null }, null],
    ['a key with dots', 'meta.lang', { 'meta.lang': 'it' }, 'it'],
    ['a key with dots at the end', 'meta.dims.w', { meta: { 'dims.w': 2 } }, 2],
    ['a key with dots at the start', 'meta.dims.w', { 'meta.dims': { w: 3 } }, 3],
    ['a key with dots beside the object', 'meta.lang', { meta: { rank: 1 }, 'meta.lang': 'de' }, 'de'],
    ['an alias', 'al', { meta: { rank: 3 } }, 3],
    ['a multi-field', 'name.keyword', { name: 'Ann' }, 'Ann'],
    ['a free-form leaf', 'fo.b.c', { fo: { b: { c: 'y' } } }, 'y'],
    ['a field named as a method', 'constructor', {}, null],
    ['such a field with a value', 'constructor', { constructor: 'c' }, 'c'],
    ['a constant', 'ck', {}, 'always'],
  ] as [string, string, Record<string, unknown>, unknown][])('%s', (_, path, source, expected) => {
    expect(read(path, source)).toEqual(expected);
  });
});

describe('leaves below arrays of objects', () => {
  const items = (...list: unknown[]) => ({ items: list });
  it.each([
    ['several give an array', 'items.sku', items({ sku: 'a1' }, { sku: 'a2' }), ['a1', 'a2']],
    ['one gives its value', 'items.n', items({ sku: 'z1', n: 5 }), 5],
    ['those without it are passed over', 'items.sku', items({ sku: 'e1' }, { n: 4 }, { sku: null }), 'e1'],
    ['arrays in them are joined', 'items.n', items({ n: [1, 2] }, { n: 3 }), [1, 2, 3]],
    ['objects in them', 'items.o.x', items({ o: { x: 1 } }, { 'o.x': 2 }), [1, 2]],
    [
      'points stay whole',
      'items.at',
      items({ at: [2, 1] }, { at: [4, 3] }),
      [
        { lat: 1, lon: 2 },
        { lat: 3, lon: 4 },
      ],
    ],
    ['an empty array', 'items.sku', items(), null],
    ['a nested leaf', 'comments.author', { comments: [{ author: 'ann' }, { author: 'bob' }] }, ['ann', 'bob']],
  ] as [string, string, Record<string, unknown>, unknown][])('%s', (_, path, source, expected) => {
    expect(read(path, source)).toEqual(expected);
  });

  it('give the first value without tolerance', () => {
    expect(read('items.sku', { items: [{ n: 1 }, { sku: 'a' }, { sku: 'b' }] }, false)).toBe('a');
  });
});

describe('objects', () => {
  it.each([
    ['as they are', 'meta', { meta: { lang: 'en', rank: null } }, { lang: 'en' }],
    ['from keys with dots', 'meta', { id: 6, 'meta.lang': 'it', 'meta.rank': 8 }, { lang: 'it', rank: 8 }],
    [
      'from both',
      'meta',
      { meta: { lang: 'en', dims: { w: 1 } }, 'meta.dims.h': 2 },
      { lang: 'en', dims: { w: 1, h: 2 } },
    ],
    ['an inner one', 'meta.dims', { meta: { dims: { w: 1 } } }, { w: 1 }],
    ['an inner one from keys with dots', 'meta.dims', { 'meta.dims.w': 1, meta: { 'dims.h': 2 } }, { w: 1, h: 2 }],
    ['of several parents', 'items.o', { items: [{ o: { x: 1 } }, { o: { x: '2' } }] }, [{ x: 1 }, { x: 2 }]],
    ['an array of one stays one', 'items', { items: [{ n: 1 }] }, [{ n: 1 }]],
    ['not another with the same beginning', 'meta', { metadata: 1, 'metax.y': 2 }, null],
    ['nested', 'comments', { comments: { author: 'cyd' } }, [{ author: 'cyd' }]],
    ['absent', 'comments', {}, null],
  ] as [string, string, Record<string, unknown>, unknown][])('%s', (_, path, source, expected) => {
    expect(read(path, source)).toEqual(expected);
  });
});

describe('metadata', () => {
  const columns = ['_id', '_index', '_score', '_maxscore', '_sort', '_routing'].map(meta);
  const decode = compileHitDecoder(columns);
  it('comes from the hit and the answer', () => {
    const hit: Hit = { _id: '1', _index: 't', _score: 0.5, _routing: 'r', _seq_no: 9 };
    expect(decode(hit, { maxScore: 2.5 })).toEqual(['1', 't', 0.5, 2.5, 9, 'r']);
  });

  it('is null where there is none', () => {
    expect(decode({ _id: '1', _index: 't', _score: null })).toEqual(['1', 't', null, null, -2, null]);
  });
});

describe('fetched values', () => {
  const columns = ['id', 'dn', 'items.sku', 'items.at'].map(column);
  const hit: Hit = {
    fields: {
      id: [5],
      dn: ['2024-05-17T08:30:00.123456789Z'],
      'items.sku': ['a', 'b'],
      'items.at': [{ type: 'Point', coordinates: [2, 1] }],
    },
  };
  it.each(['viaFields', 'viaDocValues'] as const)('%s', (option) => {
    const decode = compileHitDecoder(columns, { [option]: new Set(columns) });
    expect(decode(hit)).toEqual([5, '2024-05-17 08:30:00.123456789', ['a', 'b'], { lat: 1, lon: 2 }]);
    expect(decode({})).toEqual([null, null, null, null]);
  });
});

it('puts an object together from the doc values of its members', () => {
  const columns = [column('meta')];
  const decode = compileHitDecoder(columns, { viaDocValues: new Set(columns) });
  expect(decode({ fields: { 'meta.lang': ['en'], 'meta.dims.w': [1.5] } })).toEqual([{ lang: 'en', dims: { w: 1.5 } }]);
  expect(decode({ fields: { 'meta.rank': [1, 2] } })).toEqual([{ rank: [1, 2] }]);
  expect(decode({})).toEqual([null]);
});

it('reads each column of a page by its own way', () => {
  const [a, b] = [column('id'), column('meta.rank')];
  const decode = compileHitDecoder([a!, b!, meta('_id')], { viaDocValues: new Set([a!]) });
  const hits: Hit[] = [
    { _id: 'x', fields: { id: [1] }, _source: { id: 99, meta: { rank: 2 } } },
    { _id: 'y', _source: { id: 99 } },
  ];
  expect(decodePage(hits, decode)).toEqual([
    [1, 2, 'x'],
    [null, null, 'y'],
  ]);
});

it('refuses a column that is not read from documents', () => {
  expect(() => compileHitDecoder([{ id: 0, name: 'n', type: 'long' }])).toThrow('column n is not read from documents');
});
