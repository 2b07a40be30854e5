/** Hints reach every request that reads, whichever reader makes it, and mean the same paged and unpaged. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEngine, uniqueName } from '../support/engine.ts';
import { control, exportJob, exportRequest } from '../support/export-jobs.ts';
import { type HttpRelay, type Relayed, startHttpRelay } from '../support/http-relay.ts';
import { call, type RunningJobs, startJobs } from './export-kit.ts';
import { type PagingProxy, startPagingProxy } from './paging-proxy.ts';

const ROWS = 600;
const index = uniqueName('hinted');
const from = `\`${index},${index}-that-is-not-there\``;
const HINTS = '/*! ROUTINGS(r1) PREFERENCE(_local) IGNORE_UNAVAILABLE */';
const EVERY = { routing: 'r1', preference: '_local', ignore_unavailable: 'true' };
const OLD_VERSION = { version: { number: '7.10.2', build_flavor: 'oss' } };

/** The routed part, as the node tells it. */
let routed: readonly number[];
beforeAll(async () => {
  await call('PUT', `/${index}`, {
    settings: { number_of_shards: 5, number_of_replicas: 0 },
    mappings: {
      properties: {
        id: { type: 'integer' },
        g: { type: 'keyword' },
        t: { type: 'text' },
        k: { type: 'keyword', ignore_above: 20 },
      },
    },
  });
  const lines = Array.from({ length: ROWS }, (_, id) => [
    JSON.stringify({ index: { _id: String(id), routing: `r${id % 7}` } }),
    JSON.stringify({ id, g: `g${id % 11}`, t: `text ${id}`, k: `k${id % 13}` }),
  ]);
  await call('POST', `/${index}/_bulk?refresh=true`, `${lines.flat().join('\n')}\n`);
  const answer = await call('POST', `/${index}/_search?routing=r1`, { size: ROWS, _source: ['id'] });
  const { hits } = JSON.parse(answer) as { hits: { hits: { _source: { id: number } }[] } };
  routed = hits.hits.map((hit) => hit._source.id).sort((a, b) => a - b);
});
afterAll(async () => {
  await call('DELETE', `/${index}`);
});

it('the routing that is used leaves rows out', () => {
  expect(routed.length).toBeGreaterThan(0);
  expect(routed.length).toBeLessThan(ROWS);
});

/** What each request must be asked with: what opens something takes all, what goes on in it takes none. */
function expected({ path }: Relayed): Readonly<Record<string, string>> {
  if (!path.startsWith(`/${index}`)) return {};
  return path.endsWith('/_mapping') ? { ignore_unavailable: 'true' } : EVERY;
}

const hintsOf = ({ parameters }: Relayed): object =>
  Object.fromEntries(Object.keys(EVERY).flatMap((name) => (name in parameters ? [[name, parameters[name]]] : [])));

function checkRequests(relay: HttpRelay): void {
  const reading = relay.seen.filter(({ path }) => path.startsWith(`/${index}`) && !path.endsWith('/_mapping'));
  expect(reading.length).toBeGreaterThan(0);
  for (const request of relay.seen) expect([request.path, hintsOf(request)]).toEqual([request.path, expected(request)]);
}

/** Statements by the reader that they need; each tells of the rows that it reads. */
const READERS: readonly (readonly [string, string])[] = [
  ['a search', `SELECT ${HINTS} id FROM ${from}`],
  ['a sorted search', `SELECT ${HINTS} id FROM ${from} ORDER BY id DESC`],
  ['a drain', `SELECT ${HINTS} id FROM ${from} LIMIT 20000`],
  ['a filter of the rows', `SELECT ${HINTS} id FROM ${from} WHERE REVERSE(t) <> 'x'`],
  ['a heap', `SELECT ${HINTS} id FROM ${from} ORDER BY REVERSE(t) LIMIT 1000`],
  ['a count', `SELECT ${HINTS} COUNT(*) FROM ${from}`],
  ['groups of one field', `SELECT ${HINTS} g, COUNT(*) FROM ${from} GROUP BY g`],
  ['groups of several', `SELECT ${HINTS} g, id, MAX(id) FROM ${from} GROUP BY g, id`],
  ['exact different values', `SELECT ${HINTS} g, COUNT(DISTINCT id) FROM ${from} GROUP BY g`],
  ['estimated different values', `SELECT ${HINTS} COUNT(DISTINCT id) FROM ${from}`],
  ['values that may be hidden', `SELECT ${HINTS} k, COUNT(*) FROM ${from} GROUP BY k`],
  ['a join', `SELECT ${HINTS} a.id FROM ${from} a JOIN ${from} b ON a.id = b.id`],
  ['a subquery', `SELECT ${HINTS} id FROM ${from} WHERE id IN (SELECT id FROM ${from})`],
  ['a window', `SELECT ${HINTS} id, ROW_NUMBER() OVER (ORDER BY id) FROM ${from}`],
  ['a union', `SELECT ${HINTS} id FROM ${from} UNION ALL SELECT id FROM ${from}`],
];

describe.each([
  ['in points in time', undefined],
  ['by scrolls', OLD_VERSION],
])('readers %s', (_, version) => {
  let relay: HttpRelay;
  let proxy: PagingProxy;
  beforeAll(async () => {
    relay = await startHttpRelay(getEngine().url, ({ path }) => (path === '/' ? version : undefined));
    const env = { EXACT_DISTINCT_LIMIT: '10', PAGE_ROWS: '100', MAX_RESULT_ROWS: '100000' };
    proxy = await startPagingProxy(relay.url, env);
  });
  afterAll(async () => {
    await proxy.close();
    relay.close();
  });

  it.each(READERS)('%s', async (_reader, sql) => {
    relay.clear();
    const { status, json } = await proxy.post({ query: sql });
    expect([status, json.error]).toEqual([200, undefined]);
    checkRequests(relay);
    relay.clear();
    const pages = await proxy.pages(sql, 7);
    checkRequests(relay);
    const rows = pages.flatMap((page) => page.datarows);
    const inOrder = (all: readonly unknown[]): readonly string[] => all.map((row) => JSON.stringify(row)).sort();
    expect(inOrder(rows)).toEqual(inOrder(json.datarows));
    if (json.schema.length === 1 && json.schema[0]!.name === 'id') {
      expect([...new Set(rows.map(([id]) => id as number))].sort((a, b) => a - b)).toEqual(routed);
    }
  });

  it.each(['jdbc', 'json', 'csv', 'raw'])('the format %s', async (format) => {
    relay.clear();
    const response = await fetch(`${proxy.url}/_plugins/_sql?format=${format}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: READERS[0]![1] }),
    });
    expect([response.status, (await response.text()).length > 0]).toEqual([200, true]);
    checkRequests(relay);
  });
});

describe.each([
  ['in points in time', undefined],
  ['by scrolls', OLD_VERSION],
])('exports %s', (_, version) => {
  let relay: HttpRelay;
  let jobs: RunningJobs;
  beforeAll(async () => {
    relay = await startHttpRelay(getEngine().url, ({ path }) => (path === '/' ? version : undefined));
    jobs = await startJobs({ JOB_REREAD_ROWS: '10', PAGE_ROWS: '100', EXPORT_SLICES: '2' }, relay.url);
  });
  afterAll(async () => {
    await jobs.stop();
    relay.close();
  });

  it.each([
    ['again', `SELECT ${HINTS} id FROM ${from}`],
    ['from a kept result', `SELECT ${HINTS} id FROM ${from} ORDER BY id`],
  ])('read %s', async (_how, sql) => {
    relay.clear();
    const source = await jobs.query(sql);
    const request = exportRequest({ folder: uniqueName('hinted') });
    const { files } = await jobs.runner.runExport(exportJob(request), source, control());
    checkRequests(relay);
    expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(routed.length);
  });
});
