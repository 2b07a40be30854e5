/** Runs a statement over csv: by rows at first, so that the answer begins at once; then, block by block, as fast as it is exact. */

import { setImmediate } from 'node:timers/promises';
import type { CheckedSelect } from '../../../translators/object-sql/index.ts';
import type { FileScanner, ScannedRow } from '../../engine/duckdb/file-scanner.ts';
import { ChunkBuilder } from '../chunks.ts';
import type { PrinterOptions } from '../record-text.ts';
import { CHUNK_BYTES, type CsvInput, type RecordsChunk, type SelectLimits } from '../requests/request.ts';
import type { RowBatch } from '../row-batch.ts';
import { RowRunner } from '../run-rows.ts';
import { Utf8Chunks } from '../text-decoder.ts';
import { type Block, type BlockRules, blockRules, examineBlock, shorterThan, withoutCr } from './csv-block.ts';
import { beginsWithMark, cellsOfText, countLines, hasBlankLine } from './csv-bytes.ts';
import { type BlockQuery, type CsvPlan, csvPlan, ROW_SEPARATOR, readCsv } from './csv-plan.ts';
import { CsvReader } from './csv-reader.ts';
import { type CsvWalker, csvWalker } from './csv-walk.ts';

interface CsvStream {
  readonly input: CsvInput;
  readonly limits: SelectLimits;
  readonly signal: AbortSignal;
  readonly bytes: AsyncIterator<Buffer, void>;
  readonly reader: CsvReader;
  readonly decoder: Utf8Chunks;
  /** Rows that were read with the header line. */
  readonly first: readonly RowBatch[];
}

export interface BlockOptions {
  /** Rows first, up to so many bytes: most objects are small, and an engine costs more than they do. */
  readonly afterBytes: number;
  readonly blockBytes: number;
  readonly lanes: number;
  openScanner(): Promise<FileScanner>;
}

/** Bytes that are split in one turn. */
const TURN_BYTES = 128 * 1024;
/** Blocks that failed one after the other until no more are tried: rows of different lengths, most likely. */
const MOST_FAILURES = 3;

export async function* runCsv(
  stream: CsvStream,
  select: CheckedSelect,
  printing: PrinterOptions,
  blocks: BlockOptions,
): AsyncGenerator<RecordsChunk, void, undefined> {
  const run = new CsvRun(stream, select, printing, blocks);
  try {
    yield* run.records();
  } finally {
    await run.close();
  }
}

interface Pending {
  readonly bytes: Buffer;
  readonly at: number;
  readonly query: BlockQuery;
  readonly rows: Promise<readonly ScannedRow[] | undefined>;
}

class CsvRun {
  private readonly chunks: ChunkBuilder;
  private readonly runner: RowRunner;
  private readonly plan: CsvPlan;
  private readonly walker: CsvWalker | undefined;
  private readonly rules: BlockRules | undefined;
  private scanner: FileScanner | undefined;
  private opening: Promise<void> | undefined;
  private readonly pending: Pending[] = [];
  private failures = 0;
  /** Bytes of the text before the block in hand. */
  private offset = 0;
  private readonly spare: Buffer[] = [];

  constructor(
    private readonly stream: CsvStream,
    select: CheckedSelect,
    private readonly printing: PrinterOptions,
    private readonly options: BlockOptions,
  ) {
    this.chunks = new ChunkBuilder(stream.limits);
    this.runner = new RowRunner(select, printing, this.chunks);
    this.plan = csvPlan(select, stream.input, printing.output);
    this.walker = csvWalker(select, stream.input, printing.output, stream.limits);
    this.rules = blockRules(stream.input, stream.limits);
  }

  async *records(): AsyncGenerator<RecordsChunk, void, undefined> {
    if (this.runner.done) return;
    try {
      yield* this.answer();
      yield* this.drain(0);
      this.runner.end();
    } catch (error) {
      // What came before the record that failed is good.
      yield* this.chunks.take(true);
      throw error;
    }
    yield* this.chunks.take(true);
  }

  async close(): Promise<void> {
    await this.stream.bytes.return?.();
    await this.opening;
    await this.scanner?.close();
    await Promise.all(this.pending.map(({ rows }) => rows));
  }

  private async *answer(): AsyncGenerator<RecordsChunk, void, undefined> {
    const { reader, decoder, bytes, first } = this.stream;
    for (const batch of first) this.runner.push(batch);
    yield* this.chunks.take(true);
    let read = 0;
    for (;;) {
      if (this.runner.done) return;
      const next = await bytes.next();
      if (next.done) break;
      read += next.value.length;
      yield* this.splitRows(next.value, reader, decoder);
      if (read >= this.options.afterBytes && (await this.blocksReady())) {
        yield* this.answerBlocks(Buffer.concat([Buffer.from(reader.rest()), decoder.rest()]));
        return;
      }
    }
    this.runner.push(reader.push(decoder.end()));
    this.runner.push(reader.end());
  }

  /** Starts the engine beside the rows; the statement that is answered by its input needs none. */
  private async blocksReady(): Promise<boolean> {
    if (this.rules === undefined || this.stream.reader.columns === 0) return false;
    if (this.plan.verbatim || this.walker !== undefined || this.scanner !== undefined) return true;
    this.opening ??= this.options.openScanner().then((scanner) => {
      this.scanner = scanner;
    });
    await setImmediate();
    return this.scanner !== undefined;
  }

  private async *splitRows(
    bytes: Buffer,
    reader: CsvReader,
    decoder: Utf8Chunks,
  ): AsyncGenerator<RecordsChunk, void, undefined> {
    for (let at = 0; at < bytes.length && !this.runner.done; at += TURN_BYTES) {
      this.stream.signal.throwIfAborted();
      this.runner.push(reader.push(decoder.decode(bytes.subarray(at, at + TURN_BYTES))));
      yield* this.chunks.take(true);
      if (bytes.length > TURN_BYTES) await setImmediate();
    }
  }

  /** `carry`: the beginning of a record. */
  private async *answerBlocks(carry: Buffer): AsyncGenerator<RecordsChunk, void, undefined> {
    let rest: Uint8Array = carry;
    this.offset = 0;
    let over: Buffer | undefined;
    for (;;) {
      const buffer =
        this.spare.pop() ?? Buffer.allocUnsafeSlow(this.options.blockBytes + this.stream.limits.recordBytes);
      buffer.set(rest);
      let filled = rest.length;
      let ended = false;
      // At least something new, also when the record in hand is longer than a block.
      while (filled < this.options.blockBytes || filled === rest.length) {
        let chunk = over;
        over = undefined;
        if (chunk === undefined) {
          const next = await this.stream.bytes.next();
          this.stream.signal.throwIfAborted();
          if (next.done) {
            ended = true;
            break;
          }
          chunk = next.value;
        }
        const room = Math.min(chunk.length, buffer.length - filled);
        chunk.copy(buffer, filled, 0, room);
        if (room < chunk.length) over = chunk.subarray(room);
        filled += room;
      }
      if (over !== undefined) ended = false;
      const bytes = buffer.subarray(0, filled);
      const used = yield* this.block(bytes, ended, buffer);
      if (this.runner.done || ended) return;
      // A copy, for the buffer is used again.
      rest = used;
    }
  }

  /** Answers a block, or sends it on its way; the bytes that belong to the next one. */
  private async *block(bytes: Buffer, final: boolean, buffer: Buffer): AsyncGenerator<RecordsChunk, Buffer, undefined> {
    if (bytes.length === 0) return bytes;
    const block = this.rules && examineBlock(bytes, this.rules, final);
    if (block === undefined) return yield* this.blockByRows(bytes, final, buffer);
    const whole = bytes.subarray(0, block.end);
    const rest = Buffer.from(bytes.subarray(block.end));
    if (this.plan.verbatim && this.isVerbatim(whole, block)) {
      yield* this.drain(0);
      yield* this.copy(whole.at(-1) === 10 ? Buffer.from(whole) : Buffer.concat([whole, Buffer.from('\n')]));
      this.offset += whole.length;
      this.spare.push(buffer);
      return rest;
    }
    if (this.walker !== undefined) {
      const end = yield* this.walk(this.walker, whole, block);
      this.offset += end;
      if (end < whole.length && !this.runner.done) {
        const left = yield* this.blockByRows(whole.subarray(end), final, buffer);
        return left.length === 0 ? rest : Buffer.concat([left, rest]);
      }
      this.spare.push(buffer);
      return rest;
    }
    const columns = this.stream.reader.columns;
    const query =
      this.failures < MOST_FAILURES &&
      !beginsWithMark(whole) &&
      !hasBlankLine(whole, columns) &&
      !block.hidesCells(columns)
        ? this.plan.query(block, whole, columns)
        : undefined;
    if (query === undefined) {
      const left = yield* this.blockByRows(whole, final, buffer);
      return left.length === 0 ? rest : Buffer.concat([left, rest]);
    }
    await this.openNow();
    this.send(whole, block, query, columns, buffer);
    yield* this.drain(this.options.lanes);
    return rest;
  }

  /** The bytes that were answered. */
  private async *walk(walker: CsvWalker, bytes: Buffer, block: Block): AsyncGenerator<RecordsChunk, number, undefined> {
    const lines = bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.of(10)]);
    let at = 0;
    while (at < lines.length && !this.runner.done) {
      const walked = walker.walk(lines, block, at, this.runner.room);
      if (walked === undefined) break;
      at = walked.end;
      this.runner.pushParts(walked.counts?.map((count) => [count]) ?? []);
      for (const chunk of walked.chunks) {
        this.runner.took(chunk.records);
        yield chunk;
      }
      this.runner.pushMatching(walked.rows);
      yield* this.chunks.take(true);
      await setImmediate();
    }
    return Math.min(at, bytes.length);
  }

  /** A statement that began by copying may still meet blocks that need the engine. */
  private async openNow(): Promise<void> {
    this.scanner ??= await this.options.openScanner();
  }

  private send(bytes: Buffer, block: Block, query: BlockQuery, columns: number, buffer: Buffer): void {
    const { input, limits } = this.stream;
    const sizes = { recordBytes: limits.recordBytes, bufferBytes: this.options.blockBytes + limits.recordBytes };
    const rows = this.scanner!.scan(
      // DuckDB 1.5 gives no rows, and no error, where a record among CR LF has other cells than the others.
      block.crLf ? withoutCr(bytes) : bytes,
      (file) => `SELECT ${query.select} FROM ${readCsv(file, columns, input, sizes)}${query.where}`,
    ).catch(() => undefined);
    this.pending.push({ bytes: buffer.subarray(0, bytes.length), at: this.offset, query, rows });
    this.offset += bytes.length;
  }

  /** Takes the answers in order until no more than so many are on their way. */
  private async *drain(most: number): AsyncGenerator<RecordsChunk, void, undefined> {
    while (this.pending.length > most) {
      const next = this.pending[0]!;
      const rows = await next.rows;
      this.stream.signal.throwIfAborted();
      this.pending.shift();
      if (this.runner.done) continue;
      if (rows === undefined) {
        this.failures++;
        this.runner.countFrom(next.at);
        yield* this.rowsOfBlock(next.bytes);
      } else {
        this.failures = 0;
        yield* this.take(next.query, rows);
      }
      this.spare.push(
        Buffer.from(next.bytes.buffer, next.bytes.byteOffset, this.options.blockBytes + this.stream.limits.recordBytes),
      );
    }
  }

  private async *take(query: BlockQuery, rows: readonly ScannedRow[]): AsyncGenerator<RecordsChunk, void, undefined> {
    switch (query.kind) {
      case 'aggregates': {
        const row = rows[0]!;
        let at = 0;
        const parts = query.widths.map((width) => {
          at += width;
          return row.slice(at - width, at);
        });
        this.runner.pushParts(parts);
        return;
      }
      case 'records': {
        const text = (rows[0]![0] as string | null)?.slice(1);
        if (text === undefined) return;
        if (!this.runner.limited) yield* this.copy(Buffer.from(`${text}\n`));
        else this.runner.pushRecords(text.split('\n').map((record) => `${record}\n`));
        yield* this.chunks.take(true);
        return;
      }
      case 'cells': {
        const text = (rows[0]![0] as string | null)?.slice(1);
        const records = text === undefined ? [] : text.split(ROW_SEPARATOR);
        for (let at = 0; at < records.length && !this.runner.done; at += 1024) {
          this.runner.pushMatching(records.slice(at, at + 1024).map((record) => cellsOfText(record, query.cells)));
          yield* this.chunks.take(false);
          await setImmediate();
        }
        yield* this.chunks.take(true);
        return;
      }
    }
  }

  /** A whole block of records by our own splitter. */
  private async *rowsOfBlock(bytes: Buffer): AsyncGenerator<RecordsChunk, void, undefined> {
    const { input, limits } = this.stream;
    const reader = new CsvReader(input, limits, false);
    const decoder = new Utf8Chunks(true);
    yield* this.splitRows(bytes, reader, decoder);
    // What stands behind the last record of a LIMIT may be wrong.
    if (this.runner.done) return;
    this.runner.push(reader.push(decoder.end()));
    this.runner.push(reader.end());
    yield* this.chunks.take(true);
  }

  private async *blockByRows(
    bytes: Buffer,
    final: boolean,
    buffer: Buffer,
  ): AsyncGenerator<RecordsChunk, Buffer, undefined> {
    yield* this.drain(0);
    const { input, limits } = this.stream;
    if (this.offset > 0) this.runner.countFrom(this.offset);
    const reader = new CsvReader(input, limits, false);
    const decoder = new Utf8Chunks(true);
    yield* this.splitRows(bytes, reader, decoder);
    if (this.runner.done) return Buffer.alloc(0);
    if (final) {
      this.runner.push(reader.push(decoder.end()));
      this.runner.push(reader.end());
      yield* this.chunks.take(true);
      return Buffer.alloc(0);
    }
    const rest = Buffer.concat([Buffer.from(reader.rest()), decoder.rest()]);
    this.offset += bytes.length - rest.length;
    this.spare.push(buffer);
    return rest;
  }

  private isVerbatim(bytes: Buffer, { plain, crLf }: Block): boolean {
    const { output } = this.printing;
    const quote = output.kind === 'csv' ? output.quote : undefined;
    if (!plain || crLf || (quote !== undefined && bytes.includes(quote))) return false;
    return bytes[0] !== 10 && !bytes.includes('\n\n') && shorterThan(bytes, this.stream.limits.columns);
  }

  /** Lines to chunks; `text` is not used again. */
  private *copy(text: Buffer): Generator<RecordsChunk, void, undefined> {
    for (let at = 0; at < text.length; ) {
      let end = at + CHUNK_BYTES >= text.length ? text.length : text.lastIndexOf(10, at + CHUNK_BYTES - 1) + 1;
      if (end <= at) end = text.indexOf(10, at) + 1;
      const chunk = text.subarray(at, end);
      yield { bytes: chunk, records: countLines(chunk) };
      at = end;
    }
  }
}
