/** The body of a search for documents, in one canonical order of keys, so that the cluster's request cache can hit. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Column } from '../../algebra/expr.ts';
import type { SearchNode } from '../../algebra/physical.ts';
import type { Field } from '../../algebra/schema.ts';
import { isTemporal } from '../../algebra/types.ts';
import { docValuesFields, docValuesPath, holderOf } from '../../catalog/source-holds.ts';

/** How dates come that were asked for with `fields` or `docvalue_fields`. */
const WIRE_DATE_FORMAT = 'strict_date_optional_time_nanos';

export interface Fetch {
  /** `_source` of the body: absent for the whole, false for none. */
  readonly source?: false | { readonly includes: readonly string[] };
  readonly viaFields: ReadonlySet<Column>;
  readonly viaDocValues: ReadonlySet<Column>;
}

const fetches = new WeakMap<SearchNode, Fetch>();

/** Where the cells of a search come from; found out once for each plan, since plans are kept. */
export function fetchOf(node: SearchNode): Fetch {
  const known = fetches.get(node);
  if (known) return known;
  const fetch = makeFetch(node);
  fetches.set(node, fetch);
  return fetch;
}

function makeFetch(node: SearchNode): Fetch {
  const viaFields = new Set<Column>();
  const viaDocValues = new Set<Column>();
  const includes = new Set<string>();
  for (const column of node.columns) {
    const { field } = column;
    if (!field) continue;
    const holder = holderOf(field);
    if (holder === 'docValues') viaDocValues.add(column);
    else if (holder === 'fields') viaFields.add(column);
    // What one index lost another may have kept.
    else if (holder !== 'mapping') includes.add(field.sourcePath);
  }
  return { source: sourceOf(includes, node), viaFields, viaDocValues };
}

function sourceOf(paths: ReadonlySet<string>, node: SearchNode): Fetch['source'] {
  if (paths.size === 0) return false;
  // An index that keeps no source refuses to be asked for a part of it.
  if (!node.scan.schema.sourceEnabled) return undefined;
  const top = [...node.scan.schema.fields.values()].filter(
    (field) => field.sourcePath === field.path && holderOf(field) === 'source',
  );
  // Nothing is saved by naming every field, and the cluster need not filter.
  if (top.every((field) => paths.has(field.path))) return undefined;
  const sorted = [...paths].sort();
  return { includes: sorted.filter((path) => !sorted.some((other) => path.startsWith(`${other}.`))) };
}

const fieldsOf = (columns: ReadonlySet<Column>): readonly Field[] => [...columns].map(({ field }) => field as Field);

/** Each path once: asked for twice, its values come twice. */
function fetched(fields: readonly Field[], pathOf: (field: Field) => string | undefined): readonly Dsl[] {
  const asked = new Map<string | undefined, Dsl>();
  for (const field of fields) {
    const path = pathOf(field);
    const format = isTemporal(field.type) ? { format: WIRE_DATE_FORMAT } : {};
    asked.set(path, { field: path, ...format });
  }
  return [...asked.values()];
}

interface BodyOptions {
  readonly from?: number;
  readonly size: number;
  readonly sort?: readonly Dsl[];
  readonly trackTotalHits?: number | boolean;
}

export function searchBody(node: SearchNode, fetch: Fetch, options: BodyOptions): Dsl {
  const { scan } = node;
  const { postFilter, collapse } = scan.hints ?? {};
  const highlights = scan.highlights ?? [];
  const sort = options.sort ?? node.sort;
  return {
    ...(options.from ? { from: options.from } : {}),
    size: options.size,
    ...(node.query ? { query: node.query } : {}),
    ...(postFilter ? { post_filter: postFilter } : {}),
    ...(collapse ? { collapse } : {}),
    ...(fetch.source === undefined ? {} : { _source: fetch.source }),
    ...(fetch.viaFields.size > 0 ? { fields: fetched(fieldsOf(fetch.viaFields), (field) => field.path) } : {}),
    ...(fetch.viaDocValues.size > 0
      ? { docvalue_fields: fetched(fieldsOf(fetch.viaDocValues).flatMap(docValuesFields), docValuesPath) }
      : {}),
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
