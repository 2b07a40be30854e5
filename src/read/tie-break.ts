/** What makes the order of a paged search total: the place of a document in its point in time. */
import type { Dsl, SearchNode } from '../../translators/algebra/index.ts';

/**
 * `_shard_doc` alone should do, and does not on OpenSearch 3:
 * - it is the same for documents of two indices whose shards have the same number, so that `search_after` would skip one of them;
 * - as the only sort it lets a range be answered by an approximation that looks at about a page of matches, whatever
 *   `search_after` says, so that later pages would lack rows.
 * The index as a second sort cures both.
 */
export const TIE_BREAK: readonly Dsl[] = [{ _shard_doc: 'asc' }, { _index: 'asc' }];

/** As one search would order the hits: by relevance where the statement asks for it and names no order. */
export const orderOf = ({ sort, scan }: SearchNode): readonly Dsl[] =>
  sort !== undefined && sort.length > 0 ? sort : scan.scored ? [{ _score: 'desc' }] : [];

/** The same for pages of a point in time. */
export const totalOrderOf = (node: SearchNode): readonly Dsl[] => [...orderOf(node), ...TIE_BREAK];
