/** The sample data, loaded into the real node under names of our own. */
import { afterAll, expect, it } from 'vitest';
import { type FetchLike, loadSampleData, SAMPLE_INDICES } from '../../src/sample-data/load.ts';
import { getEngine, uniqueName } from '../support/engine.ts';

const { url } = getEngine();
const prefix = uniqueName('sample');
const names = SAMPLE_INDICES.map(({ name }) => name);

/** Other files of this run may want the plain names. */
const renamed: FetchLike = (target, init) =>
  fetch(target.replace(new RegExp(`/(${names.join('|')})\\b`), `/${prefix}-$1`), {
    ...init,
    body: init?.body?.replaceAll('{"index":{"_index":"', `{"index":{"_index":"${prefix}-`),
  });

const search = async (name: string, body: unknown): Promise<string> => {
  const response = await fetch(`${url}/${prefix}-${name}/_search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.text();
};

afterAll(async () => {
  for (const name of names) await fetch(`${url}/${prefix}-${name}`, { method: 'DELETE' });
});

it('loads once, whole, and searchable', async () => {
  expect(await loadSampleData(url, renamed)).toEqual([
    { name: 'accounts', created: 1_000 },
    { name: 'orders', created: 2_000 },
    { name: 'weblogs', created: 3_000 },
  ]);
  expect((await loadSampleData(url, renamed)).map(({ created }) => created)).toEqual([0, 0, 0]);

  const total = async (name: string, query: unknown): Promise<number> => {
    const body = { size: 0, track_total_hits: true, query };
    return JSON.parse(await search(name, body)).hits.total.value;
  };
  expect(await total('accounts', { match_all: {} })).toBe(1_000);
  expect(await total('orders', { match_all: {} })).toBe(2_000);
  expect(await total('weblogs', { match_all: {} })).toBe(3_000);
  const visa = { nested: { path: 'cards', query: { term: { 'cards.brand': 'visa' } } } };
  expect(await total('accounts', visa)).toBeGreaterThan(100);
  expect(await total('accounts', { term: { last_login_ip: '10.0.0.0/14' } })).toBeGreaterThan(800);
  const near = { geo_distance: { distance: '50km', 'address.location': { lat: 47.61, lon: -122.33 } } };
  expect(await total('accounts', near)).toBeGreaterThan(10);
  expect(await search('accounts', { query: { term: { account_number: 1 } } })).toContain('9007199254748912');
});
