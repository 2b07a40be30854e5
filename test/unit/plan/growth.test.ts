/** Planning is linear: twice the statement is twice the plan, whatever it is made of, and a thousand of anything is planned at once. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Physical } from '../../../translators/algebra/physical.ts';
import { inputsOfPhysical } from '../../../translators/algebra/physical.ts';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import { type BindOptions, bind, prepare, split } from '../../../translators/index.ts';
import { parse } from '../../../translators/syntax/parser.ts';

const SESSION = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
const properties = { id: { type: 'long' }, g: { type: 'keyword' }, x: { type: 'integer' } };
const schema = buildSchema('t', { t: { mappings: { properties } } });

function plan(sql: string, limits?: BindOptions['limits']): Physical {
  const statement = parse(sql, { maxDepth: 1100 });
  if (statement.kind !== 'query') throw new Error(statement.kind);
  const bound = bind(statement, { sql, catalog: { schema: () => schema }, parameters: [], session: SESSION, limits });
  const logical = prepare(bound, { sizeLimit: 200, maxRows: 10_000_000 }, SESSION);
  return split(logical, { heapRows: 10_000, scripts: true, overflow: () => false }, SESSION);
}

/** Nodes that run, and thousands of characters for DuckDB. */
function sizeOf(node: Physical): number {
  const own = node.kind === 'residual' ? node.query.sql.length / 1000 : 1;
  return inputsOfPhysical(node).reduce((sum, input) => sum + sizeOf(input), own);
}

const times = (n: number, each: (i: number) => string, between = ''): string =>
  Array.from({ length: n }, (_, i) => each(i)).join(between);

const FORMS: Readonly<Record<string, (n: number) => string>> = {
  joins: (n) => `SELECT COUNT(*) FROM t t${times(n, (i) => ` JOIN t t${i} ON t.x = t${i}.x`)}`,
  'joins by commas': (n) =>
    `SELECT COUNT(*) FROM t t, ${times(n, (i) => `t t${i}`, ', ')} WHERE ${times(n, (i) => `t.x = t${i}.x`, ' AND ')}`,
  'branches of UNION': (n) => times(n, () => 'SELECT id FROM t WHERE id < 0', ' UNION '),
  'branches of UNION ALL': (n) => times(n, () => 'SELECT id FROM t WHERE id < 0', ' UNION ALL '),
  EXISTS: (n) =>
    `SELECT COUNT(*) FROM t p WHERE 1 = 1${times(n, (i) => ` AND EXISTS (SELECT 1 FROM t e${i} WHERE e${i}.x = p.x)`)}`,
  'NOT IN': (n) =>
    `SELECT COUNT(*) FROM t p WHERE 1 = 1${times(n, (i) => ` AND p.x NOT IN (SELECT x FROM t e${i} WHERE e${i}.g = p.g)`)}`,
  'common tables': (n) =>
    `WITH c AS (SELECT id, g FROM t)${times(n, (i) => `, c${i} AS (SELECT g, COUNT(*) AS n FROM t GROUP BY g)`)}
     ${times(n, (i) => `SELECT g, n FROM c${i}`, ' UNION ALL ')}`,
  'common tables, each read by the next': (n) =>
    `WITH c0 AS (SELECT id, g FROM t)${times(n, (i) => `, c${i + 1} AS (SELECT id, g FROM c${i} GROUP BY id, g)`)}
     SELECT COUNT(*) FROM c${n}`,
  'common tables that read one twice': (n) =>
    `WITH c0 AS (SELECT id, g FROM t GROUP BY id, g)${times(n, (i) => `, c${i + 1} AS (SELECT a.id, b.g FROM c${i} a JOIN c${i} b ON a.id = b.id)`)}
     SELECT COUNT(*) FROM c${n}`,
};

const DEEP: typeof FORMS = {
  'groups in groups': (n) =>
    `SELECT COUNT(*) FROM ${times(n, () => '(SELECT id, g FROM ')}t${times(n, (i) => `) a${i}${i < n - 1 ? ' GROUP BY id, g' : ''}`)}`,
  'derived tables': (n) =>
    `SELECT id FROM ${times(n, () => '(SELECT id, g FROM ')}t${times(n, (i) => `) a${i}`)} WHERE id = 1`,
  'expressions that name a column twice': (n) =>
    `SELECT x FROM ${times(n, () => '(SELECT x*2-x AS x FROM ')}t${times(n, (i) => `) a${i}`)} WHERE x = 1`,
};

describe('plans grow as their statements do', () => {
  it.each(Object.entries({ ...FORMS, ...DEEP }))('%s', async (_, form) => {
    await setImmediate();
    const [once, twice] = [sizeOf(plan(form(60))), sizeOf(plan(form(120)))];
    expect(twice).toBeLessThan(2.3 * once + 2);
  });
});

describe('what is planned in less than two seconds of processor time', () => {
  const cases = [
    ...Object.entries(FORMS).map(([name, form]) => [name, 1000, form] as const),
    ...Object.entries(DEEP).map(([name, form]) => [name, 490, form] as const),
  ];
  it.each(cases)('%s: %i', { timeout: 120_000 }, async (_, n, form) => {
    const sql = form(n);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4 && best >= 2_000; i++) {
      await setImmediate();
      const before = process.cpuUsage();
      plan(sql);
      const { user, system } = process.cpuUsage(before);
      best = Math.min(best, (user + system) / 1000);
    }
    expect(best).toBeLessThan(2_000);
  });
});

describe('the limits of a plan', () => {
  const limits = { maxRelations: 10, maxPlanNodes: 500 };

  it.each([
    [FORMS.joins!(10), /more than 10 relations.*MAX_RELATIONS/],
    [FORMS['branches of UNION']!(11), /more than 10 relations.*MAX_RELATIONS/],
    [FORMS['common tables']!(6), /more than 10 relations.*MAX_RELATIONS/],
    [DEEP['derived tables']!(10), /more than 10 relations.*MAX_RELATIONS/],
    [
      `SELECT ${'CASE '.repeat(10)}x${' WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END'.repeat(10)} FROM t`,
      /more than 500 nodes.*MAX_PLAN_NODES/,
    ],
  ])('%.60s', (sql, message) => {
    expect(() => plan(sql, limits)).toThrow(expect.objectContaining({ code: 'resourceLimit' }));
    expect(() => plan(sql, limits)).toThrow(message);
  });

  it('does not count the values of a list', () => {
    expect(plan(`SELECT id FROM t WHERE id IN (${times(2_000, String, ',')})`, limits).kind).toBe('project');
  });
});
