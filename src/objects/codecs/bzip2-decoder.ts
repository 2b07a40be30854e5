/** Decompresses bzip2 data of any number of streams and blocks, a few blocks ahead of the reader. */
import { Bzip2Blocks } from './bzip2-blocks.ts';
import { decompressBlock } from './bzip2-threads.ts';

const AHEAD = 2;

/**
 * Fails with a Bzip2Error. `consumed` is told the compressed bytes as they are read, so that the caller can hold what
 * comes out against what went in: a block of 50 bytes may hold 46 MB.
 */
export async function* bunzip2(
  source: AsyncIterable<Buffer>,
  consumed: (bytes: number) => void = () => undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const blocks = new Bzip2Blocks();
  const running: Promise<Uint8Array>[] = [];
  for await (const piece of source) {
    consumed(piece.length);
    for (const block of blocks.push(piece)) {
      const decompressed = decompressBlock(block);
      // It is awaited in its turn, or by nobody when the reader stops.
      decompressed.catch(() => undefined);
      running.push(decompressed);
      while (running.length > AHEAD) yield asBuffer(await running.shift()!);
    }
  }
  for (const decompressed of running) yield asBuffer(await decompressed);
  blocks.end();
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
