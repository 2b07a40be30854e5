/** Compresses the bytes of a part while they are written; zlib and bzip2 work in threads of their own. */
import { once } from 'node:events';
import { createDeflate, createGzip, type ZlibOptions } from 'node:zlib';
import type { Compression } from '../domain/model.ts';

export interface Compressor {
  /** What came out so far; resolves when the bytes before these are compressed, and may reject with what went wrong with them. */
  push(bytes: Buffer): Promise<readonly Uint8Array[]>;
  /** The rest. */
  end(): Promise<readonly Uint8Array[]>;
  /** Gives up what is not compressed yet. */
  destroy(): void;
}

const CHUNK = 256 * 1024;

export async function compressorOf(compress: Compression, level: number): Promise<Compressor> {
  const options: ZlibOptions = { level, chunkSize: CHUNK };
  switch (compress) {
    case 'none':
      return PLAIN;
    case 'gzip':
      return streamed(createGzip(options));
    case 'deflate':
      return streamed(createDeflate(options));
    case 'bzip2':
      return new (await import('../../objects/codecs/bzip2-encoder.ts')).Bzip2Encoder();
  }
}

const PLAIN: Compressor = {
  push: async (bytes) => [bytes],
  end: async () => [],
  destroy: () => undefined,
};

function streamed(stream: ReturnType<typeof createGzip>): Compressor {
  let out: Buffer[] = [];
  let failure: Error | undefined;
  let before: Promise<void> = Promise.resolve();
  stream.on('data', (chunk: Buffer) => void out.push(chunk));
  stream.on('error', (error) => {
    failure = error;
  });
  const taken = (): Buffer[] => {
    const got = out;
    out = [];
    return got;
  };
  return {
    async push(bytes) {
      await before;
      // Compressed while the rows of the next page are written: with its threads a lane keeps two cores busy.
      before = new Promise<void>((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
      before.catch(() => undefined);
      return taken();
    },
    async end() {
      await before;
      if (failure) throw failure;
      const ended = once(stream, 'end');
      stream.end();
      await ended;
      return taken();
    },
    destroy: () => void stream.destroy(),
  };
}
