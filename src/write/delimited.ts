/** What csv and raw share as formats of answers. The line break stands before each row, so that no text ends in one. */
import type { OutputColumn, Page } from '../rows/page.ts';
import type { CsvStyle } from './csv-cell.ts';
import { type CsvLines, csvLines } from './csv-lines.ts';
import type { RowText } from './writer.ts';

interface DelimitedOptions {
  readonly columns: readonly OutputColumn[];
  readonly separator: string;
  readonly sanitize: boolean;
}

export interface Delimited extends Pick<CsvLines, 'cells' | 'labels'> {
  header(): string;
  page(rows: Page): string;
  readonly rowText: RowText;
}

export function delimited({ columns, separator, sanitize: guard }: DelimitedOptions): Delimited {
  const style: CsvStyle = { separator, record: '\n', quote: '"', escape: '"', empty: 'bare', guard };
  const { labels, cells, lines, printers } = csvLines(columns, style);
  return {
    labels,
    cells,
    header: () => labels.join(separator),
    page: (rows) => lines(rows, 0, rows.length, '\n', ''),
    rowText: {
      name: `${guard} ${separator}`,
      between: '\n',
      open: '',
      separator,
      close: '',
      csv: style,
      printers,
    },
  };
}
