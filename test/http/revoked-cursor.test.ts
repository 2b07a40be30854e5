/** A computed result is kept in a file of this server: only the cluster can say that its caller may still read on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PagingProxy, startPagingProxy } from '../cluster/paging-proxy.ts';
import { getEngine, uniqueName } from '../support/engine.ts';
import { basicOf, type SecurityFront, startSecurityFront } from '../support/security-front.ts';

const index = uniqueName('revoked');
let front: SecurityFront;
let proxy: PagingProxy;
const headers = { authorization: basicOf('alice') };

beforeAll(async () => {
  const lines = Array.from({ length: 400 }, (_, n) => `{"index":{}}\n{"n":${n}}\n`).join('');
  await fetch(`${getEngine().url}/${index}/_bulk?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines,
  });
  front = await startSecurityFront(getEngine().url);
  front.users.set('alice', 'alice-secret');
  proxy = await startPagingProxy(front.url, { CURSOR_KEEP_ALIVE: '1m' });
});
afterAll(async () => {
  await proxy.close();
  await front.close();
  await fetch(`${getEngine().url}/${index}`, { method: 'DELETE' });
});

it('asks at most every five seconds, and gives no page to credentials that stand no more', async () => {
  // A window is computed here, so that its rows lie in a file.
  const query = `SELECT n, ROW_NUMBER() OVER (ORDER BY n) FROM ${index}`;
  const next = (cursor: string | undefined) => proxy.post({ cursor }, { headers });
  const looks = (): number => front.asked.filter((one) => one.includes('authinfo')).length;
  const first = await proxy.post({ query, fetch_size: 5 }, { headers });
  expect(first.status, JSON.stringify(first.json)).toBe(200);
  expect(looks()).toBe(0);
  const second = await next(first.json.cursor);
  const third = await next(second.json.cursor);
  expect([second.status, third.status]).toEqual([200, 200]);
  expect(third.json.datarows[0]).toEqual([10, 11]);
  expect(looks()).toBe(1);
  // No call but that one: the rows come from the file.
  expect(proxy.lastCalls()).toEqual([]);

  front.users.delete('alice');
  await sleep(5_100);
  const refused = await next(third.json.cursor);
  expect(refused.status).toBe(401);
  expect(JSON.stringify(refused.json)).not.toContain('datarows');

  front.users.set('alice', 'alice-secret');
  const again = await next(third.json.cursor);
  expect(again.status).toBe(200);
  expect(again.json.datarows[0]).toEqual([15, 16]);
});
