/** Random statements and random bytes: the parser and the splitters neither crash nor depend on where chunks end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvSplitter } from '../../../src/select/csv/csv-splitter.ts';
import { SelectError } from '../../../src/select/errors.ts';
import { JsonDocumentSplitter } from '../../../src/select/json/json-document.ts';
import { type CsvInput, SELECT_LIMITS } from '../../../src/select/requests/request.ts';
import { SelectSyntaxError } from '../../../translators/syntax/errors.ts';
import { parseObjectSelect } from '../../../translators/syntax/parse-object-select.ts';
import { printObjectSelect } from '../../support/print-object-sql.ts';
import { CSV } from './kit.ts';

// biome-ignore format: a list of words
const WORDS = ['SELECT', 'FROM', 'WHERE', 'LIMIT', 'S3Object', 'AS', 's', '*', ',', '.', '(', ')', '[', ']', '[*]', '[0]', "['x y']", '"a b"', "'it''s'", '1', '2.5', '`2010T`', 'AND', 'OR', 'NOT', '=', '<>', '<', '>=', '+', '-', '/', '%', '||',
  'IS', 'NULL', 'MISSING', 'IN', 'BETWEEN', 'LIKE', 'ESCAPE', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END', 'CAST', 'INT', 'DECIMAL(3,1)', 'COUNT(*)', 'SUM', 'TRIM', 'LEADING', 'SUBSTRING', 'FOR', 'EXTRACT', 'year', 'DATE_ADD', 'COALESCE', 'GROUP', 'JOIN', ';', '#', '~', '"', "'", '`', '\\', '\0', 'é'];

const withoutPlaces = (tree: unknown): string =>
  JSON.stringify(tree, (key, value) => (key === 'at' ? undefined : typeof value === 'bigint' ? `${value}n` : value));

const name = fc.constantFrom('a', 'b_1', '_1', '"a b"', '"Q""q"', 's.a', "s['x']", 's.t[0].u', 's."X y"[2]');
const expression: fc.Memo<string> = fc.memo((depth) => {
  const leaf = fc.oneof(name, fc.constantFrom('1', '-2', '1.5', "'it''s'", 'NULL', 'TRUE', '`2010-05T`'));
  if (depth <= 1) return leaf;
  const inner = expression(depth - 1);
  const two = fc.tuple(inner, inner);
  return fc.oneof(
    leaf,
    fc
      .tuple(
        inner,
        fc.constantFrom('+', '-', '*', '/', '%', '||', '=', '<>', '!=', '<', '<=', '>', '>=', 'AND', 'OR'),
        inner,
      )
      .map((parts) => parts.join(' ')),
    inner.map((x) => `(${x})`),
    inner.map((x) => `NOT ${x}`),
    inner.map((x) => `- ${x}`),
    two.map(([x, y]) => `${x} LIKE (${y}) ESCAPE '!'`),
    two.map(([x, y]) => `${x} NOT BETWEEN (${y}) AND 5`),
    two.map(([x, y]) => `${x} IN (${y}, 1)`),
    inner.map((x) => `${x} IN s.tags[*]`),
    inner.map((x) => `${x} IS NOT MISSING`),
    two.map(([x, y]) => `CASE ${x} WHEN ${y} THEN 1 ELSE 2 END`),
    inner.map((x) => `CAST(${x} AS DECIMAL(10, 2))`),
    inner.map((x) => `TRIM(LEADING 'x' FROM ${x})`),
    two.map(([x, y]) => `SUBSTRING(${x} FROM ${y} FOR 2)`),
    inner.map((x) => `EXTRACT(year FROM ${x})`),
    two.map(([x, y]) => `DATE_DIFF(day, ${x}, ${y})`),
    two.map(([x, y]) => `COALESCE(${x}, ${y})`),
  );
});

describe('the parser', () => {
  it('reads words in any order, or says what is wrong with a code', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }), fc.boolean(), (words, begun) => {
        const sql = (begun ? 'SELECT a FROM S3Object WHERE ' : '') + words.join(' ');
        try {
          parseObjectSelect(sql);
        } catch (error) {
          expect(error).toBeInstanceOf(SelectSyntaxError);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads what it printed to the same tree', () => {
    fc.assert(
      fc.property(fc.array(expression(4), { minLength: 1, maxLength: 3 }), expression(4), (items, where) => {
        const tree = parseObjectSelect(
          `SELECT ${items.join(', ')} FROM S3Object[*].x[0].* AS s WHERE ${where} LIMIT 7`,
        );
        const again = parseObjectSelect(printObjectSelect(tree));
        expect(withoutPlaces(again)).toBe(withoutPlaces(tree));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Character by character, over the whole text at once: slow and plain. */
function reference(
  text: string,
  { fieldDelimiter, recordDelimiter, quote, comment, allowQuotedRecordDelimiter }: CsvInput,
): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    if (comment !== undefined && text.startsWith(comment, at)) {
      const end = text.indexOf(recordDelimiter, at);
      at = end < 0 ? text.length : end + recordDelimiter.length;
      continue;
    }
    const start = at;
    const fields: string[] = [];
    let field = '';
    let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
    for (;;) {
      const ends = at >= text.length || text.startsWith(recordDelimiter, at);
      if (ends && (state !== 'quoted' || !allowQuotedRecordDelimiter || at >= text.length)) {
        if (state === 'quoted' && allowQuotedRecordDelimiter) throw new SelectError('CSVParsingError');
        break;
      }
      const c = text[at]!;
      if (state === 'quoted') {
        if (c !== quote) field += c;
        else if (text[at + 1] === quote) {
          field += quote;
          at++;
        } else state = 'closed';
      } else if (state === 'start' && c === quote) state = 'quoted';
      else if (text.startsWith(fieldDelimiter, at)) {
        fields.push(field);
        field = '';
        state = 'start';
        at++;
        continue;
      } else {
        field += c;
        if (state === 'start') state = 'plain';
      }
      at++;
    }
    // The CR of the last field belongs to the end of the line.
    const cr = recordDelimiter === '\n' && text[at - 1] === '\r' && at > start;
    if (cr) field = field.slice(0, -1);
    fields.push(field);
    if (at - (cr ? 1 : 0) > start) records.push(fields);
    at += recordDelimiter.length;
  }
  return records;
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i, all) => text.slice(start, all[i + 1] ?? text.length));
}

const outcomeOf = <T>(read: () => T): T | string => {
  try {
    return read();
  } catch (error) {
    if (error instanceof SelectError) return error.code;
    throw error;
  }
};

const places = fc.array(fc.nat(200), { maxLength: 8 });

describe('the csv splitter', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '"', ',', '\n', '\r', '\r\n', '#', ' ', '/', '//', 'é'),
    maxLength: 60,
  });
  const input = fc.constantFrom<CsvInput>(
    CSV,
    { ...CSV, allowQuotedRecordDelimiter: false },
    { ...CSV, recordDelimiter: '//', comment: '# ' },
    { ...CSV, recordDelimiter: '\r\n', comment: undefined },
    { ...CSV, quote: undefined, comment: '#a' },
  );

  it('gives the records of a plain reading, wherever the text is cut', () => {
    fc.assert(
      fc.property(text, input, places, (csv, settings, cuts) => {
        const split = outcomeOf(() => {
          const splitter = new CsvSplitter(settings, SELECT_LIMITS.s3);
          const out: string[][] = [];
          for (const piece of cut(csv, cuts)) splitter.push(piece, out);
          splitter.end(out);
          return out;
        });
        expect(split).toEqual(outcomeOf(() => reference(csv, settings)));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('the splitter of JSON documents', () => {
  it('gives the elements of an array as they are written, wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.boolean(), places, (values, spaced, cuts) => {
        const text = JSON.stringify(values, undefined, spaced ? 1 : 0);
        const splitter = new JsonDocumentSplitter([{ kind: 'elements' }], { recordBytes: 1 << 20, depth: 100 });
        const out: (string | undefined)[] = [];
        for (const piece of cut(text, cuts)) splitter.push(piece, out);
        splitter.end(out);
        const expected = values.length === 0 ? [undefined] : values;
        expect(out.map((each) => (each === undefined ? undefined : JSON.parse(each)))).toEqual(
          JSON.parse(JSON.stringify({ expected }), (_, v) => v).expected.map((v: unknown) =>
            values.length === 0 ? undefined : v,
          ),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes anything, and says what is wrong', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"a"', '"', ':', ',', '1', 'true', ' ', '\\', 'nul', '\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), places, (pieces, cuts) => {
        const text = pieces.join('');
        const read = (parts: readonly string[]): unknown =>
          outcomeOf(() => {
            const splitter = new JsonDocumentSplitter([{ kind: 'member', name: 'a', quoted: false }], {
              recordBytes: 1 << 20,
              depth: 100,
            });
            const out: (string | undefined)[] = [];
            for (const part of parts) splitter.push(part, out);
            splitter.end(out);
            return out;
          });
        expect(read(cut(text, cuts))).toEqual(read([text]));
      }),
      { numRuns: 3_000 },
    );
  });
});
