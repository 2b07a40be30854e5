/** Results of metrics → values of the declared type: doubles come back for whole numbers, milliseconds for dates. */
import { isInteger, isTemporal, type SqlType, type Value } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { valueCoercer } from './coerce-key.ts';

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

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
      return raw >= BigInt(Number.MIN_SAFE_INTEGER) && raw <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(raw) : raw;
    }
    return typeof raw === 'number' ? raw : key(raw);
  };
}
