/** Cells of csv in each style that somebody writes: what needs quotes, what is escaped, and how nothing is told from empty text. */
import { describe, expect, it } from 'vitest';
import { type CsvStyle, csvCell } from '../../../src/write/csv-cell.ts';
import { csvLines } from '../../../src/write/csv-lines.ts';

const PLAIN: CsvStyle = { separator: ',', record: '\n', quote: '"', escape: '"', empty: 'bare', guard: false };

describe.each([
  ['plain', {}, ['a', '', 'a b', '"a,b"', '"a""b"', '"a\nb"', '"a\rb"', 'a|b', '=1', 'a\\b']],
  [
    'empty text in quotes',
    { empty: 'quoted' },
    ['a', '""', 'a b', '"a,b"', '"a""b"', '"a\nb"', '"a\rb"', 'a|b', '=1', 'a\\b'],
  ],
  [
    'escapes by backslash',
    { escape: '\\' },
    ['a', '', 'a b', '"a,b"', '"a\\"b"', '"a\nb"', '"a\rb"', 'a|b', '=1', '"a\\\\b"'],
  ],
  ['pipes', { separator: '|' }, ['a', '', 'a b', 'a,b', '"a""b"', '"a\nb"', '"a\rb"', '"a|b"', '=1', 'a\\b']],
  ['a guard', { guard: true }, ['a', '', 'a b', '"a,b"', '"a""b"', '"a\nb"', '"a\rb"', 'a|b', "'=1", 'a\\b']],
  [
    'quotes always',
    { always: true },
    ['"a"', '""', '"a b"', '"a,b"', '"a""b"', '"a\nb"', '"a\rb"', '"a|b"', '"=1"', '"a\\b"'],
  ],
  ['no quotes', { quote: undefined }, ['a', '', 'a b', 'a,b', 'a"b', 'a\nb', 'a\rb', 'a|b', '=1', 'a\\b']],
  [
    'records that end in two pipes',
    { record: '||' },
    ['a', '', 'a b', '"a,b"', '"a""b"', '"a\nb"', '"a\rb"', 'a|b', '=1', 'a\\b'],
  ],
] as const)('%s', (_, style, expected) => {
  const cell = csvCell({ ...PLAIN, ...style });
  it.each(['a', '', 'a b', 'a,b', 'a"b', 'a\nb', 'a\rb', 'a|b', '=1', 'a\\b'].map((text, i) => [text, expected[i]!]))(
    '%j',
    (text, wanted) => {
      expect(cell(text)).toBe(wanted);
    },
  );
});

it('a cell that ends like the delimiter begins has quotes', () => {
  const cell = csvCell({ ...PLAIN, record: '||' });
  expect(['a|', 'a||b', '|a'].map(cell)).toEqual(['"a|"', '"a||b"', '|a']);
});

it('NULL is nothing, and told from empty text where that is quoted', () => {
  const columns = [{ name: 'a', type: 'keyword' as const }];
  const rows = (style: CsvStyle): string => csvLines(columns, style).lines([[null], ['']], 0, 2, '', ';');
  expect(rows({ ...PLAIN, empty: 'quoted' })).toBe(';"";');
  expect(rows(PLAIN)).toBe(';;');
  expect(rows({ ...PLAIN, always: true })).toBe('"";"";');
});
