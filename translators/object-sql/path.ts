/** Steps into a JSON value: members by name, with or without case, and elements by number. */
import { SelectFault } from './errors.ts';
import type { SelectStep } from './expr.ts';
import { isObject, type SelectObject, type SelectValue } from './value.ts';

type PathReader = (value: SelectValue) => SelectValue;

/** What is not there is MISSING. `[*]` is the array itself, for IN. */
export function pathReader(steps: readonly SelectStep[]): PathReader {
  const readers = steps.map(stepReader);
  if (readers.length === 0) return (value) => value;
  const [first, second] = readers;
  if (readers.length === 1) return first!;
  if (readers.length === 2) return (value) => second!(first!(value));
  return (value) => readers.reduce((inner, read) => read(inner), value);
}

function stepReader(step: SelectStep): PathReader {
  switch (step.kind) {
    case 'member': {
      const read = memberReader(step.name, step.quoted);
      return (value) => (isObject(value) ? read(value) : undefined);
    }
    case 'element':
      return (value) => (Array.isArray(value) ? value[step.index] : undefined);
    case 'elements':
      return (value) => (Array.isArray(value) ? value : undefined);
  }
}

/** The member as written, if there is one; else the only one that differs in case (spec s3-select 3). */
function memberReader(name: string, quoted: boolean): (object: SelectObject) => SelectValue {
  if (quoted) return (object) => (Object.hasOwn(object, name) ? object[name] : undefined);
  const folded = name.toLowerCase();
  return (object) => {
    if (Object.hasOwn(object, name)) return object[name];
    let found: string | undefined;
    for (const key in object) {
      if (key.length !== name.length || key.toLowerCase() !== folded || !Object.hasOwn(object, key)) continue;
      if (found !== undefined) throw new SelectFault('AmbiguousFieldName', `${name} may be ${found} or ${key}`);
      found = key;
    }
    return found === undefined ? undefined : object[found];
  };
}
