/** Three-valued logic over closures: null is unknown (spec sql-grammar 4.3). */
import type { Value } from '../../algebra/types.ts';

type Row = readonly Value[];
export type Closure = (row: Row) => Value;

/** A condition's value: of a multi-valued boolean any element counts. */
export function truthOf(value: Value): boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    const present = value.filter((item) => item !== null);
    return present.length === 0 ? null : present.includes(true);
  }
  return null;
}

export function allOf(args: readonly Closure[]): Closure {
  const [first, second] = args;
  if (args.length === 2 && first && second) {
    return (row) => {
      const a = truthOf(first(row));
      if (a === false) return false;
      const b = truthOf(second(row));
      return b === false ? false : a === null ? null : b;
    };
  }
  return (row) => {
    let result: boolean | null = true;
    for (const arg of args) {
      const value = truthOf(arg(row));
      if (value === false) return false;
      if (value === null) result = null;
    }
    return result;
  };
}

export function anyOf(args: readonly Closure[]): Closure {
  return (row) => {
    let result: boolean | null = false;
    for (const arg of args) {
      const value = truthOf(arg(row));
      if (value === true) return true;
      if (value === null) result = null;
    }
    return result;
  };
}

export const negation =
  (arg: Closure): Closure =>
  (row) => {
    const value = truthOf(arg(row));
    return value === null ? null : !value;
  };

/**
 * A predicate over one value: null is unknown, and of a multi-valued field any element may satisfy it, as queries have it.
 * `whole`: the value's own type is an array, so that it is compared as one.
 */
export function overElements(arg: Closure, test: (value: Value) => boolean | null, whole: boolean): Closure {
  return (row) => {
    const value = arg(row);
    if (value === null) return null;
    if (whole || !Array.isArray(value)) return test(value);
    return anyElement(value, test);
  };
}

/** True when one element satisfies; otherwise unknown when one is unknown, and for no elements at all. */
export function anyElement(values: readonly Value[], test: (value: Value) => boolean | null): boolean | null {
  let result: boolean | null = null;
  for (const value of values) {
    if (value === null) continue;
    const holds = test(value);
    if (holds === true) return true;
    if (holds === false) result = false;
  }
  return result;
}

/** True when some choice of one value from each multi-valued cell at these places satisfies the test. */
export function overValues(places: readonly number[], test: Closure): Closure {
  const choose: Closure = (row) => {
    const at = places.find((place) => Array.isArray(row[place]));
    if (at === undefined) return test(row);
    const values = (row[at] as readonly Value[]).filter((value) => value !== null);
    return values.length < 2
      ? choose(row.with(at, values[0] ?? null))
      : anyElement(values, (value) => choose(row.with(at, value)) as boolean | null);
  };
  return choose;
}
