/** Runs a search: one call where that holds the rows wanted, otherwise a drain over a fixed view of the index. */

import type { SearchNode } from '../../translators/algebra/index.ts';
import { fetchOf, searchBody, targetOf } from '../../translators/execution.ts';
import { isWhole, totalOf } from '../cluster/envelope.ts';
import { unreadable } from '../cluster/read-answer.ts';
import type { SearchAnswer } from '../cluster/search-answer.ts';
import { stringifyJson } from '../rows/longs.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from '../run/context.ts';
import { drain } from './drain.ts';
import { decoderOf, hitsOf, parsedHits, type ReadHits } from './hits.ts';
import { FIRST_PAGE } from './page-size.ts';
import { plainView } from './view.ts';
import { RESULT_WINDOW, smallerWindow } from './window.ts';

export const runSearch = (node: SearchNode, execution: Execution): AsyncGenerator<Page> =>
  searchPages(node, execution, parsedHits(decoderOf(node, execution), execution));

/** The pages of a search, in the form that `read` gives to hits. */
export async function* searchPages<T>(node: SearchNode, execution: Execution, read: ReadHits<T>): AsyncGenerator<T> {
  const { config, info } = execution;
  const wanted = node.offset + node.count;
  // Collapsed hits cannot be paged through: one search gives what it can.
  const single = wanted <= RESULT_WINDOW || node.scan.hints?.collapse !== undefined;
  if (single || node.count === Number.POSITIVE_INFINITY) {
    const size = single ? Math.min(node.count, RESULT_WINDOW - node.offset) : FIRST_PAGE;
    const answer = await firstPage(node, size, execution);
    if (answer) {
      const hits = read(answer);
      const { total, exact } = totalOf(answer.envelope.head);
      const complete = single || (exact && total <= size);
      if (complete) {
        info.total = total;
        info.totalIsLowerBound = !exact;
        // A count that stopped at its limit may stop just where the rows do.
        if (node.implicit) info.truncated = total > wanted || (!exact && hits.count >= size);
        if (hits.count > 0) yield hits.page(0, hits.count);
        return;
      }
    }
  }
  let skip = node.offset;
  let left = node.count;
  for await (const { hits, answer } of drain(node, fetchOf(node), execution, read, config.trackTotalHits)) {
    const { total, exact } = totalOf(answer.envelope.head);
    if (info.total === undefined && total >= 0) {
      info.total = total;
      info.totalIsLowerBound = !exact;
    }
    const from = Math.min(skip, hits.count);
    skip -= from;
    const to = Math.min(hits.count, from + left);
    if (to < hits.count && node.implicit) info.truncated = true;
    left -= to - from;
    if (to > from) yield hits.page(from, to);
    if (left <= 0) return;
  }
}

/** The search as it is, for the json format: the cluster's own text. */
export async function rawSearch(node: SearchNode, execution: Execution): Promise<Buffer | undefined> {
  const wanted = node.offset + node.count;
  if (wanted > RESULT_WINDOW) return undefined;
  const answer = await firstPage(node, node.count, execution);
  if (!answer) return undefined;
  if (!isWhole(answer.bytes, answer.envelope)) throw unreadable(answer.text);
  const { total, exact } = totalOf(answer.envelope.head);
  const cut = node.implicit && (total > wanted || (!exact && hitsOf(answer.json).length >= node.count));
  if (cut) execution.info.truncated = true;
  return answer.bytes;
}

async function firstPage(node: SearchNode, size: number, execution: Execution): Promise<SearchAnswer | undefined> {
  const { config } = execution;
  const track = config.trackTotalHits === RESULT_WINDOW ? undefined : config.trackTotalHits;
  const body = firstBody(node, size, track);
  try {
    return await plainView(targetOf(node.scan), execution).search(body);
  } catch (error) {
    // An index with a smaller window is read page by page instead.
    if (smallerWindow(error) !== undefined) return undefined;
    throw error;
  }
}

const firstBodies = new WeakMap<SearchNode, Map<string, string>>();

/** As text, kept with its plan: a dashboard asks the same over and over. */
function firstBody(node: SearchNode, size: number, trackTotalHits: number | boolean | undefined): string {
  const kept = firstBodies.get(node) ?? new Map<string, string>();
  firstBodies.set(node, kept);
  const key = `${size} ${trackTotalHits}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const body = stringifyJson(searchBody(node, fetchOf(node), { from: node.offset, size, trackTotalHits }));
  kept.set(key, body);
  return body;
}
