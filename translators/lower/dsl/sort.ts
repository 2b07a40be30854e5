/** ORDER BY as the cluster's own sort, where its doc values give the same order. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Column } from '../../algebra/expr.ts';
import type { SortKey } from '../../algebra/plan.ts';
import type { Field } from '../../algebra/schema.ts';
import { finerThanIndex } from '../../catalog/finer-than-index.ts';
import type { DslContext } from './context.ts';
import { mayOverflow } from './exists.ts';

/** Undefined when some key cannot be sorted by the cluster; then none is. */
export function lowerSort(keys: readonly SortKey[], context: DslContext): Dsl[] | undefined {
  const out: Dsl[] = [];
  for (const key of keys) {
    if (key.expr.kind !== 'column') return undefined;
    const sort = columnSort(key.expr.column, key, context);
    if (!sort) return undefined;
    out.push(sort);
  }
  return out;
}

function columnSort(column: Column, key: SortKey, context: DslContext): Dsl | undefined {
  const order = key.desc ? 'desc' : 'asc';
  // `_id` has no doc values, and the other metadata are known only after the search.
  if (column.meta !== undefined) {
    return ['_score', '_doc', '_index'].includes(column.meta) ? { [column.meta]: { order } } : undefined;
  }
  const { field } = column;
  const path = field && sortPath(field, context);
  if (!field || !path) return undefined;
  const missing = key.nullsFirst ? '_first' : '_last';
  if (path.mapping === 'scaled_float' && key.desc)
    return context.scripts === false ? undefined : scaledSort(field, key);
  const options: Record<string, unknown> = { order, missing: absentDate(field, path.mapping, key) ?? missing };
  if (field.partial) options.unmapped_type = UNMAPPED[path.mapping] ?? path.mapping;
  if (field.conflict?.includes('date_nanos')) options.numeric_type = 'date_nanos';
  if (field.nestedPath !== undefined) options.nested = { path: field.nestedPath };
  return { [path.path]: options };
}

/** What absent dates sort as, in the unit of the index: the ends of what it can write. */
const EPOCH = 0;
const YEAR_1 = -62_135_596_800_000;
const YEAR_9999_END = 253_402_300_799_999;
/** Formats whose years have four digits and never more. */
const FOUR_DIGITS = /(^|\|)(strict_)?basic_/;

/**
 * Undefined where the cluster's own value, the least or greatest long, may stand. As a date of nanoseconds, or in a format with four
 * digits a year, OpenSearch 3.8 fails to write it when it is in the last row of a shard, and then never answers the search. So absent
 * values tie with the least date that there can be, or the greatest.
 */
function absentDate(field: Field, mapping: string, key: SortKey): number | undefined {
  const least = key.nullsFirst !== key.desc;
  if (mapping === 'date_nanos' || field.conflict?.includes('date_nanos')) return least ? EPOCH : undefined;
  if (mapping !== 'date' || !FOUR_DIGITS.test(field.format ?? '')) return undefined;
  return least ? YEAR_1 : YEAR_9999_END;
}

/**
 * Types whose doc values sort as SQL sorts their values. A missing unsigned_long ties with 0 or the largest, wherever it is to stand.
 * OpenSearch 3.8 gives wildcard fields in ascending order whatever is asked.
 */
const SORTABLE = new Set([
  'boolean',
  'byte',
  'short',
  'integer',
  'long',
  'half_float',
  'float',
  'double',
  'scaled_float',
  'token_count',
  'keyword',
  'constant_keyword',
  'date',
  'date_nanos',
  'ip',
]);

/** Types that a sort cannot assume for an index without the field, because their mapping needs more than a name. */
const UNMAPPED: Readonly<Record<string, string>> = {
  scaled_float: 'double',
  token_count: 'integer',
  constant_keyword: 'keyword',
};

const LONGS = new Set(['byte', 'short', 'integer', 'long', 'token_count']);

function sortPath(field: Field, context: DslContext): { readonly path: string; readonly mapping: string } | undefined {
  if (field.type === 'text') {
    const twin = field.exact;
    if (!twin || field.conflict || mayOverflow(twin.path, twin.ignoreAbove, context)) return undefined;
    const mapping = field.fields?.get(twin.path.slice(field.path.length + 1))?.mapping ?? 'keyword';
    return mapping === 'keyword' ? { path: twin.path, mapping } : undefined;
  }
  if (!field.docValues || field.normalizer !== undefined || !SORTABLE.has(field.mapping)) return undefined;
  if (mayOverflow(field.path, field.ignoreAbove, context)) return undefined;
  if (field.conflict && !mergeable(field.conflict)) return undefined;
  // Values inside one millisecond have an order that the index does not keep.
  if (finerThanIndex(field)) return undefined;
  return { path: field.path, mapping: field.mapping };
}

/** Shards merge sort values of one kind only: of whole numbers among themselves, and of dates at one resolution. */
const mergeable = (kinds: readonly string[]): boolean =>
  kinds.every((kind) => LONGS.has(kind)) || kinds.every((kind) => kind === 'date' || kind === 'date_nanos');

/** OpenSearch 3.8 misses the top values of a scaled_float in a descending sort; a script is not taken by that shortcut. */
function scaledSort(field: Field, key: SortKey): Dsl | undefined {
  if (field.nestedPath !== undefined) return undefined;
  // Scaled values are long / factor: no one reaches the ends of the doubles.
  const empty = key.nullsFirst ? 'Double.MAX_VALUE' : '-Double.MAX_VALUE';
  const source =
    `if (!doc.containsKey(params.field) || doc[params.field].size() == 0) { return ${empty} } ` +
    'return doc[params.field].get(doc[params.field].size() - 1)';
  return {
    _script: { type: 'number', script: { lang: 'painless', source, params: { field: field.path } }, order: 'desc' },
  };
}
