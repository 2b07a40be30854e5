/** Stretches of positions: searched, joined, cut. */
import type { Span } from './positions.ts';

export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The first position where `test` holds, which holds from there on; `to` + 1 where it never does. */
export function first(from: bigint, to: bigint, test: (at: bigint) => boolean): bigint {
  let [low, high] = [from, to + 1n];
  while (low < high) {
    const middle = (low + high) >> 1n;
    if (test(middle)) high = middle;
    else low = middle + 1n;
  }
  return low;
}

/** Neighbouring and overlapping spans as one. */
export function union(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const out: { from: bigint; to: bigint }[] = [];
  for (const { from, to } of sorted) {
    const before = out.at(-1);
    if (before && from <= before.to + 1n) before.to = max(before.to, to);
    else out.push({ from, to });
  }
  return out;
}

/** What both lists of spans hold. */
export function intersection(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const out: Span[] = [];
  for (const x of a) {
    for (const y of b) {
      const span = { from: max(x.from, y.from), to: min(x.to, y.to) };
      if (span.from <= span.to) out.push(span);
    }
  }
  return union(out);
}

/** What is left of `whole`. */
export function without(whole: Span, spans: readonly Span[]): readonly Span[] {
  const out: Span[] = [];
  let from = whole.from;
  for (const span of spans) {
    if (from < span.from) out.push({ from, to: span.from - 1n });
    from = span.to + 1n;
  }
  if (from <= whole.to) out.push({ from, to: whole.to });
  return out;
}
