/** Every call that the catalogue's signatures allow, by the family of its result. */

import type { ArgFamily, ScalarFunction } from '../../translators/algebra/function.ts';
import { familyOf, isInteger, type SqlType } from '../../translators/algebra/types.ts';
import { allScalarFunctions } from '../../translators/functions/index.ts';
import type { Family } from './node.ts';

export function familyOfType(type: SqlType): Family | undefined {
  if (isInteger(type)) return 'integer';
  if (type === 'date' || type === 'time' || type === 'timestamp') return type;
  const family = familyOf(type);
  return family === 'number' || family === 'string' || family === 'boolean' || family === 'ip' ? family : undefined;
}

/** A call that the catalogue allows, by the families of its arguments. */
export interface Production {
  readonly fn: ScalarFunction;
  readonly args: readonly (Family | 'interval' | 'unit')[];
  readonly result: Family;
}

const TYPE_OF: Readonly<Record<Family, SqlType>> = {
  integer: 'integer',
  number: 'double',
  string: 'keyword',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  ip: 'ip',
};
const FAMILIES = Object.keys(TYPE_OF) as Family[];
const TEMPORALS: readonly Family[] = ['date', 'time', 'timestamp'];

/**
 * Written in another way than as a call: as operators, as elements of SPLIT, as keys of GROUP BY, with a type; of points, which no column here
 * is, and of the cluster, which DuckDB alone cannot ask; or of a JSON path, a pattern or an interval that few texts and intervals are (test/cluster/standard-functions.test.ts).
 */
export const NO_CALLS = new Set([
  ...'INTERVAL ADD_INTERVAL SUBTRACT_INTERVAL ELEMENT_AT SPLIT <=> REGEXP DIV NEGATE DATE_HISTOGRAM HISTOGRAM'.split(
    ' ',
  ),
  ...'GEOHASH VERSION CURRENT_USER TRY_CAST DATE_BIN TIME_BUCKET SIMILAR_PATTERN'.split(' '),
  ...'JSON_EXTRACT JSON_EXTRACT_STRING JSON_VALUE JSON_UNQUOTE'.split(' '),
]);

const chosen = (family: ArgFamily, open: Family, unit: boolean): Family | 'interval' | 'unit' | undefined => {
  if (unit) return 'unit';
  if (family === 'any') return open;
  if (family === 'temporal') return TEMPORALS.includes(open) ? open : 'timestamp';
  return family === 'geo' ? undefined : family;
};

export function productionsOf(fn: ScalarFunction): Production[] {
  if (fn.volatile || NO_CALLS.has(fn.name)) return [];
  const found = new Map<string, Production>();
  for (const signature of fn.signatures) {
    const required = signature.filter((spec) => !spec.optional).length;
    const lengths = [
      ...new Set([required, signature.length, ...(signature.at(-1)?.rest ? [signature.length + 1] : [])]),
    ];
    for (const length of lengths) {
      const specs = [...signature, ...signature.slice(-1)].slice(0, length);
      for (const open of FAMILIES) {
        const args = specs.map((spec, i) =>
          chosen(spec.family, open, i === 0 && (fn.syntax === 'unit' || fn.syntax === 'unitFrom')),
        );
        if (args.includes(undefined)) continue;
        const types = args.map(
          (arg): SqlType => (arg === 'unit' ? 'keyword' : arg === 'interval' ? 'interval' : TYPE_OF[arg!]),
        );
        let type: SqlType;
        try {
          type = typeof fn.returns === 'string' ? fn.returns : fn.returns(types);
        } catch {
          continue;
        }
        const result = familyOfType(type);
        if (result) found.set(`${args}`, { fn, args: args as Production['args'], result });
      }
    }
  }
  return [...found.values()];
}

export const PRODUCTIONS: ReadonlyMap<Family, ReadonlyMap<string, readonly Production[]>> = (() => {
  const map = new Map<Family, Map<string, Production[]>>(FAMILIES.map((family) => [family, new Map()]));
  for (const production of allScalarFunctions.flatMap(productionsOf)) {
    const byName = map.get(production.result)!;
    byName.set(production.fn.name, [...(byName.get(production.fn.name) ?? []), production]);
  }
  return map;
})();

/** The functions that statements may call. */
export const CALLABLE: readonly ScalarFunction[] = allScalarFunctions.filter((fn) => productionsOf(fn).length > 0);
