/** Reads what surrounds the hits of a search answer, from its bytes and without reading the hits: the one place that looks for it there. */
import {
  afterSpace,
  afterValue,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  closingQuote,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '../rows/json-bytes.ts';
import { parseJson } from '../rows/longs.ts';
import type { SearchResponse } from './search-answer.ts';

export interface Envelope {
  /** What the answer says up to its hits, with an empty list of them; what comes after them (aggregations) is not in it. */
  readonly head: SearchResponse;
  /** The place of the first hit, or of the bracket that closes the list where there is none. */
  readonly first: number;
}

const HITS = Buffer.from('hits');

/** undefined: no search answer. Every engine tells all that matters before the hits. */
export function envelopeOf(bytes: Buffer): Envelope | undefined {
  const outer = memberAt(bytes, afterSpace(bytes, 0), HITS);
  const list = outer === -1 ? -1 : memberAt(bytes, outer, HITS);
  if (list === -1 || bytes[list] !== OPEN_ARRAY) return undefined;
  try {
    const head = parseJson(`${bytes.toString('utf8', 0, list)}[]}}`) as SearchResponse;
    return { head, first: afterSpace(bytes, list + 1) };
  } catch {
    return undefined;
  }
}

/** Whether what follows the hits, from the bracket on that closes their list, is the end of an answer. */
export function closesAt(bytes: Buffer, close: number): boolean {
  try {
    JSON.parse(`{"hits":{"hits":[${bytes.toString('utf8', close)}`);
    return true;
  } catch {
    return false;
  }
}

/** Whether an answer whose hits nobody reads goes on to its end: a part of one must not be handed on as the whole. */
export function isWhole(bytes: Buffer, { first }: Envelope): boolean {
  let at = first;
  while (at < bytes.length && bytes[at] !== CLOSE_ARRAY) {
    at = afterSpace(bytes, afterValue(bytes, at));
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    else if (bytes[at] !== CLOSE_ARRAY) return false;
  }
  return closesAt(bytes, at);
}

/** Total and whether it is exact; -1 where it was not counted. Elasticsearch before 7 has the number alone. */
export function totalOf({ hits }: SearchResponse): { total: number; exact: boolean } {
  const total = hits?.total;
  if (total === undefined) return { total: -1, exact: false };
  if (typeof total === 'number') return { total, exact: true };
  return { total: total.value, exact: total.relation === 'eq' };
}

/**
 * The sort values of the last hit, where they end the answer, as JSON; undefined where there is no hit. They are the place of a
 * document in its shard and perhaps the name of its index, not text of the document.
 */
export function lastPlace(bytes: Buffer): string | undefined {
  const tail = bytes.toString('utf8', Math.max(0, bytes.length - TAIL_BYTES)).trimEnd();
  const at = tail.lastIndexOf(SORT);
  return at < 0 || !tail.endsWith(END) ? undefined : tail.slice(at + SORT.length - 1, -END.length + 1);
}

/** A number, and the name of an index, which has 255 bytes at most. */
const TAIL_BYTES = 400;
const SORT = '"sort":[';
const END = ']}]}}';

/** Where the value of a member of the object at `open` begins, or -1. */
function memberAt(bytes: Buffer, open: number, name: Buffer): number {
  if (bytes[open] !== OPEN_OBJECT) return -1;
  let at = afterSpace(bytes, open + 1);
  while (bytes[at] === QUOTE) {
    const start = at + 1;
    const end = closingQuote(bytes, start);
    const found = end - start === name.length && bytes.compare(name, 0, name.length, start, end) === 0;
    at = afterSpace(bytes, end + 1);
    if (bytes[at] !== COLON) return -1;
    at = afterSpace(bytes, at + 1);
    if (found) return at;
    at = afterSpace(bytes, afterValue(bytes, at));
    if (bytes[at] === CLOSE_OBJECT) return -1;
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
  }
  return -1;
}
