/** The body of a search for documents, in one canonical order of keys, so that the cluster's request cache can hit. */
import type { Column } from '../../bind/expr.ts';
import { compileDateFormat } from '../../catalog/date-format.ts';
import type { Field } from '../../catalog/schema.ts';
import { isTemporal } from '../../catalog/types.ts';
import type { Dsl, SearchNode } from '../../physical/nodes.ts';

/** How dates come that were asked for with `fields` or `docvalue_fields`. */
export const WIRE_DATE_FORMAT = 'strict_date_optional_time_nanos';

export interface Fetch {
  /** `_source` of the body: absent for the whole, false for none. */
  readonly source?: false | { readonly includes: readonly string[] };
  readonly viaFields: ReadonlySet<Column>;
  readonly viaDocValues: ReadonlySet<Column>;
}

/** Where the cells of a search come from. */
export function fetchOf(node: SearchNode): Fetch {
  const viaFields = new Set<Column>();
  const viaDocValues = new Set<Column>();
  const includes = new Set<string>();
  for (const column of node.columns) {
    const { field } = column;
    if (!field) continue;
    if (!node.scan.schema.sourceEnabled && field.docValues) viaDocValues.add(column);
    else if (isTemporal(field.type) && !compileDateFormat(field.format, field.mapping === 'date_nanos'))
      viaFields.add(column);
    else includes.add(field.sourcePath);
  }
  return { source: sourceOf(includes, node), viaFields, viaDocValues };
}

function sourceOf(paths: ReadonlySet<string>, node: SearchNode): Fetch['source'] {
  if (paths.size === 0) return false;
  const top = [...node.scan.schema.fields.values()].filter((field) => field.sourcePath === field.path);
  // Nothing is saved by naming every field, and the cluster need not filter.
  if (top.every((field) => paths.has(field.path))) return undefined;
  const sorted = [...paths].sort();
  return { includes: sorted.filter((path) => !sorted.some((other) => path.startsWith(`${other}.`))) };
}

const fetched = (columns: ReadonlySet<Column>): readonly Dsl[] =>
  [...columns].map(({ field }) => ({
    field: (field as Field).path,
    ...(isTemporal((field as Field).type) ? { format: WIRE_DATE_FORMAT } : {}),
  }));

export interface BodyOptions {
  readonly from?: number;
  readonly size: number;
  readonly sort?: readonly Dsl[];
  readonly trackTotalHits?: number | boolean;
}

export function searchBody(node: SearchNode, fetch: Fetch, options: BodyOptions): Dsl {
  const { scan } = node;
  const highlights = scan.highlights ?? [];
  const sort = options.sort ?? node.sort;
  return {
    ...(options.from ? { from: options.from } : {}),
    size: options.size,
    ...(node.query ? { query: node.query } : {}),
    ...(fetch.source === undefined ? {} : { _source: fetch.source }),
    ...(fetch.viaFields.size > 0 ? { fields: fetched(fetch.viaFields) } : {}),
    ...(fetch.viaDocValues.size > 0 ? { docvalue_fields: fetched(fetch.viaDocValues) } : {}),
    ...(sort && sort.length > 0 ? { sort } : {}),
    ...(highlights.length > 0
      ? {
          highlight: {
            fields: Object.fromEntries(
              highlights.map(({ field, options: tags }) => [
                field,
                Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
              ]),
            ),
          },
        }
      : {}),
    ...(scan.scored && sort && sort.length > 0 ? { track_scores: true } : {}),
    ...(options.trackTotalHits === undefined ? {} : { track_total_hits: options.trackTotalHits }),
  };
}
