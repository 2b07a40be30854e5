/** Text in the encodings of exports; characters that an encoding lacks become `?` (spec dli-jobs 8). */
import iconv from 'iconv-lite';
import type { ExportRequest } from '../domain/model.ts';

export type Encode = (text: string) => Buffer;

export function encoderOf(encoding: ExportRequest['encoding']): Encode {
  if (encoding === 'utf-8') return (text) => Buffer.from(text, 'utf8');
  const has = encoding === 'gbk' ? inGbk : in2312;
  return (text) => only(iconv.encode(text.replace(OUTSIDE, '?'), 'gbk'), has);
}

/** Of two code units, or for private use: the library would write two question marks, or cells that readers of GBK refuse. */
const OUTSIDE = /[\u{e000}-\u{f8ff}\u{10000}-\u{10ffff}]/gu;
const QUESTION = 63;

/** The library follows code page 936 and GB 18030, which have characters that the encodings lack. */
function only(bytes: Buffer, has: (lead: number, trail: number) => boolean): Buffer {
  let to = 0;
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      bytes[to++] = lead;
    } else if (lead > 0x80 && has(lead, bytes[++i]!)) {
      bytes[to++] = lead;
      bytes[to++] = bytes[i]!;
    } else {
      bytes[to++] = QUESTION;
    }
  }
  return bytes.subarray(0, to);
}

/** Without what GB 18030 added in the rows A8, A9 and FE. */
function inGbk(lead: number, trail: number): boolean {
  switch (lead) {
    case 0xa8:
      return trail !== 0xbc && trail !== 0xbf;
    case 0xa9:
      return trail < 0x89 || trail > 0x95;
    case 0xfe:
      return trail > 0xa0 || trail < 0x50;
    default:
      return true;
  }
}

/** First and last cells of what each row of symbols holds; characters fill the rows B0 to F7, but for five cells. */
const SYMBOLS: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  161: [[0xa1, 0xfe]],
  162: [
    [0xb1, 0xe2],
    [0xe5, 0xee],
    [0xf1, 0xfc],
  ],
  163: [[0xa1, 0xfe]],
  164: [[0xa1, 0xf3]],
  165: [[0xa1, 0xf6]],
  166: [
    [0xa1, 0xb8],
    [0xc1, 0xd8],
  ],
  167: [
    [0xa1, 0xc1],
    [0xd1, 0xf1],
  ],
  168: [
    [0xa1, 0xba],
    [0xc5, 0xe9],
  ],
  169: [[0xa4, 0xef]],
};

function in2312(lead: number, trail: number): boolean {
  if (lead >= 0xb0 && lead <= 0xf7) return trail >= 0xa1 && !(lead === 0xd7 && trail >= 0xfa);
  return SYMBOLS[lead]?.some(([from, to]) => trail >= from && trail <= to) ?? false;
}
