/** The answer of a search: refused where it lacks rows, its text and values made when they are first asked for. */
import { SqlError } from '../../translators/errors.ts';
import { CLOSE_ARRAY } from '../rows/json-bytes.ts';
import { type Envelope, envelopeOf } from './envelope.ts';
import { readAnswer, unreadable } from './read-answer.ts';

export interface SearchAnswer {
  readonly bytes: Buffer;
  /** As the cluster sent it, for the json format. */
  readonly text: string;
  readonly envelope: Envelope;
  /** Parsed without loss: integers beyond 2^53 are bigint. */
  readonly json: SearchResponse;
}

/** What every search answer has; the rest is read by the decoders. */
export interface SearchResponse {
  readonly _scroll_id?: string;
  readonly pit_id?: string;
  readonly timed_out?: boolean;
  readonly _shards?: { readonly total?: number; readonly failed?: number };
  readonly hits?: {
    readonly total?: number | { readonly value: number; readonly relation: 'eq' | 'gte' };
    readonly max_score?: number | null;
    readonly hits: readonly unknown[];
  };
  readonly aggregations?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** Known without reading one. */
export const hasHits = ({ bytes, envelope }: SearchAnswer): boolean => bytes[envelope.first] !== CLOSE_ARRAY;

/** Not checked yet: of a scroll the caller has to know its name also where the page is refused. */
export function searchAnswer(answer: { readonly bytes: Buffer; readonly text: string }, body: unknown): SearchAnswer {
  const { bytes } = answer;
  const envelope = envelopeOf(bytes);
  if (envelope === undefined) throw unreadable(answer.text);
  let json: SearchResponse | undefined;
  return {
    bytes,
    envelope,
    get text() {
      return answer.text;
    },
    get json() {
      json ??= parsed(answer.text, body);
      return json;
    },
  };
}

/** Without what it was asked for, an answer would read as one without rows. */
function parsed(text: string, body: unknown): SearchResponse {
  const answer = readAnswer<SearchResponse>(text);
  const asksGroups = typeof body === 'object' && body !== null && 'aggs' in body;
  if (asksGroups && typeof answer.aggregations !== 'object') throw unreadable(text);
  return answer;
}

/** The answer itself, where it holds all rows that it should: neither cut at the time limit nor without those of a shard. */
export function whole(answer: SearchAnswer): SearchAnswer {
  const { timed_out, _shards } = answer.envelope.head;
  if (timed_out === true) throw new SqlError('clusterTimeout', 'The search ran out of its time on the cluster.');
  // A search is made to refuse; of a scroll's pages nothing makes the cluster refuse those that lack the rows of a shard.
  if ((_shards?.failed ?? 0) > 0) {
    throw new SqlError('clusterUnreachable', 'A shard of the index did not answer for its part of the rows.');
  }
  return answer;
}
