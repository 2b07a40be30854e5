/** A statement over the cluster as a select run: the full dialect of the SQL routes, its rows as csv or JSON records. */

import type { RequestContext } from '../contract/sql-service.ts';
import type { OutputColumn, Page, Row } from '../rows/page.ts';
import type { StatementService } from '../run/statement-service.ts';
import { cellParts } from '../write/cell-parts.ts';
import { jsonPrinter } from '../write/json-text.ts';
import { cellQuoter } from './record-text.ts';
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
  const labels = columns.map(({ alias, name }) => alias ?? name);
  if (output.kind === 'json') {
    const printers = columns.map(({ type }) => jsonPrinter(type));
    const keys = uniqueNames(labels).map((name, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    const end = `}${output.recordDelimiter}`;
    return {
      header: undefined,
      record(row) {
        let text = keys.length === 0 ? '{' : '';
        for (let i = 0; i < keys.length; i++) text += keys[i]! + printers[i]!(row[i]!);
        return text + end;
      },
    };
  }
  const parts = cellParts(columns);
  const cell = cellQuoter(output);
  const line = (cells: readonly string[]): string =>
    cells.map(cell).join(output.fieldDelimiter) + output.recordDelimiter;
  return {
    header: output.header ? Buffer.from(line(parts.map(({ label }) => label))) : undefined,
    record: (row) => line(parts.map(({ index, print }) => print(row[index]!))),
  };
}

/** An object holds a name once: a second `age` is `age_2`, as in the json format of the SQL routes. */
function uniqueNames(labels: readonly string[]): readonly string[] {
  const taken = new Set(labels);
  const seen = new Set<string>();
  return labels.map((label) => {
    let name = label;
    for (let n = 2; seen.has(name) || (name !== label && taken.has(name)); n++) name = `${label}_${n}`;
    seen.add(name);
    return name;
  });
}
