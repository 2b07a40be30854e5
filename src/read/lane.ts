/** Pages of a search one after the other, some of them asked for before they are wanted. */
import type { Dsl } from '../../translators/algebra/index.ts';
import { hasHits, type SearchAnswer } from '../cluster/search-answer.ts';
import type { PageSizes } from './page-size.ts';
import type { PointInTimeView, ScrollView } from './view.ts';

export interface Lane {
  /** Undefined after the last. Asked for again only when the answer before it is here, which is then read as far as that needs. */
  next(): Promise<SearchAnswer | undefined>;
  close(): Promise<unknown>;
}

/** What an answer says of the page after it. */
interface PageEnd {
  /** Of hits; undefined where nobody counts them: then only a page without hits is the last. */
  readonly count?: number;
  /** Of the last hit; undefined where there is none. */
  readonly sort: unknown;
}

interface PointInTimeLane {
  readonly view: PointInTimeView;
  /** Members of the body that make a slice. Lanes that share a list take from it what no other has taken. */
  readonly slices: Dsl[];
  readonly sizes: PageSizes;
  /** Hits that are wanted at most. */
  readonly most?: number;
  body(size: number): Dsl;
  endOf(answer: SearchAnswer): PageEnd;
  close(): Promise<unknown>;
}

export function pointInTimeLane({ view, slices, sizes, most, body, endOf, close }: PointInTimeLane): Lane {
  let left = most ?? Number.POSITIVE_INFINITY;
  let slice = slices.shift();
  let size = 0;
  let before: SearchAnswer | undefined;

  /** The sort values to go on behind; undefined where the slice is read to its end. */
  function placeAfter(answer: SearchAnswer): unknown {
    const { count, sort } = endOf(answer);
    // Short last pages look lean, which makes no difference.
    sizes.saw(count ?? size, answer.bytes.length);
    left -= count ?? 0;
    return (count !== undefined && count < size) || left <= 0 ? undefined : sort;
  }

  return {
    async next() {
      const after = before && placeAfter(before);
      if (before !== undefined && after === undefined) slice = left > 0 ? slices.shift() : undefined;
      before = undefined;
      if (slice === undefined) return undefined;
      size = Math.min(sizes.next(), left);
      before = await view.search({ ...body(size), ...slice, ...(after === undefined ? {} : { search_after: after }) });
      return before;
    },
    close,
  };
}

/** `isLast`: where hits are counted, a page with fewer than were asked for; otherwise only a page without hits is the last. */
export function scrollLane(scroll: ScrollView, isLast = (answer: SearchAnswer) => !hasHits(answer)): Lane {
  let last = false;
  let before: SearchAnswer | undefined;
  return {
    async next() {
      if (before !== undefined && isLast(before)) last = true;
      before = undefined;
      if (last) return undefined;
      before = await scroll.next();
      return before;
    },
    close: () => scroll.close(),
  };
}

interface Ahead {
  /** How many pages to ask for before they are wanted, when this one has come. */
  depth(answer: SearchAnswer): number;
  /** Counts bytes that wait, until the returned function is called. */
  hold?(bytes: number): () => void;
  /** Told of the milliseconds that a page was waited for. */
  waited?(milliseconds: number): void;
  /** A page has been used. */
  used?(answer: SearchAnswer): void;
}

interface Waiting {
  readonly answer: Promise<SearchAnswer | undefined>;
  release(): void;
}

/** Those with hits, the `first` of which may have been asked for already; whatever was opened is closed at the end, however it ends. */
export async function* pagesOf(lane: Lane, ahead: Ahead, first?: SearchAnswer): AsyncGenerator<SearchAnswer> {
  const waiting: Waiting[] = [];
  let asked: Promise<unknown> = Promise.resolve();
  /** Each begins when the one before it is here, whether or not that one has been taken. */
  const ask = (): void => {
    let release = (): void => undefined;
    const answer = asked.then(async () => {
      const found = await lane.next();
      if (found !== undefined && ahead.hold !== undefined) release = ahead.hold(found.bytes.length);
      return found;
    });
    // A failure is reported when its turn comes, or never if nobody wants the page.
    answer.catch(() => undefined);
    asked = answer;
    waiting.push({ answer, release: () => release() });
  };
  const take = async (): Promise<SearchAnswer | undefined> => {
    if (waiting.length === 0) ask();
    const { answer, release } = waiting.shift()!;
    const started = performance.now();
    try {
      return await answer;
    } finally {
      release();
      ahead.waited?.(performance.now() - started);
    }
  };
  try {
    for (let page = first ?? (await take()); page !== undefined; page = await take()) {
      if (hasHits(page)) {
        const depth = ahead.depth(page);
        while (waiting.length < depth) ask();
        yield page;
      }
      ahead.used?.(page);
    }
  } finally {
    await Promise.allSettled(waiting.map(({ answer }) => answer));
    for (const { release } of waiting) release();
    await lane.close();
  }
}
