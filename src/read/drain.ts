/** Reads every hit of a search over one fixed view of its index: a point in time where ties break safely, else a scroll. */

import type { SearchNode } from '../../translators/algebra/index.ts';
import { type Fetch, searchBody, targetOf } from '../../translators/execution.ts';
import type { SearchAnswer } from '../cluster/search-answer.ts';
import type { Execution } from '../run/context.ts';
import type { Hits, ReadHits } from './hits.ts';
import { type Lane, pagesOf, pointInTimeLane, scrollLane } from './lane.ts';
import { pageSizes } from './page-size.ts';
import { orderOf, totalOrderOf } from './tie-break.ts';
import { hasTieBreak, onCluster, openPointInTime, ScrollView } from './view.ts';

/** Longest pause of the client between two pages. */
const KEEP_ALIVE_MILLISECONDS = 300_000;
/** The size of a scroll's pages is fixed before anything is known of the rows. */
const SCROLL_PAGE = 5_000;

/** One page is read ahead while the last is being used and the client keeps up; it waits as bytes, so that it can be counted. */
export async function* drain<T>(
  node: SearchNode,
  fetch: Fetch,
  execution: Execution,
  read: ReadHits<T>,
  trackTotal: number | boolean = false,
): AsyncGenerator<{ readonly hits: Hits<T>; readonly answer: SearchAnswer }> {
  const { request } = execution;
  const { flow } = request;
  const taken = new WeakMap<SearchAnswer, Hits<T>>();
  /** Once for each answer, whoever asks first: the lane, to go on behind it, or the loop below. */
  const take = (answer: SearchAnswer): Hits<T> => {
    const hits = taken.get(answer) ?? read(answer);
    taken.set(answer, hits);
    return hits;
  };
  const lane = await onCluster(request, openLane({ node, fetch, trackTotal, take }, execution));
  const pages = pagesOf(lane, {
    depth: () => (flow === undefined || flow.mayReadAhead ? 1 : 0),
    ...(flow === undefined ? {} : { hold: (bytes: number) => flow.hold(bytes) }),
    waited: (milliseconds) => request.stage('cluster', milliseconds),
  });
  for await (const answer of pages) yield { hits: take(answer), answer };
}

interface Draining {
  readonly node: SearchNode;
  readonly fetch: Fetch;
  readonly trackTotal: number | boolean;
  take(answer: SearchAnswer): Hits<unknown>;
}

async function openLane({ node, fetch, trackTotal, take }: Draining, execution: Execution): Promise<Lane> {
  const { config } = execution;
  const target = targetOf(node.scan);
  const options = { keepAliveMilliseconds: KEEP_ALIVE_MILLISECONDS };
  const view = (await hasTieBreak(execution)) ? await openPointInTime(target, execution, options) : undefined;
  if (view === undefined) {
    const size = Math.min(config.pageRows, SCROLL_PAGE);
    const order = orderOf(node);
    const sort = order.length > 0 ? order : [{ _doc: 'asc' }];
    // A scroll counts all of them or none.
    const track = trackTotal === false ? undefined : true;
    const body = searchBody(node, fetch, { size, sort, trackTotalHits: track });
    return scrollLane(
      new ScrollView(target, body, KEEP_ALIVE_MILLISECONDS, execution),
      (answer) => take(answer).count < size,
    );
  }
  const sort = totalOrderOf(node);
  let track = trackTotal;
  return pointInTimeLane({
    view,
    slices: [{}],
    sizes: pageSizes(config),
    // No more than is wanted, with one row beyond an implicit limit, which tells whether it cut anything.
    most: node.offset + node.count + (node.implicit ? 1 : 0),
    body(size) {
      const body = searchBody(node, fetch, { size, sort, trackTotalHits: track });
      track = false;
      return body;
    },
    endOf(answer) {
      const { count, lastSort } = take(answer);
      return { count, sort: lastSort() };
    },
    close: () => view.close(),
  });
}
