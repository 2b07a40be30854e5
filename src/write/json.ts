/** The `json` format for statements that are not one search: a response of the cluster's shape made from the result. */

import { memberKeys } from './distinct-labels.ts';
import { JSON_TYPE } from './jdbc.ts';
import { jsonPrinter } from './json-text.ts';
import { labelOf, type Writer, type WriterOptions } from './writer.ts';

/** `total` and `took` are known last, so they stand last: readers of JSON do not mind. */
export function jsonWriter({ columns, index = '' }: WriterOptions): Writer {
  const keys = memberKeys(columns.map(labelOf));
  const printers = columns.map(({ type }) => jsonPrinter(type));
  const open = `{"_index":${JSON.stringify(index)},"_id":null,"_score":null,"_source":{`;
  let count = 0;
  return {
    contentType: JSON_TYPE,
    // With its relation.
    statesTotal: false,
    header: () =>
      '{"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"max_score":null,"hits":[',
    page(rows) {
      let text = '';
      for (const row of rows) {
        text += count++ === 0 ? open : `,\n${open}`;
        for (let i = 0; i < printers.length; i++) text += keys[i]! + printers[i]!(row[i]!);
        text += '}}';
      }
      return text;
    },
    end({ total = count, totalIsLowerBound, took = 0 }) {
      const relation = totalIsLowerBound ? 'gte' : 'eq';
      return `],"total":{"value":${Math.max(total, count)},"relation":"${relation}"}},"took":${Math.round(took)}}`;
    },
  };
}
