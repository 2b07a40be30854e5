import { describe, expect, it } from 'vitest';
import type { MappingCache, MappingSnapshot } from '../../../src/cluster/mapping-cache.ts';
import { loadConfig } from '../../../src/config.ts';
import { Planner } from '../../../src/plan/planner.ts';
import { stringifyJson } from '../../../src/rows/longs.ts';
import type { Execution } from '../../../src/run/context.ts';
import { HeavyStatements } from '../../../src/run/heavy.ts';
import type { Physical } from '../../../translators/algebra/physical.ts';

const snapshot: MappingSnapshot = {
  expression: 'logs',
  version: '1',
  indices: { logs: { properties: { at: { type: 'date' }, id: { type: 'long' }, clock: { type: 'keyword' } } } },
};
const mappings: MappingCache = {
  get: async () => snapshot,
  refresh: async () => snapshot,
  invalidate: () => undefined,
};
const config = loadConfig({ LOG_LEVEL: 'silent' });

const executionOn = (day: string): Execution => ({
  // Planning asks nothing of the cluster but mappings.
  cluster: {} as Execution['cluster'],
  config,
  request: {
    id: day,
    identity: {},
    calls: [],
    signal: new AbortController().signal,
    stage: () => undefined,
    rows: () => undefined,
  },
  session: { now: `${day} 10:20:30`, today: day },
  heavy: new HeavyStatements(config),
  info: {},
});

/** The plans of a statement on two days. */
async function onTwoDays(sql: string): Promise<readonly [Physical, Physical]> {
  const planner = new Planner(config, mappings);
  const plan = async (day: string): Promise<Physical> => {
    const request = { sql, parameters: [], limit: 'default', scripts: 'all' } as const;
    const none = () => {
      throw new Error('nothing is run');
    };
    return (await planner.plan(request, executionOn(day), none)).physical;
  };
  return [await plan('2024-05-17'), await plan('2024-05-18')];
}

describe('the cache of plans', () => {
  it.each([
    'SELECT id FROM logs WHERE id = 1',
    "SELECT id FROM logs WHERE at < '2024-01-20 12:00:00'",
    "SELECT id FROM logs WHERE DATE(at) = '2024-02-10'",
    "SELECT id FROM logs WHERE DATE_ADD(at, INTERVAL 7 DAY) < '2024-01-20 12:00:00'",
    "SELECT id FROM logs WHERE at BETWEEN DATE '2024-01-01' AND TIMESTAMP '2024-01-02 00:00:00'",
    'SELECT CAST(at AS DATE), COUNT(*) FROM logs GROUP BY CAST(at AS DATE)',
    'SELECT CAST(clock AS TIMESTAMP), CAST(at AS TIME) FROM logs',
  ])('keeps the plan of %s', async (sql) => {
    const [first, second] = await onTwoDays(sql);
    expect(second).toBe(first);
  });

  it.each([
    'SELECT id FROM logs WHERE at < NOW()',
    'SELECT id FROM logs WHERE DATE(at) = CURDATE()',
    'SELECT id FROM logs WHERE UNIX_TIMESTAMP(at) < UNIX_TIMESTAMP()',
    "SELECT id FROM logs WHERE CAST(TIME(at) AS TIMESTAMP) < '2024-05-17 12:00:00'",
    "SELECT id FROM logs WHERE at < CAST(TIME '12:00:00' AS TIMESTAMP)",
  ])('plans by the day again: %s', async (sql) => {
    const [first, second] = await onTwoDays(sql);
    expect(stringifyJson(first)).toMatch(/2024-05-17|1715941230/);
    expect(second).not.toBe(first);
  });

  it('gives a function in DuckDB the day of its statement', async () => {
    const plans = await onTwoDays(
      "SELECT DISTINCT a.id FROM logs a JOIN logs b ON a.id = b.id AND ADDTIME(b.clock, TIME '01:00:00') > a.at",
    );
    const moved = plans.map((plan) => {
      const fn = residualOf(plan).query.functions.find(({ js }) => js.length === 2);
      return (fn!.js as (a: string, b: string) => unknown)('08:00:00', '01:00:00');
    });
    expect(moved).toEqual(['2024-05-17 09:00:00', '2024-05-18 09:00:00']);
  });
});

function residualOf(plan: Physical): Extract<Physical, { kind: 'residual' }> {
  if (plan.kind === 'residual') return plan;
  if ('input' in plan) return residualOf(plan.input);
  throw new Error(`${plan.kind} has no residual below it`);
}
