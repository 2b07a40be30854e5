/** Records and cells that the kernel finds, held to the cells that the text was made from; and where records are longer or more than it takes at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STANDS_DOUBLED } from '../../../kernels/layout.ts';
import { CsvRecords } from '../../../src/select/csv/csv-records.ts';

interface Read {
  readonly record: string;
  /** Text of each cell that is looked at; null: the record has none. */
  readonly cells: readonly (string | null)[];
}

function readAll(text: string, columns: readonly number[], plain: boolean, crLf: boolean, mostColumns = 100): Read[] {
  const bytes = Buffer.from(text);
  const records = new CsvRecords({ field: 44, quote: 34, columns: Int32Array.from(columns), mostColumns });
  const read: Read[] = [];
  for (let at = 0; at < bytes.length; at = records.end) {
    records.batch(bytes, at, plain, crLf);
    if (records.end === at) break;
    for (let i = 0; i < records.count; i++) {
      records.read(i);
      const cells = columns.map((_, slot) => {
        if (records.starts[slot]! < 0) return null;
        const cell = bytes.toString('utf8', records.starts[slot], records.ends[slot]);
        return records.places[slot] === STANDS_DOUBLED ? cell.replaceAll('""', '"') : cell;
      });
      read.push({ record: bytes.toString('utf8', records.recordStart, records.recordEnd), cells });
      for (let n = records.needlessFrom; n < records.needlessFrom + records.needlessCount; n++)
        expect(bytes[records.needless[n]!]).toBe(34);
      expect(bytes[records.recordAfter - 1]).toBe(10);
    }
  }
  return read;
}

const plainCell = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', ' ', '#'), maxLength: 40 });
const anyCell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', 'é', ' '), maxLength: 40 });
const columns = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 5 }).map((list) => list.sort());
const tableOf = (cell: fc.Arbitrary<string>): fc.Arbitrary<string[][]> =>
  fc.array(fc.array(cell, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 12 });

describe.each([
  ['LF', '\n'],
  ['CR LF', '\r\n'],
])('records that end in %s', (_what, ending) => {
  const crLf = ending === '\r\n';

  it('are found without quotes', () => {
    fc.assert(
      fc.property(tableOf(plainCell), columns, (table, wanted) => {
        const lines = table.map((cells) => cells.join(','));
        const expected = table
          .filter((_, i) => lines[i] !== '')
          .map((cells) => ({ record: cells.join(','), cells: wanted.map((column) => cells[column] ?? null) }));
        expect(readAll(lines.map((line) => line + ending).join(''), wanted, true, crLf)).toEqual(expected);
      }),
      { numRuns: process.env.TEST_FULL ? 20_000 : 1_000 },
    );
  });

  it('are found with quotes', () => {
    const quoted = fc.tuple(anyCell, fc.boolean());
    fc.assert(
      fc.property(
        fc.array(fc.array(quoted, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 12 }),
        columns,
        (table, wanted) => {
          const lines = table.map((cells) =>
            cells
              .map(([cell, quotes]) => (quotes || /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
              .join(','),
          );
          const expected = table
            .map((cells, i) => ({ record: lines[i]!, cells: wanted.map((column) => cells[column]?.[0] ?? null) }))
            .filter(({ record }) => record !== '');
          expect(readAll(lines.map((line) => line + ending).join(''), wanted, false, crLf)).toEqual(expected);
        },
      ),
      { numRuns: process.env.TEST_FULL ? 20_000 : 1_000 },
    );
  });
});

it.each([true, false])('finds records of more bytes, and more of them, than it takes at once (plain: %s)', (plain) => {
  const wide = 'x'.repeat(1_500_000);
  const many = Array.from({ length: 20_000 }, (_, i) => `${i},v${i}`);
  const text = [...many, `${wide},1`, ...many, `2,${wide}`].map((line) => `${line}\n`).join('');
  const read = readAll(text, [0, 1], plain, false);
  expect(read.length).toBe(40_002);
  expect(read[12_345]!.cells).toEqual(['12345', 'v12345']);
  expect(read[20_000]!.cells).toEqual([wide, '1']);
  expect(read[40_001]!.cells).toEqual(['2', wide]);
});

it('stops before a quoted record of too many columns, and at one that does not end', () => {
  expect(readAll('"a",b\n"a",b,c,d\n', [0], false, false, 4).length).toBe(2);
  expect(readAll('"a",b\n"a",b,c,d\n', [0], false, false, 3).length).toBe(1);
  expect(readAll('a,b\na,b', [0], true, false).length).toBe(1);
  expect(readAll('"a",b\n"a', [0], false, false).length).toBe(1);
});

it('keeps the records of a batch while another reader uses the kernel', () => {
  const [one, two] = [0, 1].map(
    (column) => new CsvRecords({ field: 44, quote: 34, columns: Int32Array.of(column), mostColumns: 9 }),
  );
  const bytes = Buffer.from('a,b\nc,d\n');
  one!.batch(bytes, 0, true, false);
  two!.batch(Buffer.from('longer,text\n'.repeat(100)), 0, true, false);
  one!.read(1);
  expect(bytes.toString('utf8', one!.starts[0], one!.ends[0])).toBe('c');
  one!.batch(bytes, 4, true, false);
  one!.read(0);
  expect([one!.recordStart, one!.starts[0], one!.ends[0]]).toEqual([4, 4, 5]);
});
