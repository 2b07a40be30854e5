import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../src/rows/page.ts';
import type { AggregateCall } from '../../../../translators/algebra/expr.ts';
import type { SqlType } from '../../../../translators/algebra/types.ts';
import { aggregates } from '../../../../translators/functions/aggregate.ts';
import { agg, asc, compare, group, lit, ref, run, type Table, table } from '../../plan/plan-kit.ts';

const one = async (source: Table, ...calls: readonly AggregateCall[]): Promise<Row> =>
  (await run(group(source.plan, [], calls), [source]))[0]!;

const numbers = (type: SqlType, values: Row) =>
  table(
    't',
    { v: type },
    values.map((value) => [value]),
  );

describe('aggregates', () => {
  it('give one row over nothing: COUNT 0, the others NULL', async () => {
    const t = numbers('integer', []);
    const v = ref(t.columns[0]!);
    const names = ['SUM', 'AVG', 'MIN', 'MAX', 'VAR_POP', 'VAR_SAMP', 'STDDEV', 'STDDEV_SAMP'];
    const row = await one(
      t,
      agg('COUNT'),
      agg('COUNT', [v]),
      agg('APPROX_COUNT_DISTINCT', [v]),
      ...names.map((name) => agg(name, [v])),
      agg('PERCENTILE', [v, lit(50, 'integer')]),
    );
    expect(row).toEqual([0, 0, 0, ...names.map(() => null), null]);
  });

  it('skip NULLs', async () => {
    const t = numbers('integer', [1, null, 2, 2, 5]);
    const v = ref(t.columns[0]!);
    const row = await one(
      t,
      agg('COUNT'),
      agg('COUNT', [v]),
      agg('COUNT', [v], { distinct: true }),
      agg('SUM', [v]),
      agg('AVG', [v]),
      agg('MIN', [v]),
      agg('MAX', [v]),
      agg('SUM', [v], { distinct: true }),
      agg('VAR_POP', [v]),
      agg('STDDEV_SAMP', [v]),
    );
    expect(row.slice(0, 8)).toEqual([5, 4, 3, 10, 2.5, 1, 5, 8]);
    expect(row[8]).toBeCloseTo(2.25, 12);
    expect(row[9]).toBeCloseTo(Math.sqrt(3), 12);
  });

  it('have no sample deviation of one value', async () => {
    const t = numbers('double', [4]);
    const v = ref(t.columns[0]!);
    expect(await one(t, agg('VAR_SAMP', [v]), agg('STDDEV_SAMP', [v]), agg('VAR_POP', [v]))).toEqual([null, null, 0]);
  });

  it('add longs exactly beyond 2^53, and integers beyond 2^31', async () => {
    const longs = numbers('long', [9007199254740993n, 9007199254740993n, 1]);
    expect(await one(longs, agg('SUM', [ref(longs.columns[0]!)]), agg('MAX', [ref(longs.columns[0]!)]))).toEqual([
      18014398509481987n,
      9007199254740993n,
    ]);
    const integers = numbers('integer', [2147483647, 2147483647]);
    expect(await one(integers, agg('SUM', [ref(integers.columns[0]!)]))).toEqual([4294967294]);
  });

  it('refuse a sum that leaves 64 bits', async () => {
    const t = numbers('long', [9223372036854775807n, 1]);
    await expect(one(t, agg('SUM', [ref(t.columns[0]!)]))).rejects.toMatchObject({ code: 'arithmetic', status: 400 });
  });

  it('add fractions without drift', async () => {
    const t = numbers('double', new Array(1000).fill(0.1));
    expect(await one(t, agg('SUM', [ref(t.columns[0]!)]), agg('AVG', [ref(t.columns[0]!)]))).toEqual([100, 0.1]);
  });

  it('average dates and times', async () => {
    const t = table('t', { d: 'date', t: 'time', ts: 'timestamp' }, [
      ['2024-01-01', '10:00:00', '2024-01-01 00:00:00'],
      ['2024-01-04', '11:00:01', '2024-01-01 00:00:01.5'],
      [null, null, null],
    ]);
    expect(await one(t, ...t.columns.map((column) => agg('AVG', [ref(column)])))).toEqual([
      '2024-01-02',
      '10:30:00.5',
      '2024-01-01 00:00:00.75',
    ]);
  });

  it('take the extremes of text by code, of addresses by number', async () => {
    const t = table('t', { s: 'keyword', ip: 'ip' }, [
      ['b', '10.0.0.2'],
      ['Z', '9.0.0.1'],
      ['é', '10.0.0.10'],
      [null, null],
    ]);
    const [s, ip] = t.columns.map(ref) as [ReturnType<typeof ref>, ReturnType<typeof ref>];
    expect(await one(t, agg('MIN', [s]), agg('MAX', [s]), agg('MIN', [ip]), agg('MAX', [ip]))).toEqual([
      'Z',
      'é',
      '9.0.0.1',
      '10.0.0.10',
    ]);
  });

  it('count different rows of several columns, those with a NULL not', async () => {
    const t = table('t', { a: 'integer', b: 'keyword' }, [
      [1, 'x'],
      [1, 'x'],
      [1, 'y'],
      [null, 'x'],
      [2, null],
    ]);
    expect(await one(t, agg('COUNT', t.columns.map(ref), { distinct: true }))).toEqual([2]);
  });

  it('honour FILTER, NULL being no match', async () => {
    const t = table('t', { a: 'integer', b: 'integer' }, [
      [1, 10],
      [2, 20],
      [null, 30],
      [3, null],
    ]);
    const filter = compare(ref(t.columns[0]!), '>', lit(1, 'integer'));
    const b = ref(t.columns[1]!);
    expect(
      await one(
        t,
        agg('COUNT', [], { filter }),
        agg('SUM', [b], { filter }),
        agg('COUNT', [b], { filter, distinct: true }),
      ),
    ).toEqual([2, 20, 1]);
  });

  it('take the value at the place of a percentile, as the cluster does', async () => {
    const t = numbers('integer', [1, 2, 3, 10]);
    const d = numbers('double', [1, 2, 3, 10]);
    expect(
      await one(
        t,
        agg('PERCENTILE', [ref(t.columns[0]!), lit(50, 'integer')]),
        agg('PERCENTILE_APPROX', [ref(t.columns[0]!), lit(100, 'integer')]),
      ),
    ).toEqual([3, 10]);
    expect(await one(d, agg('PERCENTILE', [ref(d.columns[0]!), lit(50, 'integer')]))).toEqual([3]);
  });
});

describe('groups', () => {
  it('put NULL keys into a group of their own', async () => {
    const t = table('t', { k: 'keyword', v: 'integer' }, [
      ['a', 1],
      [null, 2],
      ['a', 3],
      [null, 4],
    ]);
    const plan = group(t.plan, [ref(t.columns[0]!)], [agg('COUNT'), agg('SUM', [ref(t.columns[1]!)])]);
    const key = plan.kind === 'aggregate' ? plan.keys[0]!.column : undefined;
    expect(await run({ kind: 'sort', input: plan, keys: [asc(ref(key!))] }, [t])).toEqual([
      [null, 2, 6],
      ['a', 2, 4],
    ]);
  });
  it('are distinct rows without aggregates, and none over nothing', async () => {
    const t = table('t', { k: 'long' }, [[9007199254740993n], [9007199254740992n], [9007199254740993n]]);
    const rows = await run(group(t.plan, [ref(t.columns[0]!)], []), [t]);
    expect(rows.map(([k]) => String(k)).sort()).toEqual(['9007199254740992', '9007199254740993']);
    const empty = table('t', { k: 'long' }, []);
    expect(await run(group(empty.plan, [lit('x', 'keyword')], [agg('COUNT')]), [empty])).toEqual([]);
  });
  it('hold one address, however it is written', async () => {
    const t = table('t', { ip: 'ip' }, [['::1'], ['0:0::1'], ['10.0.0.1']]);
    expect(await run(group(t.plan, [ref(t.columns[0]!)], [agg('COUNT')]), [t])).toHaveLength(2);
  });
});

describe('rows of the table', () => {
  const row = (name: string) => aggregates.find((each) => each.name === name)!;
  it('know their metric of the cluster', () => {
    const field = { field: 'x' };
    expect(row('AVG').dsl?.(field, [])).toEqual({ avg: { field: 'x' } });
    expect(row('COUNT').dsl?.(field, [])).toEqual({ value_count: { field: 'x' } });
    expect(row('APPROX_COUNT_DISTINCT').dsl?.(field, [])).toEqual({ cardinality: { field: 'x' } });
    expect(row('STDDEV_SAMP').dsl?.(field, [])).toEqual({ extended_stats: { field: 'x' } });
    expect(row('PERCENTILE').dsl?.(field, [95])).toEqual({ percentiles: { field: 'x', percents: [95], keyed: false } });
    expect(row('PERCENTILE_APPROX').dsl?.(field, [95, 200])).toEqual({
      percentiles: { field: 'x', percents: [95], keyed: false, tdigest: { compression: 200 } },
    });
  });
  it('read the metric of the answer', () => {
    expect(row('AVG').read?.({ value: 1.5 }, [])).toBe(1.5);
    expect(row('AVG').read?.({ value: null }, [])).toBe(null);
    expect(row('VAR_SAMP').read?.({ variance_sampling: 'NaN' }, [])).toBe(null);
    expect(row('VAR_POP').read?.({ variance: 2 }, [])).toBe(2);
    expect(row('PERCENTILE').read?.({ values: [{ key: 50, value: 34 }] }, [50])).toBe(34);
  });
  it('refuse types that they cannot work on, in the plugin’s words', () => {
    expect(() => agg('AVG', [lit(true, 'boolean')])).toThrow(
      'avg function expected {[DOUBLE],[DATE],[TIME],[TIMESTAMP]}, but got [BOOLEAN]',
    );
    expect(() => agg('MIN', [lit({}, 'object')])).toThrow('but got [OBJECT]');
  });
});
