/** Numbers as documents hold them (numbers, long integers, numeric text) → values of a numeric type; null when it is none. */
import { cellOf, LONG_MIN, type SqlType, UNSIGNED_MAX } from '../../translators/algebra/index.ts';

type NumberCoercer = (raw: unknown) => number | bigint | null;

const WHOLE = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

export function numberCoercer(type: SqlType): NumberCoercer {
  if (type === 'float') return float;
  return type === 'double' ? double : whole;
}

/** Fractions are cut, as the cluster cuts them when it indexes; beyond 2^53 the digits are kept. */
function whole(raw: unknown): number | bigint | null {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? raw : cut(raw);
  if (typeof raw === 'bigint') return inRange(raw) ? cellOf(raw) : null;
  if (typeof raw !== 'string') return null;
  const text = raw.trim();
  if (WHOLE.test(text)) {
    const exact = BigInt(text.startsWith('+') ? text.slice(1) : text);
    return inRange(exact) ? cellOf(exact) : null;
  }
  return DECIMAL.test(text) ? cut(Number(text)) : null;
}

const inRange = (n: bigint): boolean => n >= LONG_MIN && n <= UNSIGNED_MAX;

function cut(n: number): number | bigint | null {
  if (!Number.isFinite(n)) return null;
  const t = Math.trunc(n);
  if (Number.isSafeInteger(t)) return t + 0;
  const exact = BigInt(t);
  return inRange(exact) ? exact : null;
}

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
