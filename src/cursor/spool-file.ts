/** One spooled result: blocks of a length and as many bytes; the first block holds the columns, the others rows. */
import type { FileHandle } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { OutputColumn, Page } from '../rows/page.ts';

const HEAD_BYTES = 4;
const BLOCK_ROWS = 1_000;
const WRITE_BYTES = 256 * 1024;

export interface Written {
  readonly rows: number;
  /** Where the first page begins. */
  readonly offset: number;
}

/** No block crosses the end of a page of `pageRows` rows; `grown` hears of bytes before they are written, and may throw. */
export async function writeSpool(
  file: FileHandle,
  columns: readonly OutputColumn[],
  pages: AsyncIterable<Page>,
  pageRows: number,
  grown: (bytes: number) => void,
): Promise<Written> {
  const waiting: Buffer[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (size === 0) return;
    grown(size);
    await file.appendFile(Buffer.concat(waiting.splice(0)));
    size = 0;
  };
  const append = async (value: unknown): Promise<void> => {
    const body = serialize(value);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(body.length);
    waiting.push(head, body);
    size += HEAD_BYTES + body.length;
    if (size >= WRITE_BYTES) await flush();
  };
  await append(columns);
  const offset = size;
  await flush();
  const block: Page = [];
  let rows = 0;
  for await (const page of pages) {
    for (const row of page) {
      block.push(row);
      rows++;
      if (block.length === BLOCK_ROWS || rows % pageRows === 0) await append(block.splice(0));
    }
  }
  if (block.length > 0) await append(block);
  await flush();
  return { rows, offset };
}

export class SpoolReader {
  private constructor(
    private readonly file: FileHandle,
    readonly columns: readonly OutputColumn[],
    /** The place after what has been read. */
    public offset: number,
    private readonly closing: () => Promise<void>,
  ) {}

  static async open(file: FileHandle, closing: () => Promise<void>): Promise<SpoolReader> {
    try {
      const { value, end } = await readBlock(file, 0);
      return new SpoolReader(file, value as readonly OutputColumn[], end, closing);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** `count` rows from a place, in pieces. */
  async *rows(offset: number, count: number): AsyncGenerator<Page> {
    this.offset = offset;
    for (let left = count; left > 0; ) {
      const { value, end } = await readBlock(this.file, this.offset);
      const page = value as Page;
      this.offset = end;
      left -= page.length;
      yield page;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
    await this.closing();
  }
}

async function readBlock(file: FileHandle, offset: number): Promise<{ value: unknown; end: number }> {
  const length = (await readExactly(file, offset, HEAD_BYTES)).readUInt32LE();
  const body = await readExactly(file, offset + HEAD_BYTES, length);
  return { value: deserialize(body), end: offset + HEAD_BYTES + length };
}

async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let read = 0; read < length; ) {
    const { bytesRead } = await file.read(bytes, read, length - read, offset + read);
    if (bytesRead === 0) throw new Error('a spooled result ends too early');
    read += bytesRead;
  }
  return bytes;
}
