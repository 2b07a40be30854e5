/** Results of metrics → values of the declared type: doubles come back for whole numbers, milliseconds for dates. */
import {
  cellOf,
  isInteger,
  isTemporal,
  LONG_MAX,
  LONG_MIN,
  type SqlType,
  type Value,
} from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { valueCoercer } from './coerce-key.ts';

export function metricCoercer(type: SqlType): (raw: unknown) => Value {
  // Metrics of several values are objects as they are.
  if (type === 'object' || type === 'nested') return (raw) => (raw ?? null) as Value;
  const key = valueCoercer(type);
  if (isTemporal(type)) {
    // A mean falls between two milliseconds.
    return (raw) => (typeof raw === 'number' ? key(Math.round(raw)) : key(raw));
  }
  if (!isInteger(type)) return key;
  return (raw) => {
    if (typeof raw === 'bigint') {
      if (type !== 'unsigned_long' && (raw > LONG_MAX || raw < LONG_MIN))
        throw new SqlError('arithmetic', 'long overflow');
      return cellOf(raw);
    }
    return typeof raw === 'number' ? raw : key(raw);
  };
}
