/** The value of an object: each member by its own mapping, null members dropped, keys with dots opened (spec sql-endpoint 4.4). */
import type { Field, Value } from '../../translators/algebra/index.ts';
import { mergeJson } from './getters.ts';

type Coercer = (raw: unknown) => Value;
type Members = Record<string, Value>;

export function objectCoercer(
  properties: ReadonlyMap<string, Field> | undefined,
  coercerFor: (field: Field) => Coercer,
): Coercer {
  // Made when first met: most members of wide mappings never are.
  const coercers = new Map<string, Coercer>();
  const coercerOf = (key: string): Coercer => {
    let coerce = coercers.get(key);
    if (coerce === undefined) {
      const field = properties?.get(key);
      coerce = field === undefined ? unmapped : coercerFor(field);
      coercers.set(key, coerce);
    }
    return coerce;
  };
  return (raw) => {
    // Shapes and join fields may be written as text.
    if (typeof raw !== 'object' || raw === null) return raw as Value;
    const source = openDots(raw as Readonly<Record<string, unknown>>, properties);
    const members: Members = {};
    for (const key of Object.keys(source)) {
      const value = properties === undefined ? unmapped(source[key]) : coercerOf(key)(source[key]);
      if (value !== null) setMember(members, key, value);
    }
    return members;
  };
}

/** Members that no mapping describes (dynamic: false, flat objects): as they are, without nulls. */
function unmapped(raw: unknown): Value {
  if (raw === undefined || raw === null) return null;
  if (Array.isArray(raw)) return raw.every((item) => item === null) ? null : raw.map(unmapped);
  if (typeof raw !== 'object') return raw as Value;
  const members: Members = {};
  for (const [key, item] of Object.entries(raw)) {
    const value = unmapped(item);
    if (value !== null) setMember(members, key, value);
  }
  return members;
}

/** A document may have a member of this name; assignment would change the object's prototype instead. */
function setMember(members: Members, key: string, value: Value): void {
  if (key !== '__proto__') members[key] = value;
  else Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
}

function openDots(
  raw: Readonly<Record<string, unknown>>,
  properties: ReadonlyMap<string, Field> | undefined,
): Readonly<Record<string, unknown>> {
  if (properties === undefined || !hasDots(raw)) return raw;
  let open: unknown = {};
  for (const [key, value] of Object.entries(raw)) {
    // A mapping with `subobjects: false` names members with dots.
    const part = properties.has(key)
      ? { [key]: value }
      : key.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
    open = mergeJson(open, part);
  }
  return open as Readonly<Record<string, unknown>>;
}

function hasDots(raw: Readonly<Record<string, unknown>>): boolean {
  for (const key in raw) if (key.includes('.')) return true;
  return false;
}
