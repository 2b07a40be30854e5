/** Result types from argument types: the widest number, or the one type that several values share (spec data-types 3). */
import { familyOf, isNumber, isString, isTemporal, SQL_TYPES, type SqlType } from '../algebra/types.ts';

/** The plugin types a NULL that stands alone as the narrowest number. */
const OF_NULL: SqlType = 'byte';

export function widest(types: readonly SqlType[]): SqlType {
  let best: SqlType = OF_NULL;
  for (const type of types) if (SQL_TYPES[type].width > SQL_TYPES[best].width) best = type;
  return best;
}

/** What text is read as where the other values are such (spec data-types 3). */
const READ_FROM_TEXT = new Set(['boolean', 'temporal', 'ip']);

/** The type that all values can be given as, undefined where there is none; NULL fits any. */
export function sharedType(types: readonly SqlType[]): SqlType | undefined {
  const known = types.filter((type) => type !== 'undefined');
  const first = known[0];
  if (first === undefined) return OF_NULL;
  if (known.every((type) => type === first)) return first;
  // A boolean beside a number is 1 or 0.
  const numbers = known.filter(isNumber);
  if (numbers.length > 0 && known.every((type) => isNumber(type) || type === 'boolean')) return widest(numbers);
  if (known.every(isString)) return 'keyword';
  if (known.every(isTemporal)) return 'timestamp';
  const others = known.filter((type) => !isString(type));
  const other = others.length < known.length ? sharedType(others) : undefined;
  return other && READ_FROM_TEXT.has(familyOf(other)) ? other : undefined;
}
