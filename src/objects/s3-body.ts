/** The bytes of an object of an S3 service; a broken or silent connection is taken up again where it broke. */
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { ObjectStoreError } from './store.ts';

/** Of connections in a row that bring nothing. */
const ATTEMPTS = 5;
const FIRST_PAUSE = 200;

export interface S3BytesSource {
  /** The object from `start` to, not including, `end`, as it was when first asked for. */
  open(start: number, end: number): Promise<Readable>;
  fault(error: unknown): unknown;
}

export class S3Bytes implements AsyncIterableIterator<Buffer> {
  readonly #source: S3BytesSource;
  readonly #signal: AbortSignal | undefined;
  readonly #end: number;
  #at: number;
  #stream: Readable | undefined;
  #pieces: AsyncIterator<Buffer> | undefined;
  #failures = 0;
  #closed = false;
  readonly #onAbort = (): void => void this.return();

  constructor(
    source: S3BytesSource,
    first: Readable | undefined,
    range: { readonly start: number; readonly end: number },
    signal: AbortSignal | undefined,
  ) {
    this.#source = source;
    this.#at = range.start;
    this.#end = range.end;
    this.#signal = signal;
    if (first !== undefined) this.#use(first);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    for (;;) {
      this.#signal?.throwIfAborted();
      if (this.#closed || this.#at >= this.#end) return this.return();
      try {
        if (this.#pieces === undefined) this.#use(await this.#source.open(this.#at, this.#end));
        const piece = await this.#pieces!.next();
        this.#signal?.throwIfAborted();
        if (this.#closed) return { done: true, value: undefined };
        if (piece.done === true) throw new ObjectStoreError('unreachable', 'The object store ended an object early');
        // More than announced is not passed on.
        const value = piece.value.subarray(0, this.#end - this.#at);
        this.#at += value.length;
        this.#failures = 0;
        if (value.length > 0) return { done: false, value };
      } catch (error) {
        this.#drop();
        await this.#failed(error);
      }
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#closed = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#drop();
    return { done: true, value: undefined };
  }

  #use(stream: Readable): void {
    this.#stream = stream;
    // A stream that nobody reads at the moment must not end the process when it breaks; reading tells it then.
    stream.on('error', () => undefined);
    this.#pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  #drop(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
    this.#pieces = undefined;
  }

  /** Waits until the next try, or throws when there is none. */
  async #failed(error: unknown): Promise<void> {
    const fault = this.#signal?.aborted === true ? this.#signal.reason : this.#source.fault(error);
    const passes = fault instanceof ObjectStoreError && fault.fault === 'unreachable';
    this.#failures += 1;
    if (!passes || this.#closed || this.#failures >= ATTEMPTS) {
      await this.return();
      throw fault;
    }
    await pause(FIRST_PAUSE * 2 ** (this.#failures - 1) * (0.5 + Math.random() / 2), undefined, {
      signal: this.#signal,
    }).catch(() => undefined);
  }
}
