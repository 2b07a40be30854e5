/** Hits in bytes → rows in bytes of an answer's format, by the kernel, which takes a tenth of the work of parse, decode and print. */
import { isUtf8 } from 'node:buffer';
import type { Column } from '../../../translators/algebra/index.ts';
import type { SearchAnswer } from '../../cluster/search-answer.ts';
import type { CoerceOptions } from '../../rows/coerce.ts';
import type { Hit } from '../../rows/hit.ts';
import { afterValue } from '../../rows/json-bytes.ts';
import { parseJson } from '../../rows/longs.ts';
import type { RowText } from '../writer.ts';
import { cellsOf, filler, isReadable } from './hit-cells.ts';
import { hitLines } from './hit-lines.ts';
import { isKernelStyle } from './line-format.ts';

interface EncodedAnswer {
  readonly count: number;
  /** Read when asked for. */
  lastHit(): Hit | undefined;
  /** The text of the rows from one to before another, each with what stands between rows before it. */
  rows(from: number, to: number): Buffer;
}

/** undefined: the answer is not valid UTF-8, and is for a parser. */
export type RowEncoder = (answer: SearchAnswer) => EncodedAnswer | undefined;

/** undefined: some column is not read from the source as it stands, or rows are written as the kernel cannot. */
export function compileRowEncoder(
  columns: readonly Column[],
  { between, open, separator, close, csv, printers }: RowText,
  options: CoerceOptions,
): RowEncoder | undefined {
  if (columns.length === 0 || !columns.every(isReadable)) return undefined;
  if (csv !== undefined && !isKernelStyle(csv)) return undefined;
  const { cells, hitKeys, sourcePaths } = cellsOf(columns, options);
  const lines = hitLines(
    {
      csv,
      hitKeys,
      sourcePaths,
      columns: cells.map(({ kind, slot, constant }, i) => {
        const text = constant === undefined ? '' : printers[i]!(constant);
        return { kind, slot, head: Buffer.from((i === 0 ? between + open : separator) + text) };
      }),
      tail: Buffer.from(close),
    },
    filler(cells, printers),
  );
  return (answer) => {
    if (!isUtf8(answer.bytes)) return undefined;
    const { bytes, ends, lastHit } = lines(answer);
    return {
      count: ends.length - 1,
      lastHit: () =>
        lastHit === -1
          ? undefined
          : (parseJson(answer.bytes.toString('utf8', lastHit, afterValue(answer.bytes, lastHit))) as Hit),
      rows: (from, to) => bytes.subarray(ends[from], ends[to]),
    };
  };
}
