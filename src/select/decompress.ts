/** Bytes of the object to bytes of its text, in a stream, with a bound on what few bytes may become. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { bunzip2 } from '../objects/codecs/bzip2-decoder.ts';
import { Bzip2Error } from '../objects/codecs/bzip2-threads.ts';
import { SelectError } from './errors.ts';

export interface ExpansionLimits {
  /** Most bytes out of one byte in, once there are many of them; 0: no limit. */
  readonly ratio: number;
  /** Most bytes in all; 0: no limit. */
  readonly bytes: number;
}

/** Small objects may be as dense as they like. */
const RATIO_FREE_BYTES = 64 * 1024 * 1024;

export async function* gunzip(
  bytes: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  const source = Readable.from(bytes, { objectMode: false, highWaterMark: 256 * 1024 });
  // Failures reach the reader through the last stream.
  const piped = pipeline(source, gunzip, { signal }).catch(() => {});
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    throw gunzipError(error);
  } finally {
    gunzip.destroy();
    source.destroy();
    await piped;
  }
}

function gunzipError(error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'Z_BUF_ERROR') return new SelectError('TruncatedInput', 'the gzip data ends in the middle', error);
  if (code?.startsWith('Z_')) {
    return new SelectError('InvalidCompressionFormat', `the gzip data is damaged: ${(error as Error).message}`, error);
  }
  return error;
}

export async function* bunzip(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* bunzip2(bytes);
  } catch (error) {
    if (!(error instanceof Bzip2Error)) throw error;
    const code = error.kind === 'truncated' ? 'TruncatedInput' : 'InvalidCompressionFormat';
    throw new SelectError(code, `the bzip2 data cannot be read: ${error.message}`, error);
  }
}

/** Watches a decompression from outside: `read` and `written` are its bytes so far. */
export function checkExpansion(limits: ExpansionLimits, read: number, written: number): void {
  const { ratio, bytes } = limits;
  if (bytes > 0 && written > bytes) {
    throw new SelectError('InvalidCompressionFormat', `the object has more than ${bytes} bytes when decompressed`);
  }
  if (ratio > 0 && written > RATIO_FREE_BYTES && written > read * ratio) {
    throw new SelectError('InvalidCompressionFormat', `the object grows more than ${ratio}-fold when decompressed`);
  }
}
