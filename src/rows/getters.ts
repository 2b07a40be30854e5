/** Finds what a path names in a document's source: through objects, keys with dots in them, and arrays of objects. */

type Getter = (source: unknown) => unknown;
type Json = Readonly<Record<string, unknown>>;

const isObject = (node: unknown): node is Json => typeof node === 'object' && node !== null && !Array.isArray(node);
/** Names such as `constructor` are found on every object unless one asks for own keys. */
const inherited = (key: string): boolean => key in Object.prototype;

interface GetterOptions {
  /** A point may be an array of two numbers: arrays of such are not opened. */
  readonly keepArrays?: boolean;
}

/** The value of a scalar field: one value as it stands, several (below arrays of objects) as an array, undefined when absent. */
export function leafGetter(path: string, options: GetterOptions = {}): Getter {
  const keys = path.split('.');
  const slow: Getter = (source) => unwrap(collect(source, keys, 0, []), options);
  if (keys.some(inherited)) return slow;
  const last = keys.length - 1;
  if (last === 0) {
    const key = keys[0]!;
    return (source) => (source as Json)[key];
  }
  return (source) => {
    let node = source as Json;
    for (let i = 0; i < last; i++) {
      const next = node[keys[i]!];
      if (!isObject(next)) return slow(source);
      node = next;
    }
    const value = node[keys[last]!];
    // A key with dots may hold it instead: rare, so it is looked for only when the plain way leads nowhere.
    return value === undefined ? slow(source) : value;
  };
}

/** Every value at the path, in the order of the document. */
function collect(node: unknown, keys: readonly string[], from: number, found: unknown[]): unknown[] {
  if (from === keys.length) {
    found.push(node);
  } else if (Array.isArray(node)) {
    for (const item of node) collect(item, keys, from, found);
  } else if (isObject(node)) {
    for (let to = from + 1; to <= keys.length; to++) {
      const key = to === from + 1 ? keys[from]! : keys.slice(from, to).join('.');
      if (Object.hasOwn(node, key)) collect(node[key], keys, to, found);
    }
  }
  return found;
}

function unwrap(found: readonly unknown[], { keepArrays }: GetterOptions): unknown {
  if (found.length <= 1) return found[0];
  const present = found.filter((value) => value !== null && value !== undefined);
  if (present.length <= 1) return present[0];
  return keepArrays ? present : present.flat(1);
}

/** The value of an object field: parts that stand under keys with dots are put together. */
export function containerGetter(path: string): Getter {
  return (source) => container(source, path);
}

function container(node: unknown, path: string): unknown {
  if (Array.isArray(node)) {
    const parts = node.map((item) => container(item, path)).filter((part) => part !== undefined && part !== null);
    return parts.length <= 1 ? parts[0] : parts.flat(1);
  }
  if (!isObject(node)) return undefined;
  let found: unknown;
  for (const key in node) {
    let part: unknown;
    if (key === path) part = node[key];
    else if (isBelow(path, key)) part = container(node[key], path.slice(key.length + 1));
    else if (isBelow(key, path)) part = { [key.slice(path.length + 1)]: node[key] };
    if (part !== undefined) found = found === undefined || found === null ? part : mergeJson(found, part);
  }
  return found;
}

/** `a.b` is below `a`. */
const isBelow = (path: string, parent: string): boolean =>
  path.length > parent.length && path.charCodeAt(parent.length) === 46 && path.startsWith(parent);

/** Two parts of one object; what is no object in both becomes the values of both, as the cluster indexes it. */
export function mergeJson(a: unknown, b: unknown): unknown {
  if (b === null || b === undefined) return a;
  if (a === null || a === undefined) return b;
  if (!isObject(a) || !isObject(b)) return [a, b].flat(1);
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    merged[key] = Object.hasOwn(merged, key) ? mergeJson(merged[key], value) : value;
  }
  return merged;
}
