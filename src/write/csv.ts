/** The `csv` format (spec sql-endpoint 4.5). */
import { delimited } from './delimited.ts';
import type { Writer, WriterOptions } from './writer.ts';

/** Not `text/csv`: client libraries have no reader for it and fail (spec clients 0.12). */
export const TEXT_TYPE = 'text/plain; charset=UTF-8';

export function csvWriter({ columns, sanitize = true, separator = ',' }: WriterOptions): Writer {
  const { header, page, rowText } = delimited({ columns, separator, sanitize });
  return { contentType: TEXT_TYPE, statesTotal: false, header, page, end: () => '', rowText, encoded: (rows) => rows };
}
