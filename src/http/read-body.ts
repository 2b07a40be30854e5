/** Reads a request body whole, decoded, and never more of it than allowed. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { SqlError } from '../../translators/errors.ts';

const DECODERS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
};

export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  return (await decodeBody(request, await readBytes(request, limit), limit)).toString('utf8');
}

/** As sent: signatures are of these bytes. */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof SqlError) throw error;
    throw new SqlError('cancelled', { details: 'The client went away while it was sending.', cause: error });
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

export async function decodeBody(request: IncomingMessage, bytes: Buffer, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  return encoding === 'identity' || bytes.length === 0 ? bytes : decode(bytes, encoding, limit);
}

async function decode(bytes: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const decoder = DECODERS[encoding];
  if (decoder === undefined) throw new SqlError('illegalArgument', `Content-Encoding [${encoding}] is not supported`);
  try {
    return await decoder(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit);
    throw new SqlError('illegalArgument', { details: 'Failed to parse request payload', cause: error });
  }
}

function tooLarge(limit: number): SqlError {
  return new SqlError('payloadTooLarge', `The body of a SQL request may have ${limit} bytes (MAX_BODY_BYTES).`);
}
