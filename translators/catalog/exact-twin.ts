/** Chooses the sub-field that stands for a text field wherever its whole value counts (spec data-types 7). */
import type { ExactTwin, Field } from '../algebra/schema.ts';

/** Types that keep the value unanalysed. */
const WHOLE_VALUE = new Set(['keyword', 'constant_keyword', 'wildcard']);

/** Lower is better: a keyword before a wildcard (which often has no doc values), the customary name, then one that keeps long values. */
function rank(field: Field): number {
  return (
    (field.mapping === 'wildcard' ? 4 : 0) +
    (field.name === 'keyword' ? 0 : 2) +
    (field.ignoreAbove === undefined ? 0 : 1)
  );
}

/** A normalizer changes values and an unindexed field cannot be asked, so neither can stand for the text. */
export function chooseExactTwin(candidates: Iterable<Field>): ExactTwin | undefined {
  let best: Field | undefined;
  for (const field of candidates) {
    if (!WHOLE_VALUE.has(field.mapping) || field.normalizer !== undefined || !field.indexed) continue;
    if (best === undefined || rank(field) < rank(best)) best = field;
  }
  if (best === undefined) return undefined;
  return best.ignoreAbove === undefined ? { path: best.path } : { path: best.path, ignoreAbove: best.ignoreAbove };
}
