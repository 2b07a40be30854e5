/** How many documents match a search, without reading one. */
import type { Dsl } from '../../translators/algebra/index.ts';
import { totalOf } from '../cluster/envelope.ts';
import type { View } from './view.ts';

export async function countMatches(
  view: View,
  query: Dsl | undefined,
  postFilter?: Dsl,
): Promise<{ readonly total: number; readonly shards: number }> {
  // Read whole: a part of an answer tells the number too, and must not be taken for all of it.
  const { json } = await view.search({
    size: 0,
    ...(query ? { query } : {}),
    ...(postFilter ? { post_filter: postFilter } : {}),
    track_total_hits: true,
  });
  return { total: totalOf(json).total, shards: json._shards?.total ?? 1 };
}
