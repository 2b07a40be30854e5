/** Who is let in, who waits in which order, and who is refused. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import type { RequestContext } from '../../../src/contract/sql-service.ts';
import { Admission } from '../../../src/run/admission.ts';
import { HeavyStatements } from '../../../src/run/heavy.ts';

const refusal = (running: number, waiting: number): Error => new Error(`${running} run, ${waiting} wait`);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('admission', () => {
  const admission = (most: number, mostWaiting: number): Admission =>
    new Admission(() => ({ most, mostWaiting }), refusal);

  it('lets so many in, the next wait in order, the rest are refused', async () => {
    const door = admission(2, 2);
    const order: string[] = [];
    const enter = (name: string): Promise<() => void> =>
      door.enter().then((leave) => {
        order.push(name);
        return leave;
      });
    const [a, b] = [await enter('a'), await enter('b')];
    const [c, d] = [enter('c'), enter('d')];
    await expect(enter('e')).rejects.toThrow('2 run, 2 wait');
    await turn();
    expect(order).toEqual(['a', 'b']);
    b();
    b();
    (await c)();
    (await d)();
    a();
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    expect([door.running, door.waiting]).toEqual([0, 0]);
  });

  it('lets one who left the queue out of it', async () => {
    const door = admission(1, 2);
    const leave = await door.enter();
    const controller = new AbortController();
    const gone = door.enter(controller.signal);
    const next = door.enter();
    controller.abort(new Error('the client went away'));
    await expect(gone).rejects.toThrow('the client went away');
    expect(door.waiting).toBe(1);
    await expect(door.enter(controller.signal)).rejects.toThrow('the client went away');
    leave();
    (await next)();
    expect([door.running, door.waiting]).toEqual([0, 0]);
  });

  it('lets those come back who made room, before those who have not begun', async () => {
    const door = admission(1, 1);
    const order: string[] = [];
    const leave = await door.enter();
    const waiting = door.enter().then((out) => {
      order.push('new');
      return out;
    });
    const back = door.back().then((out) => {
      order.push('back');
      return out;
    });
    leave();
    (await back)();
    (await waiting)();
    expect(order).toEqual(['back', 'new']);
    expect([door.running, door.waiting]).toEqual([0, 0]);
  });
});

describe('statements for DuckDB', () => {
  const config = loadConfig({ LOG_LEVEL: 'silent', MAX_HEAVY_QUERIES: '1', MAX_HEAVY_WAITING: '1' });
  const request = (more: Partial<RequestContext> = {}): RequestContext => ({
    id: 'x',
    identity: {},
    calls: [],
    signal: new AbortController().signal,
    stage: () => undefined,
    rows: () => undefined,
    ...more,
  });

  it('hold one place each, whatever number of parts of them run', async () => {
    const heavy = new HeavyStatements(config);
    const one = request();
    const [outer, inner] = [await heavy.enter(one), await heavy.enter(one)];
    expect([heavy.running, heavy.waiting]).toEqual([1, 0]);
    inner();
    expect([heavy.running, heavy.holds(one)]).toEqual([1, true]);
    outer();
    expect([heavy.running, heavy.holds(one)]).toEqual([0, false]);
  });

  it('make room among the light ones as soon as they wait, and are refused beyond the queue', async () => {
    const heavy = new HeavyStatements(config);
    const leave = await heavy.enter(request());
    let left = 0;
    const waiting = heavy.enter(request({ slot: { leave: () => void left++, back: async () => undefined } }));
    expect([left, heavy.waiting]).toEqual([1, 1]);
    await expect(heavy.enter(request())).rejects.toMatchObject({
      code: 'tooManyRequests',
      status: 429,
      details: expect.stringMatching(/MAX_HEAVY_QUERIES.*MAX_HEAVY_WAITING/),
    });
    leave();
    (await waiting)();
    expect([heavy.running, heavy.waiting]).toEqual([0, 0]);
  });

  it('of one who was refused may be asked again', async () => {
    const heavy = new HeavyStatements({ maxHeavyQueries: 1, maxHeavyWaiting: 0 });
    const leave = await heavy.enter(request());
    const one = request();
    await expect(heavy.enter(one)).rejects.toMatchObject({ status: 429 });
    leave();
    (await heavy.enter(one))();
    expect(heavy.running).toBe(0);
  });

  it('of a job wait for no others', async () => {
    const heavy = new HeavyStatements(config);
    const leave = await heavy.enter(request());
    (await heavy.enter(request({ hasOwnQueue: true })))();
    expect([heavy.running, heavy.waiting]).toEqual([1, 0]);
    leave();
  });
});
