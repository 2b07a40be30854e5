/** What every answer format is: text before the rows, text for each page, text after them. */
import type { Value } from '../../translators/algebra/index.ts';
import type { OutputColumn, Page, ResultInfo } from '../rows/page.ts';
import type { CsvStyle } from './csv-cell.ts';

/** Known when the rows are through. */
export interface EndInfo extends ResultInfo {
  /** Of a paged answer that has another page. */
  readonly cursor?: string;
  /** Milliseconds since the request came. */
  readonly took?: number;
}

/** Made for one answer; `header` and `end` are called once each, `page` any number of times between them. Any call may give ''. */
export interface Writer {
  readonly contentType: string;
  /** The end has a number of rows, of which a header may have to say more. */
  readonly statesTotal: boolean;
  header(): string;
  page(rows: Page): string;
  end(info: EndInfo): string;
  /** Absent where a row is not written by itself. */
  readonly rowText?: RowText;
  /** Instead of `page`: takes rows written by `rowText`, each with what stands between rows before it. */
  encoded?(rows: Buffer, count: number): Buffer;
}

/** How the rows of an answer are written, for those who write them without making values first. */
export interface RowText {
  /** Two of one name write the same columns alike. */
  readonly name: string;
  readonly between: string;
  readonly open: string;
  readonly separator: string;
  readonly close: string;
  /** How cells stand; absent: as JSON. */
  readonly csv?: CsvStyle;
  /** By column: any value as the text of its cell. */
  readonly printers: readonly ((value: Value) => string)[];
}

export interface WriterOptions {
  readonly columns: readonly OutputColumn[];
  /** jdbc, json: indented; raw: padded columns. */
  readonly pretty?: boolean;
  /** csv: guard against formulas; on unless false. */
  readonly sanitize?: boolean;
  /** csv: another separator than the comma. */
  readonly separator?: string;
  /** json: the index expression, for `_index`. */
  readonly index?: string;
}

export const labelOf = (column: OutputColumn): string => column.alias ?? column.name;
