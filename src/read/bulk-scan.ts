/** Reads every hit of a plain scan as fast as the cluster gives them: lanes side by side, answers as bytes. */
import type { Dsl, SearchNode } from '../../translators/algebra/index.ts';
import { type Fetch, fetchOf, searchBody, targetOf } from '../../translators/execution.ts';
import { lastPlace, totalOf } from '../cluster/envelope.ts';
import type { SearchAnswer } from '../cluster/search-answer.ts';
import type { Config } from '../config.ts';
import { parseJson } from '../rows/longs.ts';
import type { Execution } from '../run/context.ts';
import { countMatches } from './count.ts';
import { hitsOf } from './hits.ts';
import { type Lane, pagesOf, pointInTimeLane, scrollLane } from './lane.ts';
import { FIRST_PAGE, pageSizes } from './page-size.ts';
import { TIE_BREAK } from './tie-break.ts';
import { openPointInTime, type PointInTimeView, plainView, ScrollView } from './view.ts';
import { isWorthReadingWhole, unfiltered } from './whole-source.ts';

interface BulkScan {
  /** Documents in the fixed view that is read. */
  readonly total: number;
  /** Read each once, and the bytes of an answer only until the next is asked for. */
  readonly lanes: readonly AsyncIterable<SearchAnswer>[];
  /** Also when the lanes were not read to their end. */
  close(): Promise<void>;
}

interface BulkOptions {
  readonly mostLanes: number;
  /** Members that are not wanted cost the reader next to nothing. */
  readonly skipsUnwanted: boolean;
}

/** Short, so that the view of a killed server goes soon; renewed while it is read. */
const KEEP_ALIVE_MILLISECONDS = 60_000;
const RENEW_MILLISECONDS = 20_000;
/** The longest pause between two pages of a scroll, which only the next page renews. */
const SCROLL_KEEP_ALIVE_MILLISECONDS = 300_000;
/** Of whole documents that may turn out to be too large to be read so. */
const SAMPLE = 100;
/** Pages of a lane that are read before they are wanted, so that the cluster need not wait while one is written. */
const AHEAD = 2;
/** Pages of more than this part of `MAX_PAGE_BYTES` are heavy enough to be read one ahead. */
const LEAN = 4;

/** By a point in time; where the cluster has none whose pages can be read again, or none to give, by scrolls. */
export async function openBulkScan(node: SearchNode, execution: Execution, options: BulkOptions): Promise<BulkScan> {
  const { cluster, request } = execution;
  const { pointInTime, shardDocSort } = await cluster.capabilities(request);
  const { scan } = node;
  // Hints may leave out shards, of which a slice then holds several.
  const { routing, preference } = scan.hints ?? {};
  const single = scan.schema.indices.length === 1 && routing === undefined && preference === undefined;
  const view =
    pointInTime === 'none' || (!single && !shardDocSort)
      ? undefined
      : await openPointInTime(targetOf(scan), execution, {
          keepAliveMilliseconds: KEEP_ALIVE_MILLISECONDS,
          renewMilliseconds: RENEW_MILLISECONDS,
          bulk: true,
        });
  return view === undefined
    ? openScrolls(node, execution, options)
    : openSlices(node, view, single, execution.config, options);
}

async function openSlices(
  node: SearchNode,
  view: PointInTimeView,
  single: boolean,
  config: Config,
  { mostLanes, skipsUnwanted }: BulkOptions,
): Promise<BulkScan> {
  try {
    const { total, shards } = await countMatches(view, node.query, node.scan.hints?.postFilter);
    // A slice that is one shard is read in the order of the shard, which the engine can jump into; `_shard_doc` it cannot.
    const count = single ? shards : Math.min(shards, mostLanes);
    const sort: readonly Dsl[] = single ? [{ _doc: 'asc' }] : TIE_BREAK;
    const slices = slicesOf(count);
    const ahead = {
      depth: ({ bytes }: SearchAnswer) => (bytes.length * LEAN <= config.maxPageBytes ? AHEAD : 1),
      used: (answer: SearchAnswer) => view.release(answer),
    };
    const lanes = Array.from({ length: Math.min(count, mostLanes) }, () =>
      pagesOf(sliceLane(view, slices, sort, node, config, skipsUnwanted), ahead),
    );
    return { total, lanes, close: async () => void (await view.close()) };
  } catch (error) {
    await view.close();
    throw error;
  }
}

const slicesOf = (count: number): Dsl[] =>
  Array.from({ length: count }, (_, id) => (count === 1 ? {} : { slice: { id, max: count } }));

function sliceLane(
  view: PointInTimeView,
  slices: Dsl[],
  sort: readonly Dsl[],
  node: SearchNode,
  config: Config,
  skipsUnwanted: boolean,
): Lane {
  const filtered = fetchOf(node);
  const whole = skipsUnwanted ? unfiltered(filtered) : undefined;
  const sizes = pageSizes(config, whole === undefined ? FIRST_PAGE : SAMPLE);
  let fetch = whole ?? filtered;
  return pointInTimeLane({
    view,
    slices,
    sizes: {
      next: sizes.next,
      saw(rows, bytes) {
        if (fetch === whole && !isWorthReadingWhole(bytes, rows)) fetch = filtered;
        sizes.saw(rows, bytes);
      },
    },
    body: (size) => searchBody(node, fetch, { size, sort, trackTotalHits: false }),
    endOf({ bytes }) {
      const place = lastPlace(bytes);
      return { sort: place === undefined ? undefined : parseJson(place) };
    },
    // Other lanes may read the view yet.
    close: async () => undefined,
  });
}

/**
 * Where no view can be had that pages can be read from again: a page that is lost rejects, and the reader begins anew. Each slice
 * is whole shards, of which it has a fixed view of its own, so that slices opened one after the other still give each document once.
 */
async function openScrolls(
  node: SearchNode,
  execution: Execution,
  { mostLanes, skipsUnwanted }: BulkOptions,
): Promise<BulkScan> {
  const target = targetOf(node.scan);
  const filtered = fetchOf(node);
  const whole = skipsUnwanted ? unfiltered(filtered) : undefined;
  const sampled = await sample(node, whole ?? filtered, execution);
  const fetch = sampled.isLean ? (whole ?? filtered) : filtered;
  const { shards, size } = sampled;
  const body = searchBody(node, fetch, { size, sort: [{ _doc: 'asc' }], trackTotalHits: true });
  const scrolls = slicesOf(Math.max(1, Math.min(shards, mostLanes))).map(
    (slice) => new ScrollView(target, { ...body, ...slice }, SCROLL_KEEP_ALIVE_MILLISECONDS, execution),
  );
  const close = async (): Promise<void> => void (await Promise.all(scrolls.map((scroll) => scroll.close())));
  const opened = await Promise.allSettled(scrolls.map((scroll) => scroll.next()));
  const failed = opened.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  const firsts = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return {
    total: firsts.reduce((sum, { envelope }) => sum + totalOf(envelope.head).total, 0),
    lanes: scrolls.map((scroll, i) => pagesOf(scrollLane(scroll), { depth: () => 1 }, firsts[i])),
    close,
  };
}

/** The size of a scroll's pages is fixed at its start. */
async function sample(
  node: SearchNode,
  fetch: Fetch,
  execution: Execution,
): Promise<{ readonly shards: number; readonly size: number; readonly isLean: boolean }> {
  const body = searchBody(node, fetch, { size: SAMPLE, sort: [{ _doc: 'asc' }], trackTotalHits: false });
  const { json, bytes } = await plainView(targetOf(node.scan), execution).search(body);
  const found = hitsOf(json).length;
  const sizes = pageSizes(execution.config, execution.config.pageRows);
  sizes.saw(found, bytes.length);
  return { shards: json._shards?.total ?? 1, size: sizes.next(), isLean: isWorthReadingWhole(bytes.length, found) };
}
