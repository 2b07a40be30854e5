/** Search answers as the bytes of an export: what `rows decoded, then formatted` gives, without decoding what can be copied. */
import type { Column } from '../../../../translators/algebra/index.ts';
import type { SearchAnswer } from '../../../cluster/search-answer.ts';
import type { DecodeOptions } from '../../../rows/decode.ts';
import type { OutputColumn } from '../../../rows/page.ts';
import { csvLines } from '../../../write/csv-lines.ts';
import { cellsOf, filler, isReadable } from '../../../write/direct/hit-cells.ts';
import { hitLines } from '../../../write/direct/hit-lines.ts';
import { isKernelStyle } from '../../../write/direct/line-format.ts';
import { memberKeys } from '../../../write/distinct-labels.ts';
import { jsonPrinter } from '../../../write/json-text.ts';
import { labelOf } from '../../../write/writer.ts';
import type { ExportRequest } from '../../domain/model.ts';
import { exportStyle } from '../export-csv.ts';
import type { Batch } from '../part-writer.ts';

type HitFormat = (answer: SearchAnswer) => Batch;

/** Undefined where rows have to be decoded: other quotes or encodings, columns that are not read from the source. */
export function hitFormat(
  columns: readonly Column[],
  output: readonly OutputColumn[],
  request: ExportRequest,
  decoding: DecodeOptions,
): HitFormat | undefined {
  if (!copies(request) || !columns.every(isReadable)) return undefined;
  const json = request.dataType === 'json';
  const style = exportStyle(request);
  const printers = json ? output.map(({ type }) => jsonPrinter(type)) : csvLines(output, style).printers;
  const heads = json
    ? memberKeys(output.map(labelOf)).map((head, i) => (i === 0 ? `{${head}` : head))
    : output.map((_, i) => (i === 0 ? '' : style.separator));
  const { cells, hitKeys, sourcePaths } = cellsOf(columns, decoding);
  const lines = hitLines(
    {
      csv: json ? undefined : style,
      hitKeys,
      sourcePaths,
      columns: cells.map(({ kind, slot, constant }, i) => {
        const text = constant === undefined ? '' : printers[i]!(constant);
        return { kind, slot, head: Buffer.from(heads[i]! + text, 'utf8') };
      }),
      tail: Buffer.from(json ? '}\n' : '\n', 'utf8'),
    },
    filler(cells, printers),
  );
  return (answer) => {
    const { bytes, ends } = lines(answer);
    return { rows: ends.length - 1, bytes: (from, to) => bytes.subarray(ends[from], ends[to]) };
  };
}

/** Whether a format of text is one that `hitFormat` may make. */
export const copies = (
  request: Pick<ExportRequest, 'dataType' | 'encoding' | 'quoteChar' | 'escapeChar' | 'sanitize'>,
): boolean =>
  request.dataType !== 'parquet' &&
  request.encoding === 'utf-8' &&
  (request.dataType === 'json' || isKernelStyle(exportStyle(request)));
