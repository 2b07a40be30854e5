/** Reads every hit of a search over one fixed view of its index: a point in time where ties break safely, else a scroll. */
import { type Fetch, searchBody } from '../../translators/lower/dsl/body.ts';
import { targetOf } from '../../translators/lower/dsl/target.ts';
import type { Dsl, SearchNode } from '../../translators/physical/nodes.ts';
import type { Execution } from './context.ts';
import type { Hits, ReadHits } from './search.ts';
import { TIE_BREAK } from './tie-break.ts';

/** Longest pause of the client between two pages. */
const KEEP_ALIVE = 300_000;
const FIRST_PAGE = 1_000;

/** Answers in order, one read ahead while the last is being used; whatever was opened is closed at the end, however it ends. */
export async function* drain<T>(
  node: SearchNode,
  fetch: Fetch,
  execution: Execution,
  read: ReadHits<T>,
  trackTotal: number | boolean = false,
): AsyncGenerator<Hits<T>> {
  const { shardDocSort, pointInTime } = await execution.cluster.capabilities(execution.request);
  const reader = shardDocSort && pointInTime !== 'none' ? pointInTimeReader : scrollReader;
  const { next, close } = reader({ node, fetch, execution, read, trackTotal });
  let ahead: Promise<Hits<T> | undefined> = next();
  try {
    for (;;) {
      const started = performance.now();
      const hits = await ahead;
      execution.request.stage('cluster', performance.now() - started);
      if (!hits || hits.count === 0) return;
      ahead = next();
      // A failure of the read ahead is reported when its turn comes, or never if nobody wants it.
      ahead.catch(() => undefined);
      yield hits;
    }
  } finally {
    await ahead.catch(() => undefined);
    await close();
  }
}

interface Reader<T> {
  next(): Promise<Hits<T> | undefined>;
  close(): Promise<void>;
}
interface Draining<T> {
  readonly node: SearchNode;
  readonly fetch: Fetch;
  readonly execution: Execution;
  readonly read: ReadHits<T>;
  readonly trackTotal: number | boolean;
}

function pointInTimeReader<T>({ node, fetch, execution, read, trackTotal }: Draining<T>): Reader<T> {
  const { cluster, request } = execution;
  const pages = pageSizes(execution);
  let id: string | undefined;
  let after: unknown;
  let last = false;
  // No more than is wanted, with one row beyond an implicit limit, which tells whether it cut anything.
  let left = node.offset + node.count + (node.implicit ? 1 : 0);
  const sort: Dsl[] = [...(node.sort ?? []), ...TIE_BREAK];
  return {
    async next() {
      if (last) return undefined;
      const first = id === undefined;
      id ??= await cluster.openPit(targetOf(node.scan), KEEP_ALIVE, request);
      const size = Math.min(pages.next(), left);
      const body = {
        ...searchBody(node, fetch, { size, sort, trackTotalHits: first ? trackTotal : false }),
        ...(after === undefined ? {} : { search_after: after }),
      };
      const answer = await cluster.searchPit({ id, keepAliveMilliseconds: KEEP_ALIVE }, body, request);
      const hits = read(answer);
      pages.saw(hits.count, answer.bytes.length);
      id = hits.around.pit_id ?? id;
      after = hits.lastSort();
      left -= hits.count;
      last = hits.count < size || left <= 0;
      return hits;
    },
    async close() {
      if (id !== undefined) await cluster.closePit(id, request);
    },
  };
}

function scrollReader<T>({ node, fetch, execution, read, trackTotal }: Draining<T>): Reader<T> {
  const { cluster, request, config } = execution;
  let id: string | undefined;
  let last = false;
  // The size of a scroll's pages is fixed at its start.
  const size = Math.min(config.pageRows, 5_000);
  return {
    async next() {
      if (last) return undefined;
      const sort = node.sort && node.sort.length > 0 ? node.sort : [{ _doc: 'asc' }];
      const track = trackTotal === false ? undefined : true;
      const answer =
        id === undefined
          ? await cluster.openScroll(
              targetOf(node.scan),
              searchBody(node, fetch, { size, sort, trackTotalHits: track }),
              KEEP_ALIVE,
              request,
            )
          : await cluster.scroll(id, KEEP_ALIVE, request);
      const hits = read(answer);
      id = hits.around._scroll_id ?? id;
      last = hits.count < size;
      return hits;
    },
    async close() {
      if (id !== undefined) await cluster.closeScroll(id, request);
    },
  };
}

/** Pages grow from small to as many rows as fit the aimed-at size of an answer. */
function pageSizes({ config }: Execution): { next(): number; saw(rows: number, bytes: number): void } {
  let size = Math.min(FIRST_PAGE, config.pageRows);
  return {
    next: () => size,
    saw(rows, bytes) {
      if (rows === 0) return;
      const fitting = Math.floor(config.maxPageBytes / (bytes / rows));
      size = Math.max(100, Math.min(config.pageRows, fitting));
    },
  };
}
