/** The counters of the stats route: since the start, and within a rolling hour (spec sql-endpoint 8). */
export interface SqlStats {
  record(request: { readonly status: number; readonly paged: boolean }): void;
  read(): Readonly<Record<string, number>>;
}

interface Minute {
  readonly number: number;
  requests: number;
  paged: number;
  clientErrors: number;
  serverErrors: number;
}

const WINDOW_MINUTES = 60;

export function createStats(now: () => number = Date.now): SqlStats {
  const minutes: Minute[] = [];
  let requests = 0;
  let paged = 0;

  function current(): Minute {
    const number = Math.floor(now() / 60_000);
    while (minutes.length > 0 && minutes[0]!.number <= number - WINDOW_MINUTES) minutes.shift();
    const last = minutes.at(-1);
    if (last?.number === number) return last;
    const minute = { number, requests: 0, paged: 0, clientErrors: 0, serverErrors: 0 };
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
      if (request.status >= 500) minute.serverErrors++;
      else if (request.status >= 400) minute.clientErrors++;
    },
    read() {
      current();
      const sum = (of: (minute: Minute) => number): number => minutes.reduce((total, minute) => total + of(minute), 0);
      return {
        request_total: requests,
        request_count: sum((minute) => minute.requests),
        default_cursor_request_total: paged,
        default_cursor_request_count: sum((minute) => minute.paged),
        failed_request_count_cuserr: sum((minute) => minute.clientErrors),
        failed_request_count_syserr: sum((minute) => minute.serverErrors),
        failed_request_count_cb: 0,
        circuit_breaker: 0,
      };
    },
  };
}
