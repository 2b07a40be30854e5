/** The messages of both protocols, byte for byte as the worked examples of their specifications. */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bosCont, bosEnd, bosRecords } from '../../../src/select/frames/bos-frames.ts';
import {
  encodeEvent,
  MAX_EVENT_BYTES,
  s3Cont,
  s3End,
  s3Error,
  s3Records,
} from '../../../src/select/frames/event-stream.ts';
import { bosFrames, s3Frames } from '../../../src/select/frames/frames.ts';
import { readBosMessages, readEvents } from './read-messages.ts';

const hex = (text: string): string => text.replaceAll(/\s+/g, '');
const PEOPLE = Buffer.from('Dale,33\n');

describe('BOS messages', () => {
  it.each([
    [
      'Records',
      bosRecords(PEOPLE),
      `00 00 00 2a 00 00 00 16 0c 6d 65 73 73 61 67 65 2d 74 79 70 65 00 07 52 65 63 6f 72 64 73
       44 61 6c 65 2c 33 33 0a 22 cc 34 7b`,
    ],
    [
      'Cont',
      bosCont(702294, 8),
      `00 00 00 2f 00 00 00 13 0c 6d 65 73 73 61 67 65 2d 74 79 70 65 00 04 43 6f 6e 74
       00 00 00 00 00 0a b7 56 00 00 00 00 00 00 00 08 7b 99 87 ac`,
    ],
    [
      'End, success',
      bosEnd('success', ''),
      `00 00 00 42 00 00 00 36 0c 6d 65 73 73 61 67 65 2d 74 79 70 65 00 03 45 6e 64 0a 65 72 72 6f 72 2d 63 6f 64 65
       00 07 73 75 63 63 65 73 73 0d 65 72 72 6f 72 2d 6d 65 73 73 61 67 65 00 00 22 6f 52 32`,
    ],
    [
      'End, CastFailed',
      bosEnd('CastFailed', 'row 7'),
      `00 00 00 4a 00 00 00 3e 0c 6d 65 73 73 61 67 65 2d 74 79 70 65 00 03 45 6e 64 0a 65 72 72 6f 72 2d 63 6f 64 65
       00 0a 43 61 73 74 46 61 69 6c 65 64 0d 65 72 72 6f 72 2d 6d 65 73 73 61 67 65 00 05 72 6f 77 20 37 c2 1b 4f b9`,
    ],
  ])('%s', (_name, bytes, expected) => {
    expect(bytes.toString('hex')).toBe(hex(expected));
  });

  it('count beyond 32 bits', () => {
    const [message] = readBosMessages(bosCont(5_000_000_000_000, 4_294_967_296));
    expect(message).toMatchObject({ scanned: 5_000_000_000_000n, returned: 4_294_967_296n });
  });

  it('start every Records message with the line of names, and count it', () => {
    const frames = bosFrames({ progress: true, header: Buffer.from('name,age\n') });
    const sent = [...frames.records(PEOPLE), ...frames.records(PEOPLE), ...frames.beat({ scanned: 9, processed: 9 })];
    const messages = readBosMessages(Buffer.concat(sent));
    expect(messages.slice(0, 2).map((one) => one.payload.toString())).toEqual(Array(2).fill('name,age\nDale,33\n'));
    expect(messages[2]).toMatchObject({ type: 'Cont', scanned: 9n, returned: 34n });
  });

  it('tell no progress unless asked', () => {
    expect(bosFrames({ progress: false, header: undefined }).beat({ scanned: 1, processed: 1 })).toEqual([]);
  });

  it('keep the message of an error within its length and on one line', () => {
    const { failure } = bosFrames({ progress: false, header: undefined });
    const [end] = readBosMessages(failure('CSVParsingError', `line\n${'é'.repeat(70_000)}`));
    expect(end!.headers['error-message']).toMatch(/^line é+$/);
  });
});

describe('messages of any content', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  const payload = fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));

  it('of BOS are read back whole, in a row', () => {
    fc.assert(
      fc.property(
        fc.array(payload, { maxLength: 5 }),
        fc.option(payload, { nil: undefined }),
        text,
        text,
        (parts, header, code, message) => {
          const frames = bosFrames({ progress: true, header });
          const sent = Buffer.concat([...parts.flatMap((part) => frames.records(part)), bosEnd(code, message)]);
          const messages = readBosMessages(sent);
          const expected = parts.map((part) => Buffer.concat([header ?? Buffer.alloc(0), part]).toString('hex'));
          expect(messages.slice(0, -1).map((one) => one.payload.toString('hex'))).toEqual(expected);
          expect(messages.at(-1)!.headers).toEqual({
            'message-type': 'End',
            'error-code': code,
            'error-message': message,
          });
        },
      ),
    );
  });

  it("of S3 are read back by Smithy's codec", () => {
    fc.assert(
      fc.property(payload, text, text, (part, code, message) => {
        const [records, error] = readEvents(Buffer.concat([s3Records(part), s3Error(code, message)]));
        expect(records!.payload.equals(part)).toBe(true);
        expect(error!.headers).toMatchObject({ ':error-code': code, ':error-message': message });
      }),
    );
  });
});

describe('S3 messages', () => {
  it.each([
    [
      'Records',
      s3Records(PEOPLE),
      `00 00 00 6d 00 00 00 55 1f 81 c9 ee 0d 3a 6d 65 73 73 61 67 65 2d 74 79 70 65 07 00 05 65 76 65 6e 74 0d 3a 63 6f 6e 74
       65 6e 74 2d 74 79 70 65 07 00 18 61 70 70 6c 69 63 61 74 69 6f 6e 2f 6f 63 74 65 74 2d 73 74 72 65 61 6d 0b 3a 65 76 65
       6e 74 2d 74 79 70 65 07 00 07 52 65 63 6f 72 64 73 44 61 6c 65 2c 33 33 0a 34 18 3c a8`,
    ],
    [
      'Cont',
      s3Cont(),
      `00 00 00 39 00 00 00 29 8b a1 9d f2 0d 3a 6d 65 73 73 61 67 65 2d 74 79 70 65 07 00 05 65 76 65 6e 74 0b 3a 65 76 65 6e
       74 2d 74 79 70 65 07 00 04 43 6f 6e 74 9c 86 4a 0d`,
    ],
    [
      'End',
      s3End(),
      `00 00 00 38 00 00 00 28 c1 c6 84 d4 0d 3a 6d 65 73 73 61 67 65 2d 74 79 70 65 07 00 05 65 76 65 6e 74 0b 3a 65 76 65 6e
       74 2d 74 79 70 65 07 00 03 45 6e 64 cf 97 d3 92`,
    ],
    [
      'error',
      s3Error('CastFailed', 'row 7'),
      `00 00 00 56 00 00 00 46 4d ce 01 a7 0d 3a 6d 65 73 73 61 67 65 2d 74 79 70 65 07 00 05 65 72 72 6f 72 0b 3a 65 72 72 6f
       72 2d 63 6f 64 65 07 00 0a 43 61 73 74 46 61 69 6c 65 64 0e 3a 65 72 72 6f 72 2d 6d 65 73 73 61 67 65 07 00 05 72 6f 77
       20 37 16 ce 78 2a`,
    ],
  ])('%s', (_name, bytes, expected) => {
    expect(bytes.toString('hex')).toBe(hex(expected));
  });

  it("are those of Smithy's codec", () => {
    const codec = new EventStreamCodec(
      (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
      (text) => Buffer.from(text, 'utf8'),
    );
    const payload = Buffer.from('größer\n');
    const ours = encodeEvent([[':event-type', 'Récords']], payload);
    const theirs = codec.encode({ headers: { ':event-type': { type: 'string', value: 'Récords' } }, body: payload });
    expect(ours.equals(Buffer.from(theirs))).toBe(true);
  });

  it('stay below the buffer of the Java SDK, and lose nothing of a record that does not fit', () => {
    const record = Buffer.from(`${'x'.repeat(300_000)}\n`);
    const frames = s3Frames({ progress: false, header: Buffer.from('h\n') });
    const messages = [...frames.records(record), ...frames.records(PEOPLE)];
    expect(Math.max(...messages.map((one) => one.length))).toBeLessThanOrEqual(MAX_EVENT_BYTES);
    const payloads = readEvents(Buffer.concat(messages)).map((one) => one.payload);
    expect(Buffer.concat(payloads).toString()).toBe(`h\n${record}Dale,33\n`);
    expect(frames.returned).toBe(300_011);
  });

  it('end with the figures', () => {
    const frames = s3Frames({ progress: true, header: undefined });
    frames.records(PEOPLE);
    const [progress, stats, end] = readEvents(Buffer.concat(frames.end({ scanned: 10, processed: 20 })));
    const figures =
      '<BytesScanned>10</BytesScanned><BytesProcessed>20</BytesProcessed><BytesReturned>8</BytesReturned>';
    expect(progress!.payload.toString()).toBe(`<Progress>${figures}</Progress>`);
    expect(stats!.payload.toString()).toBe(`<Stats>${figures}</Stats>`);
    expect(stats!.headers).toEqual({ ':message-type': 'event', ':content-type': 'text/xml', ':event-type': 'Stats' });
    expect(end!.headers[':event-type']).toBe('End');
  });

  it('keep the connection alive with Cont where no progress is wanted', () => {
    const types = (progress: boolean): string[] =>
      readEvents(Buffer.concat(s3Frames({ progress, header: undefined }).beat({ scanned: 0, processed: 0 }))).map(
        (one) => one.headers[':event-type']!,
      );
    expect(types(false)).toEqual(['Cont']);
    expect(types(true)).toEqual(['Progress']);
  });
});
