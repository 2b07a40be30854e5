/** Cells copied from answers, held to those that are decoded and formatted: fields of all types, nasty and random values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportRequest } from '../../../src/jobs/domain/model.ts';
import { hitFormat } from '../../../src/jobs/export/hits/hit-format.ts';
import { textFormat } from '../../../src/jobs/export/text-format.ts';
import { compileHitDecoder, decodePage } from '../../../src/rows/decode.ts';
import { parseJson } from '../../../src/rows/longs.ts';
import type { Column } from '../../../translators/algebra/expr.ts';
import { buildSchema } from '../../../translators/catalog/build-schema.ts';
import { exportRequest } from '../../support/export-jobs.ts';
import { asAnswer } from '../../support/search-answer.ts';

const PROPERTIES = {
  k: { type: 'keyword' },
  t: { type: 'text' },
  i: { type: 'integer' },
  l: { type: 'long' },
  u: { type: 'unsigned_long' },
  d: { type: 'double' },
  f: { type: 'float' },
  h: { type: 'half_float' },
  s: { type: 'scaled_float', scaling_factor: 100 },
  b: { type: 'boolean' },
  at: { type: 'date' },
  ns: { type: 'date_nanos' },
  day: { type: 'date', format: 'yyyy-MM-dd' },
  ip: { type: 'ip' },
  point: { type: 'geo_point' },
  bin: { type: 'binary' },
  o: { type: 'object', properties: { a: { type: 'keyword' }, b: { properties: { c: { type: 'long' } } } } },
  n: { type: 'nested', properties: { x: { type: 'integer' } } },
  'name with "quotes" and é': { type: 'keyword' },
  constructor: { type: 'keyword' },
};

const schema = buildSchema('logs', { logs: { mappings: { properties: PROPERTIES } } });
const names = [...Object.keys(PROPERTIES), 'o.a', 'o.b.c'];
let id = 0;
const column = (name: string): Column => {
  const field = schema.lookup(name)!;
  return { id: id++, name, type: field.type, field };
};
const columns: readonly Column[] = [
  { id: id++, name: '_id', type: 'keyword', meta: '_id' },
  ...names.map(column),
  column('k'),
  { id: id++, name: '_index', type: 'keyword', meta: '_index' },
];

/** As the cluster prints it: the source as it was sent. */
const answerOf = (sources: readonly string[]): Buffer =>
  Buffer.from(
    `{"pit_id":"abc","took":3,"timed_out":false,"_shards":{"total":1},"hits":{"max_score":null,"hits":[${sources
      .map(
        (source, i) =>
          `{"_index":"logs","_id":"id-${i}, \\"quoted\\"","_score":null,"_source":${source},"sort":[${i}]}`,
      )
      .join(',')}]}}`,
  );

function both(sources: readonly string[], request: ExportRequest): { copied: string; decoded: string } {
  const answer = answerOf(sources);
  const format = hitFormat(columns, columns, request, {})!;
  const batch = format(asAnswer(answer));
  const { hits } = parseJson(answer.toString()) as { hits: { hits: object[] } };
  const page = decodePage(hits.hits, compileHitDecoder(columns));
  expect(batch.rows).toBe(sources.length);
  return {
    copied: batch.bytes(0, batch.rows).toString(),
    decoded: textFormat(columns, request).rows(page, 0, page.length).toString(),
  };
}

const REQUESTS: Readonly<Record<string, ExportRequest>> = {
  csv: exportRequest(),
  'csv with backslashes': exportRequest({ escapeChar: '\\' }),
  json: exportRequest({ dataType: 'json' }),
};

const TEXTS = [
  '""',
  '","',
  '"a\\"b"',
  '"a\\\\b"',
  '"line\\r\\nbreak"',
  '"\\u0000"',
  '"=1+1"',
  '"é😀中"',
  '"\\ud83d\\ude00"',
  '"a\\/b"',
  '" a "',
];
const NUMBERS = `0 -0 1 -1 12 9999999 10000000 123456789012345 1234567890123456 9007199254740993 18446744073709551615
  -9223372036854775808 0.0 -0.0 0.5 -0.5 1.0 1.50 1.5 12.25 0.1 0.001 0.0012 0.0009 0.00001 1234567.5 12345678.5 1e3 1E-7 1.5e300
  0.1234567 16777217 3.4028235e38 123456.7 999999.9 0.30000000000000004 123456789.123 "12" "1.5" 99999.99 16777216.0 0.100000001`.split(
  /\s+/,
);
const DATES = [
  '"2024-01-02T03:04:05.678Z"',
  '"2024-01-02T03:04:05Z"',
  '"2024-01-02T03:04:05.600Z"',
  '"2024-01-02T03:04:05.000Z"',
  '"2024-02-30T03:04:05Z"',
  '"2024-01-31T23:59:59.999Z"',
  '"2024-01-02"',
  '"2024-01-02T03:04:05+01:00"',
  '"2024-13-02T03:04:05Z"',
  '"2024-01-02T24:00:00Z"',
  '1704164645678',
  '"1704164645678"',
  '"2024-01-02T03:04:05.123456789Z"',
  '"0001-01-02T03:04:05Z"',
  '"2024-01-02T03:04:05.Z"',
  '"2024-01-02T03:04:05.12"',
];
const OTHERS = [
  'null',
  'true',
  'false',
  '"true"',
  '[]',
  '[null]',
  '[1,2]',
  '["a","b,c"]',
  '{}',
  '{"a":"x","b":{"c":3}}',
  '[{"x":1},{"x":2}]',
  '[1.5,2.5]',
  '"127.0.0.1"',
  '"::1"',
  '"aGVsbG8="',
  '{"lat":1.5,"lon":2}',
  '"1.5,2"',
  '"POINT (1 2)"',
];
const VALUES = [...TEXTS, ...NUMBERS, ...DATES, ...OTHERS];

describe.each(Object.entries(REQUESTS))('%s', (_, request) => {
  it('copies each value of each field as it would be formatted', () => {
    for (const value of VALUES) {
      const source = `{${Object.keys(PROPERTIES)
        .map((name) => `${JSON.stringify(name)}:${value}`)
        .join(',')}}`;
      const { copied, decoded } = both([source], request);
      expect(copied, value).toBe(decoded);
    }
  });

  it('finds members in any order, with blanks, dots, escapes in names, and others between them', () => {
    const sources = [
      '{}',
      '{ "k" : "a" ,\n\t"x": {"k": "no", "y": ["}", "\\""]}, "i":1 }',
      '{"i":1,"k":"a"}',
      '{"o.a":"dotted","o":{"b.c":5},"o.b":{"c":6}}',
      '{"o":{"a":"plain"},"\\u006b":"escaped name","k2":"no"}',
      '{"n":{"x":1},"constructor":"c","__proto__":{"k":"no"}}',
      '{"sort":[5],"_source":{"k":"inner"},"_id":"no","hits":{"hits":[{"_source":{"k":"inner"}}]},"k":"outer"}',
      `{"unknown":"${'x'.repeat(5_000)}","t":"${'long, '.repeat(500)}"}`,
    ];
    const { copied, decoded } = both(sources, request);
    expect(copied).toBe(decoded);
  });

  it('agrees on random documents', () => {
    const value = fc.oneof(
      fc.constantFrom(...VALUES),
      fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
      fc.integer().map(String),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
      fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
      fc
        .tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: 0, max: 9 }))
        .map(([n, places]) => (n / 10 ** places).toFixed(places)),
      fc
        .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((date) => JSON.stringify(date)),
      fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.stringify(json)),
    );
    const documents = fc.array(fc.dictionary(fc.constantFrom(...Object.keys(PROPERTIES), 'x', 'o.a', 'o.b.c'), value), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(documents, (members) => {
        const sources = members.map(
          (each) =>
            `{${Object.entries(each)
              .map(([key, text]) => `${JSON.stringify(key)}:${text}`)
              .join(',')}}`,
        );
        const { copied, decoded } = both(sources, request);
        expect(copied).toBe(decoded);
      }),
      { numRuns: process.env.TEST_FULL ? 20_000 : 1_000 },
    );
  });
});

it('gives any run of rows of an answer, and none of an empty one', () => {
  const format = hitFormat(columns.slice(1, 2), columns.slice(1, 2), exportRequest(), {})!;
  const batch = format(asAnswer(answerOf(['{"k":"a"}', '{"k":"b"}', '{"k":null}', '{"k":"d"}'])));
  expect(batch.bytes(1, 3).toString()).toBe('b\n\n');
  expect(batch.bytes(2, 2).toString()).toBe('');
  expect(format(asAnswer(answerOf([]))).rows).toBe(0);
});

it('makes room for a member that is in several columns', () => {
  const several = ['k', 'i', 'k', 'k', 'k', 'k', 'k'].map(column);
  const sources = Array.from({ length: 2_000 }, (_, i) => `{"k":"row ${i} ${'x'.repeat(i % 500)}","i":${i}}`);
  const batch = hitFormat(several, several, exportRequest(), {})!(asAnswer(answerOf(sources)));
  const lines = Array.from({ length: 2_000 }, (_, i) => {
    const k = `row ${i} ${'x'.repeat(i % 500)}`;
    return `${[k, i, k, k, k, k, k].join(',')}\n`;
  });
  expect(batch.bytes(0, batch.rows).toString() === lines.join('')).toBe(true);
});

it('leaves to the decoders what it cannot copy', () => {
  const first = columns.slice(1, 2);
  const offers = (request: ExportRequest): boolean => hitFormat(first, first, request, {}) !== undefined;
  expect(offers(exportRequest())).toBe(true);
  expect(offers(exportRequest({ quoteChar: "'" }))).toBe(false);
  expect(offers(exportRequest({ encoding: 'gbk' }))).toBe(false);
  expect(offers(exportRequest({ escapeChar: '#' }))).toBe(false);
  const unread: Column = { id: 0, name: '_maxscore', type: 'float', meta: '_maxscore' };
  expect(hitFormat([unread], [unread], exportRequest(), {})).toBeUndefined();
});
