/** Whether two answers are one: rows as a multiset unless the order is total, fractions within 1e-9 of each other. */
import { stringifyJson } from '../../src/rows/longs.ts';
import type { Row } from '../../src/rows/page.ts';
import type { Value } from '../../translators/catalog/types.ts';

const TOLERANCE = 1e-9;

/** `noise`: how far figures may lie apart whose computation loses digits (variances). */
export function sameCell(a: Value, b: Value, noise = 1e-300): boolean {
  if (a === b) return true;
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return false;
    return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)) || Math.abs(a - b) <= noise;
  }
  // A whole number that became a fraction on its way has lost digits.
  if (typeof a === 'bigint' || typeof b === 'bigint') return false;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  return stringifyJson(a) === stringifyJson(b);
}

const sameRow = (a: Row, b: Row, noise?: number): boolean =>
  a.length === b.length && a.every((cell, i) => sameCell(cell, b[i]!, noise));

/** What differs, or undefined. */
export function difference(
  cluster: readonly Row[],
  duckDb: readonly Row[],
  ordered: boolean,
  noise?: number,
): string | undefined {
  if (cluster.length !== duckDb.length)
    return `${cluster.length} rows on the cluster path, ${duckDb.length} in DuckDB\n${unmatched(cluster, duckDb, noise)}`;
  if (ordered) {
    const at = cluster.findIndex((row, i) => !sameRow(row, duckDb[i]!, noise));
    return at < 0 ? undefined : `row ${at}: cluster ${stringifyJson(cluster[at])}, DuckDB ${stringifyJson(duckDb[at])}`;
  }
  return unmatched(cluster, duckDb, noise);
}

function unmatched(cluster: readonly Row[], duckDb: readonly Row[], noise?: number): string | undefined {
  const keys = new Map<string, Row[]>();
  for (const row of duckDb) {
    const key = stringifyJson(row);
    keys.set(key, [...(keys.get(key) ?? []), row]);
  }
  const rest = cluster.filter((row) => !keys.get(stringifyJson(row))?.pop());
  const left = [...keys.values()].flat();
  const extra = rest.filter((row) => {
    const at = left.findIndex((other) => sameRow(row, other, noise));
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
