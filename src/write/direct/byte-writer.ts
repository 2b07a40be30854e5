/** Bytes that grow at their end. */
export interface ByteWriter {
  /** Has room for what was asked for with `reserve`; another array after each call of it. */
  bytes: Buffer;
  length: number;
  /** Room for so many bytes more. */
  reserve(more: number): void;
  text(text: string): void;
}

/** The most bytes of UTF-8 that a UTF-16 unit takes. */
const WIDEST = 3;

export function createByteWriter(size: number): ByteWriter {
  let buffer = Buffer.allocUnsafe(Math.max(size, 64));
  return {
    bytes: buffer,
    length: 0,
    reserve(more) {
      const needed = this.length + more;
      if (needed <= buffer.length) return;
      const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
      buffer.copy(larger, 0, 0, this.length);
      buffer = larger;
      this.bytes = larger;
    },
    text(text) {
      this.reserve(text.length * WIDEST);
      this.length += buffer.write(text, this.length, 'utf8');
    },
  };
}
