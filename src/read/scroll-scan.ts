/** Reads every hit of a plain scan by scrolls: where the cluster has no view that pages can be read from again. */

import type { Dsl, SearchNode } from '../../translators/algebra/index.ts';
import { type Fetch, fetchOf, searchBody, targetOf } from '../../translators/execution.ts';
import { scrollIdOf } from '../cluster/cluster.ts';
import type { Execution } from '../run/context.ts';
import type { BulkOptions, BulkScan } from './bulk-scan.ts';
import { isWorthReadingWhole, unfiltered } from './whole-source.ts';

/** The longest pause between two pages of a lane: only the next page renews a scroll. */
const KEEP_ALIVE_MILLISECONDS = 300_000;
/** Documents that tell how large the others are: the size of a scroll's pages is fixed at its start. */
const SAMPLE = 100;

interface Scroll {
  readonly total: number;
  readonly first: Buffer;
  next(): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * A page that is lost cannot be asked for again: it rejects, and the reader begins anew. Each slice is whole shards, of which
 * it has a fixed view of its own, so that slices opened one after the other still give each document once.
 */
export async function openScrollScan(
  node: SearchNode,
  execution: Execution,
  { mostLanes, skipsUnwanted }: BulkOptions,
): Promise<BulkScan> {
  const filtered = fetchOf(node);
  const whole = skipsUnwanted ? unfiltered(filtered) : undefined;
  const sampled = await sample(node, whole ?? filtered, execution);
  const fetch = sampled.isLean ? (whole ?? filtered) : filtered;
  const { shards, size } = sampled;
  const count = Math.max(1, Math.min(shards, mostLanes));
  const opening = Array.from({ length: count }, (_, id) =>
    openScroll(node, fetch, size, count === 1 ? {} : { slice: { id, max: count } }, execution),
  );
  const opened = await Promise.allSettled(opening);
  const scrolls = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async (): Promise<void> => void (await Promise.all(scrolls.map((scroll) => scroll.close())));
  const failed = opened.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  return { total: scrolls.reduce((sum, { total }) => sum + total, 0), lanes: scrolls.map(laneOf), close };
}

async function sample(
  node: SearchNode,
  fetch: Fetch,
  { cluster, config, request }: Execution,
): Promise<{ readonly shards: number; readonly size: number; readonly isLean: boolean }> {
  const body = searchBody(node, fetch, { size: SAMPLE, sort: [{ _doc: 'asc' }], trackTotalHits: false });
  const { json, bytes } = await cluster.search(targetOf(node.scan), body, request);
  const shards = (json._shards as { readonly total?: number } | undefined)?.total ?? 1;
  const found = json.hits?.hits.length ?? 0;
  const fitting = found === 0 ? config.pageRows : Math.floor(config.maxPageBytes / (bytes.length / found));
  const isLean = isWorthReadingWhole(bytes.length, found);
  return { shards, size: Math.min(config.pageRows, Math.max(SAMPLE, fitting)), isLean };
}

async function openScroll(
  node: SearchNode,
  fetch: Fetch,
  size: number,
  slice: Dsl,
  { cluster, request }: Execution,
): Promise<Scroll> {
  const body = { ...searchBody(node, fetch, { size, sort: [{ _doc: 'asc' }], trackTotalHits: true }), ...slice };
  const { bytes } = await cluster.openScroll(targetOf(node.scan), body, KEEP_ALIVE_MILLISECONDS, request);
  let id = scrollIdOf(bytes);
  if (id === undefined) throw new Error('The cluster opened no scroll.');
  let closed: Promise<unknown> | undefined;
  return {
    total: totalHits(bytes),
    first: bytes,
    async next() {
      const page = await cluster.scroll(id!, KEEP_ALIVE_MILLISECONDS, request);
      id = scrollIdOf(page.bytes) ?? id;
      return page.bytes;
    },
    async close() {
      closed ??= cluster.closeScroll(id!, request);
      await closed;
    },
  };
}

/** The next page on its way while one is used. */
async function* laneOf(scroll: Scroll): AsyncGenerator<Buffer> {
  let ahead = Promise.resolve(scroll.first);
  try {
    for (;;) {
      const bytes = await ahead;
      if (!hasHits(bytes)) return;
      ahead = scroll.next();
      ahead.catch(() => undefined);
      yield bytes;
    }
  } finally {
    await ahead.catch(() => undefined);
    // Each one open takes room on the cluster.
    await scroll.close();
  }
}

const HITS = '"hits":{';
const LIST = '"hits":[';

/** Elasticsearch before 7 has the number alone. */
function totalHits(bytes: Buffer): number {
  const from = bytes.indexOf(HITS);
  const head = bytes.toString('latin1', from, bytes.indexOf(LIST, from));
  return Number(/"total":(?:\{"value":)?(\d+)/.exec(head)?.[1] ?? Number.NaN);
}

export function hasHits(bytes: Buffer): boolean {
  const at = bytes.indexOf(LIST, bytes.indexOf(HITS));
  return at >= 0 && bytes[at + LIST.length] !== CLOSE_LIST;
}

const CLOSE_LIST = 0x5d;
