/** Short hands to write fields and bound predicates for tests of the DSL lowering. */
import type { Call, Column, ColumnRef, CompareOperator, Expr, Literal } from '../../../../translators/algebra/expr.ts';
import type { ScalarFunction } from '../../../../translators/algebra/function.ts';
import type { Field } from '../../../../translators/algebra/schema.ts';
import { MAPPING_TYPES, type SqlType, type Value } from '../../../../translators/algebra/types.ts';
import { scalarFunction } from '../../../../translators/functions/index.ts';

let ids = 0;

export function field(path: string, mapping: string, more: Partial<Field> = {}): Field {
  const row = MAPPING_TYPES[mapping]!;
  const name = path.slice(path.lastIndexOf('.') + 1);
  return { path, name, mapping, type: row.sql, docValues: row.docValues, indexed: true, sourcePath: path, ...more };
}

export function column(path: string, mapping: string, more: Partial<Field> = {}): ColumnRef {
  return ref(field(path, mapping, more));
}

export function ref(of: Field): ColumnRef {
  const made: Column = { id: ++ids, name: of.path, type: of.type, field: of };
  return { kind: 'column', type: of.type, column: made };
}

export function meta(name: string): ColumnRef {
  return { kind: 'column', type: 'keyword', column: { id: ++ids, name, type: 'keyword', meta: name } };
}

function typeOf(value: Value): SqlType {
  if (value === null) return 'undefined';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'keyword';
  return typeof value === 'number' && !Number.isInteger(value) ? 'double' : 'long';
}

export const lit = (value: Value, type: SqlType = typeOf(value)): Literal => ({ kind: 'literal', type, value });
export const ts = (text: string): Literal => lit(text, 'timestamp');
export const date = (text: string): Literal => lit(text, 'date');

const expr = (of: Expr | Value): Expr =>
  typeof of === 'object' && of !== null && 'kind' in of ? (of as Expr) : lit(of as Value);

/** `is(age, '>', 5)`; a plain value stands for its literal. */
export const is = (left: Expr | Value, op: CompareOperator, right: Expr | Value): Expr => ({
  kind: 'compare',
  type: 'boolean',
  op,
  left: expr(left),
  right: expr(right),
});
export const and = (...args: Expr[]): Expr => ({ kind: 'and', type: 'boolean', args });
export const or = (...args: Expr[]): Expr => ({ kind: 'or', type: 'boolean', args });
export const not = (arg: Expr): Expr => ({ kind: 'not', type: 'boolean', arg });
export const isNull = (arg: Expr): Expr => ({ kind: 'isNull', type: 'boolean', arg });
export const oneOf = (arg: Expr, ...list: (Expr | Value)[]): Expr => ({
  kind: 'in',
  type: 'boolean',
  arg,
  list: list.map(expr),
});
export const like = (arg: Expr, pattern: string | null): Expr => ({
  kind: 'like',
  type: 'boolean',
  arg,
  pattern: lit(pattern, 'keyword'),
  escape: '\\',
});
export const cast = (arg: Expr, type: SqlType): Expr => ({ kind: 'cast', type, arg });
export const when = (
  type: SqlType,
  whens: readonly (readonly [Expr, Expr | Value])[],
  otherwise: Expr | Value,
): Expr => ({
  kind: 'case',
  type,
  whens: whens.map(([condition, then]) => ({ when: condition, then: expr(then) })),
  otherwise: expr(otherwise),
});
export const nestedAny = (path: string, predicate: Expr): Expr => ({
  kind: 'nestedAny',
  type: 'boolean',
  path,
  predicate,
  source: { id: -1, name: path, type: 'nested' },
});

/** A call of the catalogue's function. */
export const call = (name: string, type: SqlType, ...args: (Expr | Value)[]): Call => ({
  kind: 'call',
  type,
  fn: scalarFunction(name) as ScalarFunction,
  args: args.map(expr),
});
