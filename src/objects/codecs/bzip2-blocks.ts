/** Finds the blocks of bzip2 data, which begin at any bit, and makes each a file of its own. */
import { Bzip2Error } from './bzip2-threads.ts';

/** The digits of pi before a block, and of its square root before the end of a stream. */
const BLOCK_MAGIC = 0x314159265359n;
const END_MAGIC = 0x177245385090n;
const HEADER_BYTES = 4;
const MAGIC_BITS = 48;
const CRC_BITS = 32;
/** No block is longer when compressed: 900,000 bytes grow by 1 % at most. */
const MAX_BLOCK_BYTES = 1_100_000;

/** The six or seven bytes that a magic touches, for one of its eight places in a byte. */
interface Mark {
  readonly end: boolean;
  readonly shift: number;
}

const MARKS: readonly Mark[] = [false, true].flatMap((end) =>
  Array.from({ length: 8 }, (_, shift) => ({ end, shift })),
);

/** By the second byte, which a magic fills whole: the marks that it may belong to. Most bytes belong to none. */
const CANDIDATES: readonly (readonly Mark[])[] = Array.from({ length: 256 }, (_, byte) =>
  MARKS.filter(({ end, shift }) => Number(((end ? END_MAGIC : BLOCK_MAGIC) >> BigInt(32 + shift)) & 0xffn) === byte),
);

type State = 'header' | 'magic' | 'block' | 'padding';

/** Takes data in pieces of any size and gives whole blocks; memory holds one block. */
export class Bzip2Blocks {
  #data: Buffer = Buffer.alloc(0);
  /** Of the header, magic or block that is being read. */
  #bit = 0;
  /** Where the search for the end of the block goes on. */
  #searched = 0;
  #state: State = 'header';
  #level = 9;
  #combined = 0;
  #streams = 0;

  push(bytes: Buffer): Uint8Array[] {
    this.#data = this.#data.length === 0 ? bytes : Buffer.concat([this.#data, bytes]);
    const blocks: Uint8Array[] = [];
    while (this.#step(blocks)) {
      // As long as the data goes.
    }
    this.#forget();
    return blocks;
  }

  /** All data has been pushed. */
  end(): void {
    const rest = this.#data.length * 8 - this.#bit;
    if (this.#state === 'header' && rest === 0 && this.#streams > 0) return;
    throw new Bzip2Error('truncated', 'The bzip2 data ends in the middle');
  }

  /** Reads one part; false: more data is needed. */
  #step(blocks: Uint8Array[]): boolean {
    switch (this.#state) {
      case 'header':
        return this.#header();
      case 'magic':
        return this.#magic();
      case 'block':
        return this.#block(blocks);
      case 'padding':
        return this.#padding();
    }
  }

  #header(): boolean {
    if (!this.#has(HEADER_BYTES * 8)) return false;
    const at = this.#bit / 8;
    const header = this.#data.toString('latin1', at, at + HEADER_BYTES);
    if (!/^BZh[1-9]$/.test(header))
      throw new Bzip2Error(
        'damaged',
        this.#streams === 0 ? 'The data is not bzip2' : 'There is other data behind the bzip2 data',
      );
    this.#level = Number(header[3]);
    this.#combined = 0;
    this.#bit += HEADER_BYTES * 8;
    this.#state = 'magic';
    return true;
  }

  #magic(): boolean {
    if (!this.#has(MAGIC_BITS + CRC_BITS)) return false;
    const magic = this.#bits(this.#bit, MAGIC_BITS);
    if (magic === BLOCK_MAGIC) {
      this.#searched = Math.floor((this.#bit + MAGIC_BITS) / 8);
      this.#state = 'block';
    } else if (magic === END_MAGIC) {
      this.#state = 'padding';
    } else {
      throw new Bzip2Error('damaged', 'The bzip2 data is damaged');
    }
    return true;
  }

  #block(blocks: Uint8Array[]): boolean {
    const crc = Number(this.#bits(this.#bit + MAGIC_BITS, CRC_BITS));
    const combined = (((this.#combined << 1) | (this.#combined >>> 31)) ^ crc) >>> 0;
    const end = this.#find(combined);
    if (end === undefined) {
      if (this.#data.length - this.#bit / 8 > MAX_BLOCK_BYTES)
        throw new Bzip2Error('damaged', 'The bzip2 data is damaged: a block has no end');
      return false;
    }
    blocks.push(this.#file(this.#bit, end, crc));
    this.#combined = combined;
    this.#bit = end;
    this.#state = 'magic';
    return true;
  }

  #padding(): boolean {
    const crc = Number(this.#bits(this.#bit + MAGIC_BITS, CRC_BITS));
    if (crc !== this.#combined) throw new Bzip2Error('damaged', 'The bzip2 data is damaged: its checksum is wrong');
    this.#bit = Math.ceil((this.#bit + MAGIC_BITS + CRC_BITS) / 8) * 8;
    this.#streams += 1;
    this.#state = 'header';
    return true;
  }

  /**
   * The next magic behind the block's own. One in 2^47 bits looks like the beginning of a block by chance;
   * such a block fails its checksum, so that it is refused and never read wrong. An end must agree with the checksums.
   */
  #find(combined: number): number | undefined {
    const data = this.#data;
    // A magic and its checksum, at the worst place in a byte.
    const last = data.length - 11;
    for (let at = this.#searched; at <= last; at++) {
      const marks = CANDIDATES[data[at + 1]!]!;
      for (const { end, shift } of marks) {
        const bit = at * 8 + shift;
        if (this.#bits(bit, MAGIC_BITS) !== (end ? END_MAGIC : BLOCK_MAGIC)) continue;
        if (!end || Number(this.#bits(bit + MAGIC_BITS, CRC_BITS)) === combined) return bit;
      }
    }
    // An end of stream may stand in the last bytes of all, with less behind it.
    this.#searched = Math.max(this.#searched, last + 1);
    return this.#findAtEnd(combined);
  }

  #findAtEnd(combined: number): number | undefined {
    const bits = this.#data.length * 8;
    for (let bit = this.#searched * 8; bit + MAGIC_BITS + CRC_BITS <= bits; bit++) {
      if (this.#bits(bit, MAGIC_BITS) === END_MAGIC && Number(this.#bits(bit + MAGIC_BITS, CRC_BITS)) === combined)
        return bit;
    }
    return undefined;
  }

  /** The bits from `from` to `to` between a header and an end of stream. */
  #file(from: number, to: number, crc: number): Uint8Array {
    const bits = to - from;
    const whole = bits >> 3;
    const rest = bits & 7;
    const out = new Uint8Array(HEADER_BYTES + whole + 1 + 10);
    out.set(Buffer.from(`BZh${this.#level}`, 'latin1'));
    const shift = from & 7;
    let at = from >> 3;
    const data = this.#data;
    for (let n = 0; n < whole; n++, at++) {
      out[HEADER_BYTES + n] = (data[at]! << shift) | (data[at + 1]! >> (8 - shift));
    }
    let tail = (END_MAGIC << 32n) | BigInt(crc);
    let width = MAGIC_BITS + CRC_BITS;
    if (rest > 0) {
      tail |= this.#bits(to - rest, rest) << BigInt(width);
      width += rest;
    }
    const pad = (8 - (width & 7)) & 7;
    tail <<= BigInt(pad);
    const bytes = (width + pad) >> 3;
    for (let n = bytes - 1; n >= 0; n--, tail >>= 8n) out[HEADER_BYTES + whole + n] = Number(tail & 0xffn);
    return out.slice(0, HEADER_BYTES + whole + bytes);
  }

  #has(bits: number): boolean {
    return this.#data.length * 8 >= this.#bit + bits;
  }

  #bits(from: number, count: number): bigint {
    const first = from >> 3;
    const last = (from + count + 7) >> 3;
    let value = 0n;
    for (let at = first; at < last; at++) value = (value << 8n) | BigInt(this.#data[at]!);
    return (value >> BigInt(last * 8 - from - count)) & ((1n << BigInt(count)) - 1n);
  }

  /** What has been read is not kept. */
  #forget(): void {
    const bytes = this.#bit >> 3;
    this.#data = this.#data.subarray(bytes);
    this.#bit -= bytes * 8;
    this.#searched = Math.max(0, this.#searched - bytes);
  }
}
