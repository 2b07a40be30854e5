import { describe, expect, it } from 'vitest';
import { compareValues, keyedComparator, keyReader } from '../../../src/run/order.ts';
import type { SortKey } from '../../../translators/algebra/plan.ts';
import type { Value } from '../../../translators/algebra/types.ts';
import { asc, column, desc, ref, SESSION } from '../plan/plan-kit.ts';

const x = column('x', 'double');

function sorted(values: readonly Value[], key: SortKey): Value[] {
  const read = keyReader([key], [x], SESSION);
  const rows = values.map((value) => read([value]));
  return rows.sort(keyedComparator([key])).map(({ row }) => row[0]!);
}

describe('the order of values', () => {
  const values = [3, Number.NaN, 1, null, Number.POSITIVE_INFINITY, Number.NaN, 2];

  it('has one place for what is not a number: behind all others', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinite } = Number;
    expect(sorted(values, asc(ref(x)))).toEqual([null, 1, 2, 3, infinite, nan, nan]);
    expect(sorted(values, desc(ref(x)))).toEqual([nan, nan, infinite, 3, 2, 1, null]);
  });

  it('compares whole numbers beyond doubles exactly', () => {
    expect(compareValues(9007199254740993n, 9007199254740992)).toBe(1);
    expect(compareValues(-(2n ** 63n), -9223372036854775807n)).toBe(-1);
  });
});
