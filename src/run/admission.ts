/** Lets so many in at a time; so many more wait in turn, and the rest are refused. */

interface AdmissionLimits {
  readonly most: number;
  readonly mostWaiting: number;
}

interface Waiter {
  readonly go: () => void;
}

export class Admission {
  #running = 0;
  #queue: Waiter[] = [];

  constructor(
    private readonly limits: () => AdmissionLimits,
    private readonly refusal: (running: number, waiting: number) => Error,
  ) {}

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** The returned function leaves. Rejects with the reason of the signal, which also ends the waiting. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    const { most, mostWaiting } = this.limits();
    if (this.#running >= most && this.#queue.length >= mostWaiting) throw this.refusal(this.#running, this.waiting);
    return this.#place(signal, (waiter) => this.#queue.push(waiter));
  }

  /** For those who were in before and made room meanwhile: they are not refused, and come before those who have not begun. */
  back(signal?: AbortSignal): Promise<() => void> {
    return this.#place(signal, (waiter) => this.#queue.unshift(waiter));
  }

  async #place(signal: AbortSignal | undefined, wait: (waiter: Waiter) => void): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#running >= this.limits().most) await this.#turn(signal, wait);
    else this.#running++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#running--;
      this.#next();
    };
  }

  #turn(signal: AbortSignal | undefined, wait: (waiter: Waiter) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#queue = this.#queue.filter((one) => one !== waiter);
        reject(signal!.reason);
      };
      const waiter: Waiter = {
        go() {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      wait(waiter);
    });
  }

  #next(): void {
    while (this.#queue.length > 0 && this.#running < this.limits().most) {
      this.#running++;
      this.#queue.shift()!.go();
    }
  }
}
