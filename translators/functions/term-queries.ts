/** Searches by exact terms, ids, scripts and child documents of the older engine (spec sql-functions 11.3). */

import type { RelevanceFunction, SearchValue } from '../algebra/function.ts';
import { SqlError } from '../errors.ts';

const BOOST = { boost: 'number' } as const;
const MANY = 65_536;

const RANGES: Readonly<Record<string, string>> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };

/** `op value` on one field of a child document. */
function childQuery(
  path: string,
  op: SearchValue | undefined,
  value: SearchValue | undefined,
): Readonly<Record<string, unknown>> {
  const range = RANGES[String(op)];
  if (range) return { range: { [path]: { [range]: value } } };
  const term = { term: { [path]: { value } } };
  return op === '!=' ? { bool: { filter: [{ exists: { field: path } }], must_not: [term] } } : term;
}

export const HAS_CHILD: RelevanceFunction = {
  name: 'has_child',
  aliases: [],
  summary: 'Parents with a child document whose field compares as written: children(type, field) = value',
  takes: 'field',
  options: { boost: 'number', type: 'text', score_mode: ['avg', 'max', 'min', 'none', 'sum'] },
  values: { least: 2, most: 2, form: 'children(type, field) = value' },
  dsl: (fields, _, { type, boost, score_mode }, [op, value] = []) => {
    if (type === undefined) throw new SqlError('semantic', 'has_child needs the type of the child');
    return {
      has_child: {
        type,
        query: childQuery(fields[0]!.path, op, value),
        ...(score_mode === undefined ? {} : { score_mode }),
        ...(boost === undefined ? {} : { boost }),
      },
    };
  },
};

export const termQueries: readonly RelevanceFunction[] = [
  {
    name: 'in_terms',
    aliases: [],
    summary: 'Any of several terms as they are indexed, without analysis',
    takes: 'field',
    options: BOOST,
    values: { least: 1, most: MANY, form: 'in_terms(field, term, …)' },
    dsl: (fields, _, { boost }, values = []) => ({
      terms: { [fields[0]!.path]: values, ...(boost === undefined ? {} : { boost }) },
    }),
  },
  {
    name: 'ids_query',
    aliases: [],
    summary: 'Documents by their ids; the first argument, a mapping type of old versions, means nothing any more',
    takes: 'none',
    options: BOOST,
    values: { least: 2, most: MANY, form: 'ids_query(type, id, …)' },
    dsl: (_fields, _, { boost }, [, ...ids] = []) => ({
      ids: { values: ids.map(String), ...(boost === undefined ? {} : { boost }) },
    }),
  },
  {
    name: 'script',
    aliases: [],
    summary: "A script of the cluster's own language; `@name` is a parameter given as 'name'=value",
    takes: 'none',
    options: {},
    freeOptions: true,
    dsl: (_fields, source, params) => ({
      script: {
        script: {
          lang: 'painless',
          source: source.replace(/@(\w+)/g, (written, name: string) =>
            Object.hasOwn(params, name) ? `params.${name}` : written,
          ),
          ...(Object.keys(params).length > 0 ? { params } : {}),
        },
      },
    }),
  },
  HAS_CHILD,
];
