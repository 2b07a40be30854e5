/** The fast way over csv gives what the exact way gives: on any text, cut anywhere, also where the text is no csv at all. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CsvWalker } from '../../../src/select/csv/csv-walk.ts';
import { CSV, outcome, sharedBlocks, TO_CSV, TO_JSON } from './kit.ts';

type Shared = Awaited<ReturnType<typeof sharedBlocks>>;
let shared: Shared;
beforeAll(async () => {
  shared = await sharedBlocks(256);
});
afterAll(() => shared.close());

const STATEMENTS = [
  'SELECT * FROM S3Object',
  'SELECT * FROM S3Object WHERE _1 > 4',
  'SELECT _2, _1 FROM S3Object WHERE _1 <= 7.5 OR _2 = 5',
  'SELECT * FROM S3Object WHERE NOT _1 < 4 AND NOT (_2 <> 3)',
  'SELECT _1 FROM S3Object',
  'SELECT COUNT(*), COUNT(_1), SUM(_1), AVG(_2) FROM S3Object',
  'SELECT COUNT(*) FROM S3Object WHERE _1 IN (1, 5, 12) AND _2 NOT BETWEEN 2 AND 5',
  "SELECT COUNT(*) FROM S3Object WHERE _1 LIKE '%1_' OR _2 LIKE 'a%' OR _1 LIKE '%!_%' ESCAPE '!'",
  "SELECT UPPER(_1), _2 || 'x' FROM S3Object WHERE LOWER(_1) >= 'b' OR _1 IN ('', 'x', '1', '_') OR CHAR_LENGTH(_2) = 2",
  'SELECT SUM(CAST(_1 AS INT)), AVG(CAST(_2 AS FLOAT)) FROM S3Object',
  'SELECT COUNT(*) FROM S3Object WHERE CAST(_1 AS INT) > 3',
  'SELECT COUNT(*) FROM S3Object WHERE CAST(_1 AS FLOAT) <= 3.5 AND CAST(_1 AS INT) + 1 <> 4',
  'SELECT MIN(_1), MAX(_2) FROM S3Object',
  'SELECT * FROM S3Object WHERE _1 IS NOT MISSING LIMIT 3',
  'SELECT _1 FROM S3Object WHERE _1 > _2 AND _3 IS MISSING',
  'SELECT * FROM S3Object WHERE _1 = -0.5 OR _1 > 1e300',
  "SELECT _2, _1, _3 FROM S3Object WHERE _1 >= 'é' OR _2 < '5' OR _1 = '' OR NOT _3 IS MISSING",
  "SELECT COUNT(*), COUNT(_3) FROM S3Object WHERE 5 < _1 OR _1 IN ('a', 5, 'B') OR NOT (_2 = 'a\"' AND _1 != 3)",
  "SELECT * FROM S3Object WHERE _1 <> 'x' LIMIT 5",
  "SELECT UPPER(_1) FROM S3Object WHERE _2 <> 'x' LIMIT 4",
];
const INPUTS = [
  CSV,
  { ...CSV, allowQuotedRecordDelimiter: false },
  { ...CSV, quote: undefined },
  { ...CSV, fieldDelimiter: ';', recordDelimiter: '\r\n', comment: undefined },
  { ...CSV, quoteEscape: '\\' },
  { ...CSV, quote: "'", quoteEscape: "'" },
];
const OUTPUTS = [TO_CSV, TO_JSON, { ...TO_CSV, fieldDelimiter: ';' }, { ...TO_CSV, quoteFields: 'ALWAYS' as const }];

const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.double({ noNaN: true, min: -1e3, max: 1e3 }).map(String),
  fc.constantFrom(
    '1_0',
    ' 5 ',
    '+5',
    '5.',
    '.5',
    'nan',
    'inf',
    '-Infinity',
    '1e400',
    '0x10',
    '1e2',
    '007',
    '-0',
    '9007199254740993',
    '9223372036854775808',
    '12.7',
  ),
);
const word = fc.string({
  unit: fc.constantFrom('a', 'B', '1', ' ', '_', 'é', 'ß', '\t', '.', '\u001f', '\u001e', '\0', '\ufeff'),
  maxLength: 6,
});
const awkward = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', '#', "'", ';'), maxLength: 6 });
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const record = (cell: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(cell, { minLength: 2, maxLength: 2 }).map((cells) => cells.join(','));
const tidy = fc
  .array(record(fc.oneof({ weight: 4, arbitrary: number }, word)), { maxLength: 40 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));
const tidyQuoted = fc
  .array(
    record(
      fc.oneof(
        number,
        word.map(quoted),
        awkward.map(quoted),
        word.map((text) => `"${text}"`),
      ),
    ),
    { maxLength: 40 },
  )
  .map((lines) => lines.join('\n'));
const wild = fc
  .array(fc.oneof(number, word, awkward, fc.constantFrom(',', '\n', '\r\n', '"', ',\n')), { maxLength: 120 })
  .map((pieces) => pieces.join(''));

describe('blocks', () => {
  it.each([
    ['records without quotes', tidy, 400],
    ['records with quotes', tidyQuoted, 400],
    ['anything', wild, 600],
  ] as const)(
    'of %s',
    async (_, text, numRuns) => {
      await fc.assert(
        fc.asyncProperty(
          text,
          fc.constantFrom(...STATEMENTS),
          fc.constantFrom(...INPUTS),
          fc.constantFrom(...OUTPUTS),
          fc.constantFrom(16, 48, 256),
          async (object, sql, input, output, blockBytes) => {
            const run = { sql, object, input, output, chunk: 64 };
            const blocks = { ...shared, blockBytes };
            expect(await outcome({ ...run, engine: { blocks } })).toBe(await outcome(run));
          },
        ),
        { numRuns },
      );
    },
    300_000,
  );

  it.each([
    ['an empty cell beyond the last column', 'a,b\nc,d,\ne,f\n', CSV],
    ['a last record of one empty cell more', 'a\r\n,', CSV],
    ['a record of fewer cells among CR LF', 'a,b\r\nc\r\ne,f\r\n', CSV],
    ['a quoted record of fewer cells among CR LF', '"a",b\r\n"c"\r\ne,"f"\r\n', CSV],
    ['a quoted CR LF among CR LF', '"a\r\n",b\r\n"c",d\r\n', CSV],
    ['quotes in one block and none in the next', '"""a",-1.0\n1,2\n3,4\n5,6\n7,8\n9,0\n1,2\n', CSV],
    ['a byte order mark at the beginning of a block', '9007199254740993,\n\ufeff', CSV],
    ['cells that are missing, and asked for', ',,\na,"', { ...CSV, quote: "'", quoteEscape: "'" }],
  ] as const)('with %s', async (_, object, input) => {
    for (const sql of STATEMENTS) {
      for (const blockBytes of [16, 256]) {
        const run = { sql, object, input, chunk: 64 };
        expect(await outcome({ ...run, engine: { blocks: { ...shared, blockBytes } } })).toBe(await outcome(run));
      }
    }
  });

  it('end with the LIMIT, whatever stands behind it', async () => {
    const run = { sql: "SELECT UPPER(_1) FROM S3Object WHERE _2 <> 'x' LIMIT 2", object: 'a,1\nb,2\n"', chunk: 64 };
    expect(await outcome({ ...run, engine: { blocks: shared } })).toBe('A\nB\n');
    expect(await outcome(run)).toBe('A\nB\n');
  });

  it('are scanned and walked through at all', async () => {
    const before = shared.scans();
    const walk = vi.spyOn(CsvWalker.prototype, 'walk');
    const object = Array.from({ length: 500 }, (_, i) => `${i},"x ""${i}"", y"\n`).join('');
    for (const sql of STATEMENTS) {
      expect(await outcome({ sql, object, chunk: 64, engine: { blocks: shared } })).toBe(
        await outcome({ sql, object }),
      );
    }
    expect(shared.scans() - before).toBeGreaterThan(100);
    expect(walk.mock.results.filter(({ value }) => value !== undefined).length).toBeGreaterThan(200);
    walk.mockRestore();
  });
});
