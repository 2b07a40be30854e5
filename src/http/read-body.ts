/** Reads a request body whole, decoded, and never more of it than allowed. */
import { isUtf8 } from 'node:buffer';
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
  return textOf(await decodeBody(request, await readBytes(request, limit), limit));
}

/** Bytes of another encoding would be replaced in silence, and searched for so. */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new SqlError('illegalArgument', `The body is not UTF-8 (byte ${firstStrange(bytes)} of ${bytes.length}).`);
}

/** Counted from 1. What is decoded and encoded again differs first where it was no UTF-8. */
function firstStrange(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'), 'utf8');
  return bytes.findIndex((byte, i) => byte !== again[i]) + 1;
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
