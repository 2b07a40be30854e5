/** Reads the beginning of a result into memory, to learn whether that is all of it. */
import type { Page } from '../rows/page.ts';

/** Rows that are held at most, whatever the fetch size. */
export const HELD_ROWS = 10_000;

export interface HeldPages {
  /** The whole result has been read, and has no more rows than asked. */
  readonly complete: boolean;
  readonly pages: readonly Page[];
  /** What is held, then the rest; read it once. */
  all(): AsyncGenerator<Page>;
}

export async function holdPages(source: AsyncIterable<Page>, rows: number): Promise<HeldPages> {
  const iterator = source[Symbol.asyncIterator]();
  const pages: Page[] = [];
  let count = 0;
  let ended = false;
  while (count <= rows) {
    const step = await iterator.next();
    if (step.done) {
      ended = true;
      break;
    }
    pages.push(step.value);
    count += step.value.length;
  }
  return {
    complete: ended,
    pages,
    async *all() {
      try {
        yield* pages;
        while (!ended) {
          const step = await iterator.next();
          if (step.done) return;
          yield step.value;
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}
