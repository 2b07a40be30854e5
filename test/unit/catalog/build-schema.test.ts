/** The schema of one index: paths, twins, aliases, dates, types that no row knows. */
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import { constantOf } from '../../../translators/catalog/constant-field.ts';
import { describedType } from '../../../translators/catalog/described-type.ts';
import type { MappingProperty } from '../../../translators/catalog/mapping-json.ts';
import { nearestName } from '../../../translators/catalog/nearest-name.ts';
import { sourceHolds } from '../../../translators/catalog/source-holds.ts';

const schema = (properties: Record<string, MappingProperty>) => buildSchema('t', { t: { mappings: { properties } } });
const text = (fields?: Record<string, MappingProperty>) => schema({ f: { type: 'text', fields } }).lookup('f');

describe('paths', () => {
  const s = schema({
    id: { type: 'integer' },
    meta: {
      properties: { lang: { type: 'keyword' }, dims: { type: 'object', properties: { w: { type: 'double' } } } },
    },
    comments: {
      type: 'nested',
      properties: { author: { type: 'keyword' }, at: { type: 'date' }, in: { properties: { x: { type: 'long' } } } },
    },
    name: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
  });

  it('keeps mapping order at the top', () => {
    expect([...s.fields.values()].map((f) => f.path)).toEqual(['id', 'meta', 'comments', 'name']);
  });

  it.each([
    ['meta.dims.w', { name: 'w', type: 'double', sourcePath: 'meta.dims.w' }],
    ['comments', { type: 'nested', sourcePath: 'comments' }],
    ['comments.author', { type: 'keyword', nestedPath: 'comments' }],
    ['comments.in.x', { type: 'long', nestedPath: 'comments' }],
    ['name.keyword', { type: 'keyword', multiField: true, sourcePath: 'name', ignoreAbove: 256 }],
  ])('finds %s', (path, expected) => {
    expect(s.lookup(path)).toMatchObject(expected);
  });

  it('lists every path for suggestions and knows no others', () => {
    expect([...s.paths()]).toContain('comments.in.x');
    expect(s.lookup('nope')).toBeUndefined();
    expect(s.lookup('meta.nope')).toBeUndefined();
    expect(s.lookup('constructor')).toBeUndefined();
  });
});

describe('the exact twin of a text field', () => {
  it.each([
    [
      'the customary name',
      { raw: { type: 'keyword' }, keyword: { type: 'keyword', ignore_above: 256 } },
      { path: 'f.keyword', ignoreAbove: 256 },
    ],
    ['any name', { raw: { type: 'keyword' } }, { path: 'f.raw' }],
    [
      'one that keeps long values',
      { a: { type: 'keyword', ignore_above: 10 }, b: { type: 'keyword' } },
      { path: 'f.b' },
    ],
    [
      'never a normalizer',
      { keyword: { type: 'keyword', normalizer: 'lower' }, b: { type: 'keyword', ignore_above: 9 } },
      { path: 'f.b', ignoreAbove: 9 },
    ],
    ['never an unindexed one', { keyword: { type: 'keyword', index: false } }, undefined],
    ['a wildcard when there is nothing else', { w: { type: 'wildcard' } }, { path: 'f.w' }],
    ['a keyword before a wildcard', { keyword: { type: 'wildcard' }, k: { type: 'keyword' } }, { path: 'f.k' }],
    ['not another analyser', { english: { type: 'text' } }, undefined],
  ] as const)('takes %s', (_, fields, expected) => {
    expect(text(fields as Record<string, MappingProperty>)?.exact).toEqual(expected);
  });

  it('is absent without sub-fields', () => {
    expect(text()?.exact).toBeUndefined();
  });
});

describe('settings of a field', () => {
  const s = schema({
    plain: { type: 'keyword' },
    nodv: { type: 'keyword', doc_values: false },
    noindex: { type: 'long', index: 'false' },
    fielddata: { type: 'text', fielddata: true },
    text: { type: 'text' },
    sf: { type: 'scaled_float', scaling_factor: 100 },
    norm: { type: 'keyword', normalizer: 'lower' },
    off: { type: 'object', enabled: false },
    ver: { type: 'version' },
    ck: { type: 'constant_keyword', value: 'c' },
    weird: { type: 'aggregate_metric_double' },
  });

  it.each([
    ['plain', { docValues: true, indexed: true }],
    ['nodv', { docValues: false, indexed: true }],
    ['noindex', { docValues: true, indexed: false }],
    ['fielddata', { docValues: true }],
    ['text', { docValues: false }],
    ['sf', { type: 'double', scalingFactor: 100 }],
    ['norm', { normalizer: 'lower' }],
    ['off', { type: 'object', indexed: false }],
    ['ver', { type: 'keyword', docValues: false }],
    ['ck', { type: 'keyword', docValues: false }],
    ['weird', { type: 'keyword', docValues: false, indexed: false, mapping: 'aggregate_metric_double' }],
  ])('%s', (path, expected) => {
    expect(s.lookup(path)).toMatchObject(expected);
  });

  it('knows the value of a constant keyword', () => {
    expect(constantOf(s.lookup('ck')!)).toBe('c');
    expect(constantOf(s.lookup('plain')!)).toBeUndefined();
  });
});

describe('the type that DESCRIBE names', () => {
  it.each([
    ['scaled_float', 'scaled_float'],
    ['half_float', 'half_float'],
    ['constant_keyword', 'constant_keyword'],
    ['float', 'float'],
    ['unsigned_long', 'long'],
    ['match_only_text', 'text'],
    ['date_nanos', 'timestamp'],
    ['flat_object', 'object'],
  ])('of %s is %s', (type, expected) => {
    expect(describedType(schema({ f: { type } }).lookup('f')!)).toBe(expected);
  });
});

describe('what the source holds', () => {
  const s = schema({
    name: {
      type: 'text',
      fields: { keyword: { type: 'keyword' }, words: { type: 'token_count' }, hash: { type: 'murmur3' } },
    },
    ck: { type: 'constant_keyword', value: 'c' },
    day: { type: 'date', format: 'yyyy-MM-dd' },
    odd: { type: 'date', format: "yyyy-MM-dd'T'HH:mm:ss zzzz" },
  });
  it.each([
    ['day', true],
    ['odd', false],
    ['name', true],
    ['name.keyword', true],
    ['ck', true],
    ['name.words', false],
    ['name.hash', false],
  ])('%s: %s', (path, expected) => {
    expect(sourceHolds(s.lookup(path)!)).toBe(expected);
  });
});

describe('dates', () => {
  it.each([
    [undefined, 'timestamp'],
    ['yyyy-MM-dd', 'date'],
    ['date||basic_date', 'date'],
    ['HH:mm:ss', 'time'],
    ['yyyy-MM-dd||epoch_millis', 'timestamp'],
  ])('format %s is a %s', (format, type) => {
    expect(schema({ d: { type: 'date', format } }).lookup('d')).toMatchObject({ type, format });
  });
});

describe('aliases', () => {
  const s = schema({
    al: { type: 'alias', path: 'o.i' },
    o: { properties: { i: { type: 'integer' }, up: { type: 'alias', path: 'n.x' } } },
    n: { type: 'nested', properties: { x: { type: 'keyword' } } },
    tx: { type: 'text', fields: { keyword: { type: 'keyword' } } },
    at: { type: 'alias', path: 'tx' },
    bad: { type: 'alias', path: 'gone' },
  });

  it('have the type of the target, their own path and the source of the target', () => {
    expect(s.lookup('al')).toMatchObject({
      path: 'al',
      name: 'al',
      type: 'integer',
      mapping: 'integer',
      sourcePath: 'o.i',
    });
    expect(s.lookup('o.up')).toMatchObject({ path: 'o.up', type: 'keyword', nestedPath: 'n', sourcePath: 'n.x' });
    expect(s.lookup('at')?.exact).toEqual({ path: 'tx.keyword' });
  });

  it('keep their place in *', () => {
    expect([...s.fields.values()].map((f) => f.path)).toEqual(['al', 'o', 'n', 'tx', 'at']);
  });

  it('report a target that does not exist when they are used', () => {
    expect(() => s.lookup('bad')).toThrow('Alias field [bad] refers to unresolved path [gone].');
  });
});

describe('free-form objects', () => {
  const s = schema({ fo: { type: 'flat_object' }, o: { properties: { fl: { type: 'flat_object' } } } });

  it('have a string at every path below', () => {
    expect(s.lookup('fo.b.c')).toMatchObject({
      path: 'fo.b.c',
      name: 'c',
      type: 'keyword',
      sourcePath: 'fo.b.c',
      indexed: true,
    });
    expect(s.lookup('o.fl.x')).toMatchObject({ path: 'o.fl.x', type: 'keyword' });
    expect(s.lookup('o.nope.x')).toBeUndefined();
  });
});

describe('the source', () => {
  it('is known to be switched off', () => {
    const on = { mappings: { properties: {} } };
    expect(buildSchema('t', { t: on }).sourceEnabled).toBe(true);
    expect(buildSchema('t*', { t: on, u: { mappings: { _source: { enabled: false } } } }).sourceEnabled).toBe(false);
  });

  it('may have no mapping at all', () => {
    expect([...buildSchema('t', { t: {} }).fields.values()]).toEqual([]);
  });
});

describe('suggestions', () => {
  const s = schema({
    firstname: { type: 'text' },
    age: { type: 'integer' },
    address: { properties: { city: { type: 'keyword' } } },
  });

  it.each([
    ['ages', 'age'],
    ['fristname', 'firstname'],
    ['FirstName', 'firstname'],
    ['city', 'address.city'],
    ['adress.city', 'address.city'],
    ['salary', undefined],
    ['xyz', undefined],
  ])('%s → %s', (name, expected) => {
    expect(nearestName(name, s.paths())).toBe(expected);
  });
});
