/** A statement over the cluster as a select run: the full dialect of the SQL routes, its rows as csv or JSON records. */

import type { RequestContext } from '../contract/sql-service.ts';
import type { OutputColumn, Page, Row } from '../rows/page.ts';
import type { StatementService } from '../run/statement-service.ts';
import { csvLines } from '../write/csv-lines.ts';
import { memberKeys } from '../write/distinct-labels.ts';
import { jsonPrinter } from '../write/json-text.ts';
import { labelOf } from '../write/writer.ts';
import { styleOf } from './record-text.ts';
import {
  CHUNK_BYTES,
  type RecordsChunk,
  type SelectOutput,
  type SelectRequest,
  type SelectRun,
} from './requests/request.ts';

export async function openClusterRun(
  request: SelectRequest,
  statements: StatementService,
  context: RequestContext,
): Promise<SelectRun> {
  const { columns, pages } = await statements.open(
    { query: request.expression, parameters: [], filter: undefined },
    context,
  );
  const { header, record } = printerOf(columns, request.output);
  let bytes = 0;
  let rows = 0;
  async function* records(): AsyncGenerator<RecordsChunk> {
    try {
      for await (const page of pages) {
        rows += page.length;
        for (const chunk of chunksOf(page, record)) {
          bytes += chunk.bytes.length;
          yield chunk;
        }
      }
    } finally {
      context.rows(request.output.kind, rows);
    }
  }
  // No object is read: what counts as scanned is the records made.
  return { header, records: records(), progress: () => ({ scanned: bytes, processed: bytes }) };
}

function* chunksOf(page: Page, record: (row: Row) => string): Generator<RecordsChunk> {
  let texts: string[] = [];
  let size = 0;
  const chunk = (): RecordsChunk => ({ bytes: Buffer.from(texts.join('')), records: texts.length });
  for (const row of page) {
    const text = record(row);
    const length = Buffer.byteLength(text);
    if (size > 0 && size + length > CHUNK_BYTES) {
      yield chunk();
      texts = [];
      size = 0;
    }
    texts.push(text);
    size += length;
  }
  if (texts.length > 0) yield chunk();
}

interface Printer {
  readonly header: Buffer | undefined;
  record(row: Row): string;
}

function printerOf(columns: readonly OutputColumn[], output: SelectOutput): Printer {
  const { recordDelimiter } = output;
  if (output.kind === 'json') {
    const printers = columns.map(({ type }) => jsonPrinter(type));
    const keys = memberKeys(columns.map(labelOf));
    const end = `}${recordDelimiter}`;
    return {
      header: undefined,
      record(row) {
        let text = '{';
        for (let i = 0; i < keys.length; i++) text += keys[i]! + printers[i]!(row[i]!);
        return text + end;
      },
    };
  }
  const style = styleOf(output);
  const { labels, line } = csvLines(columns, style);
  return {
    header: output.header ? Buffer.from(labels.join(style.separator) + recordDelimiter) : undefined,
    record: (row) => line(row) + recordDelimiter,
  };
}
