/** Statements of which DuckDB computes a part: they have a queue of their own, so that light ones are never behind them. */
import { SqlError } from '../../translators/errors.ts';
import type { Config } from '../config.ts';
import type { RequestContext } from '../contract/sql-service.ts';
import { Admission } from './admission.ts';

interface Held {
  users: number;
  readonly entered: Promise<() => void>;
}

export class HeavyStatements {
  readonly #admission: Admission;
  readonly #held = new WeakMap<RequestContext, Held>();

  constructor(config: Pick<Config, 'maxHeavyQueries' | 'maxHeavyWaiting'>) {
    this.#admission = new Admission(
      () => ({ most: config.maxHeavyQueries, mostWaiting: config.maxHeavyWaiting }),
      (running, waiting) =>
        new SqlError(
          'tooManyRequests',
          `${running} statements with joins, windows or sets run already (MAX_HEAVY_QUERIES), and ${waiting} wait (MAX_HEAVY_WAITING); try again.`,
        ),
    );
  }

  get running(): number {
    return this.#admission.running;
  }

  get waiting(): number {
    return this.#admission.waiting;
  }

  /** Whether some part of the statement holds a place, or waits for one. */
  holds(request: RequestContext): boolean {
    return this.#held.has(request);
  }

  /** One place a statement, however many parts of it run at a time: a part that waits for another would wait for itself. */
  async enter(request: RequestContext): Promise<() => void> {
    if (request.hasOwnQueue === true) return () => undefined;
    const held = this.#held.get(request) ?? this.#begin(request);
    held.users++;
    const leave = await held.entered;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      held.users--;
      if (held.users > 0) return;
      this.#held.delete(request);
      leave();
    };
  }

  #begin(request: RequestContext): Held {
    // Its place among the others is free while it is counted here.
    request.slot?.leave();
    const held: Held = { users: 0, entered: this.#admission.enter(request.signal) };
    this.#held.set(request, held);
    held.entered.catch(() => this.#held.delete(request));
    return held;
  }
}
