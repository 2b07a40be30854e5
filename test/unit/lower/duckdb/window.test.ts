import { describe, expect, it } from 'vitest';
import type { LogicalPlan, WindowCall } from '../../../../translators/algebra/plan.ts';
import { agg, asc, column, desc, lit, over, ref, run, type Table, table } from '../../plan/plan-kit.ts';

const people = () =>
  table('people', { id: 'integer', dept: 'keyword', pay: 'integer' }, [
    [1, 'a', 10],
    [2, 'a', 20],
    [3, 'a', 20],
    [4, 'a', 40],
    [5, 'b', 5],
    [6, 'b', null],
    [7, null, 7],
    [8, null, 8],
  ]);

/** The window column by id. */
async function values(source: Table, call: WindowCall): Promise<unknown[]> {
  const id = source.columns[0]!;
  const rows = await run(
    { kind: 'sort', keys: [asc(ref(id))], input: { kind: 'window', input: source.plan, calls: [call] } },
    [source],
  );
  return rows.map((row) => row.at(-1));
}

it('counts rows of which no column is read', async () => {
  const bare = table('bare', {}, [[], [], []]);
  const call = over(agg('COUNT'));
  const rows = await run({ kind: 'window', input: bare.plan, calls: [call] }, [bare]);
  expect(rows).toEqual([[3], [3], [3]]);
});

it('keeps rows of which nothing is read, neither a column nor a window', async () => {
  const bare = table('bare', {}, [[], [], []]);
  const input: LogicalPlan = { kind: 'window', input: bare.plan, calls: [] };
  const count = { column: column('n', 'long'), call: agg('COUNT') };
  expect(await run({ kind: 'aggregate', input, keys: [], aggregates: [count] }, [bare])).toEqual([[3]]);
});

describe('window functions, against values worked out by hand', () => {
  const cases: readonly (readonly [string, (t: Table) => WindowCall, readonly unknown[]])[] = [
    ['ROW_NUMBER', (t) => over(agg('ROW_NUMBER'), byDept(t)), [1, 2, 3, 4, 2, 1, 1, 2]],
    ['RANK shares and leaves gaps', (t) => over(agg('RANK'), byDept(t)), [1, 2, 2, 4, 2, 1, 1, 2]],
    ['DENSE_RANK leaves none', (t) => over(agg('DENSE_RANK'), byDept(t)), [1, 2, 2, 3, 2, 1, 1, 2]],
    ['RANK without order', (t) => over(agg('RANK'), { partition: [ref(t.columns[1]!)] }), [1, 1, 1, 1, 1, 1, 1, 1]],
    [
      'RANK by a constant',
      (t) => over(agg('RANK'), { partition: [ref(t.columns[1]!)], order: [asc(lit('x', 'keyword'))] }),
      [1, 1, 1, 1, 1, 1, 1, 1],
    ],
    [
      'RANK descending, NULLs last',
      (t) => over(agg('RANK'), { order: [desc(ref(t.columns[2]!))] }),
      [4, 2, 2, 1, 7, 8, 6, 5],
    ],
    [
      'SUM over the whole partition',
      (t) => over(agg('SUM', [ref(t.columns[2]!)]), { partition: [ref(t.columns[1]!)] }),
      [90, 90, 90, 90, 5, 5, 15, 15],
    ],
    [
      'SUM up to the row and its peers',
      (t) => over(agg('SUM', [ref(t.columns[2]!)]), byDept(t)),
      [10, 50, 50, 90, 5, null, 7, 15],
    ],
    ['COUNT(*) up to the peers', (t) => over(agg('COUNT'), byDept(t)), [1, 3, 3, 4, 2, 1, 1, 2]],
    ['COUNT(x) skips NULL', (t) => over(agg('COUNT', [ref(t.columns[2]!)])), [7, 7, 7, 7, 7, 7, 7, 7]],
    [
      'AVG over all',
      (t) => over(agg('AVG', [ref(t.columns[2]!)]), { partition: [ref(t.columns[1]!)] }),
      [22.5, 22.5, 22.5, 22.5, 5, 5, 7.5, 7.5],
    ],
    [
      'COUNT(DISTINCT)',
      (t) => over(agg('COUNT', [ref(t.columns[2]!)], { distinct: true }), { partition: [ref(t.columns[1]!)] }),
      [3, 3, 3, 3, 1, 1, 2, 2],
    ],
    ['LAG', (t) => over(agg('LAG', [ref(t.columns[0]!)]), byDept(t, 0)), [null, 1, 2, 3, null, 5, null, 7]],
    [
      'LAG with distance and default',
      (t) => over(agg('LAG', [ref(t.columns[0]!), lit(2, 'integer'), lit(-1, 'integer')]), byDept(t, 0)),
      [-1, -1, 1, 2, -1, -1, -1, -1],
    ],
    [
      'LEAD',
      (t) => over(agg('LEAD', [ref(t.columns[1]!)]), { order: [asc(ref(t.columns[0]!))] }),
      ['a', 'a', 'a', 'b', 'b', null, null, null],
    ],
    [
      'NTILE',
      (t) => over(agg('NTILE', [lit(3, 'integer')]), { order: [asc(ref(t.columns[0]!))] }),
      [1, 1, 1, 2, 2, 2, 3, 3],
    ],
    ['FIRST_VALUE', (t) => over(agg('FIRST_VALUE', [ref(t.columns[0]!)]), byDept(t)), [1, 1, 1, 1, 6, 6, 7, 7]],
    [
      'LAST_VALUE sees the last row of the frame',
      (t) => over(agg('LAST_VALUE', [ref(t.columns[0]!)]), byDept(t, 0)),
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    [
      'PERCENT_RANK',
      (t) => over(agg('PERCENT_RANK'), { partition: [ref(t.columns[1]!)], order: [asc(ref(t.columns[0]!))] }),
      [0, 1 / 3, 2 / 3, 1, 0, 1, 0, 1],
    ],
    ['CUME_DIST', (t) => over(agg('CUME_DIST'), byDept(t)), [0.25, 0.75, 0.75, 1, 1, 0.5, 0.5, 1]],
    [
      'ROWS frame',
      (t) =>
        over(agg('SUM', [ref(t.columns[0]!)]), {
          order: [asc(ref(t.columns[0]!))],
          frame: 'ROWS BETWEEN 1 PRECEDING AND CURRENT ROW',
        }),
      [1, 3, 5, 7, 9, 11, 13, 15],
    ],
    [
      'frame of one bound',
      (t) => over(agg('SUM', [ref(t.columns[0]!)]), { order: [asc(ref(t.columns[0]!))], frame: 'rows 2  preceding' }),
      [1, 3, 6, 9, 12, 15, 18, 21],
    ],
    [
      'RANGE frame by distance',
      (t) =>
        over(agg('COUNT'), { order: [asc(ref(t.columns[2]!))], frame: 'RANGE BETWEEN 3 PRECEDING AND 3 FOLLOWING' }),
      [3, 2, 2, 1, 3, 1, 4, 4],
    ],
  ];
  it.each(cases)('%s', async (_name, call, expected) => {
    const source = people();
    expect(await values(source, call(source))).toEqual(expected);
  });

  function byDept(t: Table, order = 2): Pick<WindowCall, 'partition' | 'order'> {
    return { partition: [ref(t.columns[1]!)], order: [asc(ref(t.columns[order]!))] };
  }

  it.each([
    'ROWS 1 PRECEDING) FROM people; DROP TABLE people; --',
    "RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW",
    'ROWS BETWEEN (SELECT 1) PRECEDING AND CURRENT ROW',
  ])('refuses the frame %s', async (frame) => {
    const source = people();
    await expect(
      values(source, over(agg('COUNT'), { order: [asc(ref(source.columns[0]!))], frame })),
    ).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('refuses a distance over text', async () => {
    const source = people();
    const call = over(agg('COUNT'), { order: [asc(ref(source.columns[1]!))], frame: 'RANGE 1 PRECEDING' });
    await expect(values(source, call)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
