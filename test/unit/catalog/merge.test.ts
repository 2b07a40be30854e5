/** Mappings of several indices behind one expression. */
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import { constantOf } from '../../../translators/catalog/constant-field.ts';
import type { MappingProperty } from '../../../translators/catalog/mapping-json.ts';
import { sourceHolds } from '../../../translators/catalog/source-holds.ts';

type Properties = Record<string, MappingProperty>;
const merged = (...indices: Properties[]) =>
  buildSchema('t*', Object.fromEntries(indices.map((properties, i) => [`t${i}`, { mappings: { properties } }])));
/** One field `f` in each index. */
const f = (...parts: MappingProperty[]) => merged(...parts.map((part) => ({ f: part }))).lookup('f');

describe('one type in all', () => {
  it('is that type, without a conflict', () => {
    const field = f({ type: 'long' }, { type: 'long' });
    expect(field).toMatchObject({ type: 'long', docValues: true, indexed: true });
    expect(field?.conflict).toBeUndefined();
    expect(field?.partial).toBeUndefined();
  });

  it('takes the stricter setting', () => {
    expect(f({ type: 'long', doc_values: false }, { type: 'long' })).toMatchObject({ docValues: false });
    expect(f({ type: 'long' }, { type: 'long', index: false })).toMatchObject({ indexed: false });
    expect(f({ type: 'keyword', ignore_above: 50 }, { type: 'keyword', ignore_above: 20 })?.ignoreAbove).toBe(20);
    expect(f({ type: 'keyword' }, { type: 'keyword', ignore_above: 20 })?.ignoreAbove).toBe(20);
    expect(f({ type: 'keyword' }, { type: 'keyword', normalizer: 'low' })?.normalizer).toBe('low');
  });
});

describe('fields that some indices lack', () => {
  const s = merged(
    { id: { type: 'integer' }, o: { properties: { x: { type: 'integer' } } } },
    {
      id: { type: 'integer' },
      o: { properties: { y: { type: 'keyword' } } },
      only: { type: 'text', fields: { keyword: { type: 'keyword' } } },
    },
  );

  it('are partial, with everything below them', () => {
    expect(s.lookup('id')?.partial).toBeUndefined();
    expect(s.lookup('o')?.partial).toBeUndefined();
    for (const path of ['o.x', 'o.y', 'only', 'only.keyword']) expect(s.lookup(path)?.partial, path).toBe(true);
  });

  it('keep their order and their twin', () => {
    expect([...s.fields.keys()]).toEqual(['id', 'o', 'only']);
    expect(s.lookup('only')?.exact).toEqual({ path: 'only.keyword' });
  });
});

describe('conflicts', () => {
  it.each([
    [
      'numbers widen',
      [{ type: 'integer' }, { type: 'long' }],
      { type: 'long', mapping: 'long', docValues: true, conflict: ['integer', 'long'] },
    ],
    ['order does not matter', [{ type: 'long' }, { type: 'integer' }], { type: 'long', mapping: 'long' }],
    ['a float cannot hold a long', [{ type: 'long' }, { type: 'float' }], { type: 'double', mapping: 'double' }],
    ['a float holds a short', [{ type: 'short' }, { type: 'half_float' }], { type: 'float' }],
    ['three widths', [{ type: 'byte' }, { type: 'double' }, { type: 'float' }], { type: 'double' }],
    [
      'text and keyword',
      [{ type: 'keyword' }, { type: 'text' }],
      { type: 'text', mapping: 'text', docValues: false, exact: undefined },
    ],
    ['keyword and wildcard', [{ type: 'keyword' }, { type: 'wildcard' }], { type: 'keyword', mapping: 'keyword' }],
    [
      'anything else',
      [{ type: 'keyword' }, { type: 'integer' }],
      { type: 'keyword', docValues: false, indexed: false, conflict: ['keyword', 'integer'] },
    ],
    ['date and long', [{ type: 'date' }, { type: 'long' }], { type: 'keyword', docValues: false }],
    ['date and date_nanos', [{ type: 'date' }, { type: 'date_nanos' }], { type: 'timestamp', mapping: 'date_nanos' }],
    ['object and nested', [{ properties: {} }, { type: 'nested' }], { type: 'nested', conflict: ['object', 'nested'] }],
  ] as [string, MappingProperty[], object][])('%s', (_, parts, expected) => {
    expect(f(...parts)).toMatchObject(expected);
  });

  it('of date formats unite the formats and widen the type', () => {
    expect(f({ type: 'date' }, { type: 'date', format: 'yyyy-MM-dd' })).toMatchObject({
      type: 'timestamp',
      format: 'strict_date_optional_time||epoch_millis||yyyy-MM-dd',
    });
    expect(f({ type: 'date', format: 'yyyy' }, { type: 'date', format: 'yyyy-MM-dd||yyyy' })).toMatchObject({
      type: 'date',
      format: 'yyyy||yyyy-MM-dd',
    });
  });

  it('inside objects are merged recursively', () => {
    const s = merged(
      { o: { properties: { n: { type: 'integer' } } } },
      { o: { properties: { n: { type: 'double' } } } },
    );
    expect(s.lookup('o.n')).toMatchObject({ type: 'double', conflict: ['integer', 'double'] });
    expect(s.lookup('o')?.conflict).toBeUndefined();
  });

  it('of an alias and a field are told, since the source holds them in two places', () => {
    const s = merged({ a: { type: 'alias', path: 'x' }, x: { type: 'long' } }, { a: { type: 'long' } });
    expect(s.lookup('a')).toMatchObject({ type: 'long', conflict: ['long', 'alias'] });
    expect(sourceHolds(s.lookup('a')!)).toBe(false);
  });
});

describe('the exact twin', () => {
  const kw = { keyword: { type: 'keyword' } };
  it('must be in every index that has the field', () => {
    expect(f({ type: 'text', fields: kw }, { type: 'text', fields: kw })?.exact).toEqual({ path: 'f.keyword' });
    expect(f({ type: 'text', fields: kw }, { type: 'text' })?.exact).toBeUndefined();
    expect(f({ type: 'text', fields: kw }, { type: 'keyword' })?.exact).toBeUndefined();
    expect(f({ type: 'text', fields: kw }, { type: 'keyword', fields: kw })?.exact).toEqual({ path: 'f.keyword' });
  });

  it('takes the smallest ignore_above', () => {
    const limited = { keyword: { type: 'keyword', ignore_above: 8 } };
    expect(f({ type: 'text', fields: kw }, { type: 'text', fields: limited })?.exact).toEqual({
      path: 'f.keyword',
      ignoreAbove: 8,
    });
  });

  it('is another sub-field when the customary one differs', () => {
    const both = { keyword: { type: 'keyword', normalizer: 'low' }, raw: { type: 'keyword' } };
    expect(
      f({ type: 'text', fields: both }, { type: 'text', fields: { ...kw, raw: { type: 'keyword' } } })?.exact,
    ).toEqual({ path: 'f.raw' });
  });
});

describe('a constant keyword', () => {
  const constant = (value: string): MappingProperty => ({ type: 'constant_keyword', value });
  it('is constant only when all indices agree', () => {
    expect(constantOf(f(constant('a'), constant('a'))!)).toBe('a');
    expect(constantOf(f(constant('a'), constant('b'))!)).toBeUndefined();
    expect(constantOf(merged({ f: constant('a') }, {}).lookup('f')!)).toBeUndefined();
  });
});
