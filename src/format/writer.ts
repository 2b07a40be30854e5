/** What every answer format is: text before the rows, text for each page, text after them. */
import type { OutputColumn, Page, ResultInfo } from '../rows/page.ts';

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
  header(): string;
  page(rows: Page): string;
  end(info: EndInfo): string;
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
