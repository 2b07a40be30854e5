/** Writes pages into parquet parts: a file on disk first, since its head is known last, then its upload. */
import { createReadStream } from 'node:fs';
import type { ParquetFiles } from '../../engine/duckdb/parquet.ts';
import type { Page } from '../../rows/page.ts';
import type { PartSink } from './part-sink.ts';
import type { PartOptions } from './part-writer.ts';
import type { ExportUploads } from './uploads.ts';

const READ_BYTES = 1_048_576;

export class ParquetWriter implements PartSink<PageBatch> {
  #rows = 0;

  constructor(
    private readonly files: ParquetFiles,
    private readonly uploads: ExportUploads,
    private readonly options: Pick<PartOptions, 'maxRows' | 'maxBytes' | 'written'>,
  ) {}

  async write({ page }: PageBatch, count: number): Promise<void> {
    const { maxRows, maxBytes } = this.options;
    for (let from = 0; from < count; ) {
      const taken = maxRows === 0 ? count - from : Math.min(count - from, maxRows - this.#rows);
      await this.files.append(from === 0 ? page : page.slice(from), taken);
      this.#rows += taken;
      from += taken;
      if ((maxRows !== 0 && this.#rows >= maxRows) || this.files.size >= maxBytes) await this.end();
    }
  }

  /** A part without rows, for an empty result: it has the columns. */
  empty(): Promise<void> {
    return this.#part();
  }

  async end(): Promise<void> {
    if (this.#rows > 0) await this.#part();
  }

  async destroy(): Promise<void> {
    this.#rows = 0;
  }

  async #part(): Promise<void> {
    const { path, done } = await this.files.file();
    try {
      const { upload } = await this.uploads.begin();
      for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
        await upload.write(chunk);
        this.options.written(chunk.length);
      }
      await this.uploads.seal(upload, this.#rows);
      this.#rows = 0;
    } finally {
      await done();
    }
  }
}

export interface PageBatch {
  readonly rows: number;
  readonly page: Page;
}
