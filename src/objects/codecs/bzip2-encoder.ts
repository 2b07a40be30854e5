/** Compresses with bzip2: each block becomes a stream of its own, and readers take streams in a row for one file. */
import { BLOCK, compressBlock } from './bzip2-threads.ts';

/** Blocks on their way at a time: one for each thread. */
const AHEAD = 2;

export class Bzip2Encoder {
  #block = new Uint8Array(BLOCK);
  #filled = 0;
  #begun = false;
  readonly #running: Promise<Uint8Array>[] = [];

  /** What came out so far, in order; waits while enough blocks are on their way. */
  async push(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    const out: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const taken = bytes.subarray(at, at + BLOCK - this.#filled);
      this.#block.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled < BLOCK) continue;
      this.#start();
      while (this.#running.length > AHEAD) out.push(await this.#running.shift()!);
    }
    return out;
  }

  /** The rest; of no bytes at all a valid file. */
  async end(): Promise<readonly Uint8Array[]> {
    if (this.#filled > 0 || !this.#begun) this.#start();
    return Promise.all(this.#running.splice(0));
  }

  destroy(): void {
    this.#running.length = 0;
    this.#filled = 0;
  }

  #start(): void {
    const compressed = compressBlock(this.#block.subarray(0, this.#filled));
    // It is awaited in its turn, or by nobody after destroy().
    compressed.catch(() => undefined);
    this.#running.push(compressed);
    this.#begun = true;
    this.#block = new Uint8Array(BLOCK);
    this.#filled = 0;
  }
}
