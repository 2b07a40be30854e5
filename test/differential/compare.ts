/** Whether two answers are one: rows as a multiset unless the order is total, fractions within 1e-9 of each other. */
import { stringifyJson } from '../../src/rows/longs.ts';
import type { Row } from '../../src/rows/page.ts';
import type { Value } from '../../translators/algebra/types.ts';

const TOLERANCE = 1e-9;

export interface Leeway {
  /** How far figures may lie apart whose computation loses digits (variances). */
  readonly noise?: number;
  /** Whole numbers beyond 2^53 may be neighbours as doubles: made of transcendental functions, whose last bit differs from library to library. */
  readonly lastBit?: boolean;
}

export function sameCell(a: Value, b: Value, { noise = 1e-300, lastBit = false }: Leeway = {}): boolean {
  if (a === b) return true;
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return false;
    return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)) || Math.abs(a - b) <= noise;
  }
  if (lastBit && typeof a === 'bigint' && typeof b === 'bigint')
    return Math.abs(Number(a - b)) <= Math.abs(Number(a)) * 2 ** -52;
  // A whole number that became a fraction on its way has lost digits.
  if (typeof a === 'bigint' || typeof b === 'bigint') return false;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  return stringifyJson(a) === stringifyJson(b);
}

const sameRow = (a: Row, b: Row, leeway?: Leeway): boolean =>
  a.length === b.length && a.every((cell, i) => sameCell(cell, b[i]!, leeway));

/** What differs, or undefined. */
export function difference(
  cluster: readonly Row[],
  duckDb: readonly Row[],
  ordered: boolean,
  leeway?: Leeway,
): string | undefined {
  if (cluster.length !== duckDb.length)
    return `${cluster.length} rows on the cluster path, ${duckDb.length} in DuckDB\n${unmatched(cluster, duckDb, leeway)}`;
  if (ordered) {
    const at = cluster.findIndex((row, i) => !sameRow(row, duckDb[i]!, leeway));
    return at < 0 ? undefined : `row ${at}: cluster ${stringifyJson(cluster[at])}, DuckDB ${stringifyJson(duckDb[at])}`;
  }
  return unmatched(cluster, duckDb, leeway);
}

function unmatched(cluster: readonly Row[], duckDb: readonly Row[], leeway?: Leeway): string | undefined {
  const keys = new Map<string, Row[]>();
  for (const row of duckDb) {
    const key = stringifyJson(row);
    keys.set(key, [...(keys.get(key) ?? []), row]);
  }
  const rest = cluster.filter((row) => !keys.get(stringifyJson(row))?.pop());
  const left = [...keys.values()].flat();
  const extra = rest.filter((row) => {
    const at = left.findIndex((other) => sameRow(row, other, leeway));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  if (extra.length === 0 && left.length === 0) return undefined;
  const show = (rows: readonly Row[]): string =>
    rows
      .slice(0, 3)
      .map((row) => stringifyJson(row))
      .join(' ') || 'nothing';
  return `only on the cluster path: ${show(extra)}; only in DuckDB: ${show(left)}`;
}
