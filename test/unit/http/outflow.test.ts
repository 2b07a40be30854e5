/** Who is given up when many clients read nothing: by a clock of the test's own. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outflows } from '../../../src/http/outflow.ts';

const MINUTE = 60_000;

/** An answer of which so many bytes wait, and none is taken until a test says so. */
class StillResponse extends EventEmitter {
  readonly req = { httpVersionMinor: 1 };
  readonly socket = { bytesWritten: 0, writableLength: 0 };
  destroyed = false;
  writableFinished = false;

  constructor(public writableLength: number) {
    super();
  }

  take(bytes: number): void {
    this.socket.bytesWritten += bytes;
    this.writableLength -= bytes;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function flowsOf(most: number, stall = 5 * MINUTE) {
  const given: number[] = [];
  const outflows = new Outflows({
    limits: () => ({ stall, most }),
    stalled: (ms) => given.push(Math.round(ms / 1_000)),
  });
  const add = (bytes: number): StillResponse => {
    const response = new StillResponse(bytes);
    outflows.of(response as unknown as ServerResponse);
    return response;
  };
  const wait = (response: StillResponse, bytes: number): Promise<void> | undefined =>
    outflows.of(response as unknown as ServerResponse).room(bytes);
  return { outflows, given, add, wait };
}

describe('a client that takes nothing', () => {
  it('is given up after the whole time while there is room for all', () => {
    const { given, add } = flowsOf(10_000_000);
    const still = add(1_000_000);
    vi.advanceTimersByTime(5 * MINUTE - 2_000);
    expect(still.destroyed).toBe(false);
    vi.advanceTimersByTime(4_000);
    expect([still.destroyed, given]).toEqual([true, [300]]);
  });

  it('is given up after 30 seconds where another one waits for its room, the one that stands longest first', async () => {
    const { given, add, wait } = flowsOf(2_000_000);
    const first = add(1_000_000);
    vi.advanceTimersByTime(10_000);
    const second = add(1_000_000);
    vi.advanceTimersByTime(5_000);
    let goes = false;
    void wait(add(0), 500_000)!.then(() => {
      goes = true;
    });
    vi.advanceTimersByTime(13_000);
    expect([first.destroyed, second.destroyed]).toEqual([false, false]);
    vi.advanceTimersByTime(4_000);
    await Promise.resolve();
    await Promise.resolve();
    expect([first.destroyed, second.destroyed, goes]).toEqual([true, false, true]);
    // Nobody waits any more: the other has the whole time.
    vi.advanceTimersByTime(MINUTE);
    expect(second.destroyed).toBe(false);
    expect(given).toHaveLength(1);
  });

  it('begins anew when it takes something', () => {
    const { add, wait } = flowsOf(1_000_000);
    const slow = add(1_000_000);
    wait(add(0), 500_000)?.catch(() => undefined);
    for (let i = 0; i < 5; i++) {
      vi.advanceTimersByTime(25_000);
      slow.take(1_000);
    }
    expect(slow.destroyed).toBe(false);
    vi.advanceTimersByTime(33_000);
    expect(slow.destroyed).toBe(true);
  });

  it('is never given up where SQL_STALL_TIMEOUT is 0', () => {
    const { add, wait } = flowsOf(1_000_000, 0);
    const still = add(1_000_000);
    wait(add(0), 500_000)?.catch(() => undefined);
    vi.advanceTimersByTime(60 * MINUTE);
    expect(still.destroyed).toBe(false);
  });
});
