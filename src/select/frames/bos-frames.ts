/** The messages of a BOS answer (bos-select 4): 1-byte name lengths, 2-byte value lengths, no type byte, CRC-32 at the end. */
import { crc32 } from 'node:zlib';

/** Before the headers: both lengths. After the payload: the sum. */
const PRELUDE = 8;
const CRC = 4;

function headersOf(pairs: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    pairs.flatMap(([name, value]) => {
      const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
      const valueLength = Buffer.alloc(2);
      valueLength.writeUInt16BE(valueBytes.length);
      return [Buffer.of(nameBytes.length), nameBytes, valueLength, valueBytes];
    }),
  );
}

function message(headers: Buffer, ...payload: readonly Buffer[]): Buffer {
  const total = PRELUDE + headers.length + payload.reduce((sum, part) => sum + part.length, 0) + CRC;
  const bytes = Buffer.allocUnsafe(total);
  bytes.writeUInt32BE(total, 0);
  bytes.writeUInt32BE(headers.length, 4);
  let at = PRELUDE + headers.copy(bytes, PRELUDE);
  for (const part of payload) at += part.copy(bytes, at);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, at)), at);
  return bytes;
}

const RECORDS = headersOf([['message-type', 'Records']]);
const CONT = headersOf([['message-type', 'Cont']]);

/** Whole records only: the clients decode and split each payload alone. */
export const bosRecords = (...payload: readonly Buffer[]): Buffer => message(RECORDS, ...payload);

export function bosCont(scanned: number, returned: number): Buffer {
  const payload = Buffer.alloc(16);
  payload.writeBigUInt64BE(BigInt(scanned), 0);
  payload.writeBigUInt64BE(BigInt(returned), 8);
  return message(CONT, payload);
}

/** Good only with the code `success`: bce-python-sdk knows no other word for it. */
export const bosEnd = (code: string, text: string): Buffer =>
  message(
    headersOf([
      ['message-type', 'End'],
      ['error-code', code],
      ['error-message', text],
    ]),
  );
