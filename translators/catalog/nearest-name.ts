/** The name that a mistyped name most likely meant: of a field, or of an index. */
import { editDistance } from '../algebra/edit-distance.ts';

/** Names further apart than this share of their length are different words, not slips. */
const TOLERATED_SHARE = 0.34;
/** Suggestions are a courtesy: a mapping of tens of thousands of fields is not searched to its end. */
const MAX_NAMES = 5000;

export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length * TOLERATED_SHARE)) + 1;
  let seen = 0;
  for (const candidate of names) {
    if (++seen > MAX_NAMES) break;
    const lower = candidate.toLowerCase();
    const last = lower.slice(lower.lastIndexOf('.') + 1);
    // A leaf named without its object is the likelier slip than two wrong letters.
    const distance = last === wanted ? 1 : editDistance(wanted, lower, bestDistance - 1);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
