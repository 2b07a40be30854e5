/** Records that are judged without being parsed are judged as the closures judge them, and nothing that is no JSON is let pass. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSelect } from '../../../translators/object-sql/check.ts';
import { jsonFilter } from '../../../translators/object-sql/json-filter.ts';
import { Timestamp } from '../../../translators/object-sql/timestamp.ts';
import { UNSURE } from '../../../translators/object-sql/truth.ts';
import { parseObjectSelect } from '../../../translators/syntax/parse-object-select.ts';
import { LINES, outcome, select, TO_JSON } from './kit.ts';

const filterOf = (where: string) => {
  const tree = parseObjectSelect(`SELECT * FROM S3Object WHERE ${where}`);
  const options = { now: new Timestamp(0, 0, 'second', 3, 0), maxAggregates: 1 };
  return jsonFilter(checkSelect(tree, { kind: 'json' }, options).where!, 512);
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const CONDITIONS = [
  'a > 5',
  'NOT a > 5',
  'a = 5 OR b = 1.5',
  "b = 'x' AND a <> 5",
  "NOT (b <> 'x' OR A <= 0)",
  'a BETWEEN -1 AND 5 AND b >= 1',
  "'x' = b",
  'a IN (1, 5, 9007199254740993)',
  'NOT a IN (1, 5)',
  "b IN ('x', 'y') OR a IN (0)",
  "a = 'x' AND CAST(b AS INT) = 1",
];

// biome-ignore format: a list of values
const values = fc.constantFrom('5', '5.0', '5.50', '-0', '0', '1.5', '5e0', '1E400', '9007199254740993', '123456789012345678901234567890', '"x"', '"y"', '"\\u0078"', '"é"', '""', '"x\\n"', 'null', 'true', 'false', '[5]', '{"a":5}', '[]', '{}', '05', '5.', '.5', '+5', '-', '1e', 'nul', 'tru', "'x'", '"a', '"\t"', '"\\q"', '"\\u00g0"', 'NaN', '[5,]', '{"a"}', '{a:5}', '[1 2]');
const names = fc.constantFrom('"a"', '"b"', '"A"', '"c"', '"\\u0061"', '"é"', '"ab"', '""');
const space = fc.constantFrom('', '', '', ' ', '\t', '\r', ' \u00a0', '\ufeff');
const member = fc
  .tuple(space, names, space, space, values, space)
  .map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`);
const record = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(space, fc.array(member, { maxLength: 4 }), space)
      .map(([a, members, b]) => `${a}{${members.join(',')}}${b}`),
  },
  { weight: 1, arbitrary: values },
  { weight: 1, arbitrary: fc.constantFrom('{', '}', '{}x', '{"a":5}{"a":6}', '{"a":5},', '{,}', '{"a":5,}', '') },
);

describe('a record', () => {
  it('that is no JSON is never sure', () => {
    const filters = CONDITIONS.flatMap((where) => filterOf(where) ?? []);
    expect(filters.length).toBeGreaterThan(6);
    const edited = fc
      .tuple(record, fc.nat(60), fc.string({ unit: 'grapheme-ascii', maxLength: 2 }))
      .map(([text, at, more]) => text.slice(0, at) + more + text.slice(at + 1));
    let sure = 0;
    fc.assert(
      fc.property(fc.oneof(record, edited), fc.constantFrom(...filters), (text, filter) => {
        const verdict = filter(`7${text}8`, 1, text.length + 1);
        if (verdict === UNSURE) return;
        sure++;
        expect(isJson(text)).toBe(true);
      }),
      { numRuns: 40_000 },
    );
    expect(sure).toBeGreaterThan(1_000);
  });

  it('is judged as when it is parsed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 8 }),
        fc.constantFrom(...CONDITIONS),
        fc.constantFrom('*', 'COUNT(*)', 'a, b'),
        fc.constantFrom(3, 17, 64),
        async (lines, where, list, chunk) => {
          const run = { object: lines.join('\n'), input: LINES, output: TO_JSON, chunk };
          // What has a path in FROM is parsed.
          expect(await outcome({ ...run, sql: `SELECT ${list} FROM S3Object s WHERE ${where}` })).toBe(
            await outcome({
              ...run,
              sql: `SELECT ${list} FROM S3Object s WHERE (${where}) AND (s.zz IS MISSING OR TRUE)`,
            }),
          );
        },
      ),
      { numRuns: 1_500 },
    );
  }, 120_000);

  it('has its number in an error, whatever was left out before it', async () => {
    const object = '{"a":1}\n\n{"a":9,"b":"1"}\n{"a":9,"b":"x"}\n';
    const sql = 'SELECT CAST(b AS INT) AS n FROM S3Object WHERE a > 5';
    await expect(select({ sql, object, input: LINES, output: TO_JSON })).rejects.toThrow(/^row 3: /);
  });
});
