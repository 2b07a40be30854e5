/** An independent model of predicates over documents: three-valued, any value of an array satisfies (spec data-types 9). */

import type { CompareOperator, Expr } from '../../translators/algebra/expr.ts';
import type { Field } from '../../translators/algebra/schema.ts';
import type { Value } from '../../translators/algebra/types.ts';
import { columnsOf } from '../../translators/algebra/walk.ts';
import { SqlError } from '../../translators/errors.ts';
import { compileExpr } from '../../translators/lower/js/index.ts';
import { SESSION } from '../unit/functions/bind-kit.ts';

type Scalar = string | number | bigint | boolean;
export type Doc = Readonly<Record<string, unknown>>;
export type Truth = boolean | null;

/** Non-null values of a path, through objects and arrays. */
function valuesAt(doc: unknown, path: readonly string[]): Scalar[] {
  if (doc === null || doc === undefined) return [];
  if (Array.isArray(doc)) return doc.flatMap((one) => valuesAt(one, path));
  if (path.length === 0) return [doc as Scalar];
  return valuesAt((doc as Doc)[path[0]!], path.slice(1));
}

/** Sortable numbers for addresses of four bytes; the documents hold no others. */
const ipNumber = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Half precision by way of bits, as the index stores it. */
function half(value: number): number {
  const scale = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10);
  if (value === 0) return 0;
  const exact = Math.abs(value) / scale;
  const lower = Math.floor(exact);
  const up = exact - lower > 0.5 || (exact - lower === 0.5 && lower % 2 === 1) ? 1 : 0;
  return Math.sign(value) * (lower + up) * scale;
}

/** A value or literal as the type compares it. */
function normal(field: Field, value: Scalar): Scalar {
  switch (field.mapping) {
    case 'float':
      return Math.fround(Number(value));
    case 'half_float':
      return half(Number(value));
    case 'double':
    case 'scaled_float':
      return Number(value);
    case 'ip':
      return ipNumber(String(value));
    case 'date':
    case 'date_nanos': {
      const [days, time = '00:00:00'] = String(value).replace('Z', '').split(/[T ]/);
      const [seconds, fraction = ''] = time.split('.');
      return `${days}T${seconds}.${fraction.padEnd(9, '0')}`;
    }
    default:
      return value;
  }
}

const utf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function satisfies(op: CompareOperator, a: Scalar, b: Scalar): boolean {
  const sign = typeof a === 'string' ? utf8(a, String(b)) : a < b ? -1 : a > b ? 1 : 0;
  return { '=': sign === 0, '!=': sign !== 0, '<': sign < 0, '<=': sign <= 0, '>': sign > 0, '>=': sign >= 0 }[op];
}

const foldAscii = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

function likeMatch(text: string, pattern: string): boolean {
  const source = foldAscii(pattern).replace(/\\([\\%_])|([%_])|[\s\S]/gu, (all, literal: string, wild: string) => {
    if (wild) return wild === '%' ? '.*' : '.';
    return (literal ?? all).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return new RegExp(`^(?:${source})$`, 'su').test(foldAscii(text));
}

interface Operand {
  readonly field: Field;
  readonly values: readonly Scalar[];
}

/** A column, or a known function of one, applied to each value. */
function operand(expr: Expr, doc: Doc): Operand {
  if (expr.kind === 'column') {
    const field = expr.column.field!;
    return { field, values: valuesAt(doc, field.path.split('.')).map((v) => normal(field, v)) };
  }
  if (expr.kind === 'call' && !(FUNCTIONS[expr.fn.name] && !FRACTIONS.has(expr.type))) return computed(expr, doc);
  if (expr.kind === 'call') {
    const inner = operand(expr.args[0]!, doc);
    const other = expr.args[1]?.kind === 'literal' ? expr.args[1].value : undefined;
    const f = FUNCTIONS[expr.fn.name]!;
    return { field: { ...inner.field, mapping: 'keyword' }, values: inner.values.map((v) => f(v, other)) };
  }
  if (expr.kind === 'cast' && expr.type !== 'date' && expr.type !== 'integer') return computed(expr, doc);
  if (expr.kind === 'cast') {
    const inner = operand(expr.arg, doc);
    const cut = (v: Scalar): Scalar => {
      if (expr.type === 'date') return `${String(v).slice(0, 10)}T00:00:00.000000000`;
      const whole = Math.trunc(Number(v));
      if (Math.abs(whole) > 2 ** 31) throw new SqlError('arithmetic', `the number ${v} is no integer`);
      return whole;
    };
    return { field: inner.field, values: inner.values.map(cut) };
  }
  throw new Error(`the model has no ${expr.kind}`);
}

const FRACTIONS: ReadonlySet<string> = new Set(['float', 'double']);

const compiled = new WeakMap<Expr, { readonly field: Field; readonly f: (row: readonly Value[]) => Value }>();

function compiledOf(expr: Expr): { readonly field: Field; readonly f: (row: readonly Value[]) => Value } {
  const known = compiled.get(expr);
  if (known) return known;
  const [column] = columnsOf(expr);
  const made = { field: column!.field!, f: compileExpr(expr, [column!], SESSION) };
  compiled.set(expr, made);
  return made;
}

/** Each element as a row shows it, through the catalogue's own function, which its examples prove. */
function computed(expr: Expr, doc: Doc): Operand {
  const { field, f } = compiledOf(expr);
  const values = valuesAt(doc, field.path.split('.'))
    .map((value) => f([cellOf(field, normal(field, value))]))
    .filter((value) => value !== null);
  return { field: { ...field, mapping: expr.type === 'float' ? 'float' : 'keyword' }, values: values as Scalar[] };
}

/** The canonical text of a date, for which the model has one with nine digits. */
function cellOf(field: Field, value: Scalar): Value {
  if (field.type === 'date') return String(value).slice(0, 10);
  return field.type === 'timestamp'
    ? String(value)
        .replace('T', ' ')
        .replace(/\.?0+$/, '')
    : value;
}

const FUNCTIONS: Readonly<Record<string, (value: Scalar, other: unknown) => Scalar>> = {
  YEAR: (value) => Number(String(value).slice(0, 4)),
  ADD: (value, other) => BigInt(value as number) + BigInt(other as number),
  MULTIPLY: (value, other) => BigInt(value as number) * BigInt(other as number),
  UPPER: (value) => String(value).toUpperCase(),
  LOWER: (value) => String(value).toLowerCase(),
  REGEXP: (value, other) => Number(new RegExp(`^(?:${other})$`, 'u').test(String(value))),
};

const PARTS: ReadonlySet<string> = new Set(['MONTH', 'DAYOFMONTH', 'HOUR']);
const isPart = (expr: Expr): boolean =>
  expr.kind === 'compare' && expr.left.kind === 'call' && PARTS.has(expr.left.fn.name);

/** Parts of a date in one conjunction are asked of one date, and both ends of BETWEEN of one value. */
function ofOneValue(args: readonly Expr[], doc: Doc): Truth {
  const { path } = [...columnsOf(args[0]!)][0]!.field!;
  return any(valuesAt(doc, [path]), (value) => args.every((arg) => evaluate(arg, { [path]: value }) === true));
}

const any = (values: readonly Scalar[], test: (value: Scalar) => boolean): Truth =>
  values.length === 0 ? null : values.some(test);

export function evaluate(expr: Expr, doc: Doc): Truth {
  switch (expr.kind) {
    case 'literal':
      return expr.value as Truth;
    case 'not':
      return negate(evaluate(expr.arg, doc));
    case 'and':
    case 'or': {
      if (expr.kind === 'and' && (expr.args.some(isPart) || (expr.between && columnsOf(expr.between).size === 1)))
        return ofOneValue(expr.args, doc);
      const decisive = expr.kind === 'or';
      const parts = expr.args.map((arg) => evaluate(arg, doc));
      return parts.includes(decisive) ? decisive : parts.includes(null) ? null : !decisive;
    }
    case 'call':
      return any(computed(expr, doc).values, (value) => value === true);
    case 'isNull':
      return operand(expr.arg, doc).values.length === 0;
    case 'compare': {
      if (expr.right.kind !== 'literal' || expr.right.value === null) return null;
      if (expr.op === '!=') return negate(evaluate({ ...expr, op: '=' }, doc));
      const { field, values } = operand(expr.left, doc);
      const literal = normal(field, expr.right.value as Scalar);
      return any(values, (value) => satisfies(expr.op, value, literal));
    }
    case 'in': {
      const parts = expr.list.map((right) =>
        evaluate({ kind: 'compare', type: 'boolean', op: '=', left: expr.arg, right }, doc),
      );
      return parts.includes(true) ? true : parts.includes(null) ? null : false;
    }
    case 'like': {
      const pattern = expr.pattern.kind === 'literal' ? String(expr.pattern.value) : '';
      return any(operand(expr.arg, doc).values, (value) => likeMatch(String(value), pattern));
    }
    case 'nestedAny': {
      const elements = valuesAt(doc, expr.path.split('.')) as unknown as Doc[];
      return elements.some((element) => evaluate(expr.predicate, { [expr.path]: element }) === true);
    }
    case 'case': {
      for (const branch of expr.whens) if (evaluate(branch.when, doc) === true) return evaluate(branch.then, doc);
      return evaluate(expr.otherwise, doc);
    }
    default:
      throw new Error(`the model has no ${expr.kind}`);
  }
}

const negate = (truth: Truth): Truth => (truth === null ? null : !truth);
