/** The `raw` format: cells between pipes, never sanitised; `pretty` pads each column to its widest cell (spec sql-endpoint 4.6). */
import type { Page } from '../rows/page.ts';
import { TEXT_TYPE } from './csv.ts';
import { type Delimited, delimited } from './delimited.ts';
import type { Writer, WriterOptions } from './writer.ts';

const SEPARATOR = '|';
/**
 * The widest cell is known at the end only, and memory is bounded: beyond this many rows or characters the widths seen so far
 * stay, and wider cells stand out.
 */
export const PADDED_ROWS = 100_000;
const PADDED_CHARACTERS = 16 * 1024 * 1024;

export function rawWriter({ columns, pretty = false }: WriterOptions): Writer {
  const lines = delimited({ columns, separator: SEPARATOR, sanitize: false });
  if (pretty) return paddedWriter(lines);
  const { header, page, rowText } = lines;
  return { contentType: TEXT_TYPE, statesTotal: false, header, page, end: () => '', rowText, encoded: (rows) => rows };
}

function paddedWriter(lines: Delimited): Writer {
  const header = [...lines.labels];
  const widths = header.map((label) => label.length);
  let held: string[][] | undefined = [header];
  let characters = 0;

  const pad = (cells: readonly string[]): string => cells.map((cell, i) => cell.padEnd(widths[i]!)).join(SEPARATOR);
  const release = (rows: readonly string[][]): string => {
    held = undefined;
    return rows.map(pad).join('\n');
  };
  const add = (row: Page[number]): string => {
    const cells = lines.cells(row);
    if (held === undefined) return `\n${pad(cells)}`;
    for (let i = 0; i < cells.length; i++) {
      const { length } = cells[i]!;
      if (length > widths[i]!) widths[i] = length;
      characters += length;
    }
    held.push(cells);
    return held.length > PADDED_ROWS || characters > PADDED_CHARACTERS ? release(held) : '';
  };
  return {
    contentType: TEXT_TYPE,
    statesTotal: false,
    header: () => '',
    page(rows) {
      let text = '';
      for (const row of rows) text += add(row);
      return text;
    },
    end: () => (held === undefined ? '' : release(held)),
  };
}
