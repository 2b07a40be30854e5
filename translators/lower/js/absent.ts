/** Whether a value is NULL to conditions: an array without values (spec data-types 2), or an object without any leaf, which no index can see. */
import type { Value } from '../../catalog/types.ts';

export function isAbsent(value: Value): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).every(isAbsent);
  return typeof value === 'object' && Object.values(value).every(isAbsent);
}
