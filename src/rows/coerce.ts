/** Raw JSON of a field → the value that a cell holds (spec sql-endpoint 4.4, data-types 1 and 2). */
import { type Field, isNumber, isTemporal, type Value } from '../../translators/algebra/index.ts';
import { javaDouble } from '../../translators/execution.ts';
import { sourceDateCoercer } from './coerce-date.ts';
import { numberCoercer } from './coerce-number.ts';
import { objectCoercer } from './coerce-object.ts';
import { geoPoint, isPointArray } from './geo-point.ts';
import { ipText } from './ip-text.ts';
import { stringifyJson } from './longs.ts';

export type Coercer = (raw: unknown) => Value;

export interface CoerceOptions {
  /** `plugins.query.field_type_tolerance`: arrays are shown; when false, their first element. On unless false. */
  readonly tolerance?: boolean;
}

export function coercer(field: Field, options: CoerceOptions = {}): Coercer {
  if (field.type === 'nested') return nestedCoercer(field, options);
  const one = scalarCoercer(field, options);
  if (field.type === 'geo_point') return many(one, options, (raw) => !isPointArray(raw));
  return many(one, options);
}

/** Arrays by the tolerance around a coercer of single values: null for an empty array and for one of nulls only. */
export function many(
  one: Coercer,
  { tolerance = true }: CoerceOptions,
  opens = (_: readonly unknown[]) => true,
): Coercer {
  const coerce: Coercer = (raw) => {
    if (!Array.isArray(raw) || !opens(raw)) return raw === null || raw === undefined ? null : one(raw);
    const firstPresent = raw.findIndex((item) => item !== null && item !== undefined);
    if (firstPresent < 0) return null;
    return tolerance ? raw.map(coerce) : coerce(raw[firstPresent]);
  };
  return coerce;
}

/** A collection stays an array whatever the tolerance, and one element makes an array of one. */
function nestedCoercer(field: Field, options: CoerceOptions): Coercer {
  const vector = field.properties === undefined;
  const one = vector ? plain : objectCoercer(field.properties, (member) => coercer(member, options));
  const list = many(one, { tolerance: true });
  return (raw) => {
    const value = list(raw);
    return value === null || Array.isArray(value) ? value : [value];
  };
}

const plain: Coercer = (raw) => raw as Value;

/** The value of one element, never given null or an array of elements. */
function scalarCoercer(field: Field, options: CoerceOptions = {}): Coercer {
  const { type } = field;
  if (isNumber(type)) return numberCoercer(type);
  if (isTemporal(type)) return sourceDateCoercer(field);
  switch (type) {
    case 'boolean':
      return booleanValue;
    case 'ip':
      return (raw) => (typeof raw === 'string' ? ipText(raw) : null);
    case 'geo_point':
      return geoPoint;
    case 'object':
      return objectCoercer(field.properties, (member) => coercer(member, options));
    default:
      return textValue;
  }
}

/** The cluster takes the empty text for false. */
export function booleanValue(raw: unknown): boolean | null {
  if (typeof raw === 'boolean') return raw;
  if (raw === 'true') return true;
  return raw === 'false' || raw === '' ? false : null;
}

export function textValue(raw: unknown): string {
  switch (typeof raw) {
    case 'string':
      return raw;
    case 'number':
      return Number.isInteger(raw) && Math.abs(raw) < 1e21 ? `${raw}` : javaDouble(raw, 'double');
    case 'object':
      return stringifyJson(raw);
    default:
      return String(raw);
  }
}
