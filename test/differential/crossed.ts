/** Comparisons of values of two types, which the dialect and DuckDB both bring together: booleans, whole numbers, decimals, moments. */
import type { Random } from '../../src/sample-data/random.ts';
import { type Node, node } from './node.ts';

export interface TypedColumn {
  readonly text: string;
  readonly type: string;
}

const OPERATORS = ['=', '<>', '<', '<=', '>', '>='];
const BESIDE_BOOLEANS = ['0', '1', '2', '-1', '0.5', '1.5'];
const BESIDE_WHOLES = ['2.0', '0.5', '-0.25', '9007199254740993.0', '9007199254740992.5', '-9007199254740993.0'];
/** Milliseconds of moments that rows hold, and of their neighbours. */
const MOMENTS = ['1704067199999', '1704067200000', '1709164800000', '1709209800500', '1709209800501'];

const WHOLES = new Set(['byte', 'short', 'integer', 'long']);

/** Undefined where the columns have no such pair. */
export function crossed(random: Random, columns: readonly TypedColumn[]): Node | undefined {
  const of = (wanted: (type: string) => boolean): readonly string[] =>
    columns.filter(({ text, type }) => text.includes('.') && wanted(type)).map(({ text }) => text);
  const [flags, wholes, moments] = [
    of((type) => type === 'boolean'),
    of((type) => WHOLES.has(type)),
    of((type) => type === 'timestamp'),
  ];
  const pairs: (() => readonly [string, string])[] = [];
  if (flags.length > 0) pairs.push(() => [random.pick(flags), random.pick(BESIDE_BOOLEANS)]);
  if (flags.length > 0 && wholes.length > 0) pairs.push(() => [random.pick(flags), random.pick(wholes)]);
  if (wholes.length > 0) pairs.push(() => [random.pick(wholes), random.pick(BESIDE_WHOLES)]);
  if (moments.length > 0) pairs.push(() => [random.pick(moments), random.pick(MOMENTS)]);
  if (pairs.length === 0) return undefined;
  const [left, right] = random.pick(pairs)();
  const text = `(${left} ${random.pick(OPERATORS)} ${right})`;
  return node('boolean', [], () => text);
}
