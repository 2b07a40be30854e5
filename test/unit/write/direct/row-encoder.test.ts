/** Rows written from bytes are those that parsing, decoding and printing give: on odd values, and on documents of chance. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { compileHitDecoder, decodePage } from '../../../../src/rows/decode.ts';
import type { Hit } from '../../../../src/rows/hit.ts';
import { parseJson } from '../../../../src/rows/longs.ts';
import { compileRowEncoder } from '../../../../src/write/direct/row-encoder.ts';
import { createWriter, type Format, type WriterOptions } from '../../../../src/write/index.ts';
import type { Column } from '../../../../translators/algebra/expr.ts';
import { buildSchema } from '../../../../translators/catalog/build-schema.ts';
import { asAnswer } from '../../../support/search-answer.ts';

const schema = buildSchema('t', {
  t: {
    mappings: {
      properties: {
        k: { type: 'keyword' },
        t: { type: 'text' },
        i: { type: 'integer' },
        l: { type: 'long' },
        d: { type: 'double' },
        f: { type: 'float' },
        b: { type: 'boolean' },
        at: { type: 'date' },
        day: { type: 'date', format: 'yyyy-MM-dd' },
        ip: { type: 'ip' },
        p: { type: 'geo_point' },
        o: { properties: { x: { type: 'keyword' }, y: { properties: { z: { type: 'long' } } } } },
        w: { properties: { v: { type: 'double' } } },
      },
    },
  },
});

/** The runner hears of tests in between: those over documents of chance never wait. */
afterEach(() => new Promise<void>((resolve) => setImmediate(resolve)));

let id = 0;
const column = (path: string): Column => {
  const field = schema.lookup(path)!;
  return { id: id++, name: path, type: field.type, field };
};
const meta = (name: string): Column => ({ id: id++, name, type: name === '_score' ? 'float' : 'keyword', meta: name });
const ALL = [
  ...['k', 't', 'i', 'l', 'd', 'f', 'b', 'at', 'day', 'ip', 'p', 'o.x', 'o.y.z', 'w', 'k'].map(column),
  ...['_id', '_score', '_index'].map(meta),
];

/** No members of members. */
const FLAT = ALL.filter(({ name }) => !name.includes('.'));
const SETS = [
  ['members of objects too', ALL],
  ['members of the source', FLAT],
  ['an object and its members', [...ALL, column('o'), column('o.y')]],
] as const;

const answerOf = (sources: readonly string[], space = ''): string =>
  `{"took":3,"timed_out":false,"hits":{"total":{"value":${sources.length},"relation":"eq"},"max_score":1.0,"hits":[${sources
    .map((source, i) => `{"_index":"t","_id":"${i}","_score":1.5,"_source":${source},"sort":[${i}]}`)
    .join(`,${space}`)}]},"aggregations":{"a":{"value":1}}}`;

interface Way {
  readonly format: Format;
  readonly more?: Partial<WriterOptions>;
}
const WAYS: readonly Way[] = [
  { format: 'jdbc' },
  { format: 'raw' },
  { format: 'csv' },
  { format: 'csv', more: { sanitize: false } },
  { format: 'csv', more: { separator: ';' } },
];

function bothWays(
  { format, more }: Way,
  columns: readonly Column[],
  text: string,
): { encoded: string; printed: string } {
  const options = { columns: columns.map(({ name, type }) => ({ name, type })), ...more };
  const slow = createWriter(format, options);
  const hits = (parseJson(text) as { hits: { hits: Hit[] } }).hits.hits;
  const printed = slow.page(decodePage(hits, compileHitDecoder(columns, { tolerance: true })));
  const fast = createWriter(format, options);
  const encode = compileRowEncoder(columns, fast.rowText!, { tolerance: true })!;
  const answer = encode(asAnswer(text))!;
  expect(answer.count).toBe(hits.length);
  return { encoded: fast.encoded!(answer.rows(0, answer.count), answer.count).toString(), printed };
}

it.each(WAYS)('makes room for a member that is in several columns: %j', (way) => {
  const rows = Array.from({ length: 2_000 }, (_, i) => `{"k":"row ${i} ${'x'.repeat(i % 500)}","i":${i}}`);
  const { encoded, printed } = bothWays(way, ['k', 'i', 'k', 'k', 'k', 'k', 'k', 'i', 'k'].map(column), answerOf(rows));
  expect(encoded === printed).toBe(true);
});

const ODD = [
  '{}',
  '{"k":null,"i":null,"d":null,"at":null}',
  '{ "k" : "a b" ,\n "i" : 7 , "d":1.5\t}',
  '{"k":"","t":"=1+1"}',
  '{"k":"a,b|c-d","t":"-x"}',
  '{"k":"a\\"b","t":"\\u0041\\n"}',
  '{"k":"ünïcödé 𝄞","t":"\u2028"}',
  '{"k":["a","b"],"t":[],"i":[1]}',
  '{"k":5,"t":1.50,"b":"true","i":"12","l":"99"}',
  '{"k":true,"t":{"x":1}}',
  ...['0', '-0', '-7', '123456789012345', '1234567890123456', '9223372036854775807', '1e3', '1.0', '12.7'].map(
    (n) => `{"i":${n.length > 9 ? 1 : n},"l":${n},"d":${n},"f":${n}}`,
  ),
  ...['0.0', '-0.0', '1.10', '0.001', '0.0009', '0.00', '9999999.5', '10000000.5', '12345678', '0.1', '1.123456'].map(
    (n) => `{"d":${n},"f":${n},"w":{"v":${n}}}`,
  ),
  ...['123456789.123456789', '0.30000000000000004', '1e-9', '16777217', '3.4028235e38', '100', '1234567'].map(
    (n) => `{"d":${n},"f":${n}}`,
  ),
  ...[
    '"2024-01-31T10:20:30Z"',
    '"2024-02-29T10:20:30.500Z"',
    '"2023-02-29T10:20:30.500Z"',
    '"2024-04-30T23:59:59.000Z"',
    '"2024-04-31T23:59:59.000Z"',
    '"2024-13-01T00:00:00.000Z"',
    '"2024-01-01T24:00:00.000Z"',
    '"2024-01-01T10:20:30.5Z"',
    '"2024-01-01T10:20:30.500+02:00"',
    '"2024-01-01"',
    '"0000-01-01T00:00:00.000Z"',
    '1704067200000',
    '"1704067200000"',
    '"no date"',
  ].map((at) => `{"at":${at},"day":"2024-01-02"}`),
  '{"ip":"10.0.0.1","p":[1.5,2.5],"b":false}',
  '{"ip":"::FFFF:1.2.3.4","p":{"lat":1,"lon":2},"b":true}',
  '{"o":{"x":"a","y":{"z":9007199254740993}}}',
  '{"o":{"x":"a","y":null}}',
  '{"o":{"y":{"z":5,"x":"no"},"x":"-a"},"x":"no"}',
  '{"o":{"x":"\\tb","y":{"z":-5}},"i":-7,"k":"+1","t":"@a,b"}',
  '{"o":{"\\u0078":"a"}}',
  '{"o":{"y":[{"z":1},{"z":2}]}}',
  '{"o":{"y":{"z":[1,2]}}}',
  '{"o":{},"o.x":"b"}',
  '{"o":null}',
  '{"o":[{"x":"a"},{"x":"b","y":{"z":1}}]}',
  '{"o.x":"a","o.y.z":5}',
  '{"o":{"x":"a","y.z":5}}',
  '{"o":"text"}',
  '{"w":{"v":1,"more":[1,{"deep":"}"}]}}',
  '{"w.v":3}',
  '{"unknown":{"a":[{"b":"]}\\""}]},"k":"after"}',
  '{"\\u006b":"escaped key"}',
  '{"other.dotted":1,"k":"kept"}',
  '{"constructor":1,"__proto__":{"k":"x"},"k":"own"}',
];

describe.each(WAYS)('$format $more', (way) => {
  it.each(ODD)('%s', (source) => {
    for (const [, columns] of SETS) {
      const { encoded, printed } = bothWays(way, columns, answerOf([source]));
      expect(encoded).toBe(printed);
    }
  });

  it('all of them in one answer, and each column alone', () => {
    const text = answerOf([...ODD, ...ODD.toReversed()], '\n');
    for (const columns of [ALL, FLAT, ...ALL.map((one) => [one])]) {
      const { encoded, printed } = bothWays(way, columns, text);
      expect(encoded).toBe(printed);
    }
  });

  it.each(SETS)('documents of chance: %s', (_name, columns) => {
    const key = fc.constantFrom('k', 't', 'i', 'l', 'd', 'f', 'b', 'at', 'ip', 'o', 'x', 'y', 'z', 'o.x', 'w', 'v');
    const number = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
    );
    const leaf = fc.oneof(
      number,
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
    );
    const { source } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('source')),
      source: fc.dictionary(key, tie('value'), { maxKeys: 8 }),
    }));
    fc.assert(
      fc.property(fc.array(source, { maxLength: 4 }), fc.constantFrom(undefined, 1), (sources, indent) => {
        // Where a value is an object, text columns show it as JSON: both ways parse it alike.
        const text = answerOf(sources.map((one) => JSON.stringify(one, null, indent)));
        let printed: string;
        let encoded: string;
        try {
          ({ encoded, printed } = bothWays(way, columns, text));
        } catch (error) {
          // A double beyond what JSON says is refused by both.
          expect(error).toMatchObject({ code: 'illegalArgument' });
          return;
        }
        expect(encoded).toBe(printed);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an answer', () => {
  const jdbc = createWriter('jdbc', { columns: [{ name: 'k', type: 'keyword' }] });
  const encode = compileRowEncoder([column('k')], jdbc.rowText!, { tolerance: true })!;

  it('is read with its last hit', () => {
    const read = encode(asAnswer(answerOf(['{"k":"a"}', '{"k":"b"}', '{"k":"c"}'])))!;
    expect(read.lastHit()?.sort).toEqual([2]);
    expect([read.rows(0, 1), read.rows(1, 3), read.rows(3, 3)].map(String)).toEqual([',["a"]', ',["b"],["c"]', '']);
  });

  it('may be empty', () => {
    const read = encode(asAnswer(answerOf([])))!;
    expect([read.count, read.lastHit(), String(read.rows(0, 0))]).toEqual([0, undefined, '']);
  });

  it('in bytes that are no UTF-8 is left to the parser', () => {
    expect(encode(asAnswer(Buffer.from(answerOf(['{"k":"\xff"}']), 'latin1')))).toBeUndefined();
  });

  it.each([1, 20, 60])('that is cut off %i bytes before its end is refused', (cut) => {
    const bytes = Buffer.from(answerOf(['{"k":"a"}']));
    const read = (): unknown => encode(asAnswer(bytes.subarray(0, bytes.length - cut)));
    let got: unknown;
    try {
      got = read();
    } catch (error) {
      // Where the parser meets the end its own error stands; whoever reads answers makes the same of both.
      if (!(error instanceof SyntaxError)) expect(error).toMatchObject({ code: 'clusterUnreadable' });
      return;
    }
    expect(got).toBeUndefined();
  });
});

describe('columns', () => {
  it.each(['-', 'ü', '.', '1', 'e', '::', '"', '\\'])(
    'with %s between them are not written from bytes',
    (separator) => {
      const { rowText } = createWriter('csv', { columns: [{ name: 'k', type: 'keyword' }], separator });
      expect(compileRowEncoder([column('k')], rowText!, {})).toBeUndefined();
    },
  );

  const text = createWriter('jdbc', { columns: [{ name: 'k', type: 'keyword' }] }).rowText!;
  it.each([
    ['none', []],
    ['one that no hit holds', [meta('_maxscore')]],
  ])('%s are not written from bytes', (_name, columns) => {
    expect(compileRowEncoder(columns, text, { tolerance: true })).toBeUndefined();
  });
});
