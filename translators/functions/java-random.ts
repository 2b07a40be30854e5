/** `new java.util.Random(seed).nextFloat()`, which RAND(seed) promises (spec sql-functions 3). */

const MULTIPLIER = 0x5deece66dn;
const MASK = (1n << 48n) - 1n;

export function javaRandomFloat(seed: number | bigint): number {
  const scrambled = (BigInt(seed) ^ MULTIPLIER) & MASK;
  const next = (scrambled * MULTIPLIER + 0xbn) & MASK;
  return Number(next >> 24n) / (1 << 24);
}
