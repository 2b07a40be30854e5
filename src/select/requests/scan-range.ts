/** The part of an object that a scan range asks for, moved to the borders of records (spec s3-select 1). */
import type { ByteRange } from '../../objects/store.ts';
import { SelectError } from '../errors.ts';
import type { ScanRange, SelectRequest } from './request.ts';

/** Both inclusive. `start` alone goes to the end, `end` alone is a number of bytes at the end. */
export function resolveRange({ start, end }: ScanRange, size: number): ByteRange {
  if (start === undefined && end !== undefined) return { start: Math.max(0, size - end), end: size - 1 };
  const from = start ?? 0;
  const to = Math.min(end ?? size - 1, size - 1);
  if ((end !== undefined && from > end) || (from >= size && size > 0)) {
    throw new SelectError(
      'InvalidScanRange',
      `the object has ${size} bytes: there are none from ${from} to ${end ?? 'its end'}`,
    );
  }
  return { start: from, end: to };
}

/** The delimiter that a range can be cut at. */
export function rangeDelimiter({ input, compression }: SelectRequest): string {
  if (compression !== 'NONE') {
    throw new SelectError('UnsupportedScanRangeInput', 'a compressed object cannot be read in parts');
  }
  if (input.kind === 'csv' && !input.allowQuotedRecordDelimiter) return input.recordDelimiter;
  if (input.kind === 'json' && input.type === 'LINES') return '\n';
  throw new SelectError(
    'UnsupportedScanRangeInput',
    'a scan range takes csv without quoted record delimiters, JSON LINES or parquet',
  );
}

/**
 * The records whose first byte lies in the range. `bytes` begin one delimiter before the range, or at 0: so a record that begins
 * exactly with the range is seen to do so.
 */
export async function* recordsInRange(
  bytes: AsyncIterable<Buffer>,
  range: ByteRange,
  delimiter: Buffer,
): AsyncGenerator<Buffer, void, undefined> {
  const overlap = delimiter.length - 1;
  let tail: Buffer = Buffer.alloc(0);
  let position = Math.max(0, range.start - delimiter.length);
  let inside = range.start === 0;
  for await (const chunk of bytes) {
    let data = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
    if (!inside) {
      const found = data.indexOf(delimiter);
      if (found < 0) {
        tail = Buffer.from(data.subarray(Math.max(0, data.length - overlap)));
        position += data.length - tail.length;
        continue;
      }
      data = data.subarray(found + delimiter.length);
      position += found + delimiter.length;
      if (position > range.end) return;
      inside = true;
    }
    // The last record ends with the first delimiter that ends behind the range.
    const from = Math.max(0, range.end - overlap - position);
    const last = from < data.length ? data.indexOf(delimiter, from) : -1;
    if (last >= 0) {
      yield data.subarray(0, last + delimiter.length);
      return;
    }
    tail = Buffer.from(data.subarray(Math.max(0, data.length - overlap)));
    const whole = data.subarray(0, data.length - tail.length);
    position += whole.length;
    if (whole.length > 0) yield whole;
  }
  if (inside && tail.length > 0) yield tail;
}
