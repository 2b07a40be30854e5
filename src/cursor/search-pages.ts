/** Reads a search page by page for a cursor: the first as a plain search where it holds all, else in a point in time. */

import { fetchOf, searchBody, targetOf } from '../../translators/execution.ts';
import { totalOf } from '../cluster/envelope.ts';
import type { SearchAnswer } from '../cluster/search-answer.ts';
import { decoderOf, hitsOf } from '../read/hits.ts';
import { fittingRows } from '../read/page-size.ts';
import { totalOrderOf } from '../read/tie-break.ts';
import { onCluster, PointInTimeView, plainView } from '../read/view.ts';
import { RESULT_WINDOW, smallerWindow } from '../read/window.ts';
import type { Hit } from '../rows/hit.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from '../run/context.ts';
import { type SearchPlan, stagesOf, type Traced } from './search-plan.ts';
import { expired } from './token.ts';

/** A place in a point in time. */
export interface Place {
  readonly pit: string;
  /** Of the last hit given; none before the first. */
  readonly after: readonly unknown[] | undefined;
  /** Hits to leave out before the first page. */
  readonly skip: number;
  /** Hits that may still be read. */
  readonly left: number;
  readonly rowBytes: number;
}

/** Rows that are read at once where a filter of ours will drop some of them. */
const FILTERED_ROWS = 1_000;
const GUESSED_ROW_BYTES = 500;

/** One hit more than a page is asked for, so that a page that holds the rest is known to be the last. */
export class SearchPages {
  private readonly fetch;
  private readonly decode;
  private readonly stages: (page: Page) => Traced;
  private readonly filtered: boolean;
  private rowBytes = GUESSED_ROW_BYTES;
  /** Of the index: found out where it is smaller than the default. */
  private window = RESULT_WINDOW;

  constructor(
    private readonly plan: SearchPlan,
    private readonly execution: Execution,
  ) {
    this.fetch = fetchOf(plan.search);
    this.decode = decoderOf(plan.search, execution);
    this.stages = stagesOf(plan, execution);
    this.filtered = plan.stages.some((stage) => stage.kind === 'where');
  }

  /** The whole result, where one search of a page's size holds it. */
  async whole(limit: number, fetchSize: number): Promise<Page | undefined> {
    const { search } = this.plan;
    const size = Math.min(fetchSize + 1, limit, RESULT_WINDOW - search.offset, this.execution.config.pageRows);
    if (size <= 0) return undefined;
    const body = searchBody(search, this.fetch, { from: search.offset, size });
    const view = plainView(targetOf(search.scan), this.execution);
    const answer = await view.search(body).catch((error) => this.learnWindow(error));
    if (answer === undefined) return undefined;
    const hits = this.hitsOf(answer);
    const { total, exact } = totalOf(answer.envelope.head);
    const ended = hits.length < size || (exact && total <= search.offset + size);
    if (!ended && size !== limit) return undefined;
    if (search.implicit) this.execution.info.truncated = !ended;
    const { rows } = this.stages(this.decode(hits, answer.json, this.execution));
    return rows.length <= fetchSize ? rows : undefined;
  }

  /** Yields up to `fetchSize` rows and returns the place of the next one, if there is one. */
  async *read(from: Place, fetchSize: number): AsyncGenerator<Page, Place | undefined> {
    let place = { ...from };
    this.rowBytes = Math.max(this.rowBytes, place.rowBytes);
    let wanted = fetchSize;
    const { cursorKeepAlive: keepAliveMilliseconds } = this.execution.config;
    const view = new PointInTimeView(place.pit, this.execution, { keepAliveMilliseconds, gone: expired });
    for (;;) {
      if (place.skip >= this.window) place = await this.skip(view, place);
      // One more tells whether the limit of any answer cuts.
      const more = this.plan.search.implicit ? 1 : 0;
      const size = Math.min(this.batch(wanted), place.left + more, this.window - place.skip);
      const answer = await this.page(view, place, size, true).catch((error) => this.learnWindow(error));
      if (answer === undefined) continue;
      const found = this.hitsOf(answer);
      const cut = found.length > place.left;
      const hits = cut ? found.slice(0, place.left) : found;
      place = { ...place, pit: view.id, rowBytes: this.rowBytes };
      const { rows, hits: numbers } = this.stages(this.decode(hits, answer.json, this.execution));
      if (rows.length > wanted) {
        const last = wanted === 0 ? -1 : numbers[wanted - 1]!;
        if (wanted > 0) yield rows.slice(0, wanted);
        const after = last === -1 ? place.after : hits[last]!.sort;
        return { ...place, after, skip: 0, left: place.left - last - 1 };
      }
      if (rows.length > 0) yield rows;
      wanted -= rows.length;
      place = { ...place, after: hits.at(-1)?.sort, skip: 0, left: place.left - hits.length };
      if (found.length < size || cut || (place.left <= 0 && more === 0)) {
        if (more === 1) this.execution.info.truncated = cut;
        return undefined;
      }
    }
  }

  private batch(wanted: number): number {
    const rows = Math.max(wanted + 1, this.filtered ? FILTERED_ROWS : 0);
    return Math.min(rows, fittingRows(this.execution.config, this.rowBytes), this.window);
  }

  private learnWindow(error: unknown): undefined {
    const window = smallerWindow(error) ?? this.window;
    if (window >= this.window || window < 1) throw error;
    this.window = window;
  }

  /** An offset beyond what one search can leave out is read over, without the documents. */
  private async skip(view: PointInTimeView, from: Place): Promise<Place> {
    let place = from;
    while (place.skip > 0) {
      const size = Math.min(place.skip, this.window);
      const hits = this.hitsOf(await this.page(view, { ...place, skip: 0 }, size, false));
      place = {
        ...place,
        pit: view.id,
        skip: hits.length < size ? 0 : place.skip - hits.length,
        // The end was passed: the page after the last hit is empty.
        after: hits.at(-1)?.sort ?? place.after,
      };
    }
    return place;
  }

  private page(view: PointInTimeView, place: Place, size: number, documents: boolean): Promise<SearchAnswer> {
    const { search } = this.plan;
    const fetch = documents ? this.fetch : { ...this.fetch, source: false as const };
    const body = {
      ...searchBody(search, fetch, { size, sort: totalOrderOf(search), from: place.skip, trackTotalHits: false }),
      ...(place.after === undefined ? {} : { search_after: place.after }),
    };
    return onCluster(this.execution.request, view.search(body));
  }

  private hitsOf({ json, bytes }: SearchAnswer): readonly Hit[] {
    const hits = hitsOf(json);
    if (hits.length > 0) this.rowBytes = Math.ceil(bytes.length / hits.length);
    return hits;
  }
}
