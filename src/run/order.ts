/** The order of values in a sort: numbers exactly (NaN is the greatest), text by code point, addresses by number, arrays by their least or greatest element. */
import type { Column, Session, SortKey, SqlType, Value } from '../../translators/algebra/index.ts';
import { compileExpr, ipKey } from '../../translators/execution.ts';
import type { Row } from '../rows/page.ts';

/** A row with the values of its sort keys, so that expressions run once a row. */
export interface Keyed {
  readonly row: Row;
  readonly keys: readonly Value[];
}

export function keyReader(keys: readonly SortKey[], columns: readonly Column[], session: Session): (row: Row) => Keyed {
  const read = keys.map((key) => {
    const value = compileExpr(key.expr, columns, session);
    const pick = key.desc ? 1 : -1;
    return (row: Row): Value => {
      const v = value(row);
      const one = Array.isArray(v) ? extreme(v, key.expr.type, pick) : v;
      return key.expr.type === 'ip' && typeof one === 'string' ? ipKey(one) : one;
    };
  });
  return (row) => ({ row, keys: read.map((r) => r(row)) });
}

export function keyedComparator(keys: readonly SortKey[]): (a: Keyed, b: Keyed) => number {
  return (a, b) => {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const x = a.keys[i]!;
      const y = b.keys[i]!;
      if (x === y) continue;
      if (x === null || y === null) return (x === null) === key.nullsFirst ? -1 : 1;
      const order = compareValues(x, y);
      if (order !== 0) return key.desc ? -order : order;
    }
    return 0;
  };
}

function extreme(values: readonly Value[], _type: SqlType, sign: 1 | -1): Value {
  let best: Value = null;
  for (const value of values) {
    if (value !== null && (best === null || compareValues(value, best) * sign > 0)) best = value;
  }
  return best;
}

/** Of two non-null values of one type. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (a === b) return 0;
  // Numbers and bigints compare with each other exactly.
  if ((a as number) < (b as number)) return -1;
  if ((a as number) > (b as number)) return 1;
  // Not a number goes behind all others, as in Java, the index and DuckDB; without a place of its own it would spoil the order of the rest.
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** By code point, as the cluster's binary order does; UTF-16 units differ from it only beyond U+D7FF. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const high = (c: number): boolean => c >= 0xd800 && c <= 0xdfff;
    if (high(x) !== high(y)) return high(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}
