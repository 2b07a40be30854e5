import { describe, expect, it } from 'vitest';
import type { Expr } from '../../../../translators/algebra/expr.ts';
import type { SortKey } from '../../../../translators/algebra/plan.ts';
import type { DslContext } from '../../../../translators/lower/dsl/context.ts';
import { lowerSort } from '../../../../translators/lower/dsl/sort.ts';
import { call, column, meta } from './kit.ts';

const asc = (expr: Expr, nullsFirst = true): SortKey => ({ expr, desc: false, nullsFirst });
const desc = (expr: Expr, nullsFirst = false): SortKey => ({ expr, desc: true, nullsFirst });
const age = column('age', 'integer');
const twin = { path: 'name.keyword', ignoreAbove: 256 };
const probed: DslContext = { overflow: () => false };

describe('lowerSort', () => {
  it.each<[string, readonly SortKey[], object[] | undefined, DslContext?]>([
    ['ascending', [asc(age)], [{ age: { order: 'asc', missing: '_first' } }]],
    ['descending', [desc(age)], [{ age: { order: 'desc', missing: '_last' } }]],
    ['NULLS LAST', [asc(age, false)], [{ age: { order: 'asc', missing: '_last' } }]],
    [
      'two keys',
      [asc(age), desc(meta('_score'))],
      [{ age: { order: 'asc', missing: '_first' } }, { _score: { order: 'desc' } }],
    ],
    ['_index', [asc(meta('_index'))], [{ _index: { order: 'asc' } }]],
    ['_id', [asc(meta('_id'))], undefined],
    ['an expression', [asc(age), asc(call('ABS', 'integer', age))], undefined],
    ['a keyword', [asc(column('k', 'keyword'))], [{ k: { order: 'asc', missing: '_first' } }]],
    ['a keyword that may lack values', [asc(column('k', 'keyword', { ignoreAbove: 9 }))], undefined],
    [
      'a keyword that lacks none',
      [asc(column('k', 'keyword', { ignoreAbove: 9 }))],
      [{ k: { order: 'asc', missing: '_first' } }],
      probed,
    ],
    ['a normalized keyword', [asc(column('k', 'keyword', { normalizer: 'lowercase' }))], undefined],
    ['text', [asc(column('t', 'text'))], undefined],
    ['text by a twin that may lack values', [asc(column('name', 'text', { exact: twin }))], undefined],
    [
      'text by its twin',
      [asc(column('name', 'text', { exact: twin }))],
      [{ 'name.keyword': { order: 'asc', missing: '_first' } }],
      probed,
    ],
    ['no doc values', [asc(column('n', 'long', { docValues: false }))], undefined],
    ['nanoseconds, absent ones least', [desc(column('d', 'date_nanos'))], [{ d: { order: 'desc', missing: 0 } }]],
    [
      'nanoseconds, absent ones greatest',
      [asc(column('d', 'date_nanos'), false)],
      [{ d: { order: 'asc', missing: '_last' } }],
    ],
    [
      'dates whose format has four digits a year',
      [
        asc(column('d', 'date', { format: 'epoch_millis||basic_date' })),
        asc(column('e', 'date', { format: 'basic_date' }), false),
      ],
      [{ d: { order: 'asc', missing: -62135596800000 } }, { e: { order: 'asc', missing: 253402300799999 } }],
    ],
    ['versions', [asc(column('v', 'version'))], undefined],
    ['objects', [asc(column('o', 'object'))], undefined],
    [
      'nested',
      [asc(column('c.n', 'long', { nestedPath: 'c' }))],
      [{ 'c.n': { order: 'asc', missing: '_first', nested: { path: 'c' } } }],
    ],
    [
      'missing in some index',
      [asc(column('d', 'date', { partial: true }))],
      [{ d: { order: 'asc', missing: '_first', unmapped_type: 'date' } }],
    ],
    [
      'missing in some index, scaled',
      [asc(column('p', 'scaled_float', { partial: true }))],
      [{ p: { order: 'asc', missing: '_first', unmapped_type: 'double' } }],
    ],
    [
      'whole numbers of two widths',
      [asc(column('n', 'long', { conflict: ['integer', 'long'] }))],
      [{ n: { order: 'asc', missing: '_first' } }],
    ],
    ['whole numbers and fractions', [asc(column('n', 'double', { conflict: ['integer', 'double'] }))], undefined],
    [
      'dates of two resolutions',
      [asc(column('d', 'date_nanos', { conflict: ['date', 'date_nanos'] }))],
      [{ d: { order: 'asc', missing: 0, numeric_type: 'date_nanos' } }],
    ],
    ['dates finer than the index', [asc(column('d', 'date', { format: 'yyyy-MM-dd HH:mm:ss.SSSSSS' }))], undefined],
    ['scaled, ascending', [asc(column('p', 'scaled_float'))], [{ p: { order: 'asc', missing: '_first' } }]],
  ])('%s', (_, keys, expected, context = {}) => {
    expect(lowerSort(keys, context)).toEqual(expected);
  });

  it('sorts scaled numbers by a script when descending', () => {
    const sort = (key: SortKey) => JSON.stringify(lowerSort([key], {}));
    const price = column('p', 'scaled_float', { scalingFactor: 100 });
    expect(sort(desc(price))).toContain('return -Double.MAX_VALUE');
    expect(sort(desc(price, true))).toContain('return Double.MAX_VALUE');
    expect(lowerSort([desc(price)], {})?.[0]).toMatchObject({ _script: { type: 'number', order: 'desc' } });
  });
});
