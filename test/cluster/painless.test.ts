/** The catalogue's Painless cells, and scripts over documents, against a real node: they must say what the closures say. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Column } from '../../translators/algebra/expr.ts';
import type { Field } from '../../translators/algebra/schema.ts';
import type { Value } from '../../translators/algebra/types.ts';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import { allScalarFunctions } from '../../translators/functions/index.ts';
import { compileExpr } from '../../translators/lower/js/index.ts';
import { lowerPredicate, lowerValue, type Script } from '../../translators/lower/painless/index.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { bindText, evaluate, SESSION } from '../unit/functions/bind-kit.ts';

const index = uniqueName('painless');

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${getEngine().url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : typeof body === 'string' ? body : jsonOf(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Big integers as bare digits. */
const jsonOf = (body: unknown): string =>
  JSON.stringify(body, (_key, value) => (typeof value === 'bigint' ? `@@${value}@@` : value)).replace(
    /"@@(-?\d+)@@"/g,
    '$1',
  );

async function run(script: Script): Promise<string> {
  const { result } = await call('POST', '/_scripts/painless/_execute', { script });
  return String(result);
}

const compilations = (rate: string | null): Promise<unknown> =>
  call('PUT', '/_cluster/settings', { transient: { 'script.max_compilations_rate': rate } });

const MAPPINGS = {
  properties: {
    id: { type: 'integer' },
    age: { type: 'integer' },
    balance: { type: 'long' },
    salary: { type: 'double' },
    f: { type: 'float' },
    h: { type: 'half_float' },
    s: { type: 'scaled_float', scaling_factor: 100 },
    city: { type: 'keyword' },
    short: { type: 'keyword', ignore_above: 5 },
    name: { type: 'text', fields: { raw: { type: 'keyword' } } },
    notes: { type: 'text' },
    active: { type: 'boolean' },
    at: { type: 'date' },
    fine: { type: 'date_nanos' },
    day: { type: 'date', format: 'yyyy-MM-dd' },
    ip: { type: 'ip' },
  },
};

const FIELDS = Object.keys(MAPPINGS.properties);
/** As the page decoder would give them, in the order of FIELDS. */
const DOCS: readonly Readonly<Record<string, Value>>[] = [
  {
    id: 1,
    age: 34,
    balance: 9007199254740993n,
    salary: 5200.5,
    f: 0.1,
    h: 0.1,
    s: 1.25,
    city: 'Oslo',
    short: 'abc',
    name: 'Anna Berg',
    notes: 'x',
    active: true,
    at: '2020-02-29 12:00:00.123',
    fine: '2020-02-29 12:00:00.123456789',
    day: '2020-02-29',
    ip: '10.0.0.1',
  },
  {
    id: 2,
    age: -7,
    balance: -3,
    salary: -0.5,
    f: -2.5,
    h: 2.5,
    s: 0,
    city: 'zürich_%',
    short: 'abcdefgh',
    name: 'ben',
    notes: 'y',
    active: false,
    at: '1969-12-31 23:59:59',
    fine: '1999-01-01 00:00:00',
    day: '1999-01-01',
    ip: '2001:db8::1',
  },
  { id: 3 },
  {
    id: 4,
    age: [1, 50],
    balance: [5, 6],
    city: ['Bonn', 'Oslo'],
    active: [true, false],
    at: ['2019-01-01 00:00:00', '2021-01-01 00:00:00'],
    name: ['A', 'b'],
  },
  { id: 5, age: 0, balance: 0, salary: 0, f: 0, city: '', name: '😀x', active: true, at: '2024-12-31 23:59:59.999' },
];

beforeAll(async () => {
  await compilations('10000/1m');
  await call('PUT', `/${index}`, { settings: { number_of_shards: 1, number_of_replicas: 0 }, mappings: MAPPINGS });
  const iso = (value: Value): Value => (Array.isArray(value) ? value.map(iso) : `${String(value).replace(' ', 'T')}Z`);
  const lines = DOCS.flatMap((doc) => {
    const source: Record<string, Value> = { ...doc };
    for (const name of ['at', 'fine']) if (source[name] !== undefined) source[name] = iso(source[name]!);
    return [jsonOf({ index: { _id: doc.id } }), jsonOf(source)];
  });
  const { errors } = await call('POST', `/${index}/_bulk?refresh=true`, `${lines.join('\n')}\n`);
  expect(errors).toBe(false);
});

afterAll(async () => {
  await call('DELETE', `/${index}`);
  await compilations(null);
});

describe('the examples of rows that have a painless cell', () => {
  for (const fn of allScalarFunctions) {
    if (fn.painless === undefined || fn.volatile) continue;
    it(fn.name, async () => {
      let lowered = 0;
      for (const example of fn.examples) {
        const script = lowerValue(bindText(example.sql));
        // Forms that the row leaves out, and temporal results, which scripts do not return.
        if (!script) continue;
        lowered++;
        const result = await run(script);
        const { value } = example;
        if (typeof value === 'number' && !Number.isInteger(value)) {
          expect(Math.abs(Number(result) - value), example.sql).toBeLessThanOrEqual(Math.abs(value) * 1e-15);
        } else if (typeof value === 'number') expect(Number(result), example.sql).toBe(value);
        else expect(result, example.sql).toBe(String(value));
      }
      const returnsTemporal = ['DATE', 'TIME', 'TIMESTAMP', 'LAST_DAY', 'TO_ZONE'].includes(fn.name);
      if (!returnsTemporal) expect(lowered, 'no example was lowered').toBeGreaterThan(0);
    });
  }
});

const columns = (): readonly Column[] => {
  const schema = buildSchema(index, { [index]: { mappings: MAPPINGS } });
  return FIELDS.map((name, id) => {
    const field: Field = schema.lookup(name)!;
    return { id, name, type: field.type, field };
  });
};

/** Each holds where the closure over the source says so; functions see single-valued fields only. */
const PREDICATES: readonly string[] = [
  'age = 34',
  'age != 34',
  'NOT age = 34',
  'age > 0 AND balance > 5',
  'age > 0 OR salary < 0',
  'NOT (age > 0 AND salary > 0)',
  'age IS NULL',
  'age IS NOT NULL AND city IS NULL',
  'age IN (1, 34, 7)',
  'age NOT IN (1, 34)',
  'age IN (34, NULL)',
  'age NOT IN (34, NULL)',
  'age > 33.5',
  'age = 34.0',
  'balance = 9007199254740993',
  'balance = 9007199254740992',
  'balance > 9007199254740992',
  'balance >= 5.5',
  'salary = 5200.5',
  'salary IN (5200.5, 0)',
  'f = 0.1',
  'h = 0.1',
  'f > 0.1',
  'f >= 0.1',
  "city = 'Oslo'",
  "city > 'P'",
  "city IN ('Bonn', '')",
  "city LIKE 'o%'",
  "city NOT LIKE '%o%'",
  "city LIKE '%\\_\\%'",
  "name LIKE '_x'",
  "name LIKE '__x'",
  "name = 'Anna Berg'",
  'active',
  'NOT active',
  'active = FALSE',
  "at > '2020-01-01'",
  "at = '2020-02-29 12:00:00.123'",
  "fine = '2020-02-29 12:00:00.123456789'",
  "fine > '2020-02-29 12:00:00.123456788'",
  "day = DATE '2020-02-29'",
  "day IN ('1999-01-01', '2020-02-29')",
  "ip = '10.0.0.1'",
  "ip IN ('2001:DB8:0::1')",
  'CASE WHEN active THEN TRUE ELSE FALSE END',
  'NULL',
  'TRUE',
];
const SINGLE_VALUED: readonly string[] = [
  'age + balance > 5',
  'age * 2 = 68',
  'salary / age > 100',
  '100 / age > 1',
  'age % 2 = 0',
  'age + NULL > 1',
  '-(age) = 7',
  "UPPER(city) = 'OSLO'",
  'LENGTH(city) = 9',
  'LENGTH(name) = 5',
  "CONCAT(city, '-', name) LIKE 'oslo-%'",
  "SUBSTRING(city, -2) = 'lo'",
  "CASE WHEN age > 0 THEN 'p' WHEN age < 0 THEN 'n' END = 'n'",
  "CASE WHEN age IS NULL THEN NULL ELSE 'x' END IS NULL",
  "CAST(age AS STRING) LIKE '3%'",
  'CAST(salary AS INT) = 5200',
  'CAST(active AS INT) = 1',
  "CAST(at AS DATE) = '2020-02-29'",
  "IFNULL(city, 'none') = 'none'",
  "IF(age > 30, 'a', 'b') = 'b'",
  'ISNULL(age)',
  'YEAR(at) = 2020',
  'ABS(salary) = 0.5',
  'SQRT(age) IS NULL',
  'f + 1 > 1.05',
  'ROUND(salary) = 5201',
];

async function matching(script: Script, ids: readonly number[]): Promise<readonly number[]> {
  const answer = (await call('POST', `/${index}/_search`, {
    size: 100,
    sort: ['id'],
    query: { bool: { filter: [{ terms: { id: ids } }, { script: { script: { lang: 'painless', ...script } } }] } },
  })) as { hits: { hits: readonly { _id: string }[] } };
  return answer.hits.hits.map((hit) => Number(hit._id));
}

describe('predicates over documents', () => {
  for (const [title, predicates, docs] of [
    ['any element', PREDICATES, DOCS],
    ['single values', SINGLE_VALUED, DOCS.filter((doc) => !Object.values(doc).some(Array.isArray))],
  ] as const) {
    describe(title, () => {
      for (const predicate of predicates) {
        it(predicate, async () => {
          const all = columns();
          const expr = bindText(predicate, all);
          const typed = expr.type === 'boolean' ? expr : { ...expr, type: 'boolean' as const };
          const script = lowerPredicate(typed as typeof expr);
          const closure = compileExpr(expr, all, SESSION);
          const expected = docs.filter((doc) => {
            const value = closure(FIELDS.map((name) => doc[name] ?? null));
            return Array.isArray(value) ? value.includes(true) : value === true;
          });
          if (!script) {
            // Rounding by decimal digits, and results of 32 bits, are not Painless's.
            expect(['ROUND(salary) = 5201', 'f + 1 > 1.05']).toContain(predicate);
            return;
          }
          const ids = docs.map((doc) => doc.id as number);
          expect(await matching(script, ids)).toEqual(expected.map((doc) => doc.id));
        });
      }
    });
  }
});

describe('what scripts leave alone', () => {
  for (const predicate of [
    "short = 'abc'",
    "notes = 'x'",
    's > 1',
    'h + 1 > 0',
    'RAND() > 0.5',
    "city REGEXP 'a' = 1",
  ]) {
    it(predicate, () => {
      expect(lowerPredicate(bindText(predicate, columns()))).toBeUndefined();
    });
  }

  it('reads a field that may hide long values when the caller knows that it does not', async () => {
    const script = lowerPredicate(bindText("short = 'abc'", columns()), { overflow: () => false });
    expect(await matching(script!, [1, 2, 3, 4, 5])).toEqual([1]);
  });

  it('fails on overflow as the closures do', async () => {
    expect(() => evaluate('2147483647 + 1')).toThrow('integer overflow');
    await expect(run(lowerValue(bindText('2147483647 + 1'))!)).rejects.toThrow('integer overflow');
    await expect(run(lowerValue(bindText('9223372036854775807 * 2'))!)).rejects.toThrow('long overflow');
  });
});
