/** Rows as csv (spec dli-jobs 8): comma, line feed, quotes where needed; NULL is an empty cell, empty text is a quoted one. */

import type { OutputColumn } from '../../rows/page.ts';
import { cellParts } from '../../write/cell-parts.ts';
import type { CellPrinter } from '../../write/json-text.ts';
import { sanitize } from '../../write/sanitize.ts';
import type { ExportRequest } from '../domain/model.ts';
import type { Lines } from './text-format.ts';

export type CsvOptions = Pick<ExportRequest, 'quoteChar' | 'escapeChar' | 'sanitize' | 'withColumnHeader'>;

export const SEPARATOR = ',';

export function csvLines(columns: readonly OutputColumn[], options: CsvOptions): Lines {
  const parts = cellParts(columns);
  const printers = csvPrinters(columns, options);
  const cell = csvCell(options);
  const width = parts.length;
  return {
    head: options.withColumnHeader ? `${parts.map(({ label }) => cell(label)).join(SEPARATOR)}\n` : '',
    rows(page, from, to) {
      let text = '';
      for (let r = from; r < to; r++) {
        const row = page[r]!;
        for (let i = 0; i < width; i++) {
          if (i > 0) text += SEPARATOR;
          text += printers[i]!(row[parts[i]!.index]!);
        }
        text += '\n';
      }
      return text;
    },
  };
}

export function csvPrinters(columns: readonly OutputColumn[], options: CsvOptions): readonly CellPrinter[] {
  const cell = csvCell(options);
  return cellParts(columns).map(
    ({ isNull, print }) =>
      (value) =>
        isNull(value) ? '' : cell(print(value)),
  );
}

/** The text of a cell that is not NULL. */
export function csvCell({
  quoteChar: quote,
  escapeChar: before,
  sanitize: guarded,
}: CsvOptions): (text: string) => string {
  const special = new RegExp(`[\\r\\n${[SEPARATOR, quote, before].map(inClass).join('')}]`);
  const escaped = new RegExp(`[${inClass(quote)}${inClass(before)}]`, 'g');
  return (text) => {
    const safe = guarded ? sanitize(text) : text;
    // Quoted, so that it is told from NULL.
    if (safe === '') return quote + quote;
    return special.test(safe) ? quote + safe.replace(escaped, (one) => before + one) + quote : safe;
  };
}

const inClass = (character: string): string => character.replace(/[\\\]^-]/g, '\\$&');
