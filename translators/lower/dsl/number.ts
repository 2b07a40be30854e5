/** A numeric field against a number, at the resolution of the field's type. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { CompareOperator } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import { cellOf, UNSIGNED_MAX } from '../../algebra/whole-number.ts';

type Ordering = Exclude<CompareOperator, '!='>;

export const INTEGER_BOUNDS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  byte: [-128n, 127n],
  short: [-32768n, 32767n],
  integer: [-2147483648n, 2147483647n],
  token_count: [-2147483648n, 2147483647n],
  long: [-9223372036854775808n, 9223372036854775807n],
  unsigned_long: [0n, UNSIGNED_MAX],
};

const FLOAT_MAX: Readonly<Record<string, number>> = {
  half_float: 65504,
  float: 3.4028234663852886e38,
  double: Number.MAX_VALUE,
  scaled_float: Number.MAX_VALUE,
};

/** all: true of every number of the type; none: of no one. `exact: false`: the field keeps less than the literal says. */
type NumberTest = 'all' | 'none' | { readonly query: Dsl; readonly exact: boolean; readonly certain?: Dsl };

const RANGE_NAME = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const;

export function rangeOf(path: string, op: Exclude<Ordering, '='>, bound: unknown): Dsl {
  return { range: { [path]: { [RANGE_NAME[op]]: bound } } };
}

/** Undefined for numeric mapping types that queries cannot compare. */
export function numberTest(field: Field, op: Ordering, value: number | bigint): NumberTest | undefined {
  if (Number.isNaN(value)) return undefined;
  const kinds = field.conflict ?? [field.mapping];
  const integers = INTEGER_BOUNDS[field.mapping];
  if (integers && kinds.every((kind) => INTEGER_BOUNDS[kind])) return integerTest(field, op, value, integers);
  const limit = FLOAT_MAX[field.mapping];
  // Indices that disagree round differently, so only one type of fractions at a time has a known resolution.
  if (limit === undefined || kinds.some((kind) => kind !== field.mapping)) return undefined;
  return field.mapping === 'scaled_float' ? scaledTest(field, op, value) : floatTest(field, op, Number(value), limit);
}

function integerTest(
  field: Field,
  op: Ordering,
  value: number | bigint,
  widest: readonly [bigint, bigint],
): NumberTest | undefined {
  if (value === Number.POSITIVE_INFINITY) return op === '<' || op === '<=' ? 'all' : 'none';
  if (value === Number.NEGATIVE_INFINITY) return op === '>' || op === '>=' ? 'all' : 'none';
  const whole = typeof value === 'bigint' || Number.isInteger(value);
  if (!whole && op === '=') return 'none';
  let bound = BigInt(typeof value === 'bigint' ? value : Math.floor(value));
  let ordering = op;
  if (!whole) {
    // a > 1.5 is a >= 2, a < 1.5 is a <= 1.
    if (op === '>' || op === '>=') {
      bound += 1n;
      ordering = '>=';
    } else ordering = '<=';
  }
  // OpenSearch 3.8 finds nothing below the largest unsigned long by `lt`.
  if (ordering === '<' && bound === UNSIGNED_MAX) {
    ordering = '<=';
    bound -= 1n;
  }
  const outside = beyond(ordering, bound, widest);
  if (outside) return outside;
  // A literal that the narrowest index cannot hold is an error there, not an answer.
  for (const kind of field.conflict ?? []) if (beyond(ordering, bound, INTEGER_BOUNDS[kind]!)) return undefined;
  const shown = cellOf(bound);
  const query = ordering === '=' ? { term: { [field.path]: shown } } : rangeOf(field.path, ordering, shown);
  return { query, exact: true };
}

function beyond(op: Ordering, value: bigint, [low, high]: readonly [bigint, bigint]): 'all' | 'none' | undefined {
  if (value > high) return op === '<' || op === '<=' ? 'all' : 'none';
  if (value < low) return op === '>' || op === '>=' ? 'all' : 'none';
  return undefined;
}

function floatTest(field: Field, op: Ordering, value: number, limit: number): NumberTest {
  const rounded = roundTo(field.mapping, value);
  if (rounded > limit) return op === '<' || op === '<=' ? 'all' : 'none';
  if (rounded < -limit) return op === '>' || op === '>=' ? 'all' : 'none';
  // Ranges of half floats round towards the bound's inside in the cluster: only the rounded value is safe. Floats it rounds as we do.
  const bound = field.mapping === 'half_float' ? rounded : value;
  // Zero has two signs, which compare equal in SQL and differ in the index.
  if (rounded === 0) return { query: zeroQuery(field.path, op), exact: true };
  return { query: op === '=' ? { term: { [field.path]: bound } } : rangeOf(field.path, op, bound), exact: true };
}

function zeroQuery(path: string, op: Ordering): Dsl {
  if (op === '=') return { range: { [path]: { gte: '-0.0', lte: 0 } } };
  return rangeOf(path, op, op === '<' || op === '>=' ? '-0.0' : 0);
}

export function roundTo(mapping: string, value: number): number {
  if (mapping === 'float') return Math.fround(value);
  return mapping === 'half_float' ? roundToHalf(value) : value;
}

/** The nearest half-precision number, ties to even; ±Infinity beyond the largest. */
function roundToHalf(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || !Number.isFinite(value)) return value;
  if (magnitude >= 65520) return value < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  const unit = 2 ** (exponent - 10);
  const scaled = magnitude / unit;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 === 1);
  return Math.sign(value) * (up ? floor + 1 : floor) * unit;
}

/**
 * The index holds round(value * factor). A literal that the factor can represent is compared there; for any other one the
 * documents that round to the same step are only candidates.
 */
function scaledTest(field: Field, op: Ordering, value: number | bigint): NumberTest | undefined {
  const factor = field.scalingFactor;
  const number = Number(value);
  if (factor === undefined || !Number.isFinite(number)) return undefined;
  const step = Math.round(number * factor);
  if (!Number.isSafeInteger(step)) return undefined;
  const { path } = field;
  if (step / factor === number) {
    return { query: op === '=' ? { term: { [path]: number } } : rangeOf(path, op, number), exact: true };
  }
  const near = step / factor;
  if (op === '=') return { query: { term: { [path]: near } }, exact: false };
  const wide = op === '<' || op === '<=' ? '<=' : '>=';
  const narrow = wide === '<=' ? '<' : '>';
  return { query: rangeOf(path, wide, near), exact: false, certain: rangeOf(path, narrow, near) };
}
