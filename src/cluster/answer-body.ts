/** The body of an answer, put together from its chunks. */

/** Gives at least so many bytes. */
export type Room = (length: number) => Buffer;

/** A length that is only told must not take the memory. */
const MOST_TOLD = 64 * 1_048_576;

/** Joined as the chunks come, where the length is told: chunks that are kept until the end are costly to collect. */
export class AnswerBody {
  readonly #chunks: Buffer[] = [];
  readonly #length: number;
  readonly #room: Room;
  #whole: Buffer | undefined;
  #filled = 0;

  /** `length` is the header; what is no length, or is not kept to, makes the chunks be joined at the end. */
  constructor(length?: string | string[], room: Room = Buffer.allocUnsafeSlow) {
    this.#length = typeof length === 'string' ? Number(length) : 0;
    this.#room = room;
  }

  push(chunk: Buffer): void {
    const isFirst = this.#whole === undefined && this.#chunks.length === 0;
    if (isFirst && chunk.length < this.#length && this.#length <= MOST_TOLD) this.#whole = this.#room(this.#length);
    if (this.#whole === undefined || this.#filled + chunk.length > this.#whole.length) {
      this.#chunks.push(chunk);
      return;
    }
    chunk.copy(this.#whole, this.#filled);
    this.#filled += chunk.length;
  }

  bytes(): Buffer {
    const joined = this.#whole?.subarray(0, this.#filled);
    if (joined === undefined) return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    return this.#chunks.length === 0 ? joined : Buffer.concat([joined, ...this.#chunks]);
  }
}
