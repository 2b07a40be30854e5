/** Puts the answers of partitions together, as the answer of the whole has to be. */
import { stringifyJson } from '../../src/rows/longs.ts';
import type { Row } from '../../src/rows/page.ts';
import type { Value } from '../../translators/algebra/types.ts';
import type { Statement } from './statement.ts';

/** What tells rows apart: JSON writes a figure that is not finite as NULL, which is another value. */
const keyOf = (row: Row): string =>
  stringifyJson(row.map((cell) => (typeof cell === 'number' && !Number.isFinite(cell) ? `${cell}` : cell)));

/** Rows side by side; DISTINCT once each; groups of one key, and the row of aggregates without a key, become one. */
export function merged(s: Statement, parts: readonly (readonly Row[])[]): readonly Row[] {
  const rows = parts.flat();
  if (!s.grouped) return s.distinct ? [...new Map(rows.map((row) => [keyOf(row), row])).values()] : rows;
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const key = keyOf(row.slice(0, s.keys.length));
    const known = groups.get(key);
    if (known) for (const [i, a] of s.aggregates.entries()) combine(known, row, s.keys.length + i, a.name);
    else groups.set(key, [...row]);
  }
  return [...groups.values()];
}

function combine(into: Value[], row: Row, at: number, name: string): void {
  const [a, b] = [into[at] ?? null, row[at] ?? null];
  if (b === null) return;
  into[at] = a === null ? b : name === 'MIN' ? least(a, b) : name === 'MAX' ? (least(a, b) === a ? b : a) : sum(a, b);
}

function least(a: Value, b: Value): Value {
  // Texts are in the order of their code points, dates in that of their text.
  if (typeof a === 'string' && typeof b === 'string')
    return Buffer.compare(Buffer.from(a), Buffer.from(b)) <= 0 ? a : b;
  return (a as number) <= (b as number) ? a : b;
}

function sum(a: Value, b: Value): Value {
  if (Number.isInteger(a) && Number.isInteger(b) && !Number.isSafeInteger(Number(a) + Number(b)))
    return Number(a) + Number(b);
  if ((typeof a === 'bigint' || Number.isSafeInteger(a)) && (typeof b === 'bigint' || Number.isSafeInteger(b))) {
    const exact = BigInt(a as number) + BigInt(b as number);
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  return Number(a) + Number(b);
}

/** What an outer join gives, by the pairs of its inner join and all pairs: those, and each row of a kept side that is in none. */
export function total(kind: 'LEFT' | 'RIGHT' | 'FULL', inner: readonly Row[], all: readonly Row[]): readonly Row[] {
  const alone = (side: 0 | 1): Row[] => {
    const met = new Set(inner.map((row) => stringifyJson(row[side])));
    const keys = new Map(all.map((row) => [stringifyJson(row[side]), row[side]!]));
    return [...keys].filter(([text]) => !met.has(text)).map(([, key]) => (side === 0 ? [key, null] : [null, key]));
  };
  return [...inner, ...(kind === 'RIGHT' ? [] : alone(0)), ...(kind === 'LEFT' ? [] : alone(1))];
}
