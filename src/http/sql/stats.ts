/** The counters of the stats route: since the start, and within a rolling window (spec sql-endpoint 8). */
export interface SqlStats {
  record(request: {
    readonly status: number;
    readonly paged: boolean;
    /** The cluster refused it for want of memory. */
    readonly breaker?: boolean;
  }): void;
  read(): Readonly<Record<string, number>>;
}

interface StatsOptions {
  readonly now?: () => number;
  /** Milliseconds; counted in whole minutes, one at least. */
  readonly window: () => number;
}

interface Minute {
  readonly number: number;
  requests: number;
  paged: number;
  clientErrors: number;
  serverErrors: number;
  breaker: number;
}

const MINUTE = 60_000;
/** What a window may be widened to later. */
const MOST_MINUTES = 24 * 60;

export function createStats({ now = Date.now, window }: StatsOptions): SqlStats {
  const minutes: Minute[] = [];
  let requests = 0;
  let paged = 0;

  const numberNow = (): number => Math.floor(now() / MINUTE);

  function current(): Minute {
    const number = numberNow();
    while (minutes.length > 0 && minutes[0]!.number <= number - MOST_MINUTES) minutes.shift();
    const last = minutes.at(-1);
    if (last?.number === number) return last;
    const minute = { number, requests: 0, paged: 0, clientErrors: 0, serverErrors: 0, breaker: 0 };
    minutes.push(minute);
    return minute;
  }

  return {
    record(request) {
      const minute = current();
      requests++;
      minute.requests++;
      if (request.paged) {
        paged++;
        minute.paged++;
      }
      if (request.breaker) minute.breaker++;
      else if (request.status >= 500) minute.serverErrors++;
      else if (request.status >= 400) minute.clientErrors++;
    },
    read() {
      const from = numberNow() - Math.max(1, Math.round(window() / MINUTE));
      const within = minutes.filter((minute) => minute.number > from);
      const sum = (of: (minute: Minute) => number): number => within.reduce((total, minute) => total + of(minute), 0);
      return {
        request_total: requests,
        request_count: sum((minute) => minute.requests),
        default_cursor_request_total: paged,
        default_cursor_request_count: sum((minute) => minute.paged),
        failed_request_count_cuserr: sum((minute) => minute.clientErrors),
        failed_request_count_syserr: sum((minute) => minute.serverErrors),
        failed_request_count_cb: sum((minute) => minute.breaker),
        circuit_breaker: 0,
      };
    },
  };
}
