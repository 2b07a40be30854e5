/** A seeded source of random numbers: the sample documents are the same on every machine and in every run. */

export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** from ≤ n ≤ to */
  integer(from: number, to: number): number;
  pick<T>(values: readonly T[]): T;
  chance(probability: number): boolean;
  /** Different values, in the order of the list. */
  some<T>(values: readonly T[], count: number): T[];
}

/** mulberry32 */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(values: readonly T[]): T => values[integer(0, values.length - 1)]!;
  return {
    next,
    integer,
    pick,
    chance: (probability) => next() < probability,
    some: (values, count) => {
      const left = [...values.keys()];
      while (left.length > count) left.splice(integer(0, left.length - 1), 1);
      return left.map((index) => values[index]!);
    },
  };
}
