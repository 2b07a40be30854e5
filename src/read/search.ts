/** Runs a search: one call where that holds the rows wanted, otherwise a drain over a fixed view of the index. */

import type { Column, SearchNode, Value } from '../../translators/algebra/index.ts';
import { fetchOf, searchBody, targetOf } from '../../translators/execution.ts';
import { inTime, type SearchAnswer, type SearchResponse } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { readAnswer } from '../cluster/read-answer.ts';
import { compileHitDecoder, decodePage, type HitDecoder } from '../rows/decode.ts';
import type { Hit } from '../rows/hit.ts';
import { stringifyJson } from '../rows/longs.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from '../run/context.ts';
import { afterValue } from '../write/direct/json-bytes.ts';
import { eachHit } from '../write/direct/search-answer.ts';
import { drain } from './drain.ts';

/** The most rows that one search gives: the default of `index.max_result_window`. */
export const RESULT_WINDOW = 10_000;
/** Rows of the first call when it is not known how many will be read. */
const FIRST_PAGE = 1_000;

export const runSearch = (node: SearchNode, execution: Execution): AsyncGenerator<Page> =>
  searchPages(node, execution, parsedHits(decoderOf(node, execution), execution));

/** The hits of one answer, read as far as somebody wants them. */
export interface Hits<T> {
  /** The answer, perhaps without them. */
  readonly around: SearchResponse;
  readonly count: number;
  lastSort(): unknown;
  /** Those from one to before another. */
  page(from: number, to: number): T;
}
export type ReadHits<T> = (answer: SearchAnswer) => Hits<T>;

export function parsedHits(decode: Decode, execution: Execution): ReadHits<Page> {
  return ({ json }) => {
    const hits = hitsOf(json);
    return {
      around: json,
      count: hits.length,
      lastSort: () => hits.at(-1)?.sort,
      page: (from, to) => decode(from === 0 && to === hits.length ? hits : hits.slice(from, to), json, execution),
    };
  };
}

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
      const { total, exact } = totalOf(hits.around);
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
  for await (const hits of drain(node, fetchOf(node), execution, read, config.trackTotalHits)) {
    if (info.total === undefined) {
      const { total, exact } = totalOf(hits.around);
      if (total >= 0) {
        info.total = total;
        info.totalIsLowerBound = !exact;
      }
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
  if (node.offset + node.count > RESULT_WINDOW) return undefined;
  const answer = await firstPage(node, node.count, execution);
  if (!answer) return undefined;
  const { around, count } = countedHits(answer);
  const { total, exact } = totalOf(around);
  const full = !exact && count >= node.count;
  if (node.implicit && (total > node.offset + node.count || full)) execution.info.truncated = true;
  return answer.bytes;
}

/** What is said of the hits, which themselves nobody reads. */
function countedHits(answer: SearchAnswer): { readonly around: SearchResponse; readonly count: number } {
  const { bytes } = answer;
  let count = 0;
  const around = eachHit(bytes, (at) => {
    count++;
    return afterValue(bytes, at);
  });
  if (around === undefined) return { around: answer.json, count: hitsOf(answer.json).length };
  return { around: inTime(readAnswer(around)), count };
}

async function firstPage(node: SearchNode, size: number, execution: Execution): Promise<SearchAnswer | undefined> {
  const { cluster, config, request } = execution;
  const track = config.trackTotalHits === RESULT_WINDOW ? undefined : config.trackTotalHits;
  const body = firstBody(node, size, track);
  const started = performance.now();
  try {
    return await cluster.search(targetOf(node.scan), body, request);
  } catch (error) {
    // An index with a smaller `max_result_window` is read page by page instead.
    if (error instanceof ClusterError && /Result window is too large/.test(error.message)) return undefined;
    throw error;
  } finally {
    request.stage('cluster', performance.now() - started);
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

export type Decode = (hits: readonly Hit[], answer: SearchResponse, execution: Execution) => Page;

export function decoderOf(node: SearchNode, execution: Execution): Decode {
  const { viaFields, viaDocValues } = fetchOf(node);
  const highlights = node.scan.highlights ?? [];
  const stored = node.columns.filter((column) => !highlights.some((h) => h.column === column));
  const decodeStored = compileHitDecoder(stored, {
    tolerance: execution.config.fieldTypeTolerance,
    viaFields,
    viaDocValues,
  });
  const decodeHit = highlights.length === 0 ? decodeStored : withHighlights(node, stored, decodeStored);
  return (hits, answer, { request }) => {
    const started = performance.now();
    const page = decodePage(hits, decodeHit, { maxScore: answer.hits?.max_score ?? null });
    request.stage('decode', performance.now() - started);
    return page;
  };
}

/** highlight() columns: the fragments of a field, null where nothing matched in it; a pattern gives an object of fields. */
function withHighlights(node: SearchNode, stored: readonly Column[], decode: HitDecoder): HitDecoder {
  const fields = new Map((node.scan.highlights ?? []).map((h) => [h.column, h.field]));
  return (hit, context) => {
    const row = decode(hit, context);
    return node.columns.map((column) => {
      const field = fields.get(column);
      if (field === undefined) return row[stored.indexOf(column)]!;
      const fragments = hit.highlight;
      if (!fragments) return null;
      return field.includes('*') ? (fragments as Value) : ((fragments[field] as Value | undefined) ?? null);
    });
  };
}

export const hitsOf = (answer: SearchResponse): readonly Hit[] => (answer.hits?.hits ?? []) as readonly Hit[];

/** Total and whether it is exact; -1 where it was not counted. */
export function totalOf(answer: SearchResponse): { total: number; exact: boolean } {
  const total = answer.hits?.total;
  if (total === undefined) return { total: -1, exact: false };
  if (typeof total === 'number') return { total, exact: true };
  return { total: total.value, exact: total.relation === 'eq' };
}
