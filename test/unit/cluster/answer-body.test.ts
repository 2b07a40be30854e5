/** Bodies of answers, however they come in pieces and whatever length the header tells. */
import { describe, expect, it } from 'vitest';
import { AnswerBody, type Room } from '../../../src/cluster/answer-body.ts';

const TEXT = 'The quick brown fox jumps over the lazy dog.';

function received(pieces: readonly string[], length?: string | string[], room?: Room): Buffer {
  const body = new AnswerBody(length, room);
  for (const piece of pieces) body.push(Buffer.from(piece));
  return body.bytes();
}

describe.each([
  ['one piece', [TEXT]],
  ['two pieces', [TEXT.slice(0, 7), TEXT.slice(7)]],
  ['many pieces', [...TEXT]],
  ['pieces of which some are empty', ['', TEXT.slice(0, 9), '', TEXT.slice(9), '']],
])('%s', (_what, pieces) => {
  it.each([
    ['the right length', String(TEXT.length)],
    ['none', undefined],
    ['too small a length', '10'],
    ['too large a length', '1000'],
    ['a length beyond all memory', '99999999999999'],
    ['no number', 'many'],
    ['several lengths', ['44', '45']],
  ])('are joined where the header tells %s', (_header, length) => {
    expect(received(pieces, length).toString()).toBe(TEXT);
  });
});

it('uses the room that is given, once, where the answer comes in pieces', () => {
  const rooms: Buffer[] = [];
  const room: Room = (length) => {
    rooms.push(Buffer.alloc(length + 20));
    return rooms.at(-1)!;
  };
  const bytes = received([...TEXT], String(TEXT.length), room);
  expect(bytes.toString()).toBe(TEXT);
  expect(rooms.length).toBe(1);
  expect(bytes.buffer).toBe(rooms[0]!.buffer);
  received([TEXT], String(TEXT.length), room);
  expect(rooms.length).toBe(1);
});

it('is empty without a piece', () => expect(received([], '0').length).toBe(0));
