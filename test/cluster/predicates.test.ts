/** Predicates lowered to DSL find the documents on a real node that a model of three-valued logic finds in their sources. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringifyJson } from '../../src/rows/longs.ts';
import type { ColumnRef, CompareOperator, Expr } from '../../translators/algebra/expr.ts';
import { exprKey } from '../../translators/algebra/key.ts';
import type { Field } from '../../translators/algebra/schema.ts';
import type { SqlType, Value } from '../../translators/algebra/types.ts';
import { columnsOf, some } from '../../translators/algebra/walk.ts';
import { SqlError } from '../../translators/errors.ts';
import type { Lowered } from '../../translators/lower/dsl/context.ts';
import { lowerPredicate } from '../../translators/lower/dsl/query.ts';
import { compileExpr } from '../../translators/lower/js/index.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { foldedText } from '../unit/functions/bind-kit.ts';
import {
  and,
  call,
  cast,
  column,
  is,
  isNull,
  like,
  lit,
  nestedAny,
  not,
  oneOf,
  or,
  when,
} from '../unit/lower/dsl/kit.ts';
import { type Doc, evaluate } from './predicate-model.ts';

/** Reproducible: the same numbers on every run, or those of the printed seed. */
const SEED = Number(process.env.TEST_SEED ?? 20_240_517);
function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = randoms(SEED);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

interface Spec {
  readonly mapping: string;
  readonly parameters?: object;
  readonly field?: Partial<Field>;
  /** What documents hold, and what literals are. */
  readonly values: readonly Value[];
  readonly literals?: readonly Value[];
  readonly type: SqlType;
  /** Every comparison must be answered without a recheck. */
  readonly exact: boolean;
}

const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'AB',
  'aB',
  'Äb',
  'äB',
  'k',
  'K',
  '\u212a',
  'kiss',
  'KISS',
  'kiß',
  'ſs',
  'a*b',
  'a?b',
  'a\\b',
  'a%b',
  'a_b',
  'a\nb',
  'é😀',
  'x😀',
  'zz top',
  '~#@&<>"',
];
const LONG = ['abcdefghijkl', 'abcdefghijklm', 'b'];
const TIMES = [
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00.000Z',
  '2023-12-31T23:59:59.999Z',
  '2024-01-01T00:00:00.000Z',
  '2024-02-29T12:30:00.000Z',
  '2024-02-29T00:00:00.000Z',
  '2025-01-01T00:00:00.500Z',
];
const NANOS = [
  '1970-01-01T00:00:00.000000001Z',
  '2024-01-01T00:00:00.000000000Z',
  '2024-01-01T00:00:00.123456789Z',
  '2024-01-01T00:00:00.123456790Z',
];
const canonical = (iso: string): string =>
  iso
    .replace('T', ' ')
    .replace('Z', '')
    .replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros));
const timestamps = (isos: readonly string[]): string[] => isos.map((iso) => canonical(iso.replace(/\.0+Z/, 'Z')));

const SPECS: Readonly<Record<string, Spec>> = {
  i: {
    mapping: 'integer',
    values: [-2147483648, -7, -1, 0, 1, 2, 5, 2147483647],
    literals: [-7, 0, 1, 1.5, -1.5, 5, 1e12, -1e12],
    type: 'long',
    exact: true,
  },
  by: { mapping: 'byte', values: [-128, 0, 1, 127], literals: [-128, 127, 128, 0.5], type: 'long', exact: true },
  l: {
    mapping: 'long',
    values: [9007199254740993n, 9007199254740992n, 9223372036854775807n, -9223372036854775808n, 0, 3],
    literals: [9007199254740993n, 9223372036854775807n, -9223372036854775808n, 3, 1e30],
    type: 'long',
    exact: true,
  },
  ul: {
    mapping: 'unsigned_long',
    values: [0, 1, 18446744073709551615n, 9223372036854775808n],
    literals: [-1, 0, 9223372036854775808n, 18446744073709551615n, 1.5],
    type: 'unsigned_long',
    exact: true,
  },
  d: {
    mapping: 'double',
    values: ['-0.0', 0, 0.1, -0.1, 1e300, -1e300, 5],
    literals: [0, 0.1, 0.1000000001, 1e300, -5],
    type: 'double',
    exact: true,
  },
  f: {
    mapping: 'float',
    values: ['-0.0', 0, 0.1, 16777217, 16777216, -1.5],
    literals: [0, 0.1, 0.10000000149011612, 16777217, 1e300, -1e300],
    type: 'double',
    exact: true,
  },
  hf: {
    mapping: 'half_float',
    values: [0, 0.1, 2049, 2048, -1.5, 65504],
    literals: [0, 0.1, 2049, 2048.5, 70000, -70000],
    type: 'double',
    exact: true,
  },
  sf: {
    mapping: 'scaled_float',
    parameters: { scaling_factor: 100 },
    field: { scalingFactor: 100 },
    values: [0, 0.29, 1.15, 4.35, -0.57, 1234567.89],
    literals: [0, 0.29, 1.15, -0.57, 1234567.89],
    type: 'double',
    exact: true,
  },
  bo: { mapping: 'boolean', values: [true, false], literals: [true, false], type: 'boolean', exact: true },
  k: { mapping: 'keyword', values: TEXTS, type: 'keyword', exact: true },
  ka: {
    mapping: 'keyword',
    parameters: { ignore_above: 12 },
    field: { ignoreAbove: 12 },
    values: LONG,
    type: 'keyword',
    exact: false,
  },
  kn: {
    mapping: 'keyword',
    parameters: { normalizer: 'low' },
    field: { normalizer: 'low' },
    values: ['a', 'A', 'Ab', 'b'],
    type: 'keyword',
    exact: false,
  },
  t: {
    mapping: 'text',
    values: ['', 'a', 'hello world', 'Hello World', 'world hello', '!?', 'hello'],
    type: 'keyword',
    exact: false,
  },
  tk: {
    mapping: 'text',
    parameters: { fields: { raw: { type: 'keyword' } } },
    field: { exact: { path: 'tk.raw' } },
    values: TEXTS,
    type: 'keyword',
    exact: true,
  },
  ta: {
    mapping: 'text',
    parameters: { fields: { raw: { type: 'keyword', ignore_above: 12 } } },
    field: { exact: { path: 'ta.raw', ignoreAbove: 12 } },
    values: LONG,
    type: 'keyword',
    exact: false,
  },
  dt: { mapping: 'date', values: TIMES, literals: timestamps(TIMES), type: 'timestamp', exact: true },
  dn: {
    mapping: 'date_nanos',
    values: NANOS,
    literals: [...timestamps(NANOS), '1900-01-01 00:00:00', '2400-01-01 00:00:00'],
    type: 'timestamp',
    exact: true,
  },
  da: {
    mapping: 'date',
    parameters: { format: 'yyyy-MM-dd' },
    field: { format: 'yyyy-MM-dd', type: 'date' },
    values: ['1969-12-31', '2024-02-29', '2024-03-01'],
    type: 'date',
    exact: true,
  },
  ip: { mapping: 'ip', values: ['10.0.0.1', '10.0.0.2', '192.168.1.1', '0.0.0.0'], type: 'ip', exact: true },
  'o.x': { mapping: 'integer', values: [1, 2, 3], type: 'long', exact: true },
  'n.a': { mapping: 'keyword', field: { nestedPath: 'n' }, values: ['x', 'y', 'z'], type: 'keyword', exact: true },
  'n.b': { mapping: 'integer', field: { nestedPath: 'n' }, values: [1, 2, 3], type: 'long', exact: true },
};

const columns: Record<string, ColumnRef> = Object.fromEntries(
  Object.entries(SPECS).map(([path, spec]) => [path, column(path, spec.mapping, spec.field)]),
);
const literalsOf = (path: string): readonly Value[] => SPECS[path]!.literals ?? SPECS[path]!.values;
const literal = (path: string, value: Value) => lit(value, SPECS[path]!.type);

const hidesLong = (path: string): boolean => JSON.stringify(SPECS[path]!.parameters ?? {}).includes('ignore_above');

function document(): Doc {
  const doc: Record<string, unknown> = {};
  const value = (path: string): unknown => {
    const chance = random();
    if (chance < 0.15) return undefined;
    if (chance < 0.25) return pick([null, [], [null]]);
    const { values } = SPECS[path]!;
    // An array of which the index holds only the short values looks complete: a limit that `ignore_above` sets.
    const several = chance < 0.4 && !hidesLong(path);
    return several ? [pick(values), pick(values)] : pick(values);
  };
  for (const path of Object.keys(SPECS)) if (!path.includes('.')) doc[path] = value(path);
  if (random() < 0.8) doc.o = { x: value('o.x') };
  if (random() < 0.8) {
    doc.n = Array.from({ length: Math.floor(random() * 3) }, () => ({ a: value('n.a'), b: value('n.b') }));
  }
  return doc;
}

const DOCS: readonly Doc[] = Array.from({ length: 150 }, document);
const OPERATORS: readonly CompareOperator[] = ['=', '!=', '<', '<=', '>', '>='];
const isText = (path: string): boolean => SPECS[path]!.type === 'keyword';
const PATTERNS = [
  '%',
  '',
  'a%',
  '%b',
  'A_B',
  'a\\%b',
  'a\\_b',
  '%*%',
  'a\\\\b',
  'kiss',
  '_',
  '%😀',
  'ä%',
  'abcdefghijkl%',
  'hello%',
  '%a%b%',
];

/** Functions of one field that are rewritten into queries on the field. */
const COMPUTED: readonly string[] = [
  'ABS(i / 2 - 1) <= 1',
  '-(i / 2) > 1',
  'i / 2 = 0',
  'i / -2 >= 1',
  '10 / i = 5',
  '10 / i IS NULL',
  'i * 0.5 = 0.5',
  'SQRT(i) >= 1',
  'SQRT(i) IS NULL',
  'ROUND(i, -1) = 10',
  'SIGN(i) = -1',
  'i + 1 IN (1, 2, 6)',
  '`by` + 1 > 127',
  'ABS(l) > 9007199254740992',
  'l / 2 = 4503599627370496',
  'ul / 2 > 1',
  'ul - 1 = 0',
  'd * 10 = 1',
  'd * -1 <= 0',
  'ABS(d) < 0.2',
  'FLOOR(d) = 0',
  'CEIL(d) = 0',
  'ROUND(d, 1) = -0.1',
  'TRUNCATE(d, 0) = 5',
  'CAST(d AS INT) = 0',
  'd + 0.1 = 0.2',
  'f * 2 = 0.2',
  'f + 1 > 16777216',
  'CAST(bo AS INT) = 1',
  'NOT CAST(bo AS INT) > 0',
  'YEAR(dt) IN (2023, 2025)',
  'YEAR(dt) = 2024 AND MONTH(dt) = 2',
  'YEAR(dt) BETWEEN 2023 AND 2024 AND MONTH(dt) > 6',
  'YEAR(dt) = 2024 AND MONTH(dt) = 2 AND DAY(dt) = 29 AND HOUR(dt) >= 12',
  'EXTRACT(YEAR_MONTH FROM dt) >= 202402',
  "DATE(dt) > '2024-01-01'",
  "DATE_FORMAT(dt, '%Y-%m') = '2024-02'",
  "DATE_FORMAT(dt, '%Y-%m-%d %H') LIKE '2024-02-29%'",
  'TO_DAYS(dt) = 719528',
  'UNIX_TIMESTAMP(dt) = 0',
  'UNIX_TIMESTAMP(dt) > 1735689600',
  "LAST_DAY(dt) = '2024-02-29'",
  "DATE_ADD(dt, INTERVAL 1 MONTH) >= '2024-03-29 12:30:00'",
  "DATE_SUB(dt, INTERVAL 1 DAY) < '1970-01-01'",
  "DATE_ADD(dt, INTERVAL 1 YEAR) = '2025-02-28'",
  "DATEDIFF(dt, '2024-02-28') = 1",
  "TIMESTAMPDIFF(MONTH, '2024-01-31 00:00:00', dt) = 0",
  "CAST(dt AS STRING) = '1970-01-01 00:00:00'",
  'YEAR(dn) = 2024',
  "DATE_FORMAT(dn, '%Y') = '1970'",
  'UNIX_TIMESTAMP(dn) > 1704067200',
  'YEAR(da) = 2024 AND MONTH(da) = 3',
  "LAST_DAY(da) = '2024-02-29'",
  "DATE_ADD(da, INTERVAL 1 MONTH) > '2024-03-30'",
  ...['k', 'tk'].flatMap((path) => [
    `LEFT(${path}, 1) = 'a'`,
    `LEFT(${path}, 3) = 'ab'`,
    `LEFT(${path}, 2) IN ('ki', 'KI', 'abc')`,
    `RIGHT(${path}, 2) = '*b'`,
    `RIGHT(${path}, 9) = 'KISS'`,
    `SUBSTRING(${path}, 1, 2) = 'a*'`,
    `SUBSTRING(${path}, 2) = 'b'`,
    `SUBSTRING(${path}, 2, 1) = '😀'`,
    `SUBSTRING(${path}, 2, 2) = '😀'`,
    `SUBSTRING(${path}, 3, 1) = 's'`,
    `CONCAT(${path}, 'x') = 'abx'`,
    `CONCAT('x', ${path}, 'y') = 'xy'`,
    `CONCAT('a', ${path}) = 'b'`,
    `LEFT(CONCAT('_', ${path}), 2) = '_k'`,
    `REVERSE(${path}) = 'ba'`,
    `TRIM(${path}) = 'a'`,
    `RTRIM(${path}) = 'ab'`,
    `STARTS_WITH(${path}, 'a?')`,
    `NOT ENDS_WITH(${path}, 'b')`,
    `LOCATE('b', ${path}) > 0`,
    `NOT LOCATE('b', ${path}) > 0`,
    `INSTR(${path}, '*') >= 1`,
    `POSITION('k' IN ${path}) = 1`,
    `STRCMP(${path}, 'a') = 0`,
    `STRCMP(${path}, 'a') > 0`,
    `LENGTH(${path}) = 2`,
    `LENGTH(${path}) > 3`,
    `LENGTH(${path}) = 0`,
    `LENGTH(${path}) >= 1`,
    `LENGTH(${path}) < 3`,
    `CHAR_LENGTH(${path}) = 3`,
    `CHAR_LENGTH(${path}) <= 2`,
    `UPPER(${path}) LIKE 'KI%'`,
    `LOWER(${path}) LIKE '%b'`,
    `UPPER(${path}) IN ('AB', 'K')`,
    `UPPER(${path}) IS NULL`,
    `UPPER(LEFT(${path}, 2)) = 'KI'`,
  ]),
];

/** Every leaf that the model knows. */
function leaves(): Expr[] {
  const out: Expr[] = [];
  for (const path of Object.keys(SPECS)) {
    const of = columns[path]!;
    out.push(isNull(of));
    for (const op of OPERATORS) for (const value of literalsOf(path)) out.push(is(of, op, literal(path, value)));
    const some = literalsOf(path)
      .slice(0, 3)
      .map((value) => literal(path, value));
    out.push(oneOf(of, ...some), oneOf(of, ...some, lit(null)));
    if (isText(path)) for (const pattern of PATTERNS) out.push(like(of, pattern));
  }
  const { i, l, d, k, tk, dt, dn } = columns as Record<'i' | 'l' | 'd' | 'k' | 'tk' | 'dt' | 'dn', ColumnRef>;
  for (const op of OPERATORS) {
    for (const at of [dt, dn]) {
      out.push(is(call('YEAR', 'integer', at), op, 2024), is(call('YEAR', 'integer', at), op, 1969.5));
      out.push(
        is(cast(at, 'date'), op, lit('2024-02-29', 'date')),
        is(cast(at, 'date'), op, lit('1969-12-31', 'date')),
      );
    }
    out.push(
      is(call('ADD', 'long', i, 3), op, 4),
      is(call('MULTIPLY', 'long', i, -2), op, 7),
      is(call('MULTIPLY', 'long', l, 3), op, 9),
    );
    for (const value of [0, 5, -5]) out.push(is(cast(d, 'integer'), op, value));
  }
  for (const of of [k, tk]) {
    for (const text of ['KISS', 'AB', 'K', 'ab', 'A*B', '~#@&<>"', 'SS'])
      out.push(is(call('UPPER', 'keyword', of), '=', text));
    for (const text of ['kiss', 'ab', 'k', 'a\\b']) out.push(is(call('LOWER', 'keyword', of), '=', text));
    for (const text of [
      'a.*',
      '.',
      '[a-c]+',
      '(?:a|x)\\W?b?',
      'k(iss|iß)',
      '\\w+',
      'a{1,2}',
      '~#@&<>"',
      '[^a].*',
      '^a',
      'a\\*b',
      '',
      '.😀',
    ]) {
      out.push(is(call('REGEXP', 'integer', of, text), '=', 1));
    }
  }
  for (const sql of COMPUTED)
    out.push(
      foldedText(
        sql,
        Object.values(columns).map((one) => one.column),
      ),
    );
  out.push(nestedAny('n', and(is(columns['n.a']!, '=', 'x'), is(columns['n.b']!, '>', 1))));
  out.push(nestedAny('n', isNull(columns['n.b']!)));
  return out;
}

function randomPredicate(pool: readonly Expr[], depth: number): Expr {
  if (depth === 0 || random() < 0.2) return pick(pool);
  const inner = () => randomPredicate(pool, depth - 1);
  return pick([
    () => and(inner(), inner()),
    () => or(inner(), inner()),
    () => or(inner(), inner(), inner()),
    () => not(inner()),
    () => when('boolean', [[inner(), inner()]], inner()),
  ])();
}

const engine = () => getEngine().url;
const index = uniqueName('predicates');

async function send(method: string, path: string, body: string): Promise<unknown> {
  const type = path.includes('_bulk') || path.includes('_msearch') ? 'application/x-ndjson' : 'application/json';
  const response = await fetch(engine() + path, { method, headers: { 'content-type': type }, body });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text);
}

/** A tree of the dotted paths. */
function properties(): object {
  const out: Record<string, unknown> = { o: { properties: {} }, n: { type: 'nested', properties: {} } };
  for (const [path, spec] of Object.entries(SPECS)) {
    const [head, leaf] = path.split('.');
    const target = leaf ? (out[head!] as { properties: Record<string, unknown> }).properties : out;
    target[leaf ?? head!] = { type: spec.mapping, ...spec.parameters };
  }
  return out;
}

interface Answer {
  readonly error?: unknown;
  readonly hits?: { readonly hits?: readonly { readonly _id: string }[] };
}

async function idsOf(queries: readonly Lowered[]): Promise<(string | readonly number[])[]> {
  const out: (string | readonly number[])[] = [];
  for (let at = 0; at < queries.length; at += 250) {
    const lines = queries
      .slice(at, at + 250)
      .map(({ query }) => `{}\n${stringifyJson({ query, size: DOCS.length, _source: false })}\n`);
    const path = `/${index}/_msearch?filter_path=responses.error,responses.hits.hits._id,responses.status`;
    const { responses } = (await send('POST', path, lines.join(''))) as { responses: readonly Answer[] };
    for (const { error, hits } of responses) {
      out.push(
        error
          ? JSON.stringify(error).slice(0, 300)
          : (hits?.hits ?? []).map((hit) => Number(hit._id)).sort((a, b) => a - b),
      );
    }
  }
  return out;
}

/** What differs, in words; empty when all is right. */
async function differences(predicates: readonly Expr[]): Promise<{ wrong: string[]; exact: number; lowered: number }> {
  const lowered = predicates.map((predicate) => lowerPredicate(predicate, {}));
  const known = lowered.flatMap((one, i) => (one ? [{ ...one, predicate: predicates[i]! }] : []));
  const found = await idsOf(known);
  const wrong: string[] = [];
  for (const [i, { predicate, exact, query }] of known.entries()) {
    const expected = DOCS.flatMap((doc, id) => (evaluate(predicate, doc) === true ? [id] : []));
    const ids = found[i]!;
    const say = (what: string): void => void wrong.push(`${exprKey(predicate)} → ${stringifyJson(query)}: ${what}`);
    if (typeof ids === 'string') {
      say(ids);
      continue;
    }
    const missing = expected.filter((id) => !ids.includes(id));
    const extra = exact ? ids.filter((id) => !expected.includes(id)) : [];
    if (missing.length + extra.length > 0) {
      say(
        `missing ${stringifyJson(missing.slice(0, 3).map((id) => DOCS[id]))} extra ${stringifyJson(extra.slice(0, 3).map((id) => DOCS[id]))}`,
      );
    }
  }
  return { wrong, exact: known.filter((one) => one.exact).length, lowered: known.length };
}

beforeAll(async () => {
  const analysis = { normalizer: { low: { type: 'custom', filter: ['lowercase'] } } };
  await send(
    'PUT',
    `/${index}`,
    JSON.stringify({ settings: { number_of_shards: 2, analysis }, mappings: { properties: properties() } }),
  );
  const lines = DOCS.map((doc, id) => `{"index":{"_id":"${id}"}}\n${stringifyJson(doc)}\n`);
  const answer = (await send('POST', `/${index}/_bulk?refresh=true`, lines.join(''))) as { errors: boolean };
  expect(answer.errors).toBe(false);
});
afterAll(() => send('DELETE', `/${index}`, ''));

/** Whether each document gives an answer: a value beyond its type is an error, which `values.test.ts` holds. */
const answers = (expr: Expr): boolean =>
  DOCS.every((doc) => {
    try {
      evaluate(expr, doc);
      return true;
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return false;
    }
  });

describe('predicates on a real node', () => {
  const all = leaves();
  const pool = all.filter(answers);

  it('are almost all answered by each document', () => {
    expect(all.length).toBeGreaterThan(700);
    expect(all.length - pool.length).toBeLessThan(40);
  });

  it('finds what each leaf and its negation mean', async () => {
    const { wrong } = await differences([...pool, ...pool.map(not)]);
    expect(wrong).toEqual([]);
  }, 120_000);

  it('answers every comparison of most types without a recheck', () => {
    for (const [path, spec] of Object.entries(SPECS)) {
      if (!spec.exact) continue;
      for (const op of OPERATORS) {
        for (const value of literalsOf(path)) {
          const predicate = is(columns[path]!, op, literal(path, value));
          expect([path, op, value, lowerPredicate(predicate, {})?.exact]).toEqual([path, op, value, true]);
        }
      }
    }
  });

  /** What the page decoder makes of a value that is no array; undefined for one that is. */
  function cell(path: string, doc: Doc): Value | undefined {
    const [head, leaf] = path.split('.');
    const parent = leaf ? (doc[head!] as Doc | undefined) : doc;
    const value = (parent?.[leaf ?? head!] ?? null) as Value;
    if (typeof value === 'object' && value !== null) return undefined;
    if (typeof value !== 'string') return value;
    const { mapping, type } = SPECS[path]!;
    if (type === 'timestamp') return timestamps([value])[0];
    return mapping === 'double' || mapping === 'float' ? Number(value) : value;
  }

  it('is what the closures say that check supersets again', () => {
    const session = { now: '2024-05-17 08:30:00', today: '2024-05-17' };
    const wrong: string[] = [];
    for (const predicate of [...pool, ...pool.map(not)]) {
      if (some(predicate, (e) => e.kind === 'call' || e.kind === 'nestedAny')) continue;
      const read = [...columnsOf(predicate)];
      const test = compileExpr(predicate, read, session);
      for (const doc of DOCS) {
        if (read.some((one) => one.field!.nestedPath !== undefined)) continue;
        const row = read.map((one) => cell(one.field!.path, doc));
        if (row.includes(undefined)) continue;
        const said = test(row as Value[]);
        const meant = evaluate(predicate, doc);
        if (said !== meant) wrong.push(`${exprKey(predicate)} of ${stringifyJson(row)}: ${String(said)}, not ${meant}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it(`finds what random combinations mean (TEST_SEED=${SEED})`, async () => {
    const predicates = Array.from({ length: 500 }, () => randomPredicate(pool, 3));
    const { wrong, exact, lowered } = await differences(predicates);
    expect(wrong).toEqual([]);
    expect(lowered).toBeGreaterThan(350);
    expect(exact).toBeGreaterThan(100);
  });
});
