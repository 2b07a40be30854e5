/** Whether a value is NULL to conditions: an array without values (spec data-types 2), or an object without any leaf, which no index can see. */
import type { Expr } from '../../algebra/expr.ts';
import type { Value } from '../../algebra/types.ts';

export function isAbsent(value: Value): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).every(isAbsent);
  return typeof value === 'object' && Object.values(value).every(isAbsent);
}

/** A stored query has a meaning without any leaf: `{"match_all": {}}`. */
export const absenceOf = (arg: Expr): ((value: Value) => boolean) =>
  arg.kind === 'column' && arg.column.field?.mapping === 'percolator' ? (value) => value === null : isAbsent;
