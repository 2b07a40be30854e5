/** Every mapping type, those that the plugin hides too, in every place of a statement: hand-worked rows from a real node. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const base = uniqueName('mapping-types');
/** Statements name indices by a letter: `FROM @types`. */
const named = (sql: string): string => sql.replaceAll('@', `${base}-`);
let proxy: SqlProxy;

async function send(method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(getEngine().url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body, (_, v) => (typeof v === 'bigint' ? `${v}` : v)) }),
  });
  if (!response.ok && method !== 'DELETE') throw new Error(`${method} ${path}: ${await response.text()}`);
}

async function index(name: string, mappings: object, docs: readonly object[]): Promise<void> {
  await send('PUT', `/${base}-${name}`, { settings: { number_of_shards: 1 }, mappings });
  for (const [i, doc] of docs.entries()) {
    await send('PUT', `/${base}-${name}/_doc/${name}${i + 1}?refresh=true&routing=1`, doc);
  }
}

/** OpenSearch 1 to 3; numbers above are Elasticsearch's, whose free build has few of these types (see engines.test.ts). */
const major = Number(getEngine().version.split('.')[0]);
const lacks = (path: string): boolean => major < 3 && path === 'ver';
const without = <T>(fields: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(fields).filter(([path]) => !lacks(path)));

const TYPES = without<object>({
  id: { type: 'integer' },
  ul: { type: 'unsigned_long' },
  flat: { type: 'flat_object' },
  wild: { type: 'wildcard' },
  ver: { type: 'version' },
  ints: { type: 'integer_range' },
  dates: { type: 'date_range', format: 'yyyy-MM-dd' },
  nets: { type: 'ip_range' },
  words: { type: 'text', fields: { n: { type: 'token_count', analyzer: 'standard' }, raw: { type: 'keyword' } } },
  fixed: { type: 'constant_keyword', value: 'same' },
  typed: { type: 'search_as_you_type' },
  done: { type: 'completion' },
  shape: { type: 'geo_shape' },
  rel: { type: 'join', relations: { question: 'answer' } },
  rank: { type: 'rank_feature' },
  ranks: { type: 'rank_features' },
  stored_query: { type: 'percolator' },
  bytes: { type: 'binary' },
  obj: { properties: { a: { type: 'keyword' } } },
  list: {
    type: 'nested',
    properties: { x: { type: 'integer' }, other: { type: 'alias', path: 'list.x' } },
  },
  al: { type: 'alias', path: 'obj.a' },
  no_index: { type: 'integer', index: false },
  no_doc: { type: 'integer', doc_values: false },
  no_both: { type: 'keyword', index: false, doc_values: false },
  off: { type: 'object', enabled: false },
  stored: { type: 'keyword', store: true },
  nv: { type: 'keyword', null_value: 'NONE' },
  source: { type: 'keyword', copy_to: 'copy' },
  copy: { type: 'keyword' },
  norm: { type: 'keyword', normalizer: 'lowercase' },
  fd: { type: 'text', fielddata: true },
  mot: { type: 'match_only_text' },
  half: { type: 'half_float' },
});

const FULL: Readonly<Record<string, unknown>> = {
  id: 1,
  ul: 18446744073709551615n,
  flat: { a: { b: 'x' }, c: 3 },
  wild: 'hello world',
  ver: '1.10.0',
  ints: { gte: 1, lte: 5 },
  dates: { gte: '2024-01-01', lt: '2024-02-01' },
  nets: { gte: '10.0.0.1', lte: '10.0.0.9' },
  words: 'one two three',
  typed: 'quick brown fox',
  done: 'aa',
  shape: { type: 'Point', coordinates: [1, 2] },
  rel: 'question',
  rank: 1.5,
  ranks: { p: 1, q: 2 },
  stored_query: { match_all: {} },
  bytes: 'aGVsbG8=',
  obj: { a: 'A' },
  list: [{ x: 1 }, { x: 2 }],
  no_index: 5,
  no_doc: 6,
  no_both: 'zz',
  off: { q: 1, r: [1] },
  stored: 's1',
  nv: null,
  source: 'c1',
  norm: 'MiXed',
  fd: 'Green Apple',
  mot: 'only text',
  half: 1.5,
};

const SECOND: Readonly<Record<string, unknown>> = {
  id: 2,
  ul: 5,
  flat: { a: { b: 'y' } },
  wild: 'other',
  ver: '1.9.0',
  ints: { gte: 10, lte: 20 },
  dates: { gte: '2024-03-01', lt: '2024-04-01' },
  nets: '10.1.0.0/16',
  words: 'one',
  typed: 'slow',
  done: 'zz',
  shape: 'POINT (3 4)',
  rel: { name: 'answer', parent: '1' },
  rank: 7,
  ranks: { q: 3 },
  stored_query: { match_none: {} },
  bytes: 'AA==',
  obj: { a: 'B' },
  list: { x: 5 },
  no_index: 6,
  no_doc: 5,
  no_both: 'yy',
  off: { q: 2 },
  stored: 's2',
  nv: 'v',
  source: 'c2',
  norm: 'OTHER',
  fd: 'red',
  mot: 'text',
  half: 2.5,
};

beforeAll(async () => {
  if (major > 3) return;
  proxy = await startSqlProxy(getEngine().url);
  // The third document has none of the fields.
  await index('types', { properties: TYPES }, [without(FULL), without(SECOND), { id: 3 }]);
  const id = { type: 'integer' };
  await index(
    'mix-a',
    {
      properties: {
        id,
        n: { type: 'integer' },
        w: { type: 'keyword' },
        d: { type: 'date' },
        t: { type: 'text' },
        o: { properties: { x: { type: 'integer' } } },
        only: { type: 'keyword' },
      },
    },
    [{ id: 1, n: 10, w: '5', d: '2024-01-01', t: 'Red Fox', o: { x: 1 }, only: 'A' }],
  );
  await index(
    'mix-b',
    {
      properties: {
        id,
        n: { type: 'double' },
        w: { type: 'integer' },
        d: { type: 'date_nanos' },
        t: { type: 'keyword' },
        o: { type: 'keyword' },
      },
    },
    [{ id: 2, n: 2.5, w: 5, d: '2024-01-01T00:00:00.000000001Z', t: 'Red Fox', o: 'plain' }],
  );
  await index(
    'bare',
    {
      _source: { enabled: false },
      properties: {
        id,
        k: { type: 'keyword' },
        t: { type: 'text', fields: { raw: { type: 'keyword' } } },
        lost: { type: 'text' },
        d: { type: 'date' },
        l: { type: 'long' },
        i: { type: 'ip' },
        b: { type: 'boolean' },
        f: { type: 'scaled_float', scaling_factor: 10 },
      },
    },
    [
      {
        id: 1,
        k: 'x',
        t: 'Full Text',
        lost: 'gone',
        d: '2024-05-01',
        l: 9007199254740993n,
        i: '10.0.0.1',
        b: true,
        f: 1.2,
      },
      { id: 2, k: ['b', 'a'], t: 'Other', lost: 'too' },
    ],
  );
  await index(
    'hollow',
    {
      _source: { enabled: false },
      properties: {
        id,
        o: {
          properties: {
            k: { type: 'keyword' },
            at: { type: 'date' },
            lost: { type: 'text' },
            in: { properties: { n: { type: 'integer' } } },
          },
        },
        bag: { type: 'nested', properties: { n: { type: 'integer' } } },
      },
    },
    [
      { id: 1, o: { k: 'x', at: '2024-05-01', lost: 'gone', in: { n: 7 } }, bag: [{ n: 1 }] },
      { id: 2, o: { lost: 'too' } },
      { id: 3, o: [{ k: 'b' }, { k: 'a', in: { n: 1 } }] },
    ],
  );
  await index(
    'part',
    {
      _source: { excludes: ['secret*', 'deep.in'] },
      properties: {
        id,
        secret: { type: 'keyword' },
        secret_text: { type: 'text' },
        open: { type: 'keyword' },
        deep: { properties: { in: { type: 'integer' }, out: { type: 'integer' } } },
      },
    },
    [
      { id: 1, secret: 's', secret_text: 'foo bar', open: 'v', deep: { in: 1, out: 2 } },
      { id: 2, open: 'w' },
    ],
  );
  await index('dots', { properties: { id, a: { properties: { b: { properties: { c: { type: 'keyword' } } } } } } }, [
    { id: 1, 'a.b.c': 'x' },
    { id: 2, a: { 'b.c': 'y' } },
    { id: 3, a: { b: { c: 'z' } } },
    { id: 4, 'a.b': { c: ['p', 'q'] } },
  ]);
  await index('empty', {}, []);
  await index('named', { properties: { id, k: { type: 'keyword' } } }, [
    { id: 1, k: 'a' },
    { id: 2, k: 'b' },
    { id: 3, k: 'b' },
  ]);
  await send('POST', '/_aliases', {
    actions: [
      { add: { index: `${base}-named`, alias: `${base}-filtered`, filter: { term: { k: 'b' } } } },
      { add: { index: `${base}-named`, alias: `${base}-routed`, routing: '1' } },
    ],
  });
  await index('shut-open', { properties: { id } }, [{ id: 1 }]);
  await index('shut-closed', { properties: { id, z: { type: 'keyword' } } }, [{ id: 2 }]);
  await send('POST', `/${base}-shut-closed/_close`);
  await send('PUT', `/_index_template/${base}`, {
    index_patterns: [`${base}-stream*`],
    data_stream: {},
    template: { mappings: { properties: { k: { type: 'keyword' } } } },
  });
  await send('PUT', `/_data_stream/${base}-stream`);
  await send('POST', `/${base}-stream/_doc?refresh=true`, { '@timestamp': '2024-01-01T00:00:00Z', k: 'x' });
  await send('POST', `/${base}-stream/_rollover`);
  await send('POST', `/${base}-stream/_doc?refresh=true`, { '@timestamp': '2024-01-02T00:00:00Z', k: 'y' });
});

afterAll(async () => {
  if (major > 3) return;
  await send('DELETE', `/_data_stream/${base}-stream`);
  await send('DELETE', `/_index_template/${base}`);
  await send('DELETE', `/${base}-*`);
  await proxy.close();
});

type Rows = readonly (readonly unknown[])[];

async function rows(sql: string): Promise<Rows> {
  return (await proxy.query(named(sql))).datarows;
}

/** What only the order of groups decides is put in one order. */
const sorted = (list: Rows): readonly string[] => list.map((row) => show(row)).sort();
const show = (value: unknown): string => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v));

/** The path, its type, the values of documents 1 and 2, and their order when sorted (null first, ascending). */
const FIELDS: readonly (readonly [
  path: string,
  type: string,
  first: unknown,
  second: unknown,
  order: readonly number[],
])[] = [
  ['ul', 'long', 18446744073709551615n, 5, [3, 2, 1]],
  ['flat.a.b', 'keyword', 'x', 'y', [3, 1, 2]],
  ['wild', 'keyword', 'hello world', 'other', [3, 1, 2]],
  ['ver', 'keyword', '1.10.0', '1.9.0', [3, 1, 2]],
  ['ints.gte', 'integer', 1, 10, [3, 1, 2]],
  ['dates.gte', 'date', '2024-01-01', '2024-03-01', [3, 1, 2]],
  ['words', 'text', 'one two three', 'one', [3, 2, 1]],
  ['words.n', 'integer', 3, 1, [3, 2, 1]],
  ['words.raw', 'keyword', 'one two three', 'one', [3, 2, 1]],
  ['typed', 'text', 'quick brown fox', 'slow', [3, 1, 2]],
  ['done', 'keyword', 'aa', 'zz', [3, 1, 2]],
  ['rank', 'float', 1.5, 7, [3, 1, 2]],
  ['ranks.q', 'float', 2, 3, [3, 1, 2]],
  ['bytes', 'binary', 'aGVsbG8=', 'AA==', [3, 2, 1]],
  ['obj.a', 'keyword', 'A', 'B', [3, 1, 2]],
  ['al', 'keyword', 'A', 'B', [3, 1, 2]],
  ['no_index', 'integer', 5, 6, [3, 1, 2]],
  ['no_doc', 'integer', 6, 5, [3, 2, 1]],
  ['no_both', 'keyword', 'zz', 'yy', [3, 2, 1]],
  ['off.q', 'keyword', '1', '2', [3, 1, 2]],
  ['stored', 'keyword', 's1', 's2', [3, 1, 2]],
  ['source', 'keyword', 'c1', 'c2', [3, 1, 2]],
  ['norm', 'keyword', 'MiXed', 'OTHER', [3, 1, 2]],
  ['fd', 'text', 'Green Apple', 'red', [3, 1, 2]],
  ['mot', 'text', 'only text', 'text', [3, 1, 2]],
  ['half', 'float', 1.5, 2.5, [3, 1, 2]],
];

/** Objects: selected whole, tested for NULL, grouped and counted by their whole value. */
const OBJECTS: readonly (readonly [path: string, first: unknown, second: unknown])[] = [
  ['flat', { a: { b: 'x' }, c: 3 }, { a: { b: 'y' } }],
  ['ints', { gte: 1, lte: 5 }, { gte: 10, lte: 20 }],
  ['dates', { gte: '2024-01-01', lt: '2024-02-01' }, { gte: '2024-03-01', lt: '2024-04-01' }],
  ['nets', { gte: '10.0.0.1', lte: '10.0.0.9' }, '10.1.0.0/16'],
  ['shape', { type: 'Point', coordinates: [1, 2] }, 'POINT (3 4)'],
  ['rel', 'question', { name: 'answer', parent: '1' }],
  ['ranks', { p: 1, q: 2 }, { q: 3 }],
  ['stored_query', { match_all: {} }, { match_none: {} }],
  ['off', { q: 1, r: [1] }, { q: 2 }],
  ['obj', { a: 'A' }, { a: 'B' }],
];

describe.skipIf(major > 3)('each type', () => {
  it.each(FIELDS.filter(([path]) => !lacks(path)))('%s', async (path, type, first, second, order) => {
    const { schema, datarows } = await proxy.query(named(`SELECT id, ${path} FROM @types ORDER BY id`));
    expect(schema[1]!.type).toBe(type);
    expect(datarows).toEqual([
      [1, first],
      [2, second],
      [3, null],
    ]);
    expect(await rows(`SELECT id FROM @types WHERE ${path} IS NULL`)).toEqual([[3]]);
    expect(await rows(`SELECT id FROM @types WHERE ${path} IS NOT NULL ORDER BY id`)).toEqual([[1], [2]]);
    expect(await rows(`SELECT id FROM @types ORDER BY ${path}`)).toEqual(order.map((id) => [id]));
    expect(await rows(`SELECT id FROM @types ORDER BY ${path} DESC`)).toEqual([...order].reverse().map((id) => [id]));
    expect(sorted(await rows(`SELECT ${path}, COUNT(*) FROM @types GROUP BY ${path}`))).toEqual(
      sorted([
        [first, 1],
        [second, 1],
        [null, 1],
      ]),
    );
    expect(await rows(`SELECT COUNT(DISTINCT ${path}), COUNT(${path}) FROM @types`)).toEqual([[2, 2]]);
    const csv = await proxy.text(named(`SELECT ${path} FROM @types WHERE id = 2`), '?format=csv');
    const text = typeof second === 'number' && type === 'float' ? second.toFixed(1) : String(second);
    expect(csv.trimEnd()).toBe(`${path}\n${text}`);
  });

  const comparable = FIELDS.filter(([path, type]) => type !== 'binary' && !lacks(path));
  const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

  it.each(comparable)('%s compared', async (path, _, first, second) => {
    const ids = (condition: string): Promise<Rows> => rows(`SELECT id FROM @types WHERE ${condition} ORDER BY id`);
    const [a, b] = [literal(first), literal(second)];
    const least = (typeof first === 'string' ? first < String(second) : Number(first) < Number(second)) ? 1 : 2;
    const greatest = 3 - least;
    expect(await ids(`${path} = ${a}`)).toEqual([[1]]);
    expect(await ids(`${path} != ${a}`)).toEqual([[2]]);
    expect(await ids(`NOT ${path} = ${b}`)).toEqual([[1]]);
    expect(await ids(`${path} IN (${a}, ${b})`)).toEqual([[1], [2]]);
    expect(await ids(`${path} > ${least === 1 ? a : b}`)).toEqual([[greatest]]);
    expect(await ids(`${path} <= ${least === 1 ? a : b}`)).toEqual([[least]]);
    expect(await ids(`${path} BETWEEN ${a} AND ${a}`)).toEqual([[1]]);
  });

  it.each(OBJECTS)('%s as a whole', async (path, first, second) => {
    expect(await rows(`SELECT id, ${path} FROM @types ORDER BY id`)).toEqual([
      [1, first],
      [2, second],
      [3, null],
    ]);
    expect(await rows(`SELECT id FROM @types WHERE ${path} IS NULL`)).toEqual([[3]]);
    expect(await rows(`SELECT id FROM @types WHERE ${path} IS NOT NULL ORDER BY id`)).toEqual([[1], [2]]);
    expect(await rows(`SELECT COUNT(DISTINCT ${path}) FROM @types`)).toEqual([[2]]);
    expect(await rows(`SELECT ${path}, COUNT(*) FROM @types GROUP BY ${path}`)).toHaveLength(3);
  });

  const CASES: readonly (readonly [sql: string, expected: Rows])[] = [
    // A constant keyword is in every document, also in those that do not name it.
    ['SELECT fixed, COUNT(*) FROM @types GROUP BY fixed', [['same', 3]]],
    ["SELECT COUNT(*) FROM @types WHERE fixed = 'same' AND fixed LIKE 'sa%' AND fixed IS NOT NULL", [[3]]],
    ["SELECT COUNT(*) FROM @types WHERE fixed = 'other' OR fixed IS NULL", [[0]]],
    // 64 unsigned bits.
    ['SELECT MAX(ul), MIN(ul), SUM(ul) FROM @types', [[18446744073709551615n, 5, 18446744073709551620n]]],
    [
      'SELECT id, SUM(ul) FROM @types GROUP BY id ORDER BY id',
      [
        [1, 18446744073709551615n],
        [2, 5],
        [3, null],
      ],
    ],
    ['SELECT id FROM @types WHERE ul > 9223372036854775807', [[1]]],
    ["SELECT id FROM @types WHERE UPPER(flat.a.b) = 'X' OR flat.a.b LIKE 'y%' ORDER BY id", [[1], [2]]],
    ["SELECT id FROM @types WHERE flat.c = '3'", [[1]]],
    ["SELECT id FROM @types WHERE wild LIKE '%lo w%'", [[1]]],
    ['SELECT AVG(words.n), SUM(no_doc), MAX(no_index), SUM(rank) FROM @types', [[2, 11, 6, 8.5]]],
    [
      'SELECT no_both, SUM(no_doc) FROM @types GROUP BY no_both ORDER BY no_both',
      [
        [null, null],
        ['yy', 5],
        ['zz', 6],
      ],
    ],
    ["SELECT id FROM @types WHERE match(typed, 'brown')", [[1]]],
    ['SELECT id FROM @types WHERE term(ints, 3)', [[1]]],
    // What is not in the source is shown as the plugin shows it; the index still finds and groups it.
    [
      'SELECT id, nv, copy FROM @types WHERE id < 3 ORDER BY id',
      [
        [1, null, null],
        [2, 'v', null],
      ],
    ],
    ["SELECT id FROM @types WHERE nv = 'NONE' AND copy = 'c1'", [[1]]],
    [
      'SELECT copy, COUNT(*) FROM @types GROUP BY copy ORDER BY copy',
      [
        [null, 1],
        ['c1', 1],
        ['c2', 1],
      ],
    ],
    [
      'SELECT id, list FROM @types ORDER BY id',
      [
        [1, [{ x: 1 }, { x: 2 }]],
        [2, [{ x: 5 }]],
        [3, null],
      ],
    ],
    [
      'SELECT id, list.other FROM @types ORDER BY id',
      [
        [1, [1, 2]],
        [2, 5],
        [3, null],
      ],
    ],
    ['SELECT id FROM @types WHERE nested(list, list.other = 2)', [[1]]],
    ['SELECT id FROM @types WHERE list IS NULL', [[3]]],
  ];
  it.each(CASES)('%s', async (sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });

  it('refuses to compare what has no order, in a sentence', async () => {
    expect(await proxy.text(named('SELECT id FROM @types WHERE ints = 3'), '')).toContain('cannot compare');
    expect(await proxy.text(named('SELECT obj.zzz FROM @types'), '')).toContain('cannot be found');
  });

  it('shows every field in SELECT * and DESCRIBE', async () => {
    const { schema } = await proxy.query(named('SELECT * FROM @types LIMIT 1'));
    expect(schema.map((column) => column.name).sort()).toEqual(Object.keys(TYPES).sort());
    const described = await proxy.query(named("DESCRIBE TABLES LIKE '@types'"));
    const names = described.datarows.map((row) => row[3]);
    for (const name of Object.keys(TYPES)) expect(names).toContain(name);
  });
});

async function warning(sql: string): Promise<string | null> {
  const response = await fetch(`${proxy.url}/_plugins/_sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: named(sql) }),
  });
  await response.text();
  return response.headers.get('x-sql-warning');
}

describe.skipIf(major > 3)('mappings that disagree', () => {
  const CASES: readonly (readonly [sql: string, expected: Rows])[] = [
    [
      'SELECT id, n, w, t, o FROM @mix-* ORDER BY id',
      [
        [1, 10, '5', 'Red Fox', '{"x":1}'],
        [2, 2.5, '5', 'Red Fox', 'plain'],
      ],
    ],
    ['SELECT id FROM @mix-* WHERE n > 2 ORDER BY n', [[2], [1]]],
    ['SELECT SUM(n), COUNT(DISTINCT w) FROM @mix-*', [[12.5, 1]]],
    ["SELECT id FROM @mix-* WHERE w = '5' ORDER BY id", [[1], [2]]],
    ['SELECT w, COUNT(*) FROM @mix-* GROUP BY w', [['5', 2]]],
    ["SELECT id FROM @mix-* WHERE d > '2024-01-01'", [[2]]],
    [
      'SELECT id, d FROM @mix-* ORDER BY d DESC',
      [
        [2, '2024-01-01 00:00:00.000000001'],
        [1, '2024-01-01 00:00:00'],
      ],
    ],
    ["SELECT id FROM @mix-* WHERE t = 'Red Fox' ORDER BY id", [[1], [2]]],
    ['SELECT t, COUNT(*) FROM @mix-* GROUP BY t', [['Red Fox', 2]]],
    ['SELECT id FROM @mix-* WHERE o IS NOT NULL ORDER BY id', [[1], [2]]],
    [
      'SELECT id, o.x FROM @mix-* ORDER BY o.x DESC',
      [
        [1, 1],
        [2, null],
      ],
    ],
    // In one of the indices only.
    [
      'SELECT id, only FROM @mix-* ORDER BY only',
      [
        [2, null],
        [1, 'A'],
      ],
    ],
    ['SELECT id FROM @mix-* WHERE only IS NULL', [[2]]],
  ];
  it.each(CASES)('%s', async (sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });

  it('names the field and the types in a header, where such a field is used', async () => {
    expect(await warning('SELECT n FROM @mix-*')).toBe(
      'Field [n] is double, integer in different indices and read as double',
    );
    expect(await warning("SELECT id FROM @mix-* WHERE w = '5'")).toContain('Field [w] is integer, keyword');
    expect(await warning('SELECT SUM(n) FROM @mix-*')).toContain('Field [n]');
    expect(await warning('SELECT id, only FROM @mix-*')).toBeNull();
    expect(await warning('SELECT n FROM @mix-a')).toBeNull();
  });
});

describe.skipIf(major > 3)('what _source does not keep', () => {
  const CASES: readonly (readonly [sql: string, expected: Rows])[] = [
    [
      'SELECT id, k, t, t.raw, d, l, i, b, f FROM @bare ORDER BY id',
      [
        [1, 'x', 'Full Text', 'Full Text', '2024-05-01 00:00:00', 9007199254740993n, '10.0.0.1', true, 1.2],
        [2, ['a', 'b'], 'Other', 'Other', null, null, null, null, null],
      ],
    ],
    [
      'SELECT id, lost FROM @bare ORDER BY id',
      [
        [1, null],
        [2, null],
      ],
    ],
    ["SELECT id FROM @bare WHERE t = 'Full Text' AND UPPER(k) = 'X' AND t LIKE 'Full%'", [[1]]],
    ["SELECT id FROM @bare WHERE match(lost, 'gone')", [[1]]],
    ['SELECT l + 1 FROM @bare ORDER BY id', [[9007199254740994n], [null]]],
    [
      'SELECT UPPER(t), COUNT(*) FROM @bare GROUP BY UPPER(t) ORDER BY 1',
      [
        ['FULL TEXT', 1],
        ['OTHER', 1],
      ],
    ],
    [
      'SELECT * FROM @part ORDER BY id',
      [
        [{ out: 2 }, 1, 'v', 's', null],
        [null, 2, 'w', null, null],
      ],
    ],
    [
      'SELECT id, deep.in, deep.out FROM @part ORDER BY id',
      [
        [1, 1, 2],
        [2, null, null],
      ],
    ],
    ["SELECT id, secret FROM @part WHERE secret = 's'", [[1, 's']]],
    [
      'SELECT secret, COUNT(*) FROM @part GROUP BY secret ORDER BY secret',
      [
        [null, 1],
        ['s', 1],
      ],
    ],
    // Kept by one index, by its doc values in the other.
    [
      'SELECT id, o FROM @hollow ORDER BY id',
      [
        [1, { k: 'x', at: '2024-05-01 00:00:00', in: { n: 7 } }],
        [2, null],
        [3, { k: ['a', 'b'], in: { n: 1 } }],
      ],
    ],
    [
      'SELECT o.in, o.k, o FROM @hollow WHERE id = 1',
      [[{ n: 7 }, 'x', { k: 'x', at: '2024-05-01 00:00:00', in: { n: 7 } }]],
    ],
    [
      'SELECT id, k FROM `@bare*` ORDER BY id',
      [
        [1, 'x'],
        [2, ['a', 'b']],
      ],
    ],
  ];
  it.each(CASES)('%s', async (sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });

  it('names what nothing keeps', async () => {
    expect(await warning('SELECT id, lost FROM @bare')).toContain('Field [lost] is kept neither in _source nor');
    expect(await warning("SELECT id FROM @bare WHERE lost = 'gone'")).toContain('Field [lost]');
    expect(await warning('SELECT secret_text FROM @part')).toContain('Field [secret_text]');
    expect(await warning('SELECT id, t FROM @bare')).toBeNull();
    expect(await warning('SELECT o FROM @hollow')).toBeNull();
    expect(await warning('SELECT bag FROM @hollow')).toContain('Field [bag] is kept neither in _source nor');
  });
});

describe.skipIf(major > 3)('indices, aliases and streams', () => {
  const CASES: readonly (readonly [sql: string, expected: Rows])[] = [
    ['SELECT a.b.c FROM @dots ORDER BY id', [['x'], ['y'], ['z'], [['p', 'q']]]],
    ['SELECT a FROM @dots WHERE id < 3 ORDER BY id', [[{ b: { c: 'x' } }], [{ b: { c: 'y' } }]]],
    ["SELECT id FROM @dots WHERE a.b.c IN ('x', 'q') ORDER BY id", [[1], [4]]],
    ['SELECT * FROM @empty', []],
    ['SELECT COUNT(*) FROM @empty', [[0]]],
    ['SELECT id FROM @filtered ORDER BY id', [[2], [3]]],
    ['SELECT k, COUNT(*) FROM @filtered GROUP BY k', [['b', 2]]],
    [
      'SELECT id, _routing FROM @routed ORDER BY id',
      [
        [1, '1'],
        [2, '1'],
        [3, '1'],
      ],
    ],
    ['SELECT id FROM `@shut-*`', [[1]]],
    ['SELECT k FROM @stream ORDER BY k', [['x'], ['y']]],
    ['SELECT COUNT(*) FROM `@stream*`', [[2]]],
  ];
  it.each(CASES)('%s', async (sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });

  it('says which index is closed or missing', async () => {
    expect(await proxy.text(named('SELECT id FROM @shut-closed'), '')).toContain('closed');
    const missing = await proxy.text(named('SELECT id FROM `@nowhere`'), '');
    expect(missing).toContain('IndexNotFoundException');
    expect(missing).toContain(`${base}-nowhere`);
  });
});

describe.skipIf(major > 3)('what a cluster answers wrongly or never', () => {
  beforeAll(async () => {
    const properties = {
      id: { type: 'integer' },
      at: { type: 'date_nanos' },
      day: { type: 'date', format: 'basic_date' },
      ip: { type: 'ip' },
    };
    await send('PUT', `/${base}-odd`, { settings: { number_of_shards: 3 }, mappings: { properties } });
    const docs = [
      ...Array.from({ length: 9 }, (_, i) => ({ id: i + 10, ip: `10.0.0.${i}` })),
      { id: 1, at: '2024-01-01T00:00:00.000000001Z', day: '20240101', ip: ['192.168.0.1', '10.9.9.9'] },
    ];
    const lines = docs.flatMap((doc) => [{ index: {} }, doc]).map((line) => JSON.stringify(line));
    const response = await fetch(`${getEngine().url}/${base}-odd/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `${lines.join('\n')}\n`,
    });
    expect(await response.json()).toMatchObject({ errors: false });
  });

  it('sorts absent dates, where shards end with one', async () => {
    expect(await rows('SELECT id, at FROM @odd ORDER BY at, id LIMIT 2')).toEqual([
      [10, null],
      [11, null],
    ]);
    expect(await rows('SELECT id FROM @odd WHERE at IS NULL ORDER BY at DESC, id LIMIT 1')).toEqual([[10]]);
    expect(await rows('SELECT id FROM @odd ORDER BY day NULLS LAST, id LIMIT 2')).toEqual([[1], [10]]);
    expect(await rows('SELECT id FROM @odd WHERE id > 1 ORDER BY day, id LIMIT 1')).toEqual([[10]]);
  });

  it('reads several addresses of a document in functions', async () => {
    expect(await rows("SELECT id FROM @odd WHERE ip LIKE '192.168.%'")).toEqual([[1]]);
    expect(await rows("SELECT COUNT(*) FROM @odd WHERE CAST(ip AS STRING) < '10.0.0.2'")).toEqual([[2]]);
  });

  it('passes over indices that are not there, where a hint says so', async () => {
    expect(await rows('SELECT /*! IGNORE_UNAVAILABLE */ COUNT(*) FROM `@odd,@none`')).toEqual([[10]]);
    expect(await proxy.text(named('SELECT COUNT(*) FROM `@odd,@none`'), '')).toContain('no such index');
  });
});

describe.skipIf(major > 3)('mappings of one field that no search takes together', () => {
  beforeAll(async () => {
    await index(
      'odds-a',
      {
        properties: {
          id: { type: 'integer' },
          n: { type: 'nested', properties: { p: { type: 'keyword' } } },
          v: { type: 'long' },
          w: { type: 'long' },
          u: { type: 'unsigned_long' },
          b: { type: 'boolean' },
        },
      },
      [
        { id: 1, n: [{ p: 'x' }], v: 5, w: 7, u: 18446744073709551615n, b: true },
        { id: 2, n: [{ p: 'y' }, { p: 'z' }], v: 6, w: 7, u: 4, b: false },
      ],
    );
    await index(
      'odds-b',
      {
        properties: {
          id: { type: 'integer' },
          n: { properties: { p: { type: 'keyword' } } },
          v: { type: 'double' },
          w: { type: 'float' },
          u: { type: 'long' },
          b: { type: 'keyword' },
        },
      },
      [
        { id: 3, n: { p: 'x' }, v: 5, w: 7, u: -4, b: 'maybe' },
        { id: 4, v: 2.5, w: 0.5, u: 4, b: 'true' },
      ],
    );
  });

  const CASES: readonly (readonly [sql: string, expected: Rows])[] = [
    ["SELECT id FROM @odds-* WHERE n.p = 'x' ORDER BY id", [[1], [3]]],
    ["SELECT id FROM @odds-* WHERE nested(n.p) = 'z'", [[2]]],
    ['SELECT id FROM @odds-* WHERE n IS NULL', [[4]]],
    [
      'SELECT v, w, COUNT(*) FROM @odds-* GROUP BY v, w ORDER BY 1, 2',
      [
        [2.5, 0.5, 1],
        [5, 7, 2],
        [6, 7, 1],
      ],
    ],
    ['SELECT COUNT(DISTINCT v), MAX(v), SUM(w) FROM @odds-*', [[3, 6, 21.5]]],
    ['SELECT MAX(u), MIN(u) FROM @odds-*', [[18446744073709551615n, -4]]],
    [
      'SELECT u, COUNT(*) FROM @odds-* GROUP BY u ORDER BY u',
      [
        [-4, 1],
        [4, 2],
        [18446744073709551615n, 1],
      ],
    ],
    ['SELECT b FROM @odds-a UNION SELECT b FROM @odds-b ORDER BY b', [['false'], ['maybe'], ['true']]],
  ];
  it.each(CASES)('%s', async (sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });
});
