/** Rows as the csv of exports (spec dli-jobs 8): comma, line feed, quotes where needed; NULL is an empty cell, empty text is a quoted one. */
import type { OutputColumn } from '../../rows/page.ts';
import type { CsvStyle } from '../../write/csv-cell.ts';
import { csvLines } from '../../write/csv-lines.ts';
import type { ExportRequest } from '../domain/model.ts';
import type { Lines } from './text-format.ts';

type CsvOptions = Pick<ExportRequest, 'quoteChar' | 'escapeChar' | 'sanitize' | 'withColumnHeader'>;

export const exportStyle = ({ quoteChar, escapeChar, sanitize }: Omit<CsvOptions, 'withColumnHeader'>): CsvStyle => ({
  separator: ',',
  record: '\n',
  quote: quoteChar,
  escape: escapeChar,
  empty: 'quoted',
  guard: sanitize,
});

export function exportCsv(columns: readonly OutputColumn[], options: CsvOptions): Lines {
  const style = exportStyle(options);
  const { labels, lines } = csvLines(columns, style);
  return {
    head: options.withColumnHeader ? `${labels.join(style.separator)}\n` : '',
    rows: (page, from, to) => lines(page, from, to, '', '\n'),
  };
}
