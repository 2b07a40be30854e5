/** Builds bool queries in one canonical, minimal form: flat, without constants, single clauses unwrapped. */
import type { Dsl } from '../../algebra/dsl.ts';

export const MATCH_ALL: Dsl = { match_all: {} };
export const MATCH_NONE: Dsl = { match_none: {} };

interface Bool {
  readonly must?: readonly Dsl[];
  readonly filter?: readonly Dsl[];
  readonly should?: readonly Dsl[];
  readonly must_not?: readonly Dsl[];
}

const boolOf = (query: Dsl): Bool | undefined => query.bool as Bool | undefined;
const isAll = (query: Dsl): boolean => 'match_all' in query;
const isNone = (query: Dsl): boolean => 'match_none' in query;
const isScript = (query: Dsl): boolean => 'script' in query;

/** bigint has no JSON; as text it cannot meet the same number, which would be written as a number. */
const keyOf = (query: Dsl): string => JSON.stringify(query, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v));

function distinct(queries: readonly Dsl[]): readonly Dsl[] {
  if (queries.length < 2) return queries;
  const seen = new Set<string>();
  return queries.filter((query) => {
    const key = keyOf(query);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Scripts see only what the native clauses before them let through. */
const scriptsLast = (queries: readonly Dsl[]): readonly Dsl[] =>
  queries.some(isScript) ? [...queries.filter((q) => !isScript(q)), ...queries.filter(isScript)] : queries;

function print(bool: Bool): Dsl {
  const out: Record<string, readonly Dsl[]> = {};
  for (const name of ['must', 'filter', 'should', 'must_not'] as const) {
    const clauses = bool[name];
    if (clauses && clauses.length > 0) out[name] = clauses;
  }
  return { bool: out };
}

/** Documents that every query matches. `must` clauses count for the score, `filter` clauses do not. */
export function allOf(queries: readonly Dsl[], must: readonly Dsl[] = []): Dsl {
  const all = { must: [] as Dsl[], filter: [] as Dsl[], not: [] as Dsl[] };
  const add = (query: Dsl, into: 'must' | 'filter'): void => {
    const bool = boolOf(query);
    if (bool && !bool.should) {
      all.must.push(...(into === 'must' ? (bool.must ?? []) : []));
      all.filter.push(...(into === 'filter' ? (bool.must ?? []) : []), ...(bool.filter ?? []));
      all.not.push(...(bool.must_not ?? []));
    } else if (!isAll(query)) all[into].push(query);
  };
  for (const query of must) add(query, 'must');
  for (const query of queries) add(query, 'filter');
  if (all.must.some(isNone) || all.filter.some(isNone)) return MATCH_NONE;
  const filter = scriptsLast(distinct(all.filter));
  const not = distinct(all.not);
  if (all.must.length === 0 && not.length === 0 && filter.length < 2) return filter[0] ?? MATCH_ALL;
  if (all.must.length === 1 && not.length === 0 && filter.length === 0) return all.must[0]!;
  return print({ must: distinct(all.must), filter, must_not: not });
}

/** Documents that some query matches. */
export function anyOf(queries: readonly Dsl[]): Dsl {
  const flat = queries.flatMap((query) => {
    const bool = boolOf(query);
    return bool?.should && !bool.must && !bool.filter && !bool.must_not ? bool.should : [query];
  });
  if (flat.some(isAll)) return MATCH_ALL;
  const should = mergeTerms(distinct(flat.filter((query) => !isNone(query))));
  if (should.length < 2) return should[0] ?? MATCH_NONE;
  return print({ should });
}

/** Documents that the query does not match. */
export function noneOf(query: Dsl): Dsl {
  if (isAll(query)) return MATCH_NONE;
  if (isNone(query)) return MATCH_ALL;
  const bool = boolOf(query);
  if (bool?.must_not?.length === 1 && !bool.must && !bool.filter && !bool.should) return bool.must_not[0]!;
  if (bool?.should && !bool.must && !bool.filter && !bool.must_not) return print({ must_not: bool.should });
  return print({ must_not: [query] });
}

/** More values than this in one terms query are refused by the cluster (`index.max_terms_count`). */
const MAX_TERMS = 65_536;

type Term = string | number | bigint | boolean;

export function termsOf(path: string, values: readonly Term[]): Dsl {
  const unique = [...new Set(values)];
  if (unique.length === 0) return MATCH_NONE;
  if (unique.length === 1) return { term: { [path]: unique[0] } };
  if (unique.length <= MAX_TERMS) return { terms: { [path]: unique } };
  const should: Dsl[] = [];
  for (let at = 0; at < unique.length; at += MAX_TERMS) {
    should.push({ terms: { [path]: unique.slice(at, at + MAX_TERMS) } });
  }
  return print({ should });
}

/** Path and values of a plain term or terms query. */
function plainTerms(query: Dsl): { readonly path: string; readonly values: readonly Term[] } | undefined {
  const body = (query.term ?? query.terms) as Dsl | undefined;
  if (!body) return undefined;
  const [path, value] = Object.entries(body)[0]!;
  if (Array.isArray(value)) return { path, values: value as readonly Term[] };
  return typeof value === 'object' ? undefined : { path, values: [value as Term] };
}

/** `a = 1 OR a = 2` → one terms query, where the first of them stood. */
function mergeTerms(queries: readonly Dsl[]): readonly Dsl[] {
  const byPath = new Map<string, Term[]>();
  const order: (Dsl | string)[] = [];
  for (const query of queries) {
    const terms = plainTerms(query);
    if (!terms) {
      order.push(query);
      continue;
    }
    const known = byPath.get(terms.path);
    if (known) {
      for (const value of terms.values) known.push(value);
    } else {
      byPath.set(terms.path, [...terms.values]);
      order.push(terms.path);
    }
  }
  return order.flatMap((item) => {
    if (typeof item !== 'string') return [item];
    const query = termsOf(item, byPath.get(item)!);
    return boolOf(query)?.should ?? [query];
  });
}
