/** The place of one request among those that are worked on: given up while it waits for its client, or is counted elsewhere. */

import type { Slot } from '../contract/sql-service.ts';
import type { Admission } from '../run/admission.ts';

export class RequestSlot implements Slot {
  #leave: (() => void) | undefined;
  #ended = false;

  constructor(
    private readonly admission: Admission,
    private readonly signal: AbortSignal,
  ) {}

  /** Rejects where there are too many. */
  async enter(): Promise<void> {
    this.#hold(await this.admission.enter(this.signal));
  }

  leave(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  async back(): Promise<void> {
    if (this.#leave === undefined && !this.#ended) this.#hold(await this.admission.back(this.signal));
  }

  /** It is answered. */
  end(): void {
    this.#ended = true;
    this.leave();
  }

  #hold(leave: () => void): void {
    this.leave();
    if (this.#ended) leave();
    else this.#leave = leave;
  }
}
