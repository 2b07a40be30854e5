/** Writes batches of rows into parts, one after the other: head, compression, upload, the next part when one is full. */
import type { Compression } from '../domain/model.ts';
import { type Compressor, compressorOf } from './compressor.ts';
import type { PartSink } from './part-sink.ts';
import type { ExportUploads, Part } from './uploads.ts';

/** Rows that are ready to be written; asked for once, in order. */
export interface Batch {
  readonly rows: number;
  bytes(from: number, to: number): Buffer;
}

export interface PartOptions {
  readonly head: Buffer;
  readonly compress: Compression;
  /** Of gzip and deflate. */
  readonly level: number;
  /** 0: no limit. */
  readonly maxRows: number;
  /** Of the object, as far as it can be known while it is written. */
  readonly maxBytes: number;
  /** Bytes that went to the store. */
  written(bytes: number): void;
}

interface OpenPart extends Part {
  readonly compressor: Compressor;
  rows: number;
  bytes: number;
}

export class PartWriter implements PartSink<Batch> {
  #part: OpenPart | undefined;

  constructor(
    private readonly uploads: ExportUploads,
    private readonly options: PartOptions,
  ) {}

  async write(batch: Batch, count: number): Promise<void> {
    const { maxRows, maxBytes } = this.options;
    for (let from = 0; from < count; ) {
      const part = this.#part ?? (await this.#begin());
      this.#part = part;
      const to = maxRows === 0 ? count : Math.min(count, from + maxRows - part.rows);
      await this.#send(part, await part.compressor.push(batch.bytes(from, to)));
      part.rows += to - from;
      from = to;
      if ((maxRows !== 0 && part.rows >= maxRows) || part.bytes >= maxBytes) await this.end();
    }
  }

  /** A part without rows, for an empty result: its head tells the columns. */
  async empty(): Promise<void> {
    this.#part = await this.#begin();
    await this.end();
  }

  async end(): Promise<void> {
    const part = this.#part;
    if (part === undefined) return;
    await this.#send(part, await part.compressor.end());
    this.#part = undefined;
    await this.uploads.seal(part.upload, part.rows);
  }

  async destroy(): Promise<void> {
    this.#part?.compressor.destroy();
    this.#part = undefined;
  }

  async #begin(): Promise<OpenPart> {
    const { head, compress, level } = this.options;
    const compressor = await compressorOf(compress, level);
    const part: OpenPart = { ...(await this.uploads.begin()), compressor, rows: 0, bytes: 0 };
    if (head.length > 0) await this.#send(part, await compressor.push(head));
    return part;
  }

  async #send(part: OpenPart, chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      await part.upload.write(chunk);
      part.bytes += chunk.length;
      this.options.written(chunk.length);
    }
  }
}
