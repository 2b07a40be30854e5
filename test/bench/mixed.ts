/** Many clients at once, each asking the shapes in turn: what a request takes then, and how long the server's loop is held up. */
import { Pool } from 'undici';
import { call } from './data.ts';

export interface MixedLoad {
  readonly clients: number;
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly loopDelayP99: number;
}

export async function measureMixed(
  url: string,
  statements: readonly string[],
  clients: number,
  milliseconds: number,
): Promise<MixedLoad> {
  const pool = new Pool(url, { connections: clients });
  try {
    // Reading the figures starts them anew.
    await loopDelay(pool);
    const times: number[] = [];
    const end = performance.now() + milliseconds;
    const client = async (first: number): Promise<void> => {
      for (let i = first; performance.now() < end; i++) {
        const started = performance.now();
        const { status, text } = await call(pool, 'POST', '/_plugins/_sql', statements[i % statements.length]!);
        if (status !== 200) throw new Error(`${status} ${text.slice(0, 300)}`);
        times.push(performance.now() - started);
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
    const loopDelayP99 = await loopDelay(pool);
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.floor(times.length * share)]!;
    const requests = times.length;
    return {
      clients,
      requests,
      perSecond: (requests / milliseconds) * 1_000,
      p50: at(0.5),
      p99: at(0.99),
      loopDelayP99,
    };
  } finally {
    await pool.close();
  }
}

async function loopDelay(pool: Pool): Promise<number> {
  const { text } = await call(pool, 'GET', '/_proxy/metrics');
  const seconds = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error('the server tells no delay of its event loop');
  return Number(seconds) * 1_000;
}
