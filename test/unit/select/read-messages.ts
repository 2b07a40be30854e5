/** Readers of both framings, written from the specifications for the tests: they check every length and sum. */
import { crc32 } from 'node:zlib';
import { EventStreamCodec } from '@smithy/eventstream-codec';

export interface Message {
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  /** Of a Cont message. */
  readonly scanned?: bigint;
  readonly returned?: bigint;
}

export function readBosMessages(bytes: Buffer): readonly Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length; ) {
    const total = bytes.readUInt32BE(at);
    const headersLength = bytes.readUInt32BE(at + 4);
    const message = bytes.subarray(at, at + total);
    if (message.length !== total) throw new Error(`cut message at ${at}`);
    if (message.readUInt32BE(total - 4) !== crc32(message.subarray(0, total - 4))) throw new Error(`bad sum at ${at}`);
    const headers: Record<string, string> = {};
    let place = 8;
    while (place < 8 + headersLength) {
      const nameEnd = place + 1 + message[place]!;
      const valueEnd = nameEnd + 2 + message.readUInt16BE(nameEnd);
      headers[message.toString('utf8', place + 1, nameEnd)] = message.toString('utf8', nameEnd + 2, valueEnd);
      place = valueEnd;
    }
    if (place !== 8 + headersLength) throw new Error(`bad headers at ${at}`);
    const payload = message.subarray(place, total - 4);
    const type = headers['message-type']!;
    if (type === 'Cont' && payload.length !== 16) throw new Error(`Cont of ${payload.length} bytes`);
    const counters =
      type === 'Cont' ? { scanned: payload.readBigUInt64BE(0), returned: payload.readBigUInt64BE(8) } : {};
    messages.push({ type, headers, payload, ...counters });
    at += total;
  }
  return messages;
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** By Smithy's codec, which is the one of AWS's SDK. */
export function readEvents(bytes: Buffer): readonly Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const { headers: typed, body } = codec.decode(bytes.subarray(at, at + bytes.readUInt32BE(at)));
    const headers = Object.fromEntries(Object.entries(typed).map(([name, { value }]) => [name, String(value)]));
    const type = headers[':event-type'] ?? headers[':message-type']!;
    messages.push({ type, headers, payload: Buffer.from(body) });
  }
  return messages;
}
