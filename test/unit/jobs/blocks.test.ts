/** Blocks of kept rows: as many rows as make a block of its size, and the same rows when they are read back in chunks of any size. */
import { expect, it } from 'vitest';
import { blocksOf, pagesOf } from '../../../src/jobs/results/blocks.ts';
import type { Page } from '../../../src/rows/page.ts';

async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const pagesOfRows = (count: number, size: number, textBytes: number): Page[] =>
  Array.from({ length: Math.ceil(count / size) }, (_, p) =>
    Array.from({ length: Math.min(size, count - p * size) }, (_, i) => [p * size + i, 'x'.repeat(textBytes), null]),
  );

it.each([
  ['short', 20, 2_000],
  ['wide', 10_000, 110],
  ['very wide', 700_000, 2],
])('of %s rows hold no more than fits', async (_what, textBytes, most) => {
  const count = 5 * most;
  const rows: number[] = [];
  const bytes: Buffer[] = [];
  for await (const block of blocksOf(iterate(pagesOfRows(count, 700, textBytes)))) {
    rows.push(block.rows);
    bytes.push(block.bytes);
  }
  expect(rows.reduce((sum, one) => sum + one, 0)).toBe(count);
  // The first block tells how large rows are.
  expect(Math.max(...rows.slice(1))).toBeLessThanOrEqual(most);
  const whole = Buffer.concat(bytes);
  const chunks = Array.from({ length: Math.ceil(whole.length / 1_000) }, (_, i) =>
    whole.subarray(i * 1_000, (i + 1) * 1_000),
  );
  const ids: unknown[] = [];
  for await (const page of pagesOf(iterate(chunks))) {
    for (const [id, text, none] of page) {
      ids.push(id);
      expect([String(text).length, none]).toEqual([textBytes, null]);
    }
  }
  expect(ids).toEqual(Array.from({ length: count }, (_, i) => i));
});
