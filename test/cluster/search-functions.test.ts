/** The real node takes every search function with every option, and every kind of sort, as we write them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Expr } from '../../translators/algebra/expr.ts';
import { checkOption, relevance } from '../../translators/functions/relevance.ts';
import { lowerSort } from '../../translators/lower/dsl/sort.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { column, meta } from '../unit/lower/dsl/kit.ts';

const index = uniqueName('search-functions');

async function send(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${getEngine().url}/${index}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

const PRICES = [3.5, 1.25, null, 9.99, 7, 2.01];

beforeAll(async () => {
  await send('PUT', '', {
    mappings: {
      properties: {
        msg: { type: 'text' },
        subject: { type: 'text' },
        tag: { type: 'keyword' },
        place: { type: 'geo_shape' },
        spot: { type: 'geo_point' },
        family: { type: 'join', relations: { parent: 'child' } },
        price: { type: 'scaled_float', scaling_factor: 100 },
        c: { type: 'nested', properties: { n: { type: 'integer' } } },
      },
    },
  });
  for (const [id, price] of PRICES.entries()) {
    const c = id === 2 ? [] : [{ n: id }, { n: 10 - id }];
    await send('PUT', `/_doc/${id}?refresh=true`, {
      msg: 'the quick fox',
      subject: 'Fox',
      tag: `Tag${id}`,
      place: 'POINT (1 2)',
      spot: { lon: 1, lat: 2 },
      family: 'parent',
      price,
      c,
    });
  }
});
afterAll(() => send('DELETE', ''));

const VALUES: Readonly<Record<string, string>> = {
  analyzer: 'standard',
  quote_analyzer: 'standard',
  fuzziness: 'AUTO:2,4',
  fuzzy_rewrite: 'constant_score',
  rewrite: 'constant_score',
  minimum_should_match: '1',
  flags: 'ALL',
  quote_field_suffix: '.exact',
  time_zone: '+01:00',
  tie_breaker: '0.3',
  cutoff_frequency: '0.5',
};

/** Searches of exact things: their field, their positional values, and how many of the documents they find. */
const POSITIONAL: Readonly<Record<string, { field: string; values: readonly (string | number)[]; hits: number }>> = {
  in_terms: { field: 'tag', values: ['Tag0', 'Tag3', 'none'], hits: 2 },
  ids_query: { field: '', values: ['type', '1', '2', '3'], hits: 3 },
  has_child: { field: 'tag', values: ['=', 'none'], hits: 0 },
  geo_bounding_box: { field: 'spot', values: [0, 3, 2, 1], hits: 6 },
  geo_distance: { field: 'spot', values: ['10km', 1, 2.01], hits: 6 },
  geo_distance_range: { field: 'spot', values: ['1km', '10km', 1, 2.05], hits: 6 },
  geo_polygon: { field: 'spot', values: [0, 0, 3, 0, 3, 3, 0, 3], hits: 6 },
  geo_cell: { field: 'spot', values: [1, 2, 4], hits: 6 },
};

const sampleOf = (option: string, kind: unknown): string => {
  if (Array.isArray(kind)) return String(kind[0]);
  return VALUES[option] ?? (kind === 'boolean' ? 'true' : '2');
};

describe('search functions', () => {
  const calls = relevance.flatMap((fn) => [
    [fn.name, undefined, fn] as const,
    ...Object.keys(fn.options).map((option) => [fn.name, option, fn] as const),
  ]);

  it.each(calls)('%s with %s', async (name, option, fn) => {
    const options =
      option === undefined ? {} : { [option]: checkOption(fn, option, sampleOf(option, fn.options[option])) };
    const positional = POSITIONAL[name];
    if (positional) {
      const child: Record<string, string> = name === 'has_child' ? { type: 'child' } : {};
      const query = fn.dsl([{ path: positional.field }], '', { ...options, ...child }, positional.values);
      const answer = await send('POST', '/_search', { query });
      expect([answer.status, answer.json.error]).toEqual([200, undefined]);
      expect((answer.json.hits as { total: { value: number } }).total.value).toBe(positional.hits);
      return;
    }
    const field = name === 'geo_intersects' ? 'place' : name === 'term' ? 'tag' : 'msg';
    const text =
      name === 'geo_intersects'
        ? 'POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0))'
        : name === 'wildcard_query'
          ? 'qu%'
          : name === 'script'
            ? "doc['tag'].size() == 1"
            : 'quick';
    const fields = fn.takes === 'fields' ? [{ path: 'msg' }, { path: 'subject', weight: 2 }] : [{ path: field }];
    // The slop of a multi_match is that of phrases.
    const extra: Record<string, string> = name === 'multi_match' && option === 'slop' ? { type: 'phrase' } : {};
    const answer = await send('POST', '/_search', { query: fn.dsl(fields, text, { ...options, ...extra }, []) });
    expect([answer.status, answer.json.error]).toEqual([200, undefined]);
    const hits = (answer.json.hits as { total: { value: number } }).total.value;
    expect(hits).toBe(name === 'term' ? 0 : PRICES.length);
  });
});

describe('sorts', () => {
  const ids = async (expr: Expr, desc: boolean, nullsFirst: boolean, size = 10): Promise<string[]> => {
    const sort = lowerSort([{ expr, desc, nullsFirst }], {});
    const { json } = await send('POST', '/_search', { sort, size });
    return (json.hits as { hits: { _id: string }[] }).hits.map((hit) => hit._id);
  };
  const price = column('price', 'scaled_float', { scalingFactor: 100 });
  const n = column('c.n', 'integer', { nestedPath: 'c' });

  it('puts scaled numbers in order both ways, nulls where they are wanted', async () => {
    expect(await ids(price, true, false)).toEqual(['3', '4', '0', '5', '1', '2']);
    expect(await ids(price, true, true)).toEqual(['2', '3', '4', '0', '5', '1']);
    expect(await ids(price, true, false, 2)).toEqual(['3', '4']);
    expect(await ids(price, false, true)).toEqual(['2', '1', '5', '0', '4', '3']);
  });

  it('takes the least nested value ascending, the greatest descending', async () => {
    expect(await ids(n, false, true)).toEqual(['2', '0', '1', '3', '4', '5']);
    expect(await ids(n, true, false)).toEqual(['0', '1', '3', '4', '5', '2']);
  });

  it('sorts keywords in binary order, and by the index', async () => {
    expect(await ids(column('tag', 'keyword'), true, false)).toEqual(['5', '4', '3', '2', '1', '0']);
    expect(await ids(meta('_index'), false, true)).toHaveLength(PRICES.length);
  });
});
