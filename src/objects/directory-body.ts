/** The bytes of one file in pieces; the file stays open until they are read or given back. */
import type { FileHandle } from 'node:fs/promises';
import { directoryError } from './directory-faults.ts';
import { ObjectStoreError } from './store.ts';

const PIECE = 256 * 1024;

export class FileBytes implements AsyncIterableIterator<Buffer> {
  readonly #file: FileHandle;
  readonly #signal: AbortSignal | undefined;
  #at: number;
  readonly #end: number;
  #closed = false;
  readonly #onAbort = (): void => void this.return();

  /** From `start` up to, not including, `end`. */
  constructor(file: FileHandle, start: number, end: number, signal: AbortSignal | undefined) {
    this.#file = file;
    this.#at = start;
    this.#end = end;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    try {
      this.#signal?.throwIfAborted();
      const wanted = Math.min(PIECE, this.#end - this.#at);
      if (this.#closed || wanted <= 0) return await this.return();
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(wanted), 0, wanted, this.#at);
      this.#signal?.throwIfAborted();
      if (bytesRead === 0) throw new ObjectStoreError('changed', 'The object was cut short while it was read');
      this.#at += bytesRead;
      return { done: false, value: buffer.subarray(0, bytesRead) };
    } catch (error) {
      await this.return();
      throw this.#signal?.aborted === true ? this.#signal.reason : directoryError(error);
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (!this.#closed) {
      this.#closed = true;
      this.#signal?.removeEventListener('abort', this.#onAbort);
      await this.#file.close();
    }
    return { done: true, value: undefined };
  }
}
