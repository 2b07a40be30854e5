/** What the bytes of a csv file show before they are divided. */
import { CELL_SEPARATOR } from './csv-plan.ts';

export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) count++;
  return count;
}

/** DuckDB takes a byte order mark off the beginning of a file; within an object it belongs to a cell. */
export const beginsWithMark = (bytes: Buffer): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

/** An empty line is no record, but an empty cell of a single column is one to DuckDB. */
export const hasBlankLine = (bytes: Buffer, columns: number): boolean =>
  columns === 1 && (bytes[0] === 10 || bytes[0] === 13 || bytes.includes('\n\n') || bytes.includes('\n\r'));

/** The cells in their places, the others empty. */
export function cellsOfText(text: string, cells: readonly number[]): readonly string[] {
  const parts = text.split(CELL_SEPARATOR);
  const row: string[] = [];
  for (const [i, cell] of cells.entries()) row[cell] = parts[i]!;
  return row;
}
