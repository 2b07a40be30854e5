/** The counters of the stats route. */
import { expect, it } from 'vitest';
import { createStats } from '../../../src/http/sql/stats.ts';

const MINUTE = 60_000;

it('counts since the start, and within a window that may change', () => {
  let now = 0;
  let window = 60 * MINUTE;
  const stats = createStats({ now: () => now, window: () => window });
  stats.record({ status: 200, paged: true });
  stats.record({ status: 400, paged: false });
  now = 30 * MINUTE;
  stats.record({ status: 502, paged: true });
  stats.record({ status: 429, paged: false, breaker: true });
  expect(stats.read()).toEqual({
    request_total: 4,
    request_count: 4,
    default_cursor_request_total: 2,
    default_cursor_request_count: 2,
    failed_request_count_cuserr: 1,
    failed_request_count_syserr: 1,
    failed_request_count_cb: 1,
    circuit_breaker: 0,
  });
  now = 61 * MINUTE;
  expect(stats.read()).toMatchObject({
    request_total: 4,
    request_count: 2,
    default_cursor_request_total: 2,
    default_cursor_request_count: 1,
    failed_request_count_cuserr: 0,
    failed_request_count_syserr: 1,
  });
  window = 5 * MINUTE;
  expect(stats.read()).toMatchObject({ request_total: 4, request_count: 0, default_cursor_request_count: 0 });
  window = 120 * MINUTE;
  expect(stats.read()).toMatchObject({ request_count: 4 });
});
