/** Bytes in chunks cut anywhere to text: a byte-order mark is dropped, what is not UTF-8 is refused. */
import { isAscii, isUtf8 } from 'node:buffer';
import { SelectError } from './errors.ts';

export class Utf8Chunks {
  private tail: Buffer = Buffer.alloc(0);
  private offset = 0;

  /** `begun`: the text has a beginning elsewhere, so that no byte-order mark is looked for. */
  constructor(private begun = false) {}

  /** Text of all whole characters so far. */
  decode(chunk: Buffer): string {
    const bytes = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
    const whole = bytes.length - unfinished(bytes);
    this.tail = Buffer.from(bytes.subarray(whole));
    return this.text(bytes.subarray(0, whole));
  }

  end(): string {
    const rest = this.tail;
    this.tail = Buffer.alloc(0);
    return this.text(rest);
  }

  /** Bytes that began a character and were not given out. */
  rest(): Buffer {
    return this.tail;
  }

  private text(bytes: Buffer): string {
    if (!isUtf8(bytes)) {
      throw new SelectError('InvalidTextEncoding', `the text behind byte ${this.offset} is not UTF-8`);
    }
    this.offset += bytes.length;
    const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
    if (this.begun || text === '') return text;
    this.begun = true;
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
}

/** Bytes at the end that begin a character without ending it. */
function unfinished(bytes: Buffer): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return size > back ? back : 0;
    }
  }
  return 0;
}
