/** The rows of joins without an equality, by the numbers of their inputs. */
import { expect, it } from 'vitest';
import type { LogicalPlan } from '../../../translators/algebra/plan.ts';
import { lowerToDuckDb } from '../../../translators/lower/duckdb/index.ts';
import { productRows, rowCountOf } from '../../../translators/lower/duckdb/product-rows.ts';
import { agg, and, asc, compare, group, join2, over, project, ref, SESSION, table } from '../plan/plan-kit.ts';

const COUNTS: Readonly<Record<string, number>> = { a: 10, b: 20, c: 30 };
const [a, b, c] = ['a', 'b', 'c'].map((name) => table(name, { n: 'integer', m: 'integer' }, [])) as [
  ReturnType<typeof table>,
  ReturnType<typeof table>,
  ReturnType<typeof table>,
];
const [an, bn, bm, cn] = [a.columns[0]!, b.columns[0]!, b.columns[1]!, c.columns[0]!].map(ref) as [
  ReturnType<typeof ref>,
  ReturnType<typeof ref>,
  ReturnType<typeof ref>,
  ReturnType<typeof ref>,
];

const cross = join2('cross', a, b);
const wide: LogicalPlan = { kind: 'join', join: 'cross', left: cross, right: c.plan };
const equal = join2('inner', a, b, compare(an, '=', bn));
const limit = (input: LogicalPlan, count = 5): LogicalPlan => ({ kind: 'limit', input, count, offset: 0 });
const sort = (input: LogicalPlan): LogicalPlan => ({ kind: 'sort', input, keys: [asc(an)] });
const count = (input: LogicalPlan): LogicalPlan => group(input, [], [agg('COUNT')]);
const union = (all: boolean): LogicalPlan => ({
  kind: 'setOperation',
  op: 'union',
  all,
  left: project(cross, an),
  right: project(cross, bn),
  columns: [a.columns[0]!],
});

it.each<[string, LogicalPlan, number]>([
  ['a table', a.plan, 0],
  ['a cross join', cross, 200],
  ['several', count(wide), 6_000],
  ['an equality', count(equal), 0],
  ['an equality of one side only', count(join2('inner', a, b, compare(bn, '=', bm))), 200],
  ['an equality among other conditions', join2('inner', a, b, and(compare(an, '<', bn), compare(bm, '=', an))), 0],
  ['a range', join2('left', a, b, compare(an, '<', bn)), 200],
  ['rows of an equality with others', { kind: 'join', join: 'cross', left: equal, right: c.plan }, 600],
  [
    'an equality over a product',
    { kind: 'join', join: 'inner', left: cross, right: c.plan, on: compare(an, '=', cn) },
    200,
  ],
  ['EXISTS without an equality', join2('semi', a, b, compare(an, '<', bn)), 0],
  ['a LIMIT', limit(wide), 0],
  ['a LIMIT behind functions of the rows', limit(project(wide, an)), 0],
  ['a LIMIT without a number', limit(wide, Number.POSITIVE_INFINITY), 6_000],
  ['a LIMIT above an order', limit(sort(wide)), 6_000],
  ['a LIMIT above groups', limit(count(wide)), 6_000],
  ['a LIMIT above a window', limit({ kind: 'window', input: cross, calls: [over(agg('COUNT'))] }), 200],
  ['a LIMIT of one side', count({ kind: 'join', join: 'cross', left: limit(cross), right: c.plan }), 150],
  ['one group of one side', { kind: 'join', join: 'cross', left: count(equal), right: c.plan }, 30],
  ['a LIMIT above UNION ALL', limit(union(true)), 0],
  ['a LIMIT above UNION', limit(union(false)), 200],
])('%s', (_, plan, rows) => {
  expect(productRows(rowCountOf(plan), (name) => COUNTS[name]!)).toBe(rows);
  expect(productRows(lowerToDuckDb(plan, SESSION).joins, (name) => COUNTS[name]!)).toBe(rows);
});
