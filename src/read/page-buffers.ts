/** Memory of pages that are read one after the other: made anew for each, it would be most of what is to be collected. */

/** Beyond these, what is given back is left to the collector. */
const MOST_FREE = 8;
/** The next page may be a little larger. */
const SPARE = 1.1;

export class PageBuffers {
  readonly #free: Buffer[] = [];
  readonly #lent = new WeakMap<ArrayBufferLike, Buffer>();

  /** Of at least this length; whoever drops it without giving it back only loses its reuse. */
  take(length: number): Buffer {
    const at = this.#free.findIndex((buffer) => buffer.length >= length);
    const buffer = at < 0 ? Buffer.allocUnsafeSlow(Math.ceil(length * SPARE)) : this.#free.splice(at, 1)[0]!;
    this.#lent.set(buffer.buffer, buffer);
    return buffer;
  }

  /** All or a part of what was taken, which nobody reads any more; other bytes are ignored. */
  give(bytes: Buffer): void {
    const buffer = this.#lent.get(bytes.buffer);
    if (buffer === undefined) return;
    this.#lent.delete(bytes.buffer);
    if (this.#free.length >= MOST_FREE) this.#free.shift();
    this.#free.push(buffer);
  }
}
