/** Finds the keyword that a misspelt word was probably meant to be. */
import { editDistance } from './edit-distance.ts';

/** The nearest candidate within one step for short words and two for longer ones, or undefined. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length < 3 || word.length > 20) return undefined;
  const limit = word.length <= 4 ? 1 : 2;
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (candidate.length < 4 || Math.abs(candidate.length - word.length) > limit) continue;
    const d = editDistance(word, candidate, limit);
    if (d > 0 && d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}
