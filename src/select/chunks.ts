/** Puts records together to chunks of whole records, none larger than a message may be. */
import { SelectError } from './errors.ts';
import { CHUNK_BYTES, type RecordsChunk, type SelectLimits } from './requests/request.ts';

export class ChunkBuilder {
  private records: string[] = [];
  private length = 0;
  private readonly ready: RecordsChunk[] = [];

  constructor(private readonly limits: SelectLimits) {}

  add(record: string): void {
    if (record.length * 3 > this.limits.recordBytes) this.check(record);
    if (this.length + record.length > CHUNK_BYTES) this.flush();
    this.records.push(record);
    this.length += record.length;
  }

  /** All that is complete; `rest`: and what has been put together so far. */
  take(rest: boolean): RecordsChunk[] {
    if (rest) this.flush();
    return this.ready.splice(0);
  }

  private flush(): void {
    if (this.records.length === 0) return;
    this.pack(this.records);
    this.records = [];
    this.length = 0;
  }

  /** Bytes are more than characters: what does not fit is parted. */
  private pack(records: readonly string[]): void {
    const bytes = Buffer.from(records.join(''));
    if (bytes.length <= CHUNK_BYTES || records.length === 1) {
      this.ready.push({ bytes, records: records.length });
      return;
    }
    const half = records.length >> 1;
    this.pack(records.slice(0, half));
    this.pack(records.slice(half));
  }

  private check(record: string): void {
    const { recordBytes } = this.limits;
    if (Buffer.byteLength(record) > recordBytes) {
      throw new SelectError('OverMaxRecordSize', `a record of the result is longer than ${recordBytes} bytes`);
    }
  }
}
