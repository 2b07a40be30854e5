/** Writes all rows of an export into parts: text lane by lane, parquet as one lane. */
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { openParquetFiles } from '../../engine/duckdb/parquet.ts';
import type { Page } from '../../rows/page.ts';
import { cellText } from '../../write/cell-text.ts';
import { distinctLabels } from '../../write/distinct-labels.ts';
import { labelOf } from '../../write/writer.ts';
import { JobError } from '../domain/job-error.ts';
import type { ExportRequest } from '../domain/model.ts';
import { batchesOf, type ExportRows, pagesOf } from './export-rows.ts';
import { type PageBatch, ParquetWriter } from './parquet-writer.ts';
import { type PartOptions, PartWriter } from './part-writer.ts';
import { runLanes } from './run-lanes.ts';
import { textFormat } from './text-format.ts';
import type { ExportUploads } from './uploads.ts';

interface Writing {
  readonly config: Config;
  readonly request: ExportRequest;
  readonly rows: ExportRows;
  readonly uploads: ExportUploads;
  /** Of rows in all; Infinity for none. */
  readonly limit: number;
  wrote(rows: number): void;
  /** Bytes that went to the store. */
  written(bytes: number): void;
}

export function writeParts(writing: Writing, stop: AbortController): Promise<void> {
  return writing.request.dataType === 'parquet' ? writeParquet(writing, stop) : writeText(writing, stop);
}

async function writeText(writing: Writing, stop: AbortController): Promise<void> {
  const { config, request, rows, uploads, limit, wrote, written } = writing;
  const format = textFormat(rows.columns, request);
  const options: PartOptions = {
    head: format.head,
    compress: request.compress,
    level: config.exportCompressionLevel,
    maxRows: request.maxRecordsPerFile,
    maxBytes: config.exportPartBytes,
    written,
  };
  const lanes = batchesOf(rows, format, request);
  await runLanes({ lanes, sink: () => new PartWriter(uploads, options), limit, wrote }, stop);
  if (uploads.sealed.length === 0) await new PartWriter(uploads, options).empty();
}

async function writeParquet(writing: Writing, stop: AbortController): Promise<void> {
  const { config, request, rows, uploads, limit, wrote, written } = writing;
  if (request.compress !== 'none' && request.compress !== 'gzip') {
    throw new JobError('unsupported', `Parquet files are compressed with none or gzip, not with ${request.compress}.`);
  }
  // Its readers tell names apart by their letters only.
  const names = distinctLabels(rows.columns.map(labelOf), (name) => name.toLowerCase());
  const files = await openParquetFiles({
    columns: rows.columns.map(({ type }, i) => ({ name: names[i]!, type, text: cellText(type) })),
    compression: request.compress === 'gzip' ? 'gzip' : 'uncompressed',
    limits: {
      memoryLimit: config.duckdbMemoryLimit,
      threads: config.duckdbThreads,
      tempDirectory: join(config.dataDir, 'spool'),
      ...(config.maxSpoolPerStatement === 0 ? {} : { tempLimit: config.maxSpoolPerStatement }),
    },
  });
  try {
    const options = { maxRows: request.maxRecordsPerFile, maxBytes: config.exportPartBytes, written };
    const lanes = [oneLane(pagesOf(rows))];
    await runLanes({ lanes, sink: () => new ParquetWriter(files, uploads, options), limit, wrote }, stop);
    if (uploads.sealed.length === 0) await new ParquetWriter(files, uploads, options).empty();
  } finally {
    await files.close();
  }
}

async function* oneLane(lanes: readonly AsyncIterable<Page>[]): AsyncGenerator<PageBatch> {
  for (const lane of lanes) for await (const page of lane) yield { rows: page.length, page };
}
