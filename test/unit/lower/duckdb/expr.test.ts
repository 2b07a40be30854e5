import { describe, expect, it } from 'vitest';
import type { Expr } from '../../../../translators/algebra/expr.ts';
import type { LogicalPlan } from '../../../../translators/algebra/plan.ts';
import type { SqlType, Value } from '../../../../translators/algebra/types.ts';
import { lowerToDuckDb } from '../../../../translators/lower/duckdb/index.ts';
import {
  and,
  asc,
  call,
  column,
  compare,
  desc,
  lit,
  project,
  ref,
  run,
  SESSION,
  scalar,
  table,
} from '../../plan/plan-kit.ts';

const NO_FROM: LogicalPlan = { kind: 'values', columns: [], rows: [[]] };
const value = async (expr: Expr): Promise<Value> => (await run(project(NO_FROM, expr)))[0]![0]!;
const nothing = lit(null, 'undefined');
const not = (arg: Expr): Expr => ({ kind: 'not', type: 'boolean', arg });
const or = (...args: Expr[]): Expr => ({ kind: 'or', type: 'boolean', args });
const isNull = (arg: Expr): Expr => ({ kind: 'isNull', type: 'boolean', arg });
const inList = (arg: Expr, ...list: Expr[]): Expr => ({ kind: 'in', type: 'boolean', arg, list });
const like = (arg: Expr, pattern: Expr): Expr => ({ kind: 'like', type: 'boolean', arg, pattern, escape: '\\' });
const int = (n: number): Expr => lit(n, 'integer');
const text = (s: string): Expr => lit(s, 'keyword');

describe('literals arrive exactly', () => {
  const cases: readonly (readonly [Value, SqlType])[] = [
    [0.1, 'double'],
    [1.7976931348623157e308, 'double'],
    [5e-324, 'double'],
    [-0.30000000000000004, 'double'],
    [0.1, 'float'],
    [9007199254740993n, 'long'],
    [-9223372036854775808n, 'long'],
    [18446744073709551615n, 'unsigned_long'],
    [-2147483648, 'integer'],
    ['it\'s "quoted" \\ -- /* */ ; ü€😀', 'keyword'],
    ['a\0b\0', 'keyword'],
    ['', 'text'],
    [true, 'boolean'],
    ['2024-02-29 23:59:59.123456789', 'timestamp'],
    [{ lat: 1.5, lon: -2 }, 'geo_point'],
    [[{ a: 9007199254740993n, b: '\u0001x' }], 'nested'],
    [{ months: 1, nanos: 5n }, 'interval'],
    [null, 'undefined'],
    [null, 'double'],
  ];
  it.each(cases)('%s as %s', async (each, type) => {
    expect(await value(lit(each, type))).toEqual(each);
  });
});

describe('three-valued logic', () => {
  const unknown = compare(nothing, '=', int(1));
  it.each([
    ['NULL = 1', unknown, null],
    ['NOT NULL', not(unknown), null],
    ['NULL AND FALSE', and(unknown, lit(false, 'boolean')), false],
    ['NULL AND TRUE', and(unknown, lit(true, 'boolean')), null],
    ['NULL OR TRUE', or(unknown, lit(true, 'boolean')), true],
    ['NULL IS NULL', isNull(nothing), true],
    ['1 IN (2, NULL)', inList(int(1), int(2), nothing), null],
    ['1 IN (1, NULL)', inList(int(1), int(1), nothing), true],
    ['1 IN (2.5, 1)', inList(int(1), lit(2.5, 'double'), int(1)), true],
    ['NULL LIKE x', like(lit(null, 'keyword'), text('%')), null],
    ["'a' LIKE NULL", like(text('a'), lit(null, 'keyword')), null],
  ] as const)('%s', async (_name, expr, expected) => {
    expect(await value(expr)).toBe(expected);
  });
});

describe('comparisons', () => {
  it.each([
    ['text is binary', compare(text('a'), '=', text('A')), false],
    ['text by code', compare(text('Z'), '<', text('a')), true],
    ['trailing blanks count', compare(text('a'), '=', text('a ')), false],
    ['longs beyond 2^53', compare(lit(9007199254740993n, 'long'), '=', lit(9007199254740992n, 'long')), false],
    ['addresses by number', compare(lit('10.0.0.9', 'ip'), '<', lit('10.0.0.10', 'ip')), true],
    ['addresses in a list', inList(lit('::ffff:1.2.3.4', 'ip'), lit('1.2.3.4', 'ip')), true],
    [
      'timestamps with and without fraction',
      compare(lit('2024-01-01 00:00:00', 'timestamp'), '<', lit('2024-01-01 00:00:00.1', 'timestamp')),
      true,
    ],
  ] as const)('%s', async (_name, expr, expected) => {
    expect(await value(expr)).toBe(expected);
  });

  it('round a literal to float before it meets one', async () => {
    const t = table('t', { f: 'float' }, [[0.1], [0.2], [3.4e38]]);
    const f = ref(t.columns[0]!);
    const filter = (predicate: Expr): LogicalPlan => ({ kind: 'filter', input: t.plan, predicate });
    expect(await run(filter(compare(f, '=', lit(0.1, 'double'))), [t])).toEqual([[0.1]]);
    expect(await run(filter(inList(f, lit(0.2, 'double'), int(7))), [t])).toEqual([[0.2]]);
    expect(await run(filter(compare(f, '<', lit(1e300, 'double'))), [t])).toHaveLength(3);
  });

  it('do not narrow a long to a float', async () => {
    const t = table('t', { f: 'float', n: 'long' }, [[16777216, 16777217]]);
    const [f, n] = t.columns.map(ref) as [Expr, Expr];
    expect(await run({ kind: 'filter', input: t.plan, predicate: compare(f, '=', n) }, [t])).toEqual([]);
  });
});

describe('LIKE', () => {
  it('runs our matcher, with a constant pattern and with one a row', async () => {
    const t = table('t', { s: 'keyword', p: 'keyword' }, [
      ['Apple', 'a%'],
      ['pear', 'a%'],
      [null, '%'],
      ['x', null],
      ['ab', 'A_'],
    ]);
    const [s, p] = t.columns.map(ref) as [Expr, Expr];
    const constant = await run({ kind: 'filter', input: t.plan, predicate: like(s, text('A%')) }, [t]);
    expect(constant.map(([each]) => each)).toEqual(['Apple', 'ab']);
    const byRow = await run({ kind: 'filter', input: t.plan, predicate: like(s, p) }, [t]);
    expect(byRow.map(([each]) => each)).toEqual(['Apple', 'ab']);
  });
});

describe('functions', () => {
  const double = scalar('TWICE', 'keyword', ((s: string) => s + s) as never);
  it('without a DuckDB cell run as closures, NULL giving NULL when strict', async () => {
    const t = table('t', { s: 'keyword' }, [['ab'], [null], ['\0'], ['é😀'.repeat(40)]]);
    const rows = await run(project(t.plan, call(double, ref(t.columns[0]!))), [t]);
    expect(rows).toEqual([['abab'], [null], ['\0\0'], ['é😀'.repeat(80)]]);
  });
  it('see NULL when their rule is custom', async () => {
    const orElse = scalar('OR_ELSE', 'keyword', ((a: Value, b: Value) => a ?? b) as never, { nulls: 'custom' });
    expect(await value(call(orElse, lit(null, 'keyword'), text('b')))).toBe('b');
  });
  it('take and give every type of cell', async () => {
    const seen: Value[] = [];
    const look = (type: SqlType) => {
      const see = (v: Value): Value => {
        seen.push(v);
        return v;
      };
      return scalar(`LOOK_${type}`, type, see as never);
    };
    const cells: readonly (readonly [Value, SqlType])[] = [
      [5, 'integer'],
      [9007199254740993n, 'long'],
      [42, 'long'],
      [18446744073709551615n, 'unsigned_long'],
      [0.1, 'float'],
      [0.1, 'double'],
      [true, 'boolean'],
      ['x', 'text'],
      [{ lat: 1, lon: 2 }, 'geo_point'],
      [[1, { a: null }], 'nested'],
      [{ months: 0, nanos: 9007199254740993n }, 'interval'],
    ];
    // The first look is the lowering's own, to see whether the constant fails.
    for (const [each, type] of cells) expect(await value(call(look(type), lit(each, type)))).toEqual(each);
    expect(seen).toEqual(cells.flatMap(([each]) => [each, each]));
  });
  it('with a DuckDB cell get their arguments in place of a0, a1, whole words outside of quotes only', async () => {
    const cell = scalar('CELL', 'keyword', (() => 'closure') as never, { duckdb: "a0 || 'a0' || a1 || '''a1'" });
    expect(await value(call(cell, text('x a1'), text('y')))).toBe("x a1a0y'a1");
  });
  it('are registered once for equal types', () => {
    const t = table('t', { s: 'keyword' }, []);
    const s = ref(t.columns[0]!);
    const query = lowerToDuckDb(project(t.plan, call(double, s), call(double, call(double, s))), SESSION);
    expect(query.functions).toHaveLength(1);
  });
  it('of no argument run once a row when volatile', async () => {
    let n = 0;
    const count = scalar('NEXT', 'integer', (() => ++n) as never, { volatile: true });
    const t = table('t', { s: 'keyword' }, [['a'], ['b'], ['c']]);
    const rows = await run(project(t.plan, call(count)), [t]);
    expect(rows.map(([each]) => each).sort()).toEqual([1, 2, 3]);
  });
  it('that fail answer with their own error', async () => {
    const fails = scalar('FAILS', 'keyword', (() => {
      throw new RangeError('my own words');
    }) as never);
    await expect(value(call(fails, text('x')))).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('CASE and CAST', () => {
  it('evaluates only the branch that applies', async () => {
    const t = table('t', { n: 'integer' }, [[0], [1], [null]]);
    const n = ref(t.columns[0]!);
    const fails = scalar('FAILS', 'integer', ((v: number) => {
      if (v === 0) throw new Error('zero');
      return v;
    }) as never);
    const expr: Expr = {
      kind: 'case',
      type: 'double',
      whens: [{ when: compare(n, '=', int(0)), then: lit(0.5, 'double') }],
      otherwise: call(fails, n),
    };
    expect(await run(project(t.plan, expr), [t])).toEqual([[0.5], [1], [null]]);
  });
  it('follows the matrix of casts', async () => {
    const cast = (arg: Expr, type: SqlType): Expr => ({ kind: 'cast', type, arg });
    expect(await value(cast(int(7), 'long'))).toBe(7);
    expect(await value(cast(lit(9007199254740993n, 'long'), 'keyword'))).toBe('9007199254740993');
    expect(await value(cast(lit(2.9, 'double'), 'integer'))).toBe(2);
    expect(await value(cast(lit(null, 'keyword'), 'integer'))).toBe(null);
    expect(await value(cast(nothing, 'date'))).toBe(null);
  });
});

describe('the plan', () => {
  it('sorts with NULLs where they are asked for', async () => {
    const t = table('t', { n: 'integer', s: 'keyword' }, [
      [2, 'b'],
      [null, 'n'],
      [1, 'Z'],
      [1, 'a'],
      [null, null],
    ]);
    const [n, s] = t.columns.map(ref) as [Expr, Expr];
    const sort = (...keys: ReturnType<typeof asc>[]) => run({ kind: 'sort', input: t.plan, keys }, [t]);
    expect(await sort(asc(n), asc(s))).toEqual([
      [null, null],
      [null, 'n'],
      [1, 'Z'],
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(await sort(asc(n, false), desc(s))).toEqual([
      [1, 'a'],
      [1, 'Z'],
      [2, 'b'],
      [null, 'n'],
      [null, null],
    ]);
    expect(await sort(desc(n, true), asc(s, false))).toEqual([
      [null, 'n'],
      [null, null],
      [2, 'b'],
      [1, 'Z'],
      [1, 'a'],
    ]);
    expect(await sort(asc(lit('const', 'keyword')))).toHaveLength(5);
  });

  it('keeps the order of a sort through what stands above it', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => [(i * 7919) % 50_000, `v${i}`]);
    const t = table('t', { n: 'integer', s: 'keyword' }, rows);
    const [n, s] = t.columns.map(ref) as [Expr, Expr];
    const sortedPlan: LogicalPlan = { kind: 'sort', input: t.plan, keys: [desc(n)] };
    const filtered: LogicalPlan = { kind: 'filter', input: sortedPlan, predicate: compare(n, '!=', int(5)) };
    const out = await run(project(filtered, n, call(scalar('SAME', 'keyword', ((v: string) => v) as never), s)), [t]);
    expect(out).toHaveLength(49_999);
    expect(out.every((row, i) => i === 0 || (row[0] as number) < (out[i - 1]![0] as number))).toBe(true);
    const page: LogicalPlan = {
      kind: 'limit',
      input: { kind: 'sort', input: t.plan, keys: [asc(n)] },
      count: 3,
      offset: 2,
    };
    expect((await run(project(page, n), [t])).flat()).toEqual([2, 3, 4]);
  });

  it('cuts by LIMIT and OFFSET, alone too', async () => {
    const t = table('t', { n: 'integer' }, [[1], [2], [3]]);
    const limit = (count: number, offset: number) => run({ kind: 'limit', input: t.plan, count, offset }, [t]);
    expect(await limit(2, 0)).toHaveLength(2);
    expect(await limit(Number.POSITIVE_INFINITY, 2)).toHaveLength(1);
    expect(await limit(0, 0)).toEqual([]);
  });

  it('reads literal rows, of none, some and no columns', async () => {
    const [a, b] = [column('a', 'integer'), column('b', 'keyword')];
    const values = (rows: Expr[][]): LogicalPlan => ({ kind: 'values', columns: [a, b], rows });
    expect(
      await run(
        values([
          [int(1), text('x')],
          [nothing, nothing],
        ]),
      ),
    ).toEqual([
      [1, 'x'],
      [null, null],
    ]);
    expect(await run(values([]))).toEqual([]);
    expect(await run(NO_FROM)).toEqual([[]]);
  });

  it('counts rows of an input without columns', async () => {
    const t = table('t', {}, [[], [], []]);
    const pages = await run(project(t.plan, int(1)), [t]);
    expect(pages).toEqual([[1], [1], [1]]);
  });

  it('quotes names of tables', async () => {
    const t = table('odd "name"; DROP TABLE x', { n: 'integer' }, [[1]]);
    expect(await run(t.plan, [t])).toEqual([[1]]);
  });

  it('refuses what only a search can do', () => {
    const t = table('t', { n: 'nested' }, []);
    const plan: LogicalPlan = {
      kind: 'unnest',
      input: t.plan,
      path: 'n',
      source: t.columns[0]!,
      columns: [],
      outer: false,
    };
    expect(() => lowerToDuckDb(plan, SESSION)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

describe('cells that are arrays', () => {
  const t = table('t', { id: 'integer', tags: 'keyword', n: 'long', o: 'object' }, [
    [1, ['b', 'a'], [9007199254740993n, 2], { k: [1, 'x'] }],
    [2, 'a', 7, null],
    [3, null, null, { k: '\u0001' }],
  ]);
  const [id, tags, n, o] = t.columns.map(ref) as [Expr, Expr, Expr, Expr];

  it('come through whole where nothing computes on them', async () => {
    const plan: LogicalPlan = { kind: 'sort', input: t.plan, keys: [desc(id)] };
    expect(await run(plan, [t])).toEqual([...t.rows].reverse());
    expect(await run(project(plan, n, o, tags), [t])).toEqual(
      [...t.rows].reverse().map((row) => [row[2], row[3], row[1]]),
    );
  });
  it('are refused where something does, unless they hold one value', async () => {
    const plan: LogicalPlan = { kind: 'filter', input: t.plan, predicate: compare(tags, '=', text('b')) };
    await expect(run(plan, [t])).rejects.toThrow('[tags] holds several values in a document');
    const byRename = project(t.plan, tags);
    const renamed = byRename.kind === 'project' ? ref(byRename.items[0]!.column) : nothing;
    const sort: LogicalPlan = { kind: 'sort', input: byRename, keys: [asc(renamed)] };
    await expect(run(sort, [t])).rejects.toThrow('[tags] holds several values in a document');
    const single = { ...t, rows: [[1, ['b', null], 1, null], ...t.rows.slice(1)] };
    expect(await run(sort, [single])).toEqual([[null], ['a'], ['b']]);
  });
});
