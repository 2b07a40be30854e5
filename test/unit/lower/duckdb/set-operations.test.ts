import { describe, expect, it } from 'vitest';
import type { SetOperation } from '../../../../translators/algebra/plan.ts';
import type { SqlType } from '../../../../translators/algebra/types.ts';
import { column, run, sorted, type Table, table } from '../../plan/plan-kit.ts';

const op = (
  kind: SetOperation['op'],
  all: boolean,
  left: Table,
  right: Table,
  types: readonly SqlType[],
): SetOperation => ({
  kind: 'setOperation',
  op: kind,
  all,
  left: left.plan,
  right: right.plan,
  columns: types.map((type, i) => column(`u${i}`, type)),
});

const left = () =>
  table('l', { n: 'integer', s: 'keyword' }, [
    [1, 'a'],
    [1, 'a'],
    [2, 'b'],
    [null, null],
    [null, null],
  ]);
const right = () =>
  table('r', { n: 'integer', s: 'keyword' }, [
    [1, 'a'],
    [3, 'c'],
    [null, null],
  ]);

describe('set operations take NULLs for equal', () => {
  it.each([
    [
      'union',
      false,
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
        [null, null],
      ],
    ],
    [
      'union',
      true,
      [
        [1, 'a'],
        [1, 'a'],
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
        [null, null],
        [null, null],
        [null, null],
      ],
    ],
    [
      'intersect',
      false,
      [
        [1, 'a'],
        [null, null],
      ],
    ],
    [
      'intersect',
      true,
      [
        [1, 'a'],
        [null, null],
      ],
    ],
    ['except', false, [[2, 'b']]],
    [
      'except',
      true,
      [
        [1, 'a'],
        [2, 'b'],
        [null, null],
      ],
    ],
  ] as const)('%s, all: %s', async (kind, all, expected) => {
    const [l, r] = [left(), right()];
    expect(sorted(await run(op(kind, all, l, r, ['integer', 'keyword']), [l, r]))).toEqual(sorted(expected as never));
  });
});

describe('columns by position', () => {
  it('are widened to the type of the output', async () => {
    const l = table('l', { n: 'integer', x: 'long' }, [[1, 9007199254740993n]]);
    const r = table('r', { other: 'double', y: 'integer' }, [
      [1.5, 7],
      [1, 2],
    ]);
    expect(sorted(await run(op('union', false, l, r, ['double', 'long']), [l, r]))).toEqual(
      sorted([
        [1, 9007199254740993n],
        [1, 2],
        [1.5, 7],
      ]),
    );
  });

  it('keep arrays in UNION ALL, where rows are not compared', async () => {
    const l = table('l', { tags: 'keyword', n: 'long' }, [
      [
        ['x', 'y'],
        [1, 9007199254740993n],
      ],
    ]);
    const r = table('r', { tags: 'keyword', n: 'long' }, [
      ['z', 9007199254740993n],
      [null, -3],
    ]);
    expect(sorted(await run(op('union', true, l, r, ['keyword', 'long']), [l, r]))).toEqual(
      sorted([
        [
          ['x', 'y'],
          [1, 9007199254740993n],
        ],
        ['z', 9007199254740993n],
        [null, -3],
      ]),
    );
  });

  it('refuse arrays of several values in UNION', async () => {
    const l = table('l', { tags: 'keyword' }, [[['x', 'y']], ['x']]);
    const r = table('r', { tags: 'keyword' }, [['x'], [[]]]);
    await expect(run(op('union', false, l, r, ['keyword']), [l, r])).rejects.toThrow('holds several values');
  });

  it('take the only element of arrays in UNION', async () => {
    const l = table('l', { tags: 'keyword' }, [[['x']], ['x']]);
    const r = table('r', { tags: 'keyword' }, [['x'], [[]]]);
    expect(sorted(await run(op('union', false, l, r, ['keyword']), [l, r]))).toEqual(sorted([['x'], [null]]));
  });
});
