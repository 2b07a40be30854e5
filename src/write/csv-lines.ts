/** Rows as lines of csv, for answers, exports and select alike: each says its style, and what stands before and after a line. */
import type { OutputColumn, Page } from '../rows/page.ts';
import { cellParts } from './cell-parts.ts';
import { type CsvStyle, csvCell } from './csv-cell.ts';
import type { CellPrinter } from './json-text.ts';

export interface CsvLines {
  readonly labels: readonly string[];
  /** The cells of a row, finished, for those who pad them. */
  cells(row: Page[number]): string[];
  /** One row. */
  line(row: Page[number]): string;
  /** Rows from one to before another, with `before` before each and `after` after it. */
  lines(page: Page, from: number, to: number, before: string, after: string): string;
  /** By cell: the value of its column as its text. */
  readonly printers: readonly CellPrinter[];
}

export function csvLines(columns: readonly OutputColumn[], style: CsvStyle): CsvLines {
  const { separator } = style;
  const parts = cellParts(columns);
  const cell = csvCell(style);
  const printers = parts.map(
    ({ isNull, print }): CellPrinter =>
      style.empty === 'quoted' ? (value) => (isNull(value) ? '' : cell(print(value))) : (value) => cell(print(value)),
  );
  const indexes = parts.map(({ index }) => index);
  const width = parts.length;
  const line = (row: Page[number]): string => {
    let text = '';
    for (let i = 0; i < width; i++) {
      if (i > 0) text += separator;
      text += printers[i]!(row[indexes[i]!]!);
    }
    return text;
  };
  return {
    labels: parts.map(({ label }) => cell(label)),
    cells: (row) => printers.map((print, i) => print(row[indexes[i]!]!)),
    line,
    lines(page, from, to, before, after) {
      let text = '';
      for (let r = from; r < to; r++) text += before + line(page[r]!) + after;
      return text;
    },
    printers,
  };
}
