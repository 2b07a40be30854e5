/** Rows as bytes and back: blocks of a head (bytes, rows) and compressed rows, in any number, one after the other. */
import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { Page } from '../../rows/page.ts';
import { JobError } from '../domain/job-error.ts';

/** Rows of a block, and the bytes that it is to have before it is compressed: enough to compress well, few enough to hold several. */
const BLOCK_ROWS = 2_000;
const BLOCK_BYTES = 1_048_576;
const FIRST_ROWS = 100;
const HEAD_BYTES = 8;
/** A longer block was not written by us. */
const MOST_BYTES = 2 ** 30;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** What is compressed in threads of the pool while the next rows are fetched. */
export async function* blocksOf(pages: AsyncIterable<Page>): AsyncGenerator<{ bytes: Buffer; rows: number }> {
  let block: Page = [];
  // The first rows tell how large the others are.
  let wanted = FIRST_ROWS;
  const encoded = async (): Promise<{ bytes: Buffer; rows: number }> => {
    const raw = serialize(block);
    wanted = Math.max(1, Math.min(BLOCK_ROWS, Math.floor(BLOCK_BYTES / (raw.length / block.length))));
    const { length } = block;
    block = [];
    return { bytes: await compressed(raw, length), rows: length };
  };
  for await (const page of pages) {
    for (let at = 0; at < page.length; ) {
      const taken = page.slice(at, at + wanted - block.length);
      block = block.length === 0 ? taken : block.concat(taken);
      at += taken.length;
      if (block.length >= wanted) yield await encoded();
    }
  }
  if (block.length > 0) yield await encoded();
}

async function compressed(raw: Buffer, rows: number): Promise<Buffer> {
  const body = await deflate(raw, { level: constants.Z_BEST_SPEED });
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(body.length, 0);
  head.writeUInt32LE(rows, 4);
  return Buffer.concat([head, body]);
}

export async function* pagesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Page> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length - at >= HEAD_BYTES) {
      const length = held.readUInt32LE(at);
      const rows = held.readUInt32LE(at + 4);
      if (length > MOST_BYTES) throw damaged();
      if (held.length - at < HEAD_BYTES + length) break;
      yield await decode(held.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length), rows);
      at += HEAD_BYTES + length;
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw damaged();
}

async function decode(body: Buffer, rows: number): Promise<Page> {
  let page: unknown;
  try {
    page = deserialize(await inflate(body));
  } catch (error) {
    throw damaged(error);
  }
  if (!Array.isArray(page) || page.length !== rows) throw damaged();
  return page as Page;
}

const damaged = (cause?: unknown): JobError =>
  new JobError('resultGone', 'The kept rows of the job are damaged; run its statement again.', cause);
