/** Rows as JSON, one object a line, NULL written out, so that each line tells all columns (spec dli-jobs 8). */

import type { OutputColumn } from '../../rows/page.ts';
import { memberKeys } from '../../write/distinct-labels.ts';
import { jsonPrinter } from '../../write/json-text.ts';
import { labelOf } from '../../write/writer.ts';
import type { Lines } from './text-format.ts';

export function jsonLines(columns: readonly OutputColumn[]): Lines {
  const printers = columns.map(({ type }) => jsonPrinter(type));
  const heads = memberKeys(columns.map(labelOf));
  const width = columns.length;
  return {
    head: '',
    rows(page, from, to) {
      let text = '';
      for (let r = from; r < to; r++) {
        const row = page[r]!;
        text += '{';
        for (let i = 0; i < width; i++) text += heads[i]! + printers[i]!(row[i]!);
        text += '}\n';
      }
      return text;
    },
  };
}
