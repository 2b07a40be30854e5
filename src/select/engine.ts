/** The select engine: parses the expression, opens the object, and runs the one over the other. */

import { SelectSyntaxError } from '../../translators/errors.ts';
import { type ObjectSelectNode, parseObjectSelect } from '../../translators/index.ts';
import {
  type CheckedSelect,
  type CheckOptions,
  checkSelect,
  SelectFault,
  type SelectSource,
  Timestamp,
} from '../../translators/object-sql/index.ts';
import type { ObjectStore } from '../objects/store.ts';
import { CsvReader } from './csv/csv-reader.ts';
import { type BlockOptions, runCsv } from './csv/csv-run.ts';
import type { ExpansionLimits } from './decompress.ts';
import { SelectError } from './errors.ts';
import { jsonReader } from './json/json-reader.ts';
import { type ObjectText, openText } from './object-text.ts';
import { parquetRows } from './parquet/parquet-run.ts';
import { headerLine, type PrinterOptions } from './record-text.ts';
import type { CsvInput, JsonInput, RecordsChunk, SelectEngine, SelectRequest, SelectRun } from './requests/request.ts';
import type { RowBatch } from './row-batch.ts';
import { rowsOf } from './rows.ts';
import { runRows } from './run-rows.ts';
import { Utf8Chunks } from './text-decoder.ts';

export interface SelectEngineOptions {
  readonly store: ObjectStore;
  readonly expansion: ExpansionLimits;
  readonly blocks: BlockOptions;
  /** Most bytes of a parquet object, which is spooled. */
  readonly parquetBytes: number;
}

export function createSelectEngine(options: SelectEngineOptions): SelectEngine {
  return {
    async open(request, signal) {
      const statement = parseExpression(request);
      switch (request.input.kind) {
        case 'csv':
          return openCsv(statement, request, request.input, options, signal);
        case 'json':
          return openJson(statement, request, request.input, options, signal);
        case 'parquet':
          return openParquet(statement, request, options, signal);
      }
    },
  };
}

function parseExpression({ expression, limits }: SelectRequest): ObjectSelectNode {
  const bytes = Buffer.byteLength(expression);
  if (bytes > limits.expressionBytes) {
    throw new SelectError(
      'ExpressionTooLong',
      `the expression has ${bytes} bytes, the most are ${limits.expressionBytes}`,
    );
  }
  try {
    return parseObjectSelect(expression);
  } catch (error) {
    throw error instanceof SelectSyntaxError ? new SelectError(error.code, error.message, error) : error;
  }
}

function checked(statement: ObjectSelectNode, source: SelectSource, { limits }: SelectRequest): CheckedSelect {
  const now = Date.now();
  const options: CheckOptions = {
    now: new Timestamp(Math.floor(now / 1000), (now % 1000) * 1_000_000, 'second', 3, 0),
    maxAggregates: limits.aggregates,
  };
  try {
    return checkSelect(statement, source, options);
  } catch (error) {
    throw error instanceof SelectFault ? new SelectError(error.code, error.message, error) : error;
  }
}

async function openJson(
  statement: ObjectSelectNode,
  request: SelectRequest,
  input: JsonInput,
  options: SelectEngineOptions,
  signal: AbortSignal,
): Promise<SelectRun> {
  const select = checked(statement, { kind: 'json' }, request);
  const text = await openText(options.store, request, options.expansion, signal);
  const { limits, output } = request;
  const rows = rowsOf(text.bytes, jsonReader(input, select, limits), signal);
  const printing: PrinterOptions = { computes: select.computes, output, names: undefined, json: true };
  return runOf(select, runRows(rows, select, printing, limits), request, text, undefined);
}

async function openParquet(
  statement: ObjectSelectNode,
  request: SelectRequest,
  options: SelectEngineOptions,
  signal: AbortSignal,
): Promise<SelectRun> {
  const select = checked(statement, { kind: 'json' }, request);
  if (select.steps.length > 0) {
    throw new SelectError('DataSourcePathUnsupported', 'a path in FROM needs JSON');
  }
  const { limits, output } = request;
  const text = await openText(options.store, request, options.expansion, signal);
  const { openScanner } = options.blocks;
  const source = { bytes: text.bytes, range: text.range, mostBytes: options.parquetBytes, signal, openScanner };
  const printing: PrinterOptions = { computes: select.computes, output, names: undefined, json: true };
  return runOf(select, runRows(parquetRows(source, select), select, printing, limits), request, text, undefined);
}

async function openCsv(
  statement: ObjectSelectNode,
  request: SelectRequest,
  input: CsvInput,
  options: SelectEngineOptions,
  signal: AbortSignal,
): Promise<SelectRun> {
  const { limits, dialect, output } = request;
  const text = await openText(options.store, request, options.expansion, signal);
  const bytes = text.bytes[Symbol.asyncIterator]();
  try {
    const reader = new CsvReader(input, limits, text.fromStart);
    const decoder = new Utf8Chunks();
    const named = input.fileHeaderInfo === 'USE';
    // Names are known, and the statement can be checked, only behind the header line.
    const first = named && text.fromStart ? await readHeader(bytes, reader, decoder) : [];
    const names = named ? (reader.names ?? (await headerOf(request, input, options, signal))) : undefined;
    const positions = !named || dialect === 's3';
    const select = checked(statement, { kind: 'csv', names, positions, maxColumns: limits.columns }, request);
    const printing: PrinterOptions = { computes: select.computes, output, names, json: false };
    const stream = { input, limits, signal, bytes, reader, decoder, first };
    return runOf(select, runCsv(stream, select, printing, options.blocks), request, text, names);
  } catch (error) {
    await bytes.return?.();
    throw error;
  }
}

async function readHeader(
  bytes: AsyncIterator<Buffer, void>,
  reader: CsvReader,
  decoder: Utf8Chunks,
): Promise<RowBatch[]> {
  const batches: RowBatch[] = [];
  while (reader.names === undefined) {
    const next = await bytes.next();
    if (next.done) {
      batches.push(reader.push(decoder.end()), reader.end());
      break;
    }
    batches.push(reader.push(decoder.decode(next.value)));
  }
  return batches;
}

/** Of an object that is read from somewhere behind its header line. */
async function headerOf(
  request: SelectRequest,
  input: CsvInput,
  options: SelectEngineOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const text = await openText(options.store, { ...request, scanRange: undefined }, options.expansion, signal);
  const bytes = text.bytes[Symbol.asyncIterator]();
  try {
    const reader = new CsvReader(input, request.limits);
    await readHeader(bytes, reader, new Utf8Chunks());
    return reader.names ?? [];
  } finally {
    await bytes.return?.();
  }
}

function runOf(
  select: CheckedSelect,
  records: AsyncIterable<RecordsChunk>,
  { output }: SelectRequest,
  text: ObjectText,
  names: readonly string[] | undefined,
): SelectRun {
  const header = output.kind === 'csv' && output.header ? headerLine(select, names, output) : undefined;
  return { records, header: header === undefined ? undefined : Buffer.from(header), progress: text.progress };
}
