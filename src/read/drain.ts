/** Reads every hit of a search over one fixed view of its index: a point in time where ties break safely, else a scroll. */

import type { Dsl, SearchNode } from '../../translators/algebra/index.ts';
import { type Fetch, searchBody, targetOf } from '../../translators/execution.ts';
import { type SearchAnswer, scrollIdOf } from '../cluster/cluster.ts';
import { noContextLeft } from '../cluster/contexts-left.ts';
import type { RequestContext } from '../contract/sql-service.ts';
import type { Execution } from '../run/context.ts';
import type { Hits, ReadHits } from './search.ts';
import { TIE_BREAK } from './tie-break.ts';

/** Longest pause of the client between two pages. */
const KEEP_ALIVE = 300_000;
const FIRST_PAGE = 1_000;

/**
 * Answers in order, one read ahead while the last is being used and the client keeps up; whatever was opened is closed at the end,
 * however it ends. What is read ahead waits as bytes, so that it can be counted.
 */
export async function* drain<T>(
  node: SearchNode,
  fetch: Fetch,
  execution: Execution,
  read: ReadHits<T>,
  trackTotal: number | boolean = false,
): AsyncGenerator<Hits<T>> {
  const { request } = execution;
  const { flow } = request;
  const timed = async <V>(work: Promise<V>): Promise<V> => {
    const started = performance.now();
    const value = await work;
    request.stage('cluster', performance.now() - started);
    return value;
  };
  const reader = await timed(openReader({ node, fetch, execution, read, trackTotal }));
  let ahead: Ahead | undefined;
  try {
    for (;;) {
      ahead ??= askAhead(reader, flow);
      const answer = await timed(ahead.answer);
      ahead.release();
      if (answer === undefined) return;
      const hits = reader.take(answer);
      if (hits.count === 0) return;
      ahead = flow === undefined || flow.mayReadAhead ? askAhead(reader, flow) : undefined;
      yield hits;
    }
  } finally {
    await ahead?.answer.catch(() => undefined);
    ahead?.release();
    await reader.close();
  }
}

interface Ahead {
  readonly answer: Promise<SearchAnswer | undefined>;
  release(): void;
}

function askAhead(reader: Reader<unknown>, flow: RequestContext['flow']): Ahead {
  let release = (): void => undefined;
  const answer = reader.ask().then((found) => {
    if (found !== undefined && flow !== undefined) release = flow.hold(found.bytes.length);
    return found;
  });
  // A failure of the read ahead is reported when its turn comes, or never if nobody wants it.
  answer.catch(() => undefined);
  return { answer, release: () => release() };
}

interface Reader<T> {
  /** The next answer, after the one before it was taken; undefined after the last. */
  ask(): Promise<SearchAnswer | undefined>;
  take(answer: SearchAnswer): Hits<T>;
  close(): Promise<void>;
}
interface Draining<T> {
  readonly node: SearchNode;
  readonly fetch: Fetch;
  readonly execution: Execution;
  readonly read: ReadHits<T>;
  readonly trackTotal: number | boolean;
}

/** Scrolls have a limit of their own, so that they are left where the nodes hold as many points in time as they may. */
async function openReader<T>(draining: Draining<T>): Promise<Reader<T>> {
  const { node, execution } = draining;
  const { cluster, request } = execution;
  const { shardDocSort, pointInTime } = await cluster.capabilities(request);
  if (!shardDocSort || pointInTime === 'none') return scrollReader(draining);
  try {
    const { id } = await cluster.openPit(targetOf(node.scan), KEEP_ALIVE, request);
    return pointInTimeReader(draining, id);
  } catch (error) {
    if (noContextLeft(error)) return scrollReader(draining);
    throw error;
  }
}

function pointInTimeReader<T>({ node, fetch, execution, read, trackTotal }: Draining<T>, opened: string): Reader<T> {
  const { cluster, request } = execution;
  const pages = pageSizes(execution);
  let id = opened;
  let after: unknown;
  let first = true;
  let last = false;
  let size = 0;
  // No more than is wanted, with one row beyond an implicit limit, which tells whether it cut anything.
  let left = node.offset + node.count + (node.implicit ? 1 : 0);
  const sort: Dsl[] = [...(node.sort ?? []), ...TIE_BREAK];
  return {
    async ask() {
      if (last) return undefined;
      size = Math.min(pages.next(), left);
      const body = {
        ...searchBody(node, fetch, { size, sort, trackTotalHits: first ? trackTotal : false }),
        ...(after === undefined ? {} : { search_after: after }),
      };
      first = false;
      return cluster.searchPit({ id, keepAliveMilliseconds: KEEP_ALIVE }, body, request);
    },
    take(answer) {
      const hits = read(answer);
      pages.saw(hits.count, answer.bytes.length);
      id = hits.around.pit_id ?? id;
      after = hits.lastSort();
      left -= hits.count;
      last = hits.count < size || left <= 0;
      return hits;
    },
    async close() {
      await cluster.closePit(id, request);
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
    async ask() {
      if (last) return undefined;
      if (id !== undefined) return cluster.scroll(id, KEEP_ALIVE, request);
      const sort = node.sort && node.sort.length > 0 ? node.sort : [{ _doc: 'asc' }];
      const track = trackTotal === false ? undefined : true;
      const body = searchBody(node, fetch, { size, sort, trackTotalHits: track });
      const answer = await cluster.openScroll(targetOf(node.scan), body, KEEP_ALIVE, request);
      // Known before it is read: nobody may take it any more.
      id = scrollIdOf(answer.bytes);
      return answer;
    },
    take(answer) {
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
