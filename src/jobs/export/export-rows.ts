/** Where an export's rows come from: kept rows, or the statement read again. */
import type { OutputColumn, Page } from '../../rows/page.ts';

/** Each lane is read once, side by side with the others; none of them is longer than memory allows to hold a few pages of. */
export interface ExportRows {
  readonly columns: readonly OutputColumn[];
  readonly lanes: readonly AsyncIterable<Page>[];
  /** In all, where known. */
  readonly estimatedRows?: number;
}
