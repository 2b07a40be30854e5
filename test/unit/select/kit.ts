/** Runs select statements over objects that are only texts, in chunks of any size. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileScanner } from '../../../src/engine/duckdb/file-scanner.ts';
import type { ByteRange, ObjectStore } from '../../../src/objects/store.ts';
import type { BlockOptions } from '../../../src/select/csv/csv-run.ts';
import { createSelectEngine, type SelectEngineOptions } from '../../../src/select/engine.ts';
import {
  type CsvInput,
  type CsvOutput,
  type JsonInput,
  type JsonOutput,
  SELECT_LIMITS,
  type SelectInput,
  type SelectOutput,
  type SelectRequest,
} from '../../../src/select/requests/request.ts';

export const CSV: CsvInput = {
  kind: 'csv',
  fileHeaderInfo: 'NONE',
  recordDelimiter: '\n',
  fieldDelimiter: ',',
  quote: '"',
  quoteEscape: '"',
  comment: '#',
  allowQuotedRecordDelimiter: true,
};
export const LINES: JsonInput = { kind: 'json', type: 'LINES' };
export const DOCUMENT: JsonInput = { kind: 'json', type: 'DOCUMENT' };
export const TO_CSV: CsvOutput = {
  kind: 'csv',
  quoteFields: 'ASNEEDED',
  recordDelimiter: '\n',
  fieldDelimiter: ',',
  quote: '"',
  quoteEscape: '"',
  header: false,
};
export const TO_JSON: JsonOutput = { kind: 'json', recordDelimiter: '\n' };

const openScanner = (): Promise<FileScanner> =>
  FileScanner.open({ memoryLimit: 200_000_000, lanes: 2, tempDirectory: join(tmpdir(), 'select-test') });
/** Blocks never begin. */
export const BY_ROWS: BlockOptions = {
  afterBytes: Number.POSITIVE_INFINITY,
  blockBytes: 1 << 20,
  lanes: 2,
  openScanner,
};
export const byBlocks = (blockBytes: number, afterBytes = 0): BlockOptions => ({
  afterBytes,
  blockBytes,
  lanes: 2,
  openScanner,
});

/** One scanner for many statements; `scans` counts the blocks that it answered. */
export async function sharedBlocks(
  blockBytes: number,
): Promise<BlockOptions & { scans(): number; close(): Promise<void> }> {
  const scanner = await openScanner();
  let scans = 0;
  const shared = {
    scan: async (bytes: Uint8Array, sql: (file: string) => string) => {
      const rows = await scanner.scan(bytes, sql);
      scans++;
      return rows;
    },
    close: async () => {},
  } as unknown as FileScanner;
  return {
    afterBytes: 0,
    blockBytes,
    lanes: 2,
    openScanner: async () => shared,
    scans: () => scans,
    close: () => scanner.close(),
  };
}

export interface Run {
  readonly sql: string;
  readonly object: string | Buffer;
  readonly input?: SelectInput;
  readonly output?: SelectOutput;
  readonly more?: Partial<SelectRequest>;
  /** Bytes of a chunk of the object. */
  readonly chunk?: number;
  readonly engine?: Partial<SelectEngineOptions>;
}

/** A store of one object. Only reading can be asked of it. */
export function storeOf(object: Buffer, chunk: number): ObjectStore {
  const info = { key: 'k', size: object.length, lastModified: new Date(0), etag: 'e' };
  const bytes = async function* ({ start, end }: ByteRange): AsyncGenerator<Buffer> {
    for (let at = start; at <= end; at += chunk) yield object.subarray(at, Math.min(at + chunk, end + 1));
  };
  const store: Pick<ObjectStore, 'head' | 'read' | 'description'> = {
    description: 'a text',
    head: async () => info,
    read: async (_bucket, _key, options = {}) => ({
      info,
      bytes: bytes(options.range ?? { start: 0, end: object.length - 1 }),
    }),
  };
  return store as ObjectStore;
}

export function requestOf({ sql, input = CSV, output = TO_CSV, more = {} }: Omit<Run, 'object'>): SelectRequest {
  return {
    dialect: 's3',
    expression: sql,
    object: { bucket: 'b', key: 'k' },
    input,
    compression: 'NONE',
    output,
    scanRange: undefined,
    progress: false,
    location: undefined,
    limits: SELECT_LIMITS[more.dialect ?? 's3'],
    ...more,
  };
}

export interface Answer {
  readonly text: string;
  readonly records: number;
  readonly header: string | undefined;
  readonly chunks: readonly Buffer[];
}

export async function select(run: Run): Promise<Answer> {
  const { object, chunk = 64 * 1024 } = run;
  const bytes = typeof object === 'string' ? Buffer.from(object) : object;
  const engine = createSelectEngine({
    store: storeOf(bytes, chunk),
    expansion: { ratio: 0, bytes: 0 },
    blocks: BY_ROWS,
    parquetBytes: 1 << 30,
    ...run.engine,
  });
  const answer = await engine.open(requestOf(run), new AbortController().signal);
  const chunks: Buffer[] = [];
  let records = 0;
  for await (const each of answer.records) {
    chunks.push(each.bytes);
    records += each.records;
  }
  return { text: Buffer.concat(chunks).toString(), records, header: answer.header?.toString(), chunks };
}

/** The text of the answer, or `!Code`. */
export async function outcome(run: Run): Promise<string> {
  try {
    return (await select(run)).text;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return `!${code}`;
  }
}
