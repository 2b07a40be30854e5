/** bzip2 in both directions, against the reference program where it is installed, and against damaged data. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bunzip2 } from '../../../src/objects/codecs/bzip2-decoder.ts';
import { Bzip2Encoder } from '../../../src/objects/codecs/bzip2-encoder.ts';
import { Bzip2Error } from '../../../src/objects/codecs/bzip2-threads.ts';
import { pattern } from './store-suite.ts';

const installed = ((): boolean => {
  try {
    execFileSync('bzip2', ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const reference = (options: string[], input: Uint8Array): Buffer =>
  execFileSync('bzip2', options, { input, maxBuffer: 1 << 28 });

async function encode(bytes: Uint8Array, step: number): Promise<Buffer> {
  const encoder = new Bzip2Encoder();
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += step) out.push(...(await encoder.push(bytes.subarray(at, at + step))));
  out.push(...(await encoder.end()));
  return Buffer.concat(out);
}

async function decode(bytes: Uint8Array, step = 64 * 1024): Promise<Buffer> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += step) yield Buffer.from(bytes.subarray(at, at + step));
  }
  const out: Buffer[] = [];
  for await (const piece of bunzip2(pieces())) out.push(piece);
  return Buffer.concat(out);
}

const kindOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof Bzip2Error) return error.kind;
    throw error;
  }
  return 'none';
};

const lines = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, n) => `${n},row ${n},${(n * 7919) % 1013}\n`).join(''));
const same = (a: Buffer, b: Buffer): boolean =>
  a.length === b.length &&
  createHash('sha256').update(a).digest('hex') === createHash('sha256').update(b).digest('hex');

const SAMPLES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['several blocks of text', lines(80_000)],
  ['exactly one block', pattern(900_000)],
  ['bytes that do not shrink', pattern(1_100_000, 7)],
  ['one byte over and over', Buffer.alloc(2_000_000, 'a')],
];

describe.each(SAMPLES)('%s', (_, bytes) => {
  it('comes back', async () => {
    expect(same(await decode(await encode(bytes, 100_000)), bytes)).toBe(true);
  });

  it.skipIf(!installed)('is read by bzip2, and read from bzip2 (needs the program)', async () => {
    expect(same(reference(['-dc'], await encode(bytes, 1_000_000)), bytes)).toBe(true);
    for (const level of ['-1', '-9']) expect(same(await decode(reference([level, '-c'], bytes)), bytes)).toBe(true);
  });
});

describe('bzip2 data', () => {
  it('may come in pieces of any size', async () => {
    const bytes = lines(3_000);
    const packed = await encode(bytes, 1 << 20);
    for (const step of [1, 7, 1000]) expect(same(await decode(packed, step), bytes)).toBe(true);
  });

  it('may be several files in a row', async () => {
    const packed = Buffer.concat([
      await encode(Buffer.from('one'), 10),
      await encode(Buffer.alloc(0), 10),
      await encode(Buffer.from('two'), 10),
    ]);
    expect((await decode(packed)).toString()).toBe('onetwo');
  });

  it('is refused when it is cut anywhere', async () => {
    const packed = await encode(lines(100), 1 << 20);
    for (const length of [0, 3, 4, 10, 14, 100, packed.length - 5, packed.length - 1]) {
      expect([length, await kindOf(decode(packed.subarray(0, length)))]).toEqual([length, 'truncated']);
    }
  });

  it('is refused when a bit of it is wrong', async () => {
    const packed = await encode(lines(100), 1 << 20);
    for (const at of [0, 3, 5, 11, 60, packed.length - 8, packed.length - 2]) {
      const damaged = Buffer.from(packed);
      damaged[at]! ^= 0x10;
      expect([at, ['damaged', 'truncated'].includes(await kindOf(decode(damaged)))]).toEqual([at, true]);
    }
  });

  it('is refused with other data behind it', async () => {
    const packed = await encode(Buffer.from('x'), 10);
    expect(await kindOf(decode(Buffer.concat([packed, Buffer.from('more')])))).toBe('damaged');
    expect(await kindOf(decode(Buffer.from('a,b\n1,2\n')))).toBe('damaged');
    expect(
      await kindOf(
        decode(Buffer.concat([Buffer.from('BZh9'), Buffer.from('314159265359', 'hex'), pattern(2_000_000)])),
      ),
    ).toBe('damaged');
  });

  it('tells how much of it has been read', async () => {
    const packed = await encode(lines(10), 1 << 20);
    let read = 0;
    const source = async function* (): AsyncGenerator<Buffer> {
      yield packed;
    };
    const count = (bytes: number): void => {
      read += bytes;
    };
    for await (const piece of bunzip2(source(), count)) expect([read, piece.length > 0]).toEqual([packed.length, true]);
  });
});
