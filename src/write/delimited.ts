/** Rows as lines of separated cells: what csv and raw share. The line break stands before each row, so that no text ends in one. */
import type { OutputColumn, Page } from '../rows/page.ts';
import { cellParts } from './cell-parts.ts';
import { beginsFormula, sanitize } from './sanitize.ts';
import type { RowText } from './writer.ts';

const QUOTE = 34;
const LAST_ASCII = 127;

export interface DelimitedOptions {
  readonly columns: readonly OutputColumn[];
  readonly separator: string;
  readonly sanitize: boolean;
}

export interface Delimited {
  /** The cells of a row, finished, for those who pad them. */
  cells(row: Page[number]): string[];
  labels(): string[];
  header(): string;
  page(rows: Page): string;
  readonly rowText: RowText;
}

export function delimited({ columns, separator, sanitize: guarded }: DelimitedOptions): Delimited {
  const parts = cellParts(columns);
  const special = specialCharacters(separator);
  const finish = (text: string): string => {
    const safe = guarded ? sanitize(text) : text;
    return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const separatorStart = separator.charCodeAt(0);
  const labels = (): string[] => parts.map(({ label }) => finish(label));
  return {
    labels,
    cells: (row) => parts.map(({ index, print }) => finish(print(row[index]!))),
    header: () => labels().join(separator),
    rowText: {
      name: `${guarded} ${separator}`,
      between: '\n',
      open: '',
      separator,
      close: '',
      quoted: false,
      printers: parts.map(
        ({ print }) =>
          (value) =>
            finish(print(value)),
      ),
      bare(bytes, from, to) {
        if (guarded && from < to && beginsFormula(bytes[from]!)) return false;
        if (separatorStart > LAST_ASCII) return false;
        for (let i = from; i < to; i++) if (bytes[i] === separatorStart || bytes[i] === QUOTE) return false;
        return true;
      },
    },
    page(rows) {
      let text = '';
      for (const row of rows) {
        text += '\n';
        for (let i = 0; i < parts.length; i++) {
          if (i > 0) text += separator;
          const { index, print } = parts[i]!;
          text += finish(print(row[index]!));
        }
      }
      return text;
    },
  };
}

/** Tests whether a cell needs quotes. */
function specialCharacters(separator: string): RegExp {
  return new RegExp(`["\\r\\n]|${separator.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`);
}
