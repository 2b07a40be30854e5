/** Plans as data: what comes back is what was sent, for every plan of the corpus; what nobody can read is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainPlan } from '../../../src/plan/explain.ts';
import type { Physical, Several } from '../../../translators/algebra/physical.ts';
import type { LogicalPlan } from '../../../translators/algebra/plan.ts';
import type { Schema } from '../../../translators/algebra/schema.ts';
import { mentionOf } from '../../../translators/bind/mentions.ts';
import { SqlError, SqlSyntaxError } from '../../../translators/errors.ts';
import { bind, parse, prepare, split } from '../../../translators/index.ts';
import { SeveralPlan } from '../../../translators/split/several.ts';
import { hasSubqueries, withAnswers } from '../../../translators/split/subqueries.ts';
import { decodeError, encodeError } from '../../../translators/transfer/error-codec.ts';
import { decodeGraph, encodeGraph } from '../../../translators/transfer/graph.ts';
import { decodePlan, encodePlan } from '../../../translators/transfer/plan-codec.ts';
import { createCatalog } from '../../corpus/translation/catalog.ts';
import { readSpec, specFiles } from '../../corpus/translation/spec-file.ts';
import { column, join2, ref, table } from './plan-kit.ts';

const SESSION = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
const LIMITS = { sizeLimit: 10_000, maxRows: 10_000_000 };

const nothing = (): undefined => undefined;
const refuse = (): never => {
  throw new Error('nothing stands for anything');
};
const copied = <T>(value: T): T => decodeGraph(structuredClone(encodeGraph(value, nothing)), refuse) as T;

describe('graphs of data', () => {
  it('come back as they were', () => {
    const leaf = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.bigInt(),
      fc.constant(null),
      fc.constant(undefined),
    );
    const { tree } = fc.letrec<{ tree: unknown; inner: unknown }>((tie) => ({
      tree: fc.oneof({ depthSize: 'medium' }, leaf, tie('inner')),
      inner: fc.oneof(
        fc.array(tie('tree')),
        fc.dictionary(fc.string(), tie('tree')).map((all) => ({ ...all })),
        fc.array(fc.tuple(fc.string(), tie('tree'))).map((pairs) => new Map(pairs)),
        fc.array(leaf).map((all) => new Set(all)),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(copied(value)).toStrictEqual(value);
      }),
    );
  });

  it.each([0, -0, Number.NaN, Number.POSITIVE_INFINITY, 2n ** 70n, null, undefined, ''])('hold %s', (value) => {
    expect(copied([value, value])).toStrictEqual([value, value]);
  });

  it('keep a member of an unlucky name', () => {
    const value = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as object;
    expect(JSON.stringify(copied(value))).toBe(JSON.stringify(value));
  });

  it('share what was shared, so that doubling costs nothing', () => {
    let value: unknown[] = ['leaf'];
    for (let i = 0; i < 60; i++) value = [value, value];
    const back = copied(value);
    expect(back[0]).toBe(back[1]);
  });

  it('are no deep recursion', () => {
    let value: { inner?: object } = {};
    for (let i = 0; i < 200_000; i++) value = { inner: value };
    let depth = 0;
    for (let at: { inner?: object } | undefined = copied(value); at; at = at.inner) depth++;
    expect(depth).toBe(200_001);
  });

  class Own {}
  const loop: unknown[] = [];
  loop.push(loop);
  it.each([
    ['a function', { f: () => 1 }, /function/],
    ['a symbol', [Symbol('x')], /symbol/],
    ['an instance', [new Own()], /Own/],
    ['a date', [new Date(0)], /Date/],
    ['what holds itself', loop, /hold themselves/],
  ])('refuse %s', (_, value, message) => {
    expect(() => encodeGraph(value, nothing)).toThrow(message);
  });
});

describe('plans of the corpus', () => {
  const inner = createCatalog();
  const schemas = new Map<string, Schema>();
  const catalog = {
    schema(expression: string): Schema {
      const schema = inner.schema(expression);
      schemas.set(expression, schema);
      return schema;
    },
  };
  const divide = (plan: LogicalPlan, hidden: readonly string[], apart = false): Physical =>
    split(plan, { heapRows: 10_000, scripts: true, overflow: (path) => hidden.includes(path), apart }, SESSION);
  const there = <T>(plan: T): { back: T; again: unknown; first: unknown } => {
    const { graph, several } = encodePlan(plan, schemas);
    const made = (index: number): Several => new SeveralPlan(several[index]!, () => refuse());
    const back = decodePlan(structuredClone(graph), { schemas, session: SESSION, several: made }) as T;
    return { back, first: graph, again: encodePlan(back, schemas).graph };
  };
  let met = 0;

  it.each(specFiles())('%s', (file) => {
    for (const { sql, hidden, given } of readSpec(file)) {
      let logical: LogicalPlan;
      let columns: unknown;
      let physical: Physical;
      try {
        const bound = bind(parse(sql), { sql, catalog, parameters: [], session: SESSION });
        columns = bound.columns;
        logical = prepare(bound, LIMITS, SESSION);
        const answers = given.map((rows) => rows.map((row) => row[0] as null));
        const whole = hasSubqueries(logical) ? withAnswers(logical, answers, SESSION) : logical;
        physical = divide(whole, hidden);
        const sent = there(whole);
        expect(sent.again).toEqual(sent.first);
        expect(explainPlan(divide(sent.back, hidden))).toEqual(explainPlan(physical));
      } catch (error) {
        if (error instanceof SqlError || error instanceof SqlSyntaxError) continue;
        throw error;
      }
      met++;
      for (const plan of [logical, columns, physical]) {
        const { again, first } = there(plan);
        expect(again).toEqual(first);
      }
      expect(explainPlan(there(physical).back)).toEqual(explainPlan(physical));
    }
  });

  it('were many', () => expect(met).toBeGreaterThan(60));
});

describe('what a plan is sent with', () => {
  const catalog = createCatalog();
  const schemas = new Map([['people', catalog.schema('people')]]);
  const logicalOf = (sql: string): LogicalPlan =>
    prepare(bind(parse(sql), { sql, catalog, parameters: [], session: SESSION }), LIMITS, SESSION);
  const back = (plan: unknown): unknown => decodePlan(encodePlan(plan, schemas).graph, { schemas, session: SESSION });

  it('is the name of its schema, and where its fields stand', () => {
    const scan = back(logicalOf('SELECT age FROM people')) as { input: { input: LogicalPlan } };
    const text = JSON.stringify(encodePlan(logicalOf('SELECT age FROM people'), schemas).graph.atoms);
    expect(text).not.toContain('balance');
    for (const field of findFields(scan))
      expect(field).toBe(schemas.get('people')!.lookup((field as { path: string }).path));
  });

  it('is where a column was named first', () => {
    const plan = logicalOf('SELECT age FROM people') as Extract<LogicalPlan, { kind: 'project' }>;
    const column = (p: typeof plan) => p.items[0]!.expr as Extract<(typeof p.items)[0]['expr'], { kind: 'column' }>;
    expect(mentionOf(column(plan).column)).toContain("line 1, column 8: 'age'");
    expect(mentionOf(column(back(plan) as typeof plan).column)).toBe(mentionOf(column(plan).column));
  });

  it('is refused where a schema or a function is not known', () => {
    const plan = logicalOf('SELECT age FROM people');
    expect(() => encodePlan(plan, new Map())).toThrow(/function/);
    const { graph } = encodePlan(plan, schemas);
    expect(() => decodePlan(graph, { schemas: new Map(), session: SESSION })).toThrow('no schema is known as');
    const own = table('a', { n: 'integer' }, []);
    const foreign = {
      kind: 'call',
      type: 'integer',
      args: [ref(column('x', 'integer'))],
      fn: { name: 'F', js: () => 1 },
    };
    expect(() => encodePlan(join2('inner', own, own, foreign as never), schemas)).toThrow(/function/);
  });
});

function findFields(value: unknown, seen = new Set<unknown>()): unknown[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'field' && typeof inner === 'object' ? [inner] : name === 'schema' ? [] : findFields(inner, seen),
  );
}

describe('errors', () => {
  const sql = 'SELECT\n  FROM x';
  it.each([
    new SqlError('semantic', { details: 'no', reason: 'why', status: 418, type: 'Own' }),
    new SqlError('resourceLimit', 'too large'),
    new SqlSyntaxError(sql, 9, 'FROM', ['an expression']),
    new SqlSyntaxError(sql, 9, 'FROM', [], 'a sentence of its own'),
    new RangeError('Maximum call stack size exceeded'),
    new TypeError('x is undefined'),
  ])('come back as %s', (error) => {
    const back = decodeError(structuredClone(encodeError(error)), sql);
    if (error instanceof SqlError || error instanceof SqlSyntaxError) expect({ ...back }).toEqual({ ...error });
    expect(back.name).toBe(error.name);
    expect(back.constructor).toBe(error.name === 'TypeError' ? Error : error.constructor);
    expect(back.message).toBe(error.message);
  });
});
