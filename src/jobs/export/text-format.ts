/** What a text format of exported files is: a head of each file, and the bytes of rows. */
import type { OutputColumn, Page } from '../../rows/page.ts';
import type { ExportRequest } from '../domain/model.ts';
import { type Encode, encoderOf } from './encoding.ts';
import { exportCsv } from './export-csv.ts';
import { jsonLines } from './json-lines.ts';

/** Text of rows, without thought of encodings. Each line ends in a line break. */
export interface Lines {
  /** '' where the format, or the request, has none. */
  readonly head: string;
  rows(page: Page, from: number, to: number): string;
}

export interface TextFormat {
  /** Stands at the beginning of each file. */
  readonly head: Buffer;
  rows(page: Page, from: number, to: number): Buffer;
}

export function textFormat(columns: readonly OutputColumn[], request: ExportRequest): TextFormat {
  const lines = request.dataType === 'json' ? jsonLines(columns) : exportCsv(columns, request);
  const encode: Encode = encoderOf(request.encoding);
  return { head: encode(lines.head), rows: (page, from, to) => encode(lines.rows(page, from, to)) };
}
