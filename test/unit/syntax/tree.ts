/** Trees without their places, for comparing what was read from different texts. */

/** A copy of a tree without spans; BigInts and negative zeros stay what they are. */
export function withoutSpans(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutSpans);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => key !== 'at' && value !== undefined)
      .map(([key, value]) => [key, withoutSpans(value)]),
  );
}
