/** Bytes of an object to batches of rows, in turns short enough for the rest of the process. */
import { setImmediate } from 'node:timers/promises';
import type { RowBatch, RowReader } from './row-batch.ts';
import { Utf8Chunks } from './text-decoder.ts';

/** Bytes that are split in one turn. */
const TURN_BYTES = 128 * 1024;

export async function* rowsOf(
  bytes: AsyncIterable<Buffer>,
  reader: RowReader,
  signal: AbortSignal,
): AsyncGenerator<RowBatch, void, undefined> {
  const decoder = new Utf8Chunks();
  let turn = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += TURN_BYTES) {
      signal.throwIfAborted();
      const batch = reader.push(decoder.decode(chunk.subarray(at, at + TURN_BYTES)));
      if (hasContent(batch)) yield batch;
      turn += Math.min(TURN_BYTES, chunk.length - at);
      if (turn < TURN_BYTES) continue;
      turn = 0;
      await setImmediate();
    }
  }
  signal.throwIfAborted();
  const last = reader.push(decoder.end());
  if (hasContent(last)) yield last;
  const end = reader.end();
  if (hasContent(end)) yield end;
}

const hasContent = ({ rows, counted, fault }: RowBatch): boolean =>
  rows.length > 0 || Boolean(counted) || fault !== undefined;
