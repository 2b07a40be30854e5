/** VERSION() and CURRENT_USER(): asked of the cluster with the caller's credentials, and only by statements that name them. */
import { describe, expect, it } from 'vitest';
import { withServerFacts } from '../../../src/plan/server-facts.ts';
import type { Execution } from '../../../src/run/context.ts';

function asking(sql: string, user: string | undefined, info: unknown) {
  let calls = 0;
  const answer = async (value: unknown): Promise<unknown> => {
    calls += 1;
    return value;
  };
  const cluster = { info: () => answer(info), user: () => answer(user) };
  const execution = { cluster, request: {}, session: { now: '2024-05-17 10:20:30', today: '2024-05-17' } };
  return withServerFacts(sql, execution as unknown as Execution).then(({ session }) => ({ calls, session }));
}

describe('what a statement asks of the cluster', () => {
  it.each([
    ['SELECT VERSION()', undefined, { version: { number: '3.8.0' } }, { version: '3.8.0', user: 'anonymous' }],
    ['SELECT current_user ()', '["ann"]', { version: { number: '2.19.1' } }, { version: '2.19.1', user: 'ann' }],
    ['SELECT USER()', '["eve","native","n"]', {}, { version: null, user: 'eve' }],
    ['SELECT SESSION_USER()', '["api key","k1"]', {}, { version: null, user: 'api key k1' }],
  ])('%s by %s', async (sql, user, info, server) => {
    const { calls, session } = await asking(sql, user, info);
    expect([calls, session.server]).toEqual([2, server]);
  });

  it.each(['SELECT DATABASE()', 'SELECT version FROM t', 'SELECT NOW()'])('is not fetched for %s', async (sql) => {
    const { calls, session } = await asking(sql, '["ann"]', {});
    expect([calls, session.server]).toEqual([0, undefined]);
  });
});
