/** Reads a request body whole, decoded, and never more of it than allowed. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { SqlError } from '../../translators/errors.ts';
import { type BodyFault, collectBody } from './collect-body.ts';

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
  let bytes: Buffer;
  try {
    bytes = await collectBody(request, limit);
  } catch (fault) {
    if (fault === ('tooLarge' satisfies BodyFault)) throw tooLarge(limit);
    throw new SqlError('cancelled', { details: 'The client went away while it was sending.', cause: fault });
  }
  return bytes;
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
