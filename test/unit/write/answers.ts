/** For the tests of the formats: a whole answer, with the rows cut into pages of any size. */

import type { OutputColumn, Row } from '../../../src/rows/page.ts';
import type { WriterOptions } from '../../../src/write/index.ts';
import { createWriter, type EndInfo, type Format } from '../../../src/write/index.ts';
import type { SqlType } from '../../../translators/algebra/types.ts';

export const columnsOf = (types: Record<string, SqlType>): OutputColumn[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

export function answer(
  format: Format,
  options: WriterOptions,
  rows: readonly Row[],
  { pageSize = 1000, info = {} }: { pageSize?: number; info?: EndInfo } = {},
): string {
  const writer = createWriter(format, options);
  let text = writer.header();
  for (let i = 0; i < rows.length; i += pageSize) text += writer.page(rows.slice(i, i + pageSize));
  return text + writer.end(info);
}

/** A reader of RFC 4180 text, independent of the writers: rows of cells. */
export function readDelimited(text: string, separator: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === separator || c === '\n') {
      rows.at(-1)!.push(cell);
      cell = '';
      if (c === '\n') rows.push([]);
    } else cell += c;
  }
  rows.at(-1)!.push(cell);
  return rows;
}
