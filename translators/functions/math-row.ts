/** What rows of mathematical functions are made with: doubles as Java has them, and rounding to places and whole numbers. */
import { type Example, num, type ReturnRule, type ScalarFunction } from '../algebra/function.ts';
import { type MotionRule, RISES, rises } from '../algebra/function-facts.ts';
import { isInteger, type SqlType } from '../algebra/types.ts';
import { big, checkedInteger, type Numeric, nearestLong, toDouble } from './numbers.ts';

export const examples = (...pairs: readonly (readonly [string, Example['value']])[]): readonly Example[] =>
  pairs.map(([sql, value]) => ({ sql, value }));

/** A strict function of one or two doubles. */
export const ofDoubles =
  (compute: (a: number, b: number) => number | null): ScalarFunction['js'] =>
  (types) => {
    const [first, second] = [toDouble(types[0] ?? 'double'), toDouble(types[1] ?? 'double')];
    return types.length === 2
      ? (a: Numeric, b: Numeric) => compute(first(a), second(b))
      : (a: Numeric) => compute(first(a), 0);
  };

/** Floats of a field come as doubles of the same value. */
export const scripted = (template: string): string => template.replace(/\ba(\d)\b/g, '(double)a$1');

const inDouble = (template: string): string => template.replace(/\ba(\d)\b/g, 'CAST(a$1 AS DOUBLE)');

interface RealRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly compute: (a: number, b: number) => number | null;
  readonly painless?: string;
  readonly duckdb?: string;
  readonly two?: boolean;
  readonly motion?: MotionRule;
  readonly total?: boolean;
  readonly examples: readonly Example[];
}

export const real = (row: RealRow): ScalarFunction => ({
  name: row.name,
  aliases: row.aliases,
  family: 'math',
  summary: row.summary,
  signatures: [row.two ? [num, num] : [num]],
  returns: 'double',
  nulls: 'strict',
  js: ofDoubles(row.compute),
  painless: row.painless === undefined ? undefined : scripted(row.painless),
  duckdb: row.duckdb === undefined ? undefined : inDouble(row.duckdb),
  motion: row.motion,
  total: row.total,
  examples: row.examples,
});

export const unlessNaN = (value: number): number | null => (Number.isNaN(value) ? null : value);

export const constant = (name: string, summary: string, value: number, painless: string): ScalarFunction => ({
  name,
  family: 'math',
  summary,
  signatures: [[]],
  returns: 'double',
  nulls: 'strict',
  js: () => () => value,
  painless,
  examples: examples([`${name}()`, value]),
});

/** ROUND and TRUNCATE: whole numbers stay whole. */
export const wholeOrDouble: ReturnRule = ([type]) =>
  type === 'unsigned_long' ? type : type === undefined || type === 'undefined' || isInteger(type) ? 'long' : 'double';

export const places =
  (
    whole: (value: Numeric, digits: number, type: SqlType) => Numeric,
    fraction: (value: number, digits: number) => number,
  ): ScalarFunction['js'] =>
  (types, result) => {
    const type = types[0]!;
    if (isInteger(type) || type === 'undefined')
      return (value: Numeric, digits: Numeric = 0) => whole(value, Number(digits), result);
    const double = toDouble(type);
    return (value: Numeric, digits: Numeric = 0) => fraction(double(value), Number(digits));
  };

/** A number is rounded to a constant number of places. */
export const toPlaces: MotionRule = ({ at, constants }) => (at === 0 && constants.length <= 2 ? RISES : undefined);

/** To the next whole number, as a long. */
export const wholeNumber = (
  name: string,
  aliases: readonly string[],
  summary: string,
  step: (value: number) => number,
  furtherForm: ScalarFunction,
  shown: readonly Example[],
): ScalarFunction => ({
  name,
  aliases,
  family: 'math',
  summary,
  signatures: [[num]],
  returns: 'long',
  nulls: 'strict',
  syntax: 'toUnit',
  furtherForm,
  js: (types) => {
    if (isInteger(types[0]!)) return (value: Numeric) => checkedInteger(big(value), 'long');
    const double = toDouble(types[0]!);
    // The plugin's recorded answer: beyond the limits the limit.
    return (value: Numeric) => nearestLong(step(double(value)));
  },
  painless: (args, types) =>
    isInteger(types[0]!)
      ? args[0]
      : types[0] === 'double'
        ? `(long)Math.${name === 'CEIL' ? 'ceil' : 'floor'}((double)${args[0]})`
        : undefined,
  motion: rises,
  total: true,
  examples: shown,
});

export const absolute: ScalarFunction['js'] = (_types, result) => {
  if (!isInteger(result)) return (value: number) => Math.abs(value);
  // The least number of a type has no positive one.
  return (value: Numeric) =>
    typeof value === 'number' && value > LEAST_SURE ? Math.abs(value) : checkedInteger(magnitude(value), result);
};

/** Above it every type holds the absolute value. */
const LEAST_SURE = -128;
const magnitude = (value: Numeric): bigint => {
  const whole = big(value);
  return whole < 0n ? -whole : whole;
};
