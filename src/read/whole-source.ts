/** Whether documents are read whole though only a part of them is wanted. */
import type { Fetch } from '../../translators/execution.ts';

/**
 * Bytes of an answer for each document, up to which the whole is asked for: to filter a source the cluster parses it and writes it anew, which
 * takes longer than the bytes take on a network of a gigabit.
 */
const MOST_BYTES = 512;

/** Undefined where the cluster filters nothing, or paths that are not members by themselves. */
export function unfiltered(fetch: Fetch): Fetch | undefined {
  const { source } = fetch;
  if (!source || source.includes.some((path) => path.includes('.'))) return undefined;
  return { ...fetch, source: undefined };
}

export const isWorthReadingWhole = (bytes: number, documents: number): boolean => bytes <= documents * MOST_BYTES;
