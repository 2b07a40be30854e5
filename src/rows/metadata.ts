/** Columns that every hit has besides its fields (spec data-types 10). */
import type { SqlType, Value } from '../../translators/algebra/index.ts';
import type { Hit, HitContext } from './hit.ts';

interface MetadataRow {
  readonly type: SqlType;
  readonly read: (hit: Hit, context: HitContext) => Value;
}

const score = (raw: number | null | undefined): Value =>
  typeof raw === 'number' && Number.isFinite(raw) ? Math.fround(raw) : null;

export const METADATA: Readonly<Record<string, MetadataRow>> = {
  _id: { type: 'keyword', read: (hit) => hit._id ?? null },
  _index: { type: 'keyword', read: (hit) => hit._index ?? null },
  _score: { type: 'float', read: (hit) => score(hit._score) },
  _maxscore: { type: 'float', read: (_, context) => score(context.maxScore) },
  // The plugin shows the hit's sequence number, which is −2 unless the search asked for it.
  _sort: { type: 'long', read: (hit) => hit._seq_no ?? -2 },
  _routing: { type: 'keyword', read: (hit) => hit._routing ?? null },
};
