/** The messages of an S3 answer: AWS's event stream with string headers only (s3-select 2). */
import { crc32 } from 'node:zlib';

type EventHeaders = readonly (readonly [string, string])[];

/** Both lengths, and their own sum. */
const PRELUDE = 12;
const CRC = 4;
const STRING = 7;

/** Below the buffer of AWS's Java SDK, the headers included. */
export const MAX_EVENT_BYTES = 128 * 1024 - 256;

export function encodeEvent(headers: EventHeaders, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.concat(
    headers.flatMap(([name, value]) => {
      const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
      const type = Buffer.of(STRING, valueBytes.length >> 8, valueBytes.length & 0xff);
      return [Buffer.of(nameBytes.length), nameBytes, type, valueBytes];
    }),
  );
  const total = PRELUDE + head.length + payload.length + CRC;
  const bytes = Buffer.allocUnsafe(total);
  bytes.writeUInt32BE(total, 0);
  bytes.writeUInt32BE(head.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  head.copy(bytes, PRELUDE);
  payload.copy(bytes, PRELUDE + head.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, total - CRC)), total - CRC);
  return bytes;
}

const event = (type: string, contentType?: string): EventHeaders => [
  [':message-type', 'event'],
  ...(contentType === undefined ? [] : [[':content-type', contentType] as const]),
  [':event-type', type],
];

const RECORDS = event('Records', 'application/octet-stream');
const CONT = encodeEvent(event('Cont'));
const END = encodeEvent(event('End'));

interface EventTotals {
  readonly scanned: number;
  readonly processed: number;
  readonly returned: number;
}

export const s3Records = (payload: Buffer): Buffer => encodeEvent(RECORDS, payload);
export const s3Cont = (): Buffer => CONT;
export const s3End = (): Buffer => END;

export const s3Totals = (kind: 'Progress' | 'Stats', { scanned, processed, returned }: EventTotals): Buffer =>
  encodeEvent(
    event(kind, 'text/xml'),
    Buffer.from(
      `<${kind}><BytesScanned>${scanned}</BytesScanned><BytesProcessed>${processed}</BytesProcessed>` +
        `<BytesReturned>${returned}</BytesReturned></${kind}>`,
    ),
  );

/** Ends the stream: no End follows. */
export const s3Error = (code: string, text: string): Buffer =>
  encodeEvent([
    [':message-type', 'error'],
    [':error-code', code],
    [':error-message', text],
  ]);
