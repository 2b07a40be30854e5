/** Puts parts of a block of bytes together to chunks of whole records; neighbours are copied at once. */
import { CHUNK_BYTES, type RecordsChunk } from './requests/request.ts';

/** Shorter parts are cheaper to copy byte by byte. */
const SHORT = 32;

export class RecordBytes {
  private bytes: Buffer = Buffer.alloc(0);
  private chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  private length = 0;
  private records = 0;
  /** Lines of the block that have not been copied yet. */
  private from = 0;
  private to = 0;
  private ready: RecordsChunk[] = [];

  /** The block that all places are in, from here on. */
  begin(bytes: Buffer): void {
    this.bytes = bytes;
  }

  /** A record that stands in the block as it is wanted, with its delimiter. */
  line(from: number, to: number): void {
    if (this.length + this.to - this.from + to - from > CHUNK_BYTES) this.room(to - from);
    else if (from !== this.to) this.copyLines();
    if (this.from === this.to) this.from = from;
    this.to = to;
    this.records++;
  }

  /** A record that is put together from pieces; `most`: no more bytes than that. */
  beginRecord(most: number): void {
    this.copyLines();
    if (this.length + most > CHUNK_BYTES) this.room(most);
    this.records++;
  }

  piece(from: number, to: number): void {
    const { bytes, chunk } = this;
    let { length } = this;
    if (to - from < SHORT) for (let i = from; i < to; i++) chunk[length++] = bytes[i]!;
    else length += bytes.copy(chunk, length, from, to);
    this.length = length;
  }

  byte(byte: number): void {
    this.chunk[this.length++] = byte;
  }

  /** All chunks; nothing of the block is needed any more. */
  end(): readonly RecordsChunk[] {
    this.copyLines();
    this.close();
    const { ready } = this;
    this.ready = [];
    return ready;
  }

  private copyLines(): void {
    if (this.from < this.to) this.length += this.bytes.copy(this.chunk, this.length, this.from, this.to);
    this.from = 0;
    this.to = 0;
  }

  /** A chunk of its own for a record of that size. */
  private room(size: number): void {
    this.copyLines();
    this.close();
    if (size > this.chunk.length) this.chunk = Buffer.allocUnsafeSlow(size);
  }

  private close(): void {
    if (this.records === 0) return;
    const { chunk, length, records } = this;
    // A small answer must not hold a large chunk.
    const small = length < chunk.length / 2;
    this.ready.push({ bytes: small ? Buffer.from(chunk.subarray(0, length)) : chunk.subarray(0, length), records });
    if (!small || chunk.length > CHUNK_BYTES) this.chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.length = 0;
    this.records = 0;
  }
}
