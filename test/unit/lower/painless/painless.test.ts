/** The text of scripts: constant for a shape, values in parameters, and nothing where a script would not be exact. */
import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../translators/algebra/expr.ts';
import { buildSchema } from '../../../../translators/catalog/build-schema.ts';
import { lowerPredicate, lowerValue, type PainlessOptions } from '../../../../translators/lower/painless/index.ts';
import { bindText } from '../../functions/bind-kit.ts';

const PROPERTIES = {
  age: { type: 'integer' },
  big: { type: 'long' },
  u: { type: 'unsigned_long' },
  d: { type: 'double' },
  h: { type: 'half_float' },
  sf: { type: 'scaled_float', scaling_factor: 10 },
  city: { type: 'keyword' },
  town: { type: 'keyword' },
  dynamic: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
  plain: { type: 'text' },
  tokens: { type: 'text', fielddata: true },
  folded: { type: 'keyword', normalizer: 'lowercase' },
  off: { type: 'integer', doc_values: false },
  at: { type: 'date' },
  ip: { type: 'ip' },
  items: { type: 'nested', properties: { n: { type: 'integer' } } },
};
const schema = buildSchema('x', { x: { mappings: { properties: PROPERTIES } } });
const columns: readonly Column[] = [...Object.keys(PROPERTIES), 'items.n'].map((name, id) => {
  const field = schema.lookup(name)!;
  return { id, name, type: field.type, field };
});
const predicate = (text: string, options?: PainlessOptions) => lowerPredicate(bindText(text, columns), options);

describe('scripts', () => {
  it('keep names and values in parameters', () => {
    const script = predicate("city = 'Oslo'")!;
    expect(script).toEqual({
      source:
        'def v0 = null; if (!(doc[params.p0].size() == 0)) { v0 = false; for (def x : doc[params.p0]) { if (((String) x).equals((String) params.p1)) { v0 = true; } } } return v0 == true;',
      params: { p0: 'city', p1: 'Oslo' },
    });
    expect(predicate("town = 'O\\'Hara'")!.source).toBe(script.source);
  });

  it('read a field once and declare the functions that they call', () => {
    const { source, params } = predicate('age + age * 2 > 10')!;
    expect(source.match(/for \(def/g)).toHaveLength(1);
    expect(source.match(/long exactInt\(/g)).toHaveLength(1);
    expect(params).toEqual({ p0: 'age', p1: 2, p2: 10 });
  });

  it('ask whether an index has the field where some have not', () => {
    const partial = buildSchema('x,y', {
      x: { mappings: { properties: { age: { type: 'integer' } } } },
      y: { mappings: { properties: { b: { type: 'integer' } } } },
    });
    const field = partial.lookup('age')!;
    const script = lowerPredicate(bindText('age IS NULL', [{ id: 1, name: 'age', type: 'integer', field }]))!;
    expect(script.source).toContain('!doc.containsKey(params.p0)');
  });

  it.each([
    'u = 1',
    'sf = 1',
    'h + 1 = 2',
    "dynamic = 'a'",
    "plain = 'a'",
    "tokens = 'a'",
    "folded = 'a'",
    'off = 1',
    'items.n = 1',
    "ip > '1.1.1.1'",
    'big > d',
    'big = 9007199254740992.0 * 2',
    'd = 1e19',
    'CAST(city AS INT) = 1',
    "CAST(d AS STRING) = '1.0'",
    'SYSDATE() > at',
  ])('leave %s alone', (text) => {
    expect(predicate(text)).toBeUndefined();
  });

  it('use what the caller vouches for', () => {
    expect(predicate("dynamic = 'a'", { overflow: () => false })!.params).toEqual({ p0: 'dynamic.keyword', p1: 'a' });
    expect(predicate('items.n = 1', { within: 'items' })!.params).toEqual({ p0: 'items.n', p1: 1 });
  });

  it('return values but no times', () => {
    expect(lowerValue(bindText('age * 2', columns))!.source).toMatch(/return v\d+;$/);
    expect(lowerValue(bindText('DATE(at)', columns))).toBeUndefined();
    expect(lowerValue(bindText('YEAR(at)', columns))).toBeDefined();
  });
});
