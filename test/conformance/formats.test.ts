/** What every answer format promises, run over each of them: the text does not depend on how the rows come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/rows/page.ts';
import { createWriter, FORMAT_NAMES, type WriterOptions } from '../../src/write/index.ts';
import { answer, columnsOf, readDelimited } from '../unit/write/answers.ts';

const columns = columnsOf({
  k: 'keyword',
  i: 'integer',
  l: 'long',
  d: 'double',
  b: 'boolean',
  o: 'object',
  t: 'timestamp',
});
const row = (n: number): Row => [
  n % 3 === 0 ? null : `k"${n}\n,|`,
  n,
  9007199254740993n + BigInt(n),
  n / 4,
  n % 2 === 0,
  { n, list: [n, null] },
  '2024-01-01 00:00:00',
];
const rows = Array.from({ length: 23 }, (_, n) => row(n));

/** How to count the rows of a finished answer, by a reader of its own. */
const READERS: Readonly<Record<string, (text: string) => number>> = {
  jdbc: (text) => (JSON.parse(text) as { datarows: unknown[] }).datarows.length,
  json: (text) => (JSON.parse(text) as { hits: { hits: unknown[] } }).hits.hits.length,
  csv: (text) => readDelimited(text, ',').length - 1,
  raw: (text) => readDelimited(text, '|').length - 1,
};

const VARIANTS = FORMAT_NAMES.flatMap((format) => [
  { format, pretty: false },
  { format, pretty: true },
]);

describe.each(VARIANTS)('$format, pretty $pretty', ({ format, pretty }) => {
  const options: WriterOptions = { columns, pretty };
  // Padding puts blanks behind quoted cells, which a plain reader does not expect.
  const readable = !(format === 'raw' && pretty);

  it('names a content type that clients can read', () => {
    expect(createWriter(format, options).contentType).toMatch(/^(application\/json|text\/plain); charset=UTF-8$/);
  });

  it('is one text however the rows are cut into pages', () => {
    const whole = answer(format, options, rows);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (sizes) => {
        const writer = createWriter(format, options);
        let text = writer.header();
        let at = 0;
        for (const size of [...sizes, rows.length]) {
          text += writer.page(rows.slice(at, at + size));
          at += size;
        }
        expect(text + writer.end({})).toBe(whole);
      }),
    );
  });

  it.runIf(readable).each([0, 1, 23])('has %d rows to a reader', (count) => {
    expect(READERS[format]!(answer(format, options, rows.slice(0, count)))).toBe(count);
  });

  it('does not end in a line break', () => {
    for (const list of [[], rows]) expect(answer(format, options, list)).not.toMatch(/[\r\n]$/);
  });

  it('keeps 64-bit integers', () => {
    expect(answer(format, options, rows)).toContain('9007199254740994');
  });

  it('takes a result without columns', () => {
    expect(() => answer(format, { columns: [], pretty }, [])).not.toThrow();
  });
});
