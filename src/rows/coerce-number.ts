/** Numbers as documents hold them (numbers, long integers, numeric text) → values of a numeric type; null when it is none. */
import type { SqlType } from '../../translators/algebra/index.ts';

type NumberCoercer = (raw: unknown) => number | bigint | null;

const WHOLE = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MIN_LONG = -(2n ** 63n);
const MAX_UNSIGNED = 2n ** 64n - 1n;

export function numberCoercer(type: SqlType): NumberCoercer {
  if (type === 'float') return float;
  return type === 'double' ? double : whole;
}

/** Fractions are cut, as the cluster cuts them when it indexes; beyond 2^53 the digits are kept. */
function whole(raw: unknown): number | bigint | null {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? raw : cut(raw);
  if (typeof raw === 'bigint') return inRange(raw) ? narrowest(raw) : null;
  if (typeof raw !== 'string') return null;
  const text = raw.trim();
  if (WHOLE.test(text)) {
    const exact = BigInt(text.startsWith('+') ? text.slice(1) : text);
    return inRange(exact) ? narrowest(exact) : null;
  }
  return DECIMAL.test(text) ? cut(Number(text)) : null;
}

const inRange = (n: bigint): boolean => n >= MIN_LONG && n <= MAX_UNSIGNED;

function cut(n: number): number | bigint | null {
  if (!Number.isFinite(n)) return null;
  const t = Math.trunc(n);
  if (Number.isSafeInteger(t)) return t + 0;
  const exact = BigInt(t);
  return inRange(exact) ? exact : null;
}

const narrowest = (n: bigint): number | bigint => {
  const small = Number(n);
  return Number.isSafeInteger(small) ? small : n;
};

function double(raw: unknown): number | null {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
  if (typeof raw === 'bigint') return Number(raw);
  if (typeof raw !== 'string') return null;
  const text = raw.trim();
  if (!DECIMAL.test(text)) return null;
  const n = Number(text);
  return Number.isFinite(n) ? n : null;
}

/** 32 bits: what the cluster compares and sorts by. half_float is not narrowed further: the source shows more (spec data-types 11). */
function float(raw: unknown): number | null {
  const n = double(raw);
  if (n === null) return null;
  const narrow = Math.fround(n);
  return Number.isFinite(narrow) ? narrow : null;
}
