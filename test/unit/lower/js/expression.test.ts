/** Closures over rows: three-valued logic, exact comparisons, multi-valued fields. */
import { describe, expect, it } from 'vitest';
import type { Column, Expr } from '../../../../translators/algebra/expr.ts';
import type { Field } from '../../../../translators/algebra/schema.ts';
import type { SqlType, Value } from '../../../../translators/algebra/types.ts';
import { mapChildren } from '../../../../translators/algebra/walk.ts';
import { SqlError } from '../../../../translators/errors.ts';
import { relevanceFunction } from '../../../../translators/functions/index.ts';
import { compileExpr, foldConstant } from '../../../../translators/lower/js/index.ts';
import { bindText, evaluate, SESSION } from '../../functions/bind-kit.ts';

const column = (name: string, type: SqlType, mapping: string = type, id = name.charCodeAt(0)): Column => {
  const field: Field = { path: name, name, mapping, type, docValues: true, indexed: true, sourcePath: name };
  return { id, name, type, field };
};
const a = column('a', 'integer');
const l = column('l', 'long');
const s = column('s', 'keyword');
const p = column('p', 'boolean');
const q = column('q', 'boolean');
const f = column('f', 'float');
const h = column('h', 'float', 'half_float');
const i = column('i', 'ip');
const o = column('o', 'object');
const t = column('t', 'timestamp');
const COLUMNS = [a, l, s, p, q, f, h, i, o, t];

const on = (text: string, row: Readonly<Record<string, Value>>): Value =>
  evaluate(
    text,
    COLUMNS,
    COLUMNS.map((c) => row[c.name] ?? null),
  );

describe('IS NULL', () => {
  it('takes what no index can see for NULL: arrays without values, objects without a leaf', () => {
    const values: readonly (readonly [Value, boolean])[] = [
      [null, true],
      [[], true],
      [[null], true],
      [{}, true],
      [{ x: null, y: { z: [] } }, true],
      [{ x: 0 }, false],
      [[{}, { x: '' }], false],
    ];
    for (const [value, absent] of values) expect(on('o IS NULL', { o: value }), JSON.stringify(value)).toBe(absent);
  });
});

describe('three-valued logic', () => {
  const table: readonly (readonly [Value, Value, Value, Value])[] = [
    [true, true, true, true],
    [true, false, false, true],
    [true, null, null, true],
    [false, true, false, true],
    [false, false, false, false],
    [false, null, false, null],
    [null, true, null, true],
    [null, false, false, null],
    [null, null, null, null],
  ];
  it.each(table)('%s, %s: AND %s, OR %s', (left, right, and, or) => {
    expect(on('p AND q', { p: left, q: right })).toBe(and);
    expect(on('p OR q', { p: left, q: right })).toBe(or);
    expect(on('p AND q AND TRUE', { p: left, q: right })).toBe(and);
  });

  it('NOT, IN, CASE and IS leave unknown unknown', () => {
    expect(on('NOT p', { p: null })).toBe(null);
    expect(on('NOT a = 1', {})).toBe(null);
    expect(on('a IN (1, NULL)', { a: 1 })).toBe(true);
    expect(on('a IN (1, NULL)', { a: 2 })).toBe(null);
    expect(on('a NOT IN (1, NULL)', { a: 2 })).toBe(null);
    expect(on('a NOT IN (1, 3)', { a: 2 })).toBe(true);
    expect(on('a IN (1, 2)', {})).toBe(null);
    expect(on("CASE WHEN a > 1 THEN 'x' ELSE 'y' END", {})).toBe('y');
    expect(on("CASE WHEN a > 1 THEN 'x' END", { a: 1 })).toBe(null);
    expect(on('a IS NULL', {})).toBe(true);
    expect(on('p IS TRUE', {})).toBe(false);
    expect(on('a = NULL', { a: 1 })).toBe(null);
    expect(on('a BETWEEN 1 AND NULL', { a: 0 })).toBe(false);
  });

  it('does not compute what an earlier condition has decided', () => {
    expect(on('CASE WHEN a = 0 THEN 0 ELSE CAST(s AS INT) END', { a: 0, s: 'x' })).toBe(0);
    expect(on('a = 1 OR CAST(s AS INT) = 1', { a: 1, s: 'x' })).toBe(true);
  });
});

describe('comparisons', () => {
  it('of numbers are exact in 64 bits', () => {
    expect(on('l = 9007199254740993', { l: 9007199254740993n })).toBe(true);
    expect(on('l = 9007199254740992', { l: 9007199254740993n })).toBe(false);
    expect(on('l > 9007199254740992.0', { l: 9007199254740993n })).toBe(true);
    expect(on('l IN (9007199254740993, 1)', { l: 9007199254740993n })).toBe(true);
    expect(on('a = 1.0', { a: 1 })).toBe(true);
  });

  it('of a float are made in its own precision', () => {
    expect(on('f = 0.1', { f: 0.1 })).toBe(true);
    expect(on('f = 0.1', { f: Math.fround(0.1) })).toBe(true);
    expect(on('f > 0.1', { f: Math.fround(0.1) })).toBe(false);
    expect(on('h = 0.1', { h: 0.0999755859375 })).toBe(true);
    expect(on('f = 0.1', { f: 0.0999755859375 })).toBe(false);
    expect(on('f IN (0.1, 5)', { f: Math.fround(0.1) })).toBe(true);
  });

  it('of text go by code unit, of addresses by number, of times by time', () => {
    expect(on("s = 'A'", { s: 'a' })).toBe(false);
    expect(on("s < 'a'", { s: 'Z' })).toBe(true);
    expect(on("s < '\uffff'", { s: '😀' })).toBe(true);
    expect(on("i > '9.0.0.0'", { i: '10.0.0.0' })).toBe(true);
    expect(on("i = '2001:DB8:0::1'", { i: '2001:db8::1' })).toBe(true);
    expect(on("t > '2024-01-01'", { t: '2024-01-01 00:00:00.5' })).toBe(true);
  });

  it('of objects are by content', () => {
    expect(on('o = o', { o: { x: [1, { y: null }] } })).toBe(true);
    expect(on('o <=> o', {})).toBe(true);
  });

  it('look a long list up', () => {
    const list = Array.from({ length: 20 }, (_, n) => `'v${n}'`).join(', ');
    expect(on(`s IN (${list})`, { s: 'v19' })).toBe(true);
    expect(on(`s IN (${list})`, { s: 'v20' })).toBe(false);
    expect(on(`s IN (${list}, NULL)`, { s: 'v20' })).toBe(null);
    expect(on(`s IN (${list})`, { s: ['x', 'v3'] })).toBe(true);
  });
});

describe('fields of several values', () => {
  it('satisfy a predicate by any element', () => {
    expect(on('a = 2', { a: [1, 2] })).toBe(true);
    expect(on('NOT a = 2', { a: [1, 2] })).toBe(false);
    expect(on('NOT a = 3', { a: [1, 2] })).toBe(true);
    expect(on('a > 1 AND a < 2', { a: [1, 2] })).toBe(true);
    expect(on('a IN (5, 2)', { a: [1, 2] })).toBe(true);
    expect(on("s LIKE 'b%'", { s: ['abc', 'BCD'] })).toBe(true);
    expect(on('p AND TRUE', { p: [false, true] })).toBe(true);
    expect(on('a = l', { a: [1, 2], l: [3, 2] })).toBe(true);
    expect(on('a = 1', { a: [] })).toBe(null);
    expect(on('a IS NULL', { a: [] })).toBe(true);
    expect(on('a IS NULL', { a: [1] })).toBe(false);
    expect(on('a = 1', { a: [null, 1] })).toBe(true);
  });

  it('satisfy a predicate over functions of them by any element', () => {
    expect(on('ABS(a) = 2', { a: [1, -2] })).toBe(true);
    expect(on('NOT ABS(a) = 2', { a: [1, -2] })).toBe(false);
    expect(on('ABS(a) = 3', { a: [1, -2] })).toBe(false);
    expect(on('ABS(a) + l = 3', { a: [1, -2], l: [5, 1] })).toBe(true);
    expect(on("UPPER(s) LIKE 'B%'", { s: ['abc', 'bcd'] })).toBe(true);
    expect(on('LENGTH(s) IN (1, 3)', { s: ['ab', 'abc'] })).toBe(true);
    expect(on("STARTS_WITH(s, 'b') OR FALSE", { s: ['abc', 'bcd'] })).toBe(true);
    expect(on("CASE WHEN s = 'x' THEN 1 ELSE a END = 1", { s: ['x', 'y'], a: 2 })).toBe(true);
    expect(on('ABS(a) = 1', { a: [] })).toBe(null);
    expect(on('COALESCE(a, 7) = 7', { a: [] })).toBe(true);
  });

  it('are refused by functions of one value, and handed on whole by others', () => {
    expect(() => on('ABS(a)', { a: [1, 2] })).toThrow('invalid to get integerValue from value of type ARRAY');
    expect(() => on('CAST(s AS INT)', { s: ['1', '2'] })).toThrow(
      'invalid to get stringValue from value of type ARRAY',
    );
    expect(() => evaluate('1 + ABS(fresh)', [column('fresh', 'integer')], [[1, 2]])).toThrow(
      "ARRAY (line 1, column 16: 'fresh')",
    );
    expect(() => on("CONCAT(s, '!')", { s: ['x', 'y'] })).toThrow(
      'invalid to get stringValue from value of type ARRAY',
    );
    expect(() => on("GREATEST(s, '!')", { s: ['x', 'y'] })).toThrow('invalid to get stringValue');
    expect(on('ABS(a)', { a: [null, -1] })).toBe(1);
    expect(on('ABS(a)', { a: [] })).toBe(null);
    expect(on('IFNULL(a, 0)', { a: [1, 2] })).toEqual([1, 2]);
    expect(on('a[1]', { a: [1, 2] })).toBe(2);
  });
});

describe('constants', () => {
  it('are folded, unless they fail, change or depend on a row', () => {
    // From the inside out, as plans are folded.
    const folded = (expr: Expr): Expr => foldConstant(mapChildren(expr, folded), SESSION);
    const fold = (text: string): Expr => folded(bindText(text, COLUMNS));
    expect(fold('1 + 2 * 3')).toEqual({ kind: 'literal', type: 'integer', value: 7 });
    expect(fold('a + 1').kind).toBe('call');
    expect(fold('RAND()').kind).toBe('call');
    expect(fold('RAND() > 2').kind).toBe('compare');
    expect(fold('2147483647 + 1').kind).toBe('call');
  });
});

describe('elements of a nested collection', () => {
  const items: Column = { id: 500, name: 'items', type: 'nested' };
  const n: Column = { ...column('n', 'integer'), id: 501, field: { ...a.field!, path: 'items.n', name: 'n' } };
  const predicate: Expr = {
    kind: 'compare',
    type: 'boolean',
    op: '>',
    left: { kind: 'column', type: 'integer', column: n },
    right: { kind: 'literal', type: 'integer', value: 1 },
  };
  const any = compileExpr(
    { kind: 'nestedAny', type: 'boolean', path: 'items', predicate, source: items },
    [items],
    SESSION,
  );

  it('are looked at one by one', () => {
    expect(any([[{ n: 1 }, { n: 2 }]])).toBe(true);
    expect(any([[{ n: 1 }, {}]])).toBe(false);
    expect(any([{ n: 2 }])).toBe(true);
    expect(any([null])).toBe(false);
  });
});

describe('what no closure can answer', () => {
  it('is refused', () => {
    const fn = relevanceFunction('match')!;
    const relevance: Expr = { kind: 'relevance', type: 'boolean', fn, fields: [], query: 'x', options: {}, scan: 0 };
    expect(() => compileExpr(relevance, [], SESSION)).toThrow('can only be answered by a search');
    expect(() => compileExpr({ kind: 'column', type: 'integer', column: a }, [], SESSION)).toThrow(SqlError);
  });
});
