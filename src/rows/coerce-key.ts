/** Keys of buckets → values: booleans come as 0, 1 or text, dates as epoch milliseconds (spec data-types 11). */
import { isNumber, isTemporal, type SqlType, type Value } from '../../translators/algebra/index.ts';
import { booleanValue, type Coercer, textValue } from './coerce.ts';
import { wireDateCoercer } from './coerce-date.ts';
import { numberCoercer } from './coerce-number.ts';
import { geoPoint } from './geo-point.ts';
import { ipText } from './ip-text.ts';

/** How the cluster writes numbers that JSON has no words for: they are keys like others, and none of them is NULL. */
const NOT_FINITE: ReadonlyMap<unknown, number> = new Map([
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
]);

export function keyCoercer(type: SqlType): Coercer {
  const one = valueCoercer(type);
  return isNumber(type) ? (raw) => NOT_FINITE.get(raw) ?? one(raw) : one;
}

/** As a key, but for numbers that are not finite: NULL, as the plugin has it of metrics (spec data-types 11). */
export function valueCoercer(type: SqlType): Coercer {
  const one = present(type);
  return (raw) => (raw === null || raw === undefined ? null : one(raw));
}

function present(type: SqlType): (raw: unknown) => Value {
  if (isTemporal(type)) return wireDateCoercer(type);
  if (isNumber(type)) return numberCoercer(type);
  if (type === 'boolean')
    return (raw) => (raw === 1 || raw === '1' ? true : raw === 0 || raw === '0' ? false : booleanValue(raw));
  if (type === 'ip') return (raw) => (typeof raw === 'string' ? ipText(raw) : null);
  if (type === 'geo_point') return geoPoint;
  return textValue;
}
