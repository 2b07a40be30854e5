/** What waits in memory until clients take it: counted over all answers, bounded, and given up where a client takes nothing. */
import type { ServerResponse } from 'node:http';
import type { Pace, Slot } from '../contract/sql-service.ts';
import { breakOff } from './break-off.ts';

interface OutflowLimits {
  /** Milliseconds in which a client must take something of its answer; 0 for no limit. */
  readonly stall: number;
  /** Bytes of all answers together beyond which no further page is made. */
  readonly most: number;
}

interface OutflowDeps {
  readonly limits: () => OutflowLimits;
  readonly stalled?: (milliseconds: number) => void;
}

/** Bytes that are given to a connection at a time. */
const PIECE_BYTES = 256 * 1024;
/** An answer of so few bytes never waits for others. */
const FREE_BYTES = 64 * 1024;
/** A client that takes nothing for so long lets others be worked on. */
const PARK_MILLISECONDS = 1_000;
/** Long enough for a client, where others wait for the room that it takes. */
const PRESSED_MILLISECONDS = 30_000;
const LONGEST_TICK = 1_000;
const SHORTEST_TICK = 20;

interface Waiting {
  readonly flow: Outflow;
  readonly bytes: number;
  readonly go: () => void;
}

export class Outflows {
  readonly #flows = new Map<ServerResponse, Outflow>();
  #waiting: Waiting[] = [];
  #ticking: NodeJS.Timeout | undefined;
  #tick = Number.POSITIVE_INFINITY;

  constructor(private readonly deps: OutflowDeps) {}

  /** Every answer is watched from the first call for it on. */
  of(response: ServerResponse): Outflow {
    const known = this.#flows.get(response);
    if (known !== undefined) return known;
    const { stall } = this.deps.limits();
    const flow = new Outflow(response, this, stall);
    this.#flows.set(response, flow);
    response.once('close', () => {
      this.#flows.delete(response);
      flow.closed();
      this.changed();
    });
    this.watch(stall);
    return flow;
  }

  /** Bytes that are made and not yet taken. */
  get bytes(): number {
    let sum = 0;
    for (const flow of this.#flows.values()) sum += flow.bytes;
    return sum;
  }

  get isFull(): boolean {
    return this.#waiting.length > 0 || this.bytes >= this.deps.limits().most;
  }

  /** undefined: there is room now. In turn, as room is made. */
  room(flow: Outflow, bytes: number): Promise<void> | undefined {
    if (this.#fits(flow, bytes, this.#waiting.length === 0)) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push({ flow, bytes, go: resolve });
      this.watch(0);
    });
  }

  /** Something was taken or given up. */
  changed(): void {
    if (this.#waiting.length === 0) return;
    const still: Waiting[] = [];
    for (const waiting of this.#waiting) {
      const { flow, bytes, go } = waiting;
      if (flow.isClosed || this.#fits(flow, bytes, still.length === 0)) go();
      else still.push(waiting);
    }
    this.#waiting = still;
  }

  /** Looks often enough to see a stall of so many milliseconds. */
  watch(stall: number): void {
    const wanted = Math.max(SHORTEST_TICK, Math.min(LONGEST_TICK, stall === 0 ? LONGEST_TICK : stall / 4));
    if (this.#ticking !== undefined && this.#tick <= wanted) return;
    clearInterval(this.#ticking);
    this.#tick = wanted;
    this.#ticking = setInterval(() => this.#look(), wanted).unref();
  }

  #fits(flow: Outflow, bytes: number, isFirst: boolean): boolean {
    // What is in memory already takes no more room when it goes on its way.
    if (flow.holds || flow.bytes + bytes <= FREE_BYTES) return true;
    const all = this.bytes;
    return isFirst && (all === flow.bytes || all + bytes <= this.deps.limits().most);
  }

  #look(): void {
    if (this.#flows.size === 0) {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
      this.#tick = Number.POSITIVE_INFINITY;
      return;
    }
    const now = performance.now();
    let longest: Outflow | undefined;
    for (const flow of this.#flows.values()) {
      const stalled = flow.stalledAt(now);
      if (flow.stall === 0) continue;
      if (stalled >= flow.stall) this.#giveUp(flow, stalled);
      else if (stalled > (longest?.stalled ?? 0)) longest = flow;
    }
    if (this.#waiting.length > 0 && longest !== undefined && longest.stalled >= PRESSED_MILLISECONDS) {
      this.#giveUp(longest, longest.stalled);
    }
    this.changed();
  }

  #giveUp(flow: Outflow, milliseconds: number): void {
    this.deps.stalled?.(milliseconds);
    flow.destroy();
  }
}

/** One answer on its way to its client. */
export class Outflow implements Pace {
  /** Of a request that is counted among those worked on. */
  slot: Slot | undefined;
  stalled = 0;
  #held = 0;
  #closed = false;
  #taken = -1;
  #movedAt = performance.now();

  constructor(
    private readonly response: ServerResponse,
    private readonly all: Outflows,
    public stall: number,
  ) {}

  /** Milliseconds; 0 for no limit. */
  limitStall(milliseconds: number): void {
    this.stall = milliseconds;
    this.all.watch(milliseconds);
  }

  get bytes(): number {
    return this.#held + (this.#closed ? 0 : this.response.writableLength);
  }

  /** Something that is made for it waits outside of the connection. */
  get holds(): boolean {
    return this.#held > 0;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** The client keeps up, and there is room for one page more. */
  get mayReadAhead(): boolean {
    return !this.#closed && !this.response.writableNeedDrain && !this.all.isFull;
  }

  /** Counts bytes that wait outside of the connection, until the returned function is called. */
  hold(bytes: number): () => void {
    let left = bytes;
    this.#held += left;
    return () => {
      this.#held -= left;
      left = 0;
      this.all.changed();
    };
  }

  /** Before more is made, of about so many bytes. */
  room(bytes = 0): Promise<void> | undefined {
    const waiting = this.all.room(this, bytes);
    return waiting?.then(() => this.#throwIfGone());
  }

  /** Resolves when the connection has room for more; throws when it is closed. */
  write(bytes: string | Buffer): Promise<void> | undefined {
    this.#throwIfGone();
    if (Buffer.byteLength(bytes) > PIECE_BYTES) return this.#pieces(bytes);
    return this.response.write(bytes) ? undefined : this.#drained();
  }

  /** For how long nothing was taken, though something waits. */
  stalledAt(now: number): number {
    const { socket } = this.response;
    // An answer behind another one of the same connection has to wait for that.
    const waits = socket !== null && this.response.writableLength > 0;
    const taken = waits ? socket.bytesWritten - socket.writableLength : -1;
    if (!waits || taken !== this.#taken) this.#movedAt = now;
    this.#taken = taken;
    this.stalled = now - this.#movedAt;
    return this.stalled;
  }

  destroy(): void {
    breakOff(this.response);
  }

  closed(): void {
    this.#closed = true;
  }

  async #pieces(given: string | Buffer): Promise<void> {
    const bytes = typeof given === 'string' ? Buffer.from(given) : given;
    let release = this.hold(bytes.length);
    try {
      for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
        const end = Math.min(bytes.length, from + PIECE_BYTES);
        release();
        release = this.hold(bytes.length - end);
        this.#throwIfGone();
        if (!this.response.write(bytes.subarray(from, end))) await this.#drained();
      }
    } finally {
      release();
    }
  }

  async #drained(): Promise<void> {
    let parked = false;
    const parking = setTimeout(() => {
      parked = true;
      this.slot?.leave();
    }, PARK_MILLISECONDS);
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(parking);
        this.response.off('drain', settle).off('close', settle);
        resolve();
      };
      this.response.on('drain', settle).on('close', settle);
    });
    this.all.changed();
    this.#throwIfGone();
    if (parked) await this.slot?.back();
  }

  #throwIfGone(): void {
    if (this.response.destroyed && !this.response.writableFinished) throw new Error('the connection is closed');
  }
}
