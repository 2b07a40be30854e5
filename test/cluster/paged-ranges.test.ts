/** Ranges over more rows than a page: OpenSearch answers some of them by approximations, which later pages must not meet. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { openBulkScan } from '../../src/read/bulk-scan.ts';
import { detachedContext } from '../../src/run/detached-context.ts';
import { createSqlService } from '../../src/run/service.ts';
import type { Physical, SearchNode } from '../../translators/algebra/physical.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { type SqlProxy, startSqlProxy } from './sql-proxy.ts';

const index = uniqueName('ranges');
/** Of each of two indices. */
const ROWS = 6_000;
const PAGE_ROWS = '200';
let proxy: SqlProxy;

beforeAll(async () => {
  proxy = await startSqlProxy(getEngine().url, { PAGE_ROWS, MAX_RESULT_ROWS: '100000' });
  for (const name of [`${index}-a`, `${index}-b`]) {
    const lines = Array.from({ length: ROWS }, (_, n) => `{"index":{}}\n{"n":${n}}\n`);
    await fetch(`${getEngine().url}/${name}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join(''),
    });
  }
});

afterAll(async () => {
  for (const name of [`${index}-a`, `${index}-b`]) await fetch(`${getEngine().url}/${name}`, { method: 'DELETE' });
  await proxy.close();
});

const open = (sql: string) =>
  createSqlService({ ...proxy, log: createLog('silent') }).open(
    { query: sql, parameters: [], filter: undefined },
    detachedContext({}, new AbortController().signal, proxy.metrics),
  );

it('are drained to their end', async () => {
  const { pages } = await open(`SELECT n FROM ${index}-a WHERE n >= 5`);
  const seen = new Set<unknown>();
  for await (const page of pages) for (const [n] of page) seen.add(n);
  expect(seen.size).toBe(ROWS - 5);
});

it('are paged to their end', async () => {
  let page = (await proxy.query(`SELECT n FROM ${index}-a WHERE n >= 5`, { fetch_size: 500 })) as {
    readonly datarows: readonly (readonly unknown[])[];
    readonly cursor?: string;
  };
  const seen = new Set<unknown>();
  for (;;) {
    for (const [n] of page.datarows) seen.add(n);
    if (page.cursor === undefined) break;
    const response = await fetch(`${proxy.url}/_plugins/_sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cursor: page.cursor }),
    });
    page = (await response.json()) as typeof page;
  }
  expect(seen.size).toBe(ROWS - 5);
});

it.each([`${index}-a`, `${index}-*`])('of %s are read in bulk to their end', async (from) => {
  const { physical, execution } = await open(`SELECT n FROM ${from} WHERE n >= 5`);
  const scan = await openBulkScan(searchOf(physical), execution, { mostLanes: 2, skipsUnwanted: true });
  let hits = 0;
  for (const lane of scan.lanes) {
    for await (const { json } of lane) hits += json.hits!.hits.length;
  }
  await scan.close();
  expect(hits).toBe((from.endsWith('*') ? 2 : 1) * (ROWS - 5));
});

function searchOf(plan: Physical): SearchNode {
  if (plan.kind === 'search') return plan;
  if ('input' in plan) return searchOf(plan.input);
  throw new Error(`no search in ${plan.kind}`);
}
