/** The answer of a search from its text, as the cluster's client reads it. */
import { type SearchAnswer, searchAnswer, whole } from '../../src/cluster/search-answer.ts';

export function asAnswer(given: string | Buffer): SearchAnswer {
  const bytes = Buffer.from(given);
  return whole(searchAnswer({ bytes, text: bytes.toString() }, undefined));
}
