/** Long statements are planned on a thread: the same plans and the same errors, and an end when nobody waits any more. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { MappingCache, MappingSnapshot } from '../../../src/cluster/mapping-cache.ts';
import { loadConfig } from '../../../src/config.ts';
import { explainPlan } from '../../../src/plan/explain.ts';
import { type PlannedQuery, Planner } from '../../../src/plan/planner.ts';
import { PlanningThread } from '../../../src/plan/thread/threads.ts';
import type { Page } from '../../../src/rows/page.ts';
import type { Execution } from '../../../src/run/context.ts';
import { HeavyStatements } from '../../../src/run/heavy.ts';
import { SqlError, SqlSyntaxError } from '../../../translators/errors.ts';

const LONG = ' '.repeat(5_000);
const times = (n: number, each: (i: number) => string, between = ''): string =>
  Array.from({ length: n }, (_, i) => each(i)).join(between);

const snapshot: MappingSnapshot = {
  expression: 'logs',
  version: '1',
  indices: {
    logs: {
      properties: {
        at: { type: 'date' },
        id: { type: 'long' },
        tags: { type: 'nested', properties: { name: { type: 'keyword' } } },
        note: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
      },
    },
  },
};
const mappings: MappingCache = {
  get: async (expression) => {
    if (expression !== 'logs') {
      throw new SqlError('indexNotFound', { details: `no such index [${expression}]`, reason: 'not there' });
    }
    return snapshot;
  },
  refresh: async () => snapshot,
  invalidate: () => undefined,
};
const config = loadConfig({ LOG_LEVEL: 'silent', SQL_DELETE_ENABLED: 'true' });
const planner = new Planner(config, mappings);

function executionOf(signal = new AbortController().signal): Execution {
  // The cluster is asked only whether values hide, and for names that are near.
  const nothing = { hits: { total: { value: 0, relation: 'eq' }, hits: [] } };
  const cluster = {
    search: async () => ({ envelope: { head: nothing }, json: nothing }),
    call: async () => ({ text: '{}' }),
  } as unknown as Execution['cluster'];
  const request = { id: '1', identity: {}, calls: [], signal, stage: () => undefined, rows: () => undefined };
  const session = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
  return { cluster, config, request, session, heavy: new HeavyStatements(config), info: {} };
}

async function* pages(rows: readonly (readonly unknown[])[]): AsyncGenerator<Page> {
  yield rows.map((row) => [...row]) as Page;
}

const planned = (sql: string, signal?: AbortSignal, answers: readonly (readonly unknown[])[] = [[1]]) =>
  planner.plan({ sql, parameters: [], limit: 'default', scripts: 'all' }, executionOf(signal), () => pages(answers));
/** Without the logical plan, which a thread keeps to itself. */
const told = ({ physical, explained, columns, logical: _, ...rest }: PlannedQuery): unknown => ({
  ...rest,
  names: columns.map(({ name, alias, column }) => [name, alias, column.type]),
  tree: explainPlan(explained ?? physical),
});
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

afterAll(() => planner.close());

describe('plans', () => {
  it.each([
    'SELECT id FROM logs WHERE id IN (1, 2)',
    'SELECT * FROM logs ORDER BY at LIMIT 3',
    "SELECT note FROM logs WHERE note = 'x' ORDER BY note",
    'SELECT COUNT(*), UPPER(note) AS n FROM logs WHERE at < NOW() GROUP BY UPPER(note) HAVING COUNT(*) > 2',
    'SELECT a.id, SUM(b.id) FROM logs a LEFT JOIN logs b ON a.id = b.id AND b.note LIKE a.note GROUP BY a.id',
    'SELECT id FROM logs WHERE id > (SELECT AVG(id) FROM logs WHERE id IN (SELECT id FROM logs))',
    "SELECT l.id, t.name FROM logs l, l.tags t WHERE MATCH(l.note, 'a')",
    'EXPLAIN SELECT id FROM logs',
    'DELETE FROM logs WHERE id = 3',
    'SHOW TABLES LIKE no%',
  ])('are the same here and there: %s', async (sql) => {
    if (sql.startsWith('SHOW')) {
      expect((await planned(sql + LONG)).physical).toMatchObject({ kind: 'metadata', statement: 'show' });
      return;
    }
    expect(told(await planned(`${sql}${LONG}`))).toEqual(told(await planned(sql)));
  });

  it('are the same where a subquery gives many values to a short statement', async () => {
    const sql = 'SELECT note FROM logs WHERE id IN (SELECT id FROM logs WHERE id > 3)';
    const values = Array.from({ length: 5_000 }, (_, i) => [i]);
    const tree = JSON.stringify(told(await planned(sql, undefined, values)));
    expect(tree).toBe(JSON.stringify(told(await planned(sql + LONG, undefined, values))));
    expect(tree).toContain('4998,4999');
  });

  it('are kept', async () => {
    const sql = `SELECT id FROM logs WHERE id = 7${LONG}`;
    expect((await planned(sql)).physical).toBe((await planned(sql)).physical);
  });

  it('give the plan for documents of several values when it is wanted', async () => {
    const sql = 'SELECT note, COUNT(*) FROM logs GROUP BY note';
    const severalOf = async (text: string) => {
      let node = (await planned(text)).physical;
      while ('input' in node) node = node.input;
      return explainPlan(await (node as Extract<typeof node, { kind: 'aggregation' }>).several!.physical());
    };
    expect(await severalOf(sql + LONG)).toEqual(await severalOf(sql));
  });

  it('of two statements are made at the same time', async () => {
    const sqls = times(6, (i) => `SELECT id + ${i} FROM logs${LONG};`, '|').split('|');
    const trees = await Promise.all(sqls.map(async (sql) => JSON.stringify(told(await planned(sql.replace(';', ''))))));
    for (const [i, tree] of trees.entries()) expect(tree).toContain(`id + ${i}`);
  });
});

describe('errors', () => {
  it.each([
    'SELECT id FROM logs WHERE',
    'SELECT idd FROM logs',
    'SELECT\n  nofunction(id) FROM logs',
    "SELECT id FROM logs WHERE at = 'never'",
    'SELECT id FROM elsewhere',
    'SELECT id FROM logs WHERE id IN (SELECT id FROM elsewhere)',
    'SELECT id FROM logs GROUP BY id + 1',
    'SELECT SUM(id, id) FROM logs',
    'DELETE FROM logs WHERE LENGTH(note) = 3 AND RAND() > 0.5',
  ])('are the same here and there: %s', async (sql) => {
    const here = await failure(planned(sql));
    const there = await failure(planned(sql.replace(' FROM', `${LONG} FROM`)));
    expect(here).toBeInstanceOf(Error);
    const plain = (error: unknown): unknown => {
      const { message, status, code, type, reason, found, expected } = error as SqlError & SqlSyntaxError;
      const text = message.replace(/column \d+/g, 'column').replace(LONG, '');
      return { text, status, code, type, reason, found, expected };
    };
    expect(plain(there)).toEqual(plain(here));
    expect((there as Error).constructor).toBe((here as Error).constructor);
  });

  it('tell the place in the long text', async () => {
    const error = await failure(planned(`SELECT id,${'\n'.repeat(5_000)}  idd FROM logs`));
    expect((error as SqlError).details).toContain("(line 5001, column 3: 'idd')");
  });

  it.each([
    ['calls in calls', `SELECT ${'ABS('.repeat(3_000)}1${')'.repeat(3_000)}`],
    ['a chain', `SELECT ${times(60_000, () => '1', '+')} FROM logs`],
    ['NOT', `SELECT id FROM logs WHERE ${'NOT '.repeat(20_000)}id = 1`],
  ])('of a stack that is full are those of a nesting too deep: %s', async (_, sql) => {
    const error = await failure(planned(sql));
    expect(error).toSatisfy((e: Error) => e instanceof SqlError || e instanceof SqlSyntaxError);
    expect((error as Error).message).toMatch(/nesting|nested/i);
  });
});

const HEAVY = `SELECT ${times(40_000, (i) => `id + ${i}`, ',')} FROM logs`;

describe('a planning that nobody waits for', () => {
  it.each([
    ['a client that left', new SqlError('cancelled', 'The client went away.')],
    ['a time that is over', new SqlError('clusterTimeout', 'QUERY_TIMEOUT')],
  ])('ends by %s, while another goes on', async (_, reason) => {
    const abort = new AbortController();
    const heavy = failure(planned(HEAVY, abort.signal));
    const other = planned(`SELECT id + 77 FROM logs${LONG}`);
    setTimeout(() => abort.abort(reason), 300);
    const started = performance.now();
    expect(await heavy).toBe(reason);
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(JSON.stringify(told(await other))).toContain('id + 77');
  });

  it('does not begin', async () => {
    const reason = new SqlError('cancelled', 'gone');
    expect(await failure(planned(`SELECT id + 78 FROM logs${LONG}`, AbortSignal.abort(reason)))).toBe(reason);
  });

  it('leaves the queue', async () => {
    const abort = new AbortController();
    const first = planned(`SELECT id + 79 FROM logs${LONG}`);
    const second = failure(planned(`SELECT id + 80 FROM logs${LONG}`, abort.signal));
    abort.abort();
    expect(await second).toMatchObject({ code: 'cancelled' });
    await first;
  });
});

describe('the thread', () => {
  const folder = mkdtempSync(join(tmpdir(), 'planning-'));
  const made = (text: string): URL => {
    const file = join(folder, `${text.length}.mjs`);
    writeFileSync(file, text);
    return pathToFileURL(file);
  };
  const ask = { sql: 'SELECT 1', parsing: {} };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('may run out of memory, and another is started', async () => {
    const small = new Planner(loadConfig({ LOG_LEVEL: 'silent', MAX_PLAN_MEMORY: '24mb' }), mappings);
    const plan = (sql: string) =>
      small.plan({ sql, parameters: [], limit: 'default', scripts: 'all' }, executionOf(), () => pages([]));
    expect(await failure(plan(HEAVY))).toMatchObject({
      code: 'resourceLimit',
      details: expect.stringContaining('MAX_PLAN_MEMORY'),
    });
    await small.close();
  }, 60_000);

  it('may end by itself', async () => {
    const thread = new PlanningThread({ memory: 64_000_000, file: made('process.exit(3);') });
    for (const _ of [1, 2]) {
      expect(await failure(thread.ask('see', ask))).toMatchObject({
        code: 'internal',
        details: expect.stringContaining('3'),
      });
    }
    await thread.close();
  });

  it('may be broken', async () => {
    const thread = new PlanningThread({ memory: 64_000_000, file: made('throw new Error("out of order");') });
    expect(await failure(thread.ask('see', ask))).toMatchObject({ code: 'internal', details: 'out of order' });
    await thread.close();
  });

  it('ends when it is closed, and what waits for it fails', async () => {
    const thread = new PlanningThread({ memory: 64_000_000, file: made('setInterval(() => undefined, 1000);   ') });
    const waiting = [failure(thread.ask('see', ask)), failure(thread.ask('see', ask))];
    await thread.close();
    for (const one of waiting) expect(await one).toMatchObject({ code: 'cancelled' });
    expect(await failure(thread.ask('see', ask))).toMatchObject({ code: 'cancelled' });
  });

  it('ends when it has nothing to do, and is started again', async () => {
    const thread = new PlanningThread({ memory: 256_000_000, idle: 50 });
    expect(await thread.ask('see', ask)).toMatchObject({ kind: 'query' });
    await new Promise((done) => setTimeout(done, 300));
    expect(await thread.ask('see', ask)).toMatchObject({ kind: 'query' });
    await thread.close();
  }, 60_000);
});
