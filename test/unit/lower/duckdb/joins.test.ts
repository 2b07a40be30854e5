import { describe, expect, it } from 'vitest';
import type { Expr } from '../../../../translators/algebra/expr.ts';
import type { Join } from '../../../../translators/algebra/plan.ts';
import { and, call, compare, join2, ref, run, scalar, sorted, table } from '../../plan/plan-kit.ts';

const left = () =>
  table('left', { a: 'integer', b: 'keyword' }, [
    [1, 'one'],
    [2, 'two'],
    [2, 'zwei'],
    [null, 'none'],
    [5, 'five'],
  ]);
const right = () =>
  table('right', { c: 'long', d: 'keyword' }, [
    [2, 'II'],
    [2, 'ii'],
    [1, 'I'],
    [null, 'nothing'],
    [7, 'VII'],
  ]);

const matched = [
  [1, 'one', 1, 'I'],
  [2, 'two', 2, 'II'],
  [2, 'two', 2, 'ii'],
  [2, 'zwei', 2, 'II'],
  [2, 'zwei', 2, 'ii'],
];
const leftOnly = [
  [null, 'none', null, null],
  [5, 'five', null, null],
];
const rightOnly = [
  [null, null, null, 'nothing'],
  [null, null, 7, 'VII'],
];

describe('joins with duplicates and NULL keys', () => {
  const cases: readonly [Join['join'], readonly (readonly (string | number | null)[])[]][] = [
    ['inner', matched],
    ['left', [...matched, ...leftOnly]],
    ['right', [...matched, ...rightOnly]],
    ['full', [...matched, ...leftOnly, ...rightOnly]],
    [
      'semi',
      [
        [1, 'one'],
        [2, 'two'],
        [2, 'zwei'],
      ],
    ],
    [
      'anti',
      [
        [null, 'none'],
        [5, 'five'],
      ],
    ],
  ];
  it.each(cases)('%s', async (kind, expected) => {
    const [l, r] = [left(), right()];
    const on = compare(ref(l.columns[0]!), '=', ref(r.columns[0]!));
    expect(sorted(await run(join2(kind, l, r, on), [l, r]))).toEqual(sorted(expected as never));
  });

  it('cross, with and without a condition', async () => {
    const [l, r] = [left(), right()];
    expect(await run(join2('cross', l, r), [l, r])).toHaveLength(25);
    const on = compare(ref(l.columns[0]!), '=', ref(r.columns[0]!));
    expect(sorted(await run(join2('cross', l, r, on), [l, r]))).toEqual(sorted(matched));
  });

  // 'two' meets each of the five rows of the right side, 'five' meets 'I'.
  it.each([
    ['inner', 6],
    ['left', 9],
    ['right', 6],
    ['full', 9],
    ['semi', 2],
    ['anti', 3],
  ] as const)('%s on a condition that is a function of both sides', async (kind, count) => {
    const [l, r] = [left(), right()];
    const meets = scalar(
      'MEETS',
      'boolean',
      ((b: string, d: string) => b === 'two' || (b === 'five' && d === 'I')) as never,
    );
    const on = call(meets, ref(l.columns[1]!), ref(r.columns[1]!));
    expect(await run(join2(kind, l, r, on), [l, r])).toHaveLength(count);
  });

  it('joins a table with itself under two names', async () => {
    const l = left();
    const other = table('again', { a: 'integer', b: 'keyword' }, l.rows);
    const [sameA, laterB] = [0, 1].map((i) => compare(ref(l.columns[i]!), i === 0 ? '=' : '<', ref(other.columns[i]!)));
    expect(await run(join2('inner', l, other, and(sameA!, laterB!)), [l, other])).toEqual([[2, 'two', 2, 'zwei']]);
  });

  it('compares addresses by number', async () => {
    const l = table('l', { ip: 'ip' }, [['10.0.0.1'], ['::1'], [null]]);
    const r = table('r', { ip: 'ip' }, [['::ffff:10.0.0.1'], ['0:0:0:0:0:0:0:1'], [null]]);
    const rows = await run(join2('inner', l, r, compare(ref(l.columns[0]!), '=', ref(r.columns[0]!))), [l, r]);
    expect(sorted(rows)).toEqual([
      ['10.0.0.1', '::ffff:10.0.0.1'],
      ['::1', '0:0:0:0:0:0:0:1'],
    ]);
  });
});

describe('NOT IN', () => {
  const notIn = async (
    rightRows: (number | null)[],
    membership: 'types equal' | 'types differ',
    more?: (l: Expr, r: Expr) => Expr,
  ) => {
    const l = table('l', { a: 'integer', g: 'keyword' }, [
      [1, 'x'],
      [2, 'x'],
      [null, 'y'],
      [3, 'z'],
    ]);
    const r = table(
      'r',
      { c: membership === 'types equal' ? 'integer' : 'long', g: 'keyword' },
      rightRows.map((value) => [value, 'x']),
    );
    const member = { left: ref(l.columns[0]!), right: ref(r.columns[0]!) };
    const on = more?.(ref(l.columns[1]!), ref(r.columns[1]!));
    return sorted(await run(join2('anti', l, r, on, member), [l, r]));
  };
  describe.each(['types equal', 'types differ'] as const)('%s', (types) => {
    it('keeps what is surely not there, never a NULL', async () => {
      expect(await notIn([1], types)).toEqual([
        [2, 'x'],
        [3, 'z'],
      ]);
    });
    it('is empty when the right side holds a NULL', async () => {
      expect(await notIn([1, null], types)).toEqual([]);
    });
    it('keeps everything, NULL too, when the right side is empty', async () => {
      expect(await notIn([], types)).toEqual(
        sorted([
          [1, 'x'],
          [2, 'x'],
          [null, 'y'],
          [3, 'z'],
        ]),
      );
    });
    it('looks only at the rows of a correlated subquery', async () => {
      const sameGroup = (l: Expr, r: Expr) => compare(l, '=', r);
      expect(await notIn([1, null], types, sameGroup)).toEqual(
        sorted([
          [null, 'y'],
          [3, 'z'],
        ]),
      );
    });
  });
  it('differs from a plain anti join, which keeps NULL keys', async () => {
    const l = table('l', { a: 'integer' }, [[1], [null]]);
    const r = table('r', { c: 'integer' }, [[1], [null]]);
    expect(await run(join2('anti', l, r, compare(ref(l.columns[0]!), '=', ref(r.columns[0]!))), [l, r])).toEqual([
      [null],
    ]);
  });
});
