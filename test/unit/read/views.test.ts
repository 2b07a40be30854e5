/** The readers of searches over a cluster that lacks views, loses them, or fails half-way: each row once, and nothing stays open. */
import { describe, expect, it } from 'vitest';
import { type Place, SearchPages } from '../../../src/cursor/search-pages.ts';
import { openBulkScan } from '../../../src/read/bulk-scan.ts';
import { hitsOf } from '../../../src/read/hits.ts';
import { runSearch } from '../../../src/read/search.ts';
import { openPointInTime } from '../../../src/read/view.ts';
import type { Page } from '../../../src/rows/page.ts';
import type { Execution } from '../../../src/run/context.ts';
import { targetOf } from '../../../translators/execution.ts';
import { FakeCluster, type FakeOptions, scanOf } from './fake-cluster.ts';

const DOCUMENTS = 12_345;
const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

async function collect(pages: AsyncIterable<Page>): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const page of pages) for (const [n] of page) rows.push(n);
  return rows;
}

const CLUSTERS: readonly (readonly [string, Partial<FakeOptions>, view: string])[] = [
  ['by a point in time', {}, 'open'],
  ['by a scroll where there are none', { pointInTime: 'none' }, 'open scroll'],
  ['by a scroll where no more may be opened', { full: true }, 'open scroll'],
  ['by a scroll where ties do not break', { shardDocSort: false }, 'open scroll'],
];

describe.each(CLUSTERS)('a search of many rows is read %s', (_, options, opened) => {
  it('to its end, in order', async () => {
    const fake = new FakeCluster({ documents: DOCUMENTS, ...options });
    expect(await collect(runSearch(scanOf(), fake.execution()))).toEqual(numbers(DOCUMENTS));
    expect(fake.log[0]).toBe('search');
    expect(fake.log).toContain(opened);
    expect(fake.open).toEqual([]);
  });

  it('from an offset up to a limit, and no further', async () => {
    const fake = new FakeCluster({ documents: DOCUMENTS, ...options });
    const node = scanOf({ offset: 500, count: 11_000 });
    expect(await collect(runSearch(node, fake.execution()))).toEqual(numbers(11_000, 500));
    expect(fake.open).toEqual([]);
  });

  it('as far as somebody wants', async () => {
    const fake = new FakeCluster({ documents: DOCUMENTS, ...options });
    for await (const page of runSearch(scanOf(), fake.execution())) {
      expect(page.length).toBeGreaterThan(0);
      break;
    }
    expect(fake.open).toEqual([]);
  });

  it('until a page fails', async () => {
    const fake = new FakeCluster({ documents: DOCUMENTS, failing: { page: 3, type: 'some_exception' }, ...options });
    await expect(collect(runSearch(scanOf(), fake.execution()))).rejects.toMatchObject({ status: 503 });
    expect(fake.open).toEqual([]);
  });
});

it('a client that is slow is not read ahead for, and what waits is counted', async () => {
  const held: number[] = [];
  const counts = { now: 0 };
  let mayReadAhead = true;
  const flow = {
    get mayReadAhead() {
      return mayReadAhead;
    },
    hold(bytes: number) {
      counts.now++;
      held.push(bytes);
      return () => void counts.now--;
    },
  };
  const fake = new FakeCluster({ documents: 5_000 });
  const pages = runSearch(scanOf(), fake.execution({ flow }, { PAGE_ROWS: '500' }));
  const asked = (): number => fake.log.filter((call) => call === 'page').length;
  await pages.next();
  await new Promise(setImmediate);
  expect(asked()).toBe(2);
  expect(counts.now).toBe(1);
  mayReadAhead = false;
  await pages.next();
  await new Promise(setImmediate);
  expect(asked()).toBe(2);
  expect(counts.now).toBe(0);
  await pages.return(undefined);
  expect(held.every((bytes) => bytes > 0)).toBe(true);
  expect(fake.open).toEqual([]);
});

it('an index with a smaller window is read page by page', async () => {
  const fake = new FakeCluster({ documents: 700, window: 300 });
  expect(await collect(runSearch(scanOf({ count: 600 }), fake.execution({}, { PAGE_ROWS: '200' })))).toEqual(
    numbers(600),
  );
  expect(fake.open).toEqual([]);
});

it('relevance orders a search of many pages as it does one of one page', async () => {
  const fake = new FakeCluster({ documents: DOCUMENTS });
  const { scan } = scanOf();
  await collect(runSearch(scanOf({ scan: { ...scan, scored: true } }), fake.execution()));
  const page = fake.bodies.at(-1) as { readonly sort: readonly object[] };
  expect(page.sort).toEqual([{ _score: 'desc' }, { _shard_doc: 'asc' }, { _index: 'asc' }]);
});

describe('a bulk scan', () => {
  const open = (fake: FakeCluster, mostLanes: number) =>
    openBulkScan(scanOf(), fake.execution({}, { PAGE_ROWS: '400' }), { mostLanes, skipsUnwanted: true });
  const read = async (lane: AsyncIterable<{ readonly json: Parameters<typeof hitsOf>[0] }>): Promise<number[]> => {
    const found: number[] = [];
    for await (const { json } of lane) found.push(...hitsOf(json).map((hit) => Number(hit._id)));
    return found;
  };

  it.each([
    ['slices of a point in time', {}, 2],
    ['more slices than lanes', { shards: 5 }, 2],
    ['one lane', { shards: 3 }, 1],
    ['scrolls', { pointInTime: 'none', shards: 3 } as const, 2],
    ['scrolls where no more points in time may be opened', { full: true, shards: 3 }, 4],
  ])('reads each document once: %s', async (_, options, mostLanes) => {
    const fake = new FakeCluster({ documents: DOCUMENTS, ...options });
    const scan = await open(fake, mostLanes);
    expect(scan.total).toBe(DOCUMENTS);
    expect(scan.lanes.length).toBeLessThanOrEqual(mostLanes);
    const found = (await Promise.all(scan.lanes.map(read))).flat();
    expect(found.sort((a, b) => a - b)).toEqual(numbers(DOCUMENTS));
    await scan.close();
    await scan.close();
    expect(fake.open).toEqual([]);
  });

  it.each([
    ['a point in time', {}],
    ['scrolls', { pointInTime: 'none' } as const],
  ])('closes %s when it ends early, and where nobody reads a lane', async (_, options) => {
    for (const reads of [true, false]) {
      const fake = new FakeCluster({ documents: DOCUMENTS, shards: 3, ...options });
      const scan = await open(fake, 3);
      if (reads) for await (const page of scan.lanes[1]!) if (page.bytes.length > 0) break;
      await scan.close();
      expect(fake.open).toEqual([]);
    }
  });

  it.each([
    ['a view that is gone', {}],
    ['a scroll that is gone', { pointInTime: 'none' } as const],
  ])('tells of %s as the cluster does, so that the export begins anew', async (_, options) => {
    const failing = { page: 4, type: 'search_context_missing_exception' };
    const fake = new FakeCluster({ documents: DOCUMENTS, failing, ...options });
    const scan = await open(fake, 1);
    await expect(read(scan.lanes[0]!)).rejects.toMatchObject({ status: 503 });
    await scan.close();
    expect(fake.open).toEqual([]);
  });
});

describe('the pages of a cursor', () => {
  const pagesOf = async (execution: Execution) => {
    const search = scanOf();
    const view = await openPointInTime(targetOf(search.scan), execution, { keepAliveMilliseconds: 60_000 });
    const pages = new SearchPages({ search, stages: [] }, execution);
    const start = { after: undefined, left: Number.POSITIVE_INFINITY, rowBytes: 0 };
    return { pages, start: { ...start, pit: view!.id, skip: 0 } };
  };

  it('go on where the page before ended, past an offset that is larger than the window', async () => {
    const fake = new FakeCluster({ documents: 1_000, window: 150 });
    const { pages, start } = await pagesOf(fake.execution());
    const first = pages.read({ ...start, skip: 400 }, 100);
    const rows: unknown[] = [];
    let step = await first.next();
    for (; !step.done; step = await first.next()) rows.push(...step.value.map(([n]) => n));
    expect(rows).toEqual(numbers(100, 400));
    const next = pages.read(step.value!, 50);
    expect((await next.next()).value).toEqual(numbers(50, 500).map((n) => [n]));
    const place = (await next.next()).value as Place;
    expect(place).toMatchObject({ after: [549], skip: 0 });
    expect(place.pit).toMatch(/^pit 1 as \d+$/);
    expect(fake.open).toEqual(['pit 1']);
  });

  it('say that the cursor has expired where the cluster has its view no longer', async () => {
    const fake = new FakeCluster({ documents: 1_000 });
    const { pages, start } = await pagesOf(fake.execution());
    await expect(pages.read({ ...start, pit: 'another' }, 100).next()).rejects.toThrow(
      'The cursor is closed or its time is over',
    );
  });
});
