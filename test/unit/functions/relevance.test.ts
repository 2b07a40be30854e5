import { describe, expect, it } from 'vitest';
import { checkOption, relevance, wildcardPattern } from '../../../translators/functions/relevance.ts';

const fn = (name: string) => relevance.find((row) => row.name === name || row.aliases.includes(name))!;

describe('search functions', () => {
  it.each<readonly [string, Parameters<(typeof relevance)[number]['dsl']>, object]>([
    [
      'match',
      [[{ path: 'msg' }], 'disk full', { boost: 1.5, operator: 'AND' }],
      { match: { msg: { query: 'disk full', operator: 'AND', boost: 1.5 } } },
    ],
    [
      'matchphrase',
      [[{ path: 'msg' }], 'lazy dog', { slop: 2 }],
      { match_phrase: { msg: { query: 'lazy dog', slop: 2 } } },
    ],
    ['match_bool_prefix', [[{ path: 'msg' }], 'la do', {}], { match_bool_prefix: { msg: { query: 'la do' } } }],
    [
      'multimatch',
      [[{ path: 'subject', weight: 2 }, { path: 'msg' }], 'x', {}],
      { multi_match: { query: 'x', fields: ['subject^2', 'msg'] } },
    ],
    [
      'query_string',
      [[{ path: '*' }], 'a AND b', { escape: true }],
      { query_string: { query: 'a AND b', fields: ['*'], escape: true } },
    ],
    [
      'query',
      [[], 'host:web*', { default_operator: 'AND' }],
      { query_string: { query: 'host:web*', default_operator: 'AND' } },
    ],
    [
      'wildcardquery',
      [[{ path: 'path' }], '/api/%_', { case_insensitive: true }],
      { wildcard: { path: { value: '/api/*?', case_insensitive: true } } },
    ],
    [
      'geo_intersects',
      [[{ path: 'place' }], 'POINT (1 2)', {}],
      { geo_shape: { place: { shape: 'POINT (1 2)', relation: 'intersects' } } },
    ],
  ])('%s', (name, args, query) => {
    expect(fn(name).dsl(...args)).toEqual(query);
  });

  it('writes equal options in equal order', () => {
    const dsl = (options: Record<string, string | number>) =>
      JSON.stringify(fn('match').dsl([{ path: 'm' }], 'x', options));
    expect(dsl({ boost: 2, operator: 'OR' })).toBe(dsl({ operator: 'OR', boost: 2 }));
  });

  it('needs a field where the form has one', () => {
    expect(() => fn('multi_match').dsl([], 'x', {})).toThrow('at least one field');
  });

  it.each([
    ['a%b_c', 'a*b?c'],
    ['100\\%\\_', '100%_'],
    ['a*b?', 'a*b?'],
    ['\\*\\\\%', '\\*\\\\*'],
  ])('reads the pattern %s', (pattern, wildcard) => {
    expect(wildcardPattern(pattern)).toBe(wildcard);
  });
});

describe('options', () => {
  it.each<readonly [string, string, string, string | number | boolean]>([
    ['match', 'operator', 'and', 'AND'],
    ['match', 'boost', '2.5', 2.5],
    ['match', 'Lenient', 'TRUE', true],
    ['match', 'prefix_length', '3', 3],
    ['match', 'minimum_should_match', '3', '3'],
    ['match', 'minimum_should_match', '2<75%', '2<75%'],
    ['match', 'zero_terms_query', 'NULL', 'none'],
    ['match', 'fuzziness', 'AUTO:2,4', 'AUTO:2,4'],
    ['multi_match', 'type', 'PHRASE', 'phrase'],
    ['simple_query_string', 'flags', 'OR|AND', 'OR|AND'],
  ])('%s takes %s = %s', (name, option, text, value) => {
    expect(checkOption(fn(name), option, text)).toBe(value);
  });

  it.each([
    ['match', 'nosuch', '1', 'Parameter nosuch is invalid for match function.', 'SemanticCheckException'],
    [
      'match_phrase',
      'operator',
      'AND',
      'Parameter operator is invalid for match_phrase function.',
      'SemanticCheckException',
    ],
    ['match', 'operator', 'XOR', "Invalid operator value: 'XOR'.", 'IllegalArgumentException'],
    ['match', 'boost', 'big', "Invalid boost value: 'big'.", 'IllegalArgumentException'],
    ['match', 'fuzziness', 'many', "Invalid fuzziness value: 'many'.", 'IllegalArgumentException'],
    ['match', 'prefix_length', '1.5', "Invalid prefix_length value: '1.5'.", 'IllegalArgumentException'],
    ['match', 'lenient', '1', "Invalid lenient value: '1'.", 'IllegalArgumentException'],
  ])('%s refuses %s = %s', (name, option, text, message, type) => {
    expect(() => checkOption(fn(name), option, text)).toThrow(expect.objectContaining({ type, status: 400 }));
    expect(() => checkOption(fn(name), option, text)).toThrow(message);
  });
});
