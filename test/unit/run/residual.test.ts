import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../../src/engine/duckdb/engine.ts';
import type { Page, Row } from '../../../src/rows/page.ts';
import { type ResidualInput, runResidual } from '../../../src/run/residual.ts';
import type { Expr } from '../../../translators/algebra/expr.ts';
import type { LogicalPlan } from '../../../translators/algebra/plan.ts';
import { SqlError } from '../../../translators/errors.ts';
import { lowerToDuckDb } from '../../../translators/lower/duckdb/index.ts';
import {
  agg,
  asc,
  call,
  compare,
  group,
  join2,
  limitsIn,
  lit,
  pagesOf,
  project,
  ref,
  run,
  SESSION,
  scalar,
  sorted,
  type Table,
  table,
  withTemp,
} from '../plan/plan-kit.ts';

const input = (of: Table, pages: AsyncIterable<Page> = pagesOf(of.rows)): ResidualInput => ({
  name: of.plan.name,
  columns: of.columns,
  pages,
});

async function* generated(rows: number, row: (i: number) => Row, size = 5_000): AsyncGenerator<Page> {
  for (let start = 0; start < rows; start += size) {
    yield Array.from({ length: Math.min(size, rows - start) }, (_, i) => row(start + i));
  }
}

/** A join without end in sight, which gives no row before it is done. */
function endless(udf?: Expr): { readonly plan: LogicalPlan; readonly tables: readonly Table[] } {
  const rows = Array.from({ length: 60_000 }, (_, i) => [i]);
  const [l, r] = [table('l', { a: 'double' }, rows), table('r', { b: 'double' }, rows)];
  const on = compare(ref(l.columns[0]!), '<', ref(r.columns[0]!));
  const joined = join2('inner', l, r, on);
  return { plan: group(joined, [], [agg('SUM', [udf ?? ref(l.columns[0]!)])]), tables: [l, r] };
}

async function collect(pages: AsyncIterable<Page>): Promise<number> {
  let rows = 0;
  for await (const page of pages) rows += page.length;
  return rows;
}

describe('exactness', () => {
  it('keeps longs beyond 2^53 through join, group, sum and sort', async () => {
    const base = 9007199254740993n;
    const l = table('l', { k: 'long', v: 'long' }, [
      [base, 1],
      [base - 1n, 2],
      [base, base],
      [-base, 4],
      [12, 5],
    ]);
    const r = table('r', { k: 'long' }, [[base], [-base], [12]]);
    const joined = join2('inner', l, r, compare(ref(l.columns[0]!), '=', ref(r.columns[0]!)));
    const grouped = group(joined, [ref(l.columns[0]!)], [agg('SUM', [ref(l.columns[1]!)])]);
    const key = grouped.kind === 'aggregate' ? grouped.keys[0]!.column : undefined;
    expect(await run({ kind: 'sort', input: grouped, keys: [asc(ref(key!))] }, [l, r])).toEqual([
      [-base, 4],
      [12, 5],
      [base, base + 1n],
    ]);
  });

  it('keeps texts as they are, in rows, in groups and on their way through our functions', async () => {
    const texts = ['', '\u0000', '\u0001x', 'a\u0000b', 'a\uFEFF', '\uFEFF', '\uFEFF\uFEFFb', '\uFEFFa', '\u{1F600}'];
    const t = table(
      't',
      { s: 'keyword', o: 'object' },
      [...texts, ...texts].map((s) => [s, { s }]),
    );
    const [s, o] = t.columns.map(ref) as [Expr, Expr];
    const same = scalar('SAME', 'keyword', ((text: string) => text) as never);
    expect(await run(project(t.plan, s, o, call(same, s)), [t])).toEqual(t.rows.map(([x, y]) => [x, y, x]));
    const grouped = group(t.plan, [s], [agg('COUNT'), agg('MAX', [call(same, s)])]);
    const expected = texts.map((text) => [text, 2, text]);
    expect(sorted(await run(grouped, [t]))).toEqual(sorted(expected));
    const right = table(
      'r',
      { s: 'keyword' },
      texts.map((text) => [text]),
    );
    const joined = join2('inner', t, right, compare(s, '=', ref(right.columns[0]!)));
    expect(await run(group(joined, [], [agg('COUNT')]), [t, right])).toEqual([[texts.length * 2]]);
  });

  it('makes an overflow an error, not a wrong number', async () => {
    const t = table('t', { n: 'integer', m: 'long' }, [[2147483647, 9223372036854775807n]]);
    const add = scalar('ADD', 'integer', (() => 0) as never, { duckdb: 'a0 + a1' });
    const arithmetic = { code: 'arithmetic', type: 'ArithmeticException' };
    const [n, m] = t.columns.map(ref) as [Expr, Expr];
    await expect(run(project(t.plan, call(add, n, lit(1, 'integer'))), [t])).rejects.toMatchObject({
      ...arithmetic,
      details: 'integer overflow: 2147483647 + 1',
    });
    await expect(run(project(t.plan, call(add, m, lit(1, 'long'))), [t])).rejects.toMatchObject(arithmetic);
  });

  it('does so for a row behind many good ones, before the first page', async () => {
    await withTemp(async (directory) => {
      const t = table('t', { n: 'integer' }, []);
      const add = scalar('ADD', 'integer', (() => 0) as never, { duckdb: 'a0 + a1' });
      const plan = project(t.plan, call(add, ref(t.columns[0]!), lit(2147483647 - 299_000, 'integer')));
      const inputs = [
        input(
          t,
          generated(300_000, (i) => [i]),
        ),
      ];
      let pages = 0;
      const read = async (): Promise<void> => {
        for await (const _ of runResidual({ query: lowerToDuckDb(plan, SESSION), inputs, limits: limitsIn(directory) }))
          pages++;
      };
      await expect(read()).rejects.toMatchObject({ code: 'arithmetic' });
      expect(pages).toBe(0);
    });
  });

  it('refuses a cell that its column cannot hold', async () => {
    const t = table('t', { n: 'long' }, [['abc']]);
    const plan: LogicalPlan = {
      kind: 'filter',
      input: t.plan,
      predicate: compare(ref(t.columns[0]!), '>', lit(1, 'long')),
    };
    await expect(run(plan, [t])).rejects.toMatchObject({ code: 'evaluation', details: 'the value abc is no number' });
  });
});

describe('streaming', () => {
  it('carries 200,000 rows in pages, in little memory, without waiting for a slow reader', async () => {
    await withTemp(async (directory) => {
      const t = table('t', { id: 'integer', s: 'keyword', d: 'double' }, []);
      const [id] = t.columns.map(ref) as [Expr];
      const plan: LogicalPlan = { kind: 'sort', input: t.plan, keys: [{ expr: id, desc: true, nullsFirst: false }] };
      const rows = generated(200_000, (i) => [i, `row number ${i}`, i / 3]);
      const pages = runResidual({
        query: lowerToDuckDb(plan, SESSION),
        inputs: [input(t, rows)],
        limits: limitsIn(directory, { memoryLimit: 60_000_000 }),
      });
      let expected = 199_999;
      let biggest = 0;
      for await (const page of pages) {
        biggest = Math.max(biggest, page.length);
        for (const row of page) {
          if (row[0] !== expected || row[1] !== `row number ${expected}` || row[2] !== expected / 3)
            throw new Error(`row ${expected}: ${row}`);
          expected--;
        }
      }
      expect(expected).toBe(-1);
      expect(biggest).toBeLessThanOrEqual(2_048);
    });
  });

  it('spills a sort that is far over the memory limit, then cleans up', async () => {
    await withTemp(async (directory) => {
      const t = table('t', { k: 'keyword', pad: 'keyword' }, []);
      const plan: LogicalPlan = { kind: 'sort', input: t.plan, keys: [asc(ref(t.columns[0]!))] };
      const pad = 'x'.repeat(400);
      const rows = generated(300_000, (i) => [String((i * 7919) % 300_000).padStart(6, '0'), `${pad}${i}`]);
      const pages = runResidual({
        query: lowerToDuckDb(plan, SESSION),
        inputs: [input(t, rows)],
        limits: limitsIn(directory, { memoryLimit: 100_000_000 }),
      });
      let next = 0;
      let spilled = false;
      for await (const page of pages) {
        const [spill] = await readdir(directory);
        spilled ||= (await readdir(join(directory, spill!))).length > 0;
        for (const [key] of page) if (Number(key) !== next++) throw new Error(`${key} at ${next}`);
      }
      expect(next).toBe(300_000);
      expect(spilled).toBe(true);
      expect(await readdir(directory)).toEqual([]);
    });
  }, 60_000);

  it('says plainly that memory and temporary space are used up', async () => {
    await withTemp(async (directory) => {
      const t = table('t', { k: 'keyword' }, []);
      const plan: LogicalPlan = { kind: 'sort', input: t.plan, keys: [asc(ref(t.columns[0]!))] };
      const rows = generated(200_000, (i) => [`${i}`.padEnd(500, 'x')]);
      const limits = limitsIn(directory, { memoryLimit: 30_000_000, tempLimit: 10_000_000 });
      const failed = collect(runResidual({ query: lowerToDuckDb(plan, SESSION), inputs: [input(t, rows)], limits }));
      await expect(failed).rejects.toMatchObject({
        code: 'spoolLimit',
        status: 507,
        details: expect.stringContaining('MAX_SPOOL_PER_STATEMENT'),
      });
      expect(await readdir(directory)).toEqual([]);
    });
  }, 60_000);
});

describe('stopping', () => {
  const within = async (ms: number, work: Promise<unknown>): Promise<unknown> => {
    const late = sleep(ms).then(() => {
      throw new Error(`not over after ${ms} ms`);
    });
    return Promise.race([work, late]);
  };

  it('interrupts a running statement', async () => {
    await withTemp(async (directory) => {
      const abort = new AbortController();
      const { plan, tables } = endless();
      const pages = runResidual({
        query: lowerToDuckDb(plan, SESSION),
        inputs: tables.map((each) => input(each)),
        signal: abort.signal,
        limits: limitsIn(directory),
      });
      const work = collect(pages);
      const outcome = expect(work).rejects.toMatchObject({ code: 'cancelled', status: 499 });
      await sleep(700);
      abort.abort();
      await within(1_000, outcome);
      expect(await readdir(directory)).toEqual([]);
    });
  });

  it('interrupts a statement that is inside of our functions', async () => {
    await withTemp(async (directory) => {
      const abort = new AbortController();
      const base = endless();
      const slow = scalar('SLOW', 'double', ((v: number) => v + 1) as never);
      const column = base.tables[0]!.columns[0]!;
      const join = (base.plan as { readonly input: LogicalPlan }).input;
      const plan = group(join, [], [agg('SUM', [call(slow, ref(column))])]);
      const pages = runResidual({
        query: lowerToDuckDb(plan, SESSION),
        inputs: base.tables.map((each) => input(each)),
        signal: abort.signal,
        limits: limitsIn(directory),
      });
      const outcome = expect(collect(pages)).rejects.toMatchObject({ code: 'cancelled' });
      await sleep(700);
      abort.abort();
      await within(2_000, outcome);
      expect(await readdir(directory)).toEqual([]);
    });
  });

  it('stops loading', async () => {
    await withTemp(async (directory) => {
      const abort = new AbortController();
      const t = table('t', { n: 'integer' }, []);
      let closed = false;
      let begin = (): void => undefined;
      // Before it begins there is nothing to close.
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      async function* forever(): AsyncGenerator<Page> {
        begin();
        try {
          for (;;) yield Array.from({ length: 1_000 }, (_, i) => [i]);
        } finally {
          closed = true;
        }
      }
      const outcome = expect(
        collect(
          runResidual({
            query: lowerToDuckDb(t.plan, SESSION),
            inputs: [input(t, forever())],
            signal: abort.signal,
            limits: limitsIn(directory),
          }),
        ),
      ).rejects.toMatchObject({ code: 'cancelled' });
      await begun;
      await sleep(50);
      abort.abort();
      await within(2_000, outcome);
      expect(closed).toBe(true);
    });
  });

  it('does not start when already aborted, and closes inputs that nobody read', async () => {
    await withTemp(async (directory) => {
      const t = table('t', { n: 'integer' }, [[1]]);
      let closed = false;
      const pages: AsyncIterable<Page> = {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(new Error('must not be read')),
          return: async () => {
            closed = true;
            return { done: true, value: undefined };
          },
        }),
      };
      const all = collect(
        runResidual({
          query: lowerToDuckDb(t.plan, SESSION),
          inputs: [input(t, pages)],
          signal: AbortSignal.abort(),
          limits: limitsIn(directory),
        }),
      );
      await expect(all).rejects.toMatchObject({ code: 'cancelled' });
      expect(closed).toBe(true);
      expect(await readdir(directory)).toEqual([]);
    });
  });

  it.each([1, 2, 4])(
    'closes when the reader leaves early while functions run on %i threads',
    async (threads) => {
      const same = scalar('SAME', 'keyword', ((v: string) => `${v}!`) as never);
      for (let round = 0; round < 5; round++) {
        await withTemp(async (directory) => {
          const t = table('t', { s: 'keyword' }, []);
          const plan = project(t.plan, call(same, ref(t.columns[0]!)));
          const pages = runResidual({
            query: lowerToDuckDb(plan, SESSION),
            inputs: [
              input(
                t,
                generated(120_000, (i) => [`v${i}`]),
              ),
            ],
            limits: limitsIn(directory, { threads, memoryLimit: 1_000_000_000 }),
          });
          const leave = async (): Promise<void> => {
            for await (const page of pages) if (page.length > 0) break;
          };
          await within(10_000, leave());
          expect(await readdir(directory)).toEqual([]);
        });
      }
    },
    60_000,
  );
});

describe('faults', () => {
  it('of a closure come out as they were thrown', async () => {
    const t = table(
      't',
      { s: 'keyword' },
      Array.from({ length: 10_000 }, (_, i) => [`${i}`]),
    );
    const fails = scalar('FAILS', 'keyword', ((s: string) => {
      if (s === '7777') throw new SqlError('evaluation', 'cannot work on 7777');
      return s;
    }) as never);
    await expect(run(project(t.plan, call(fails, ref(t.columns[0]!))), [t])).rejects.toMatchObject({
      code: 'evaluation',
      details: 'cannot work on 7777',
    });
  });

  it('of an input come out as they were thrown, and everything is closed', async () => {
    await withTemp(async (directory) => {
      const [l, r] = [table('l', { a: 'integer' }, []), table('r', { b: 'integer' }, [[1]])];
      async function* broken(): AsyncGenerator<Page> {
        yield Array.from({ length: 3_000 }, (_, i) => [i]);
        throw new SqlError('clusterTimeout', 'the cluster did not answer');
      }
      let closed = false;
      async function* other(): AsyncGenerator<Page> {
        try {
          yield [[1]];
        } finally {
          closed = true;
        }
      }
      const unread = other();
      await unread.next();
      const plan = join2('inner', l, r, compare(ref(l.columns[0]!), '=', ref(r.columns[0]!)));
      const all = collect(
        runResidual({
          query: lowerToDuckDb(plan, SESSION),
          inputs: [input(l, broken()), input(r, unread)],
          limits: limitsIn(directory),
        }),
      );
      await expect(all).rejects.toMatchObject({ code: 'clusterTimeout' });
      expect(closed).toBe(true);
      expect(await readdir(directory)).toEqual([]);
    });
  });

  it('of a missing input are ours', async () => {
    await withTemp(async (directory) => {
      const t = table('t', { n: 'integer' }, []);
      await expect(
        collect(runResidual({ query: lowerToDuckDb(t.plan, SESSION), inputs: [], limits: limitsIn(directory) })),
      ).rejects.toMatchObject({ code: 'internal' });
    });
  });
});

describe('lock-down', () => {
  const locked = async (use: (engine: Engine, directory: string) => Promise<void>): Promise<void> =>
    withTemp(async (directory) => {
      const engine = await openEngine(limitsIn(directory, { memoryLimit: '300MB' }));
      try {
        await use(engine, directory);
      } finally {
        await engine.close();
      }
    });

  it('reaches no file and no extension, and cannot be undone', async () => {
    await locked(async (engine, directory) => {
      const file = join(directory, 'secret.csv');
      await writeFile(file, 'a,b\n1,2\n');
      for (const sql of [
        `SELECT * FROM read_csv('${file}')`,
        `SELECT * FROM '${file}'`,
        `SELECT * FROM read_text('/etc/passwd')`,
        `SELECT * FROM glob('/*')`,
        `COPY (SELECT 1) TO '${join(directory, 'out.csv')}'`,
        `ATTACH '${join(directory, 'other.db')}'`,
        `EXPORT DATABASE '${join(directory, 'dump')}'`,
        'INSTALL httpfs',
        'LOAD httpfs',
        "SET memory_limit = '10GB'",
        'SET enable_external_access = true',
        'SET lock_configuration = false',
        "SET temp_directory = '/tmp'",
      ]) {
        await expect(engine.connection.run(sql), sql).rejects.toThrow(
          /disabled|locked|not allowed|cannot|configuration/i,
        );
      }
    });
  });

  it('takes fewer threads where memory is short, since a sort of many would fail', async () => {
    await withTemp(async (directory) => {
      const engine = await openEngine(limitsIn(directory, { memoryLimit: 200_000_000, threads: 8 }));
      try {
        const read = await engine.connection.runAndReadAll("SELECT current_setting('threads')");
        expect(read.getRows()).toEqual([[1n]]);
      } finally {
        await engine.close();
      }
    });
  });

  it('runs with the limits that were given', async () => {
    await locked(async (engine) => {
      const read = await engine.connection.runAndReadAll(
        "SELECT current_setting('threads'), current_setting('memory_limit')",
      );
      expect(read.getRows()[0]).toEqual([2n, '286.1 MiB']);
    });
  });
});
