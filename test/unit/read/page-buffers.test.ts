/** Buffers of pages: what is given back is lent again, never twice at once. */
import { expect, it } from 'vitest';
import { PageBuffers } from '../../../src/read/page-buffers.ts';

it('lends again what was given back, in whole or in part, where it is large enough', () => {
  const buffers = new PageBuffers();
  const first = buffers.take(1_000);
  expect(first.length).toBeGreaterThanOrEqual(1_000);
  expect(buffers.take(1_000).buffer).not.toBe(first.buffer);
  buffers.give(first.subarray(0, 10));
  expect(buffers.take(first.length + 1).buffer).not.toBe(first.buffer);
  expect(buffers.take(900).buffer).toBe(first.buffer);
  expect(buffers.take(900).buffer).not.toBe(first.buffer);
});

it('takes back each buffer once, and none that it has not lent', () => {
  const buffers = new PageBuffers();
  const one = buffers.take(100);
  buffers.give(one);
  buffers.give(one);
  const foreign = Buffer.alloc(100);
  buffers.give(foreign);
  const again = [buffers.take(100), buffers.take(100), buffers.take(100)];
  expect(again.filter((buffer) => buffer.buffer === one.buffer).length).toBe(1);
  expect(again.some((buffer) => buffer.buffer === foreign.buffer)).toBe(false);
});

it('keeps a few buffers only', () => {
  const buffers = new PageBuffers();
  const lent = Array.from({ length: 20 }, () => buffers.take(100));
  for (const buffer of lent) buffers.give(buffer);
  const known = new Set(lent.map((buffer) => buffer.buffer));
  const again = Array.from({ length: 20 }, () => buffers.take(100));
  expect(again.filter((buffer) => known.has(buffer.buffer)).length).toBe(8);
});
