/** The field that a mistyped name most likely meant. */
import type { Schema } from './schema.ts';

/** Names further apart than this share of their length are different words, not slips. */
const TOLERATED_SHARE = 0.34;
/** Suggestions are a courtesy: a mapping of tens of thousands of fields is not searched to its end. */
const MAX_PATHS = 5000;

export function suggestPath(schema: Schema, name: string): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length * TOLERATED_SHARE)) + 1;
  let seen = 0;
  for (const path of schema.paths()) {
    if (++seen > MAX_PATHS) break;
    const lower = path.toLowerCase();
    const last = lower.slice(lower.lastIndexOf('.') + 1);
    // A leaf named without its object is the likelier slip than two wrong letters.
    const distance = last === wanted ? 1 : editDistance(wanted, lower, bestDistance - 1);
    if (distance < bestDistance) {
      best = path;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance (a swap of neighbours is one edit); anything above `limit` is reported as limit + 1. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      current.push(d);
      if (d < least) least = d;
    }
    if (least > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}
