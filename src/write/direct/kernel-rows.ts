/** Rows of JSON from an answer's bytes by the kernel, which takes a third of the time of the same in JavaScript. */
import { isUtf8 } from 'node:buffer';
import type { Column } from '../../../translators/algebra/index.ts';
import type { CoerceOptions } from '../../rows/coerce.ts';
import type { Hit } from '../../rows/hit.ts';
import { afterValue } from '../../rows/json-bytes.ts';
import { parseJson } from '../../rows/longs.ts';
import type { RowText } from '../writer.ts';
import { cellsOf, filler } from './hit-cells.ts';
import { hitLines } from './hit-lines.ts';
import type { RowEncoder } from './row-encoder.ts';

/**
 * undefined: rows of another text, or columns that are members of members, which the kernel leaves to be parsed. The columns are ones
 * that stand in a hit or in its source.
 */
export function kernelRows(columns: readonly Column[], text: RowText, options: CoerceOptions): RowEncoder | undefined {
  if (!isJson(text) || columns.some(({ field }) => field?.sourcePath.includes('.'))) return undefined;
  const { cells, hitKeys, sourceKeys } = cellsOf(columns, options);
  const lines = hitLines(
    {
      json: true,
      backslashEscapes: false,
      hitKeys,
      sourceKeys,
      columns: cells.map(({ kind, slot }, i) => ({
        kind,
        slot,
        head: Buffer.from(i === 0 ? text.between + text.open : text.separator),
      })),
      tail: Buffer.from(text.close),
    },
    filler(cells, text.printers),
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

/** As the kernel writes JSON: text in quotes, and NULL by its name. */
const isJson = ({ quoted, bare, printers }: RowText): boolean =>
  quoted && bare === undefined && printers.every((print) => print(null) === 'null');
