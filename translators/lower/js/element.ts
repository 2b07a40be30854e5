/** Reads a dotted path below an element of a collection; several values on the way become an array. */
import type { Value } from '../../algebra/types.ts';

export function elementReader(path: string): (element: Value) => Value {
  if (path === '') return (element) => element;
  const steps = path.split('.');
  return (element) => steps.reduce<Value>(step, element);
}

function step(value: Value, name: string): Value {
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => step(item, name)).filter((item) => item !== null);
    return items.length === 0 ? null : items.length === 1 ? items[0]! : items;
  }
  if (value === null || typeof value !== 'object') return null;
  const members = value as Readonly<Record<string, Value>>;
  return Object.hasOwn(members, name) ? (members[name] ?? null) : null;
}
