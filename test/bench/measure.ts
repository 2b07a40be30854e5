/** Times two ways of doing the same in turn, so that noise of the machine falls on both, and says how they compare. */

export interface Comparison {
  readonly name: string;
  readonly rounds: number;
  /** Milliseconds: p50 and least, by hand and through the server. */
  readonly direct: Summary;
  readonly ours: Summary;
  /** Ratio of medians, and of minima, which noise touches less. */
  readonly ratio: number;
  readonly ratioOfMinima: number;
  /** Difference of the medians in milliseconds. */
  readonly added: number;
}

export interface Summary {
  readonly p50: number;
  readonly p95: number;
  readonly min: number;
}

export interface MeasureOptions {
  /** Milliseconds before anything counts: compilers of both sides must have seen the shape often enough. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Enough rounds are enough when this time is over. */
  readonly milliseconds: number;
}

export async function compare(
  name: string,
  direct: () => Promise<unknown>,
  ours: () => Promise<unknown>,
  { warmUp, rounds, milliseconds }: MeasureOptions,
): Promise<Comparison> {
  const warm = performance.now() + warmUp;
  do {
    await direct();
    await ours();
  } while (performance.now() < warm);
  const times = { direct: [] as number[], ours: [] as number[] };
  const end = performance.now() + milliseconds;
  for (let i = 0; i < rounds && (i < MIN_ROUNDS || performance.now() < end); i++) {
    // Neither always comes first, to a cache that the other has warmed.
    if (i % 2 === 0) {
      times.direct.push(await timed(direct));
      times.ours.push(await timed(ours));
    } else {
      times.ours.push(await timed(ours));
      times.direct.push(await timed(direct));
    }
  }
  const [a, b] = [summary(times.direct), summary(times.ours)];
  return {
    name,
    rounds: times.ours.length,
    direct: a,
    ours: b,
    ratio: b.p50 / a.p50,
    ratioOfMinima: b.min / a.min,
    added: b.p50 - a.p50,
  };
}

const MIN_ROUNDS = 10;

async function timed(f: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await f();
  return performance.now() - started;
}

function summary(times: readonly number[]): Summary {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p95: at(0.95), min: sorted[0]! };
}

/** Within the aim: 1.15 times as long, or half a millisecond more, whichever is larger. */
export const withinAim = ({ direct, ours }: Comparison): boolean =>
  ours.p50 <= Math.max(direct.p50 * 1.15, direct.p50 + 0.5);
