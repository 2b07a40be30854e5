/** Reads every hit of a plain scan as fast as the cluster gives them: slices side by side, answers as bytes, retried page by page. */

import type { Dsl, SearchNode } from '../../translators/algebra/index.ts';
import { fetchOf, searchBody, targetOf } from '../../translators/execution.ts';
import { noContextLeft } from '../cluster/contexts-left.ts';
import type { Execution } from '../run/context.ts';
import { PageBuffers } from './page-buffers.ts';
import { openScrollScan } from './scroll-scan.ts';
import { totalOf } from './search.ts';
import { TIE_BREAK } from './tie-break.ts';
import { isWorthReadingWhole, unfiltered } from './whole-source.ts';

export interface BulkScan {
  /** Documents in the fixed view that is read. */
  readonly total: number;
  /** Answers of searches; read each once, and its bytes only until the next is asked for. An answer may hold no hits. */
  readonly lanes: readonly AsyncIterable<Buffer>[];
  /** Also when the lanes were not read to their end. */
  close(): Promise<void>;
}

/** Short, so that the view of a killed server goes soon; renewed while it is read. */
const KEEP_ALIVE_MILLISECONDS = 60_000;
const RENEW_MILLISECONDS = 20_000;
const FIRST_PAGE = 1_000;
/** Of whole documents that may turn out to be too large to be read so. */
const SAMPLE = 100;
/** Pages of a lane that are read before they are wanted, so that the cluster need not wait while one is written. */
const AHEAD = 2;
/** Pages of more than this part of `MAX_PAGE_BYTES` are heavy enough to be read one ahead. */
const LEAN = 4;

export interface BulkOptions {
  readonly mostLanes: number;
  /** Members that are not wanted cost the reader next to nothing. */
  readonly skipsUnwanted: boolean;
}

/** By a point in time; where the cluster has none whose pages can be read again, or none to give, by scrolls. */
export async function openBulkScan(node: SearchNode, execution: Execution, options: BulkOptions): Promise<BulkScan> {
  const { mostLanes } = options;
  const { cluster, request } = execution;
  const { pointInTime, shardDocSort } = await cluster.capabilities(request);
  const { scan } = node;
  // Hints may leave out shards, of which a slice then holds several.
  const { routing, preference } = scan.hints ?? {};
  const single = scan.schema.indices.length === 1 && routing === undefined && preference === undefined;
  if (pointInTime === 'none' || (!single && !shardDocSort)) return openScrollScan(node, execution, options);
  const view = await openView(node, execution).catch((error) => {
    if (noContextLeft(error)) return undefined;
    throw error;
  });
  // Scrolls have a limit of their own.
  if (view === undefined) return openScrollScan(node, execution, options);
  try {
    const { total, shards } = await view.count();
    // A slice that is one shard is read in the order of the shard, which the engine can jump into; `_shard_doc` it cannot.
    const slices = single ? shards : Math.min(shards, mostLanes);
    const sort: readonly Dsl[] = single ? [{ _doc: 'asc' }] : TIE_BREAK;
    const queue = Array.from({ length: slices }, (_, id) => (slices === 1 ? {} : { slice: { id, max: slices } }));
    const lanes = Array.from({ length: Math.min(slices, mostLanes) }, () =>
      laneOf(view, queue, sort, node, execution, options),
    );
    return { total, lanes, close: () => view.close() };
  } catch (error) {
    await view.close();
    throw error;
  }
}

interface View {
  search(body: Dsl): Promise<Buffer>;
  /** Takes back the bytes of an answer, for another one. */
  release(bytes: Buffer): void;
  count(): Promise<{ readonly total: number; readonly shards: number }>;
  close(): Promise<void>;
}

async function openView(node: SearchNode, { cluster, request }: Execution): Promise<View> {
  const { scan, query } = node;
  const { postFilter } = scan.hints ?? {};
  let { id } = await cluster.openPit(targetOf(scan), KEEP_ALIVE_MILLISECONDS, request);
  let used = Date.now();
  const pit = () => ({ id, keepAliveMilliseconds: KEEP_ALIVE_MILLISECONDS });
  const buffers = new PageBuffers();
  const search = async (body: Dsl): Promise<Buffer> => {
    const bytes = await cluster.searchPitBytes(pit(), body, request, (length) => buffers.take(length));
    id = renewedId(bytes) ?? id;
    used = Date.now();
    return bytes;
  };
  // A slow store makes long pauses between two pages.
  const renewing = setInterval(() => {
    if (Date.now() - used < RENEW_MILLISECONDS / 2) return;
    search({ size: 0, track_total_hits: false }).catch(() => undefined);
  }, RENEW_MILLISECONDS);
  renewing.unref();
  let closed: Promise<unknown> | undefined;
  return {
    search,
    release: (bytes) => buffers.give(bytes),
    async count() {
      const body = {
        size: 0,
        ...(query ? { query } : {}),
        ...(postFilter ? { post_filter: postFilter } : {}),
        track_total_hits: true,
      };
      const { json } = await cluster.searchPit(pit(), body, request);
      const shards = (json._shards as { readonly total?: number } | undefined)?.total ?? 1;
      return { total: totalOf(json).total, shards };
    },
    async close() {
      clearInterval(renewing);
      closed ??= cluster.closePit(id, request);
      await closed;
    },
  };
}

/** Of one lane: slices that no other lane has taken, one after the other, the next page on its way while one is used. */
async function* laneOf(
  view: View,
  queue: Dsl[],
  sort: readonly Dsl[],
  node: SearchNode,
  { config }: Execution,
  { skipsUnwanted }: BulkOptions,
): AsyncGenerator<Buffer> {
  const filtered = fetchOf(node);
  const whole = skipsUnwanted ? unfiltered(filtered) : undefined;
  let fetch = whole ?? filtered;
  let size = Math.min(whole === undefined ? FIRST_PAGE : SAMPLE, config.pageRows);
  for (let slice = queue.shift(); slice !== undefined; slice = queue.shift()) {
    const own = slice;
    const page = async (after: string | undefined): Promise<Buffer> => {
      const asked = size;
      const bytes = await view.search({
        ...searchBody(node, fetch, { size: asked, sort, trackTotalHits: false }),
        ...own,
        ...(after === undefined ? {} : { search_after: JSON.parse(after) }),
      });
      // Short last pages look lean, which makes no difference.
      const fitting = Math.floor(config.maxPageBytes / (bytes.length / asked));
      if (fetch === whole && !isWorthReadingWhole(bytes.length, asked)) fetch = filtered;
      size = Math.max(100, Math.min(config.pageRows, fitting));
      return bytes;
    };
    const ahead: Promise<Buffer | undefined>[] = [page(undefined)];
    // Begins when the page before it is here, whether or not that one has been taken.
    const follow = async (before: Promise<Buffer | undefined>): Promise<Buffer | undefined> => {
      const bytes = await before;
      const after = bytes && lastSort(bytes);
      return after === undefined ? undefined : page(after);
    };
    try {
      for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
        const bytes = await next;
        if (bytes === undefined || lastSort(bytes) === undefined) break;
        const depth = bytes.length * LEAN <= config.maxPageBytes ? AHEAD : 1;
        while (ahead.length < depth) {
          const more = follow(ahead.at(-1) ?? next);
          more.catch(() => undefined);
          ahead.push(more);
        }
        yield bytes;
        view.release(bytes);
      }
    } finally {
      await Promise.allSettled(ahead);
    }
  }
}

/** The sort values of the last hit, which end the answer, as JSON; undefined where there is no hit. */
export function lastSort(bytes: Buffer): string | undefined {
  const tail = bytes.toString('utf8', Math.max(0, bytes.length - TAIL_BYTES)).trimEnd();
  const at = tail.lastIndexOf(SORT);
  return at < 0 || !tail.endsWith(END) ? undefined : tail.slice(at + SORT.length - 1, -END.length + 1);
}

/** A number, and the name of an index, which has 255 bytes at most. */
const TAIL_BYTES = 400;
const SORT = '"sort":[';
const END = ']}]}}';

/** Each answer may name the view anew, at its beginning. */
function renewedId(bytes: Buffer): string | undefined {
  const head = bytes.indexOf('"hits":{');
  return /"pit_id":"([^"]+)"/.exec(bytes.toString('latin1', 0, Math.max(0, head)))?.[1];
}
