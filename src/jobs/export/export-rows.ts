/** Where an export's rows come from: kept rows, a statement that is run again, or the answers of a plain scan. */
import type { Column } from '../../../translators/algebra/index.ts';
import type { SearchAnswer } from '../../cluster/search-answer.ts';
import { hitsOf } from '../../read/hits.ts';
import { compileHitDecoder, type DecodeOptions, decodePage } from '../../rows/decode.ts';
import type { OutputColumn, Page } from '../../rows/page.ts';
import type { ExportRequest } from '../domain/model.ts';
import { hitFormat } from './hits/hit-format.ts';
import type { Batch } from './part-writer.ts';
import type { TextFormat } from './text-format.ts';

interface Rows {
  readonly columns: readonly OutputColumn[];
  /** In all, where known. */
  readonly estimatedRows?: number;
  /** Of a view that is fixed: fewer or more are a fault. */
  readonly exactRows?: number;
  close(): Promise<void>;
}

/** Each lane is read once, side by side with the others. */
export type ExportRows =
  | (Rows & { readonly kind: 'pages'; readonly lanes: readonly AsyncIterable<Page>[] })
  | (Rows & {
      readonly kind: 'answers';
      readonly lanes: readonly AsyncIterable<SearchAnswer>[];
      /** Of each column, where its cells are in a hit. */
      readonly fields: readonly Column[];
      readonly decoding: DecodeOptions;
    });

export function batchesOf(
  rows: ExportRows,
  format: TextFormat,
  request: ExportRequest,
): readonly AsyncIterable<Batch>[] {
  if (rows.kind === 'answers') {
    const copied = hitFormat(rows.fields, rows.columns, request, rows.decoding);
    if (copied !== undefined) return rows.lanes.map((lane) => mapped(lane, copied));
  }
  const batch = (page: Page): Batch => ({ rows: page.length, bytes: (from, to) => format.rows(page, from, to) });
  return pagesOf(rows).map((lane) => mapped(lane, batch));
}

export function pagesOf(rows: ExportRows): readonly AsyncIterable<Page>[] {
  if (rows.kind === 'pages') return rows.lanes;
  const decode = compileHitDecoder(rows.fields, rows.decoding);
  return rows.lanes.map((lane) => mapped(lane, (answer) => decodePage(hitsOf(answer.json), decode)));
}

async function* mapped<A, B>(items: AsyncIterable<A>, f: (item: A) => B): AsyncGenerator<B> {
  for await (const item of items) yield f(item);
}
