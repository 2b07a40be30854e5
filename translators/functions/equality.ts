/** Equality and order of two cells that are not NULL (spec data-types 6). */
import { familyOf, type SqlType, type Value } from '../algebra/types.ts';
import { ipKey } from './ip.ts';

/** Negative, zero or positive; numbers and big integers are compared exactly, NaN is greater than all. */
function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: a number and a big integer of one value are equal.
  if (a == b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order of cells of these types. Text is compared by UTF-16 code unit; temporals are canonical text. */
export function comparator(left: SqlType, right: SqlType): (a: never, b: never) => number {
  if (left === 'ip' || right === 'ip') return (a: string, b: string) => compareTexts(ipKey(a), ipKey(b));
  switch (familyOf(left === 'undefined' ? right : left)) {
    case 'number':
      return compareNumbers;
    case 'boolean':
      return (a: boolean, b: boolean) => Number(a) - Number(b);
    default:
      return compareTexts;
  }
}

export function equalValues(left: SqlType, right: SqlType): (a: Value, b: Value) => boolean {
  if (left === 'ip' || right === 'ip') return (a, b) => a === b || ipKey(String(a)) === ipKey(String(b));
  return deepEqual;
}

export function deepEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  // biome-ignore lint/suspicious/noDoubleEquals: a number and a big integer of one value are equal.
  if (typeof a === 'bigint' || typeof b === 'bigint') return typeof a !== 'string' && typeof b !== 'string' && a == b;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => deepEqual(item, b[i] ?? null))
    );
  }
  const [left, right] = [a as Readonly<Record<string, Value>>, b as Readonly<Record<string, Value>>];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  // Members that are null count as absent.
  return [...keys].every((key) => deepEqual(left[key] ?? null, right[key] ?? null));
}
