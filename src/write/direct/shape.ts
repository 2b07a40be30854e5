/** Finds the values of some paths in an object's bytes: keys are guessed to come as in the object before, which documents of an index mostly do. */
import {
  afterSpace,
  afterValue,
  BACKSLASH,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  closingQuote,
  OPEN_OBJECT,
  QUOTE,
} from '../../rows/json-bytes.ts';

interface Member {
  readonly key: Uint8Array;
  /** Where to note the value; -1 for one that nobody wants. */
  readonly slot: number;
  readonly inner: Shape | undefined;
  /** A wanted value may stand below it in another way than one key a level. */
  readonly odd: boolean;
}

/** What is wanted of the members of one level. */
interface Shape {
  readonly members: Map<string, Member>;
  /** The members in the order in which they were met last. */
  readonly guesses: (Member | undefined)[];
  /** Paths wanted below this level, to know odd keys by. */
  readonly paths: readonly string[];
}

export interface Places {
  /** By slot, the first position of the value and that after its last; both 0 where there is none. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Keys of documents may be without number; those beyond are looked up each time. */
const MOST_MEMBERS = 1_000;

/** `paths`, each by its keys; the slot of a path is its place in the list unless `slots` says otherwise. */
export function shapeOf(paths: readonly (readonly string[])[], slots = paths.map((_, i) => i)): Shape {
  const members = new Map<string, Member>();
  for (const name of new Set(paths.map(([first]) => first!))) {
    const below = paths.map((path, i) => ({ path, slot: slots[i]! })).filter(({ path }) => path[0] === name);
    const deeper = below.filter(({ path }) => path.length > 1);
    members.set(name, {
      key: Buffer.from(name),
      slot: below.find(({ path }) => path.length === 1)?.slot ?? -1,
      inner:
        deeper.length === 0
          ? undefined
          : shapeOf(
              deeper.map(({ path }) => path.slice(1)),
              deeper.map(({ slot }) => slot),
            ),
      odd: false,
    });
  }
  return { members, guesses: [], paths: paths.map((path) => path.join('.')) };
}

/**
 * Notes where the values of the object at `at` are and gives the position after it; -1 where they stand in a way that only
 * a parser sees through: keys with dots or escapes, arrays of objects.
 */
export function locate(shape: Shape, bytes: Uint8Array, at: number, places: Places): number {
  if (bytes[at] !== OPEN_OBJECT) return -1;
  const { guesses } = shape;
  let i = afterSpace(bytes, at + 1);
  if (bytes[i] === CLOSE_OBJECT) return i + 1;
  for (let n = 0; ; n++) {
    if (bytes[i] !== QUOTE) return -1;
    i++;
    let member = guesses[n];
    if (member === undefined || !isKey(member.key, bytes, i)) {
      member = memberAt(shape, bytes, i);
      guesses[n] = member;
    }
    if (member.odd) return -1;
    i += member.key.length + 1;
    if (bytes[i] !== COLON) i = afterSpace(bytes, i);
    if (bytes[i] !== COLON) return -1;
    i++;
    if (bytes[i]! <= 32) i = afterSpace(bytes, i);
    const start = i;
    if (member.inner !== undefined && bytes[i] !== LETTER_N) {
      // An object that is wanted as a whole has no members that are wanted: columns name each path once.
      if (member.slot >= 0) return -1;
      i = locate(member.inner, bytes, i, places);
      if (i === -1) return -1;
    } else {
      i = afterValue(bytes, i);
      if (member.slot >= 0) {
        places.starts[member.slot] = start;
        places.ends[member.slot] = i;
      }
    }
    if (bytes[i]! <= 32) i = afterSpace(bytes, i);
    if (bytes[i] === CLOSE_OBJECT) return i + 1;
    if (bytes[i] !== COMMA) return -1;
    i++;
    if (bytes[i]! <= 32) i = afterSpace(bytes, i);
  }
}

/** Of null, where an object might be. */
const LETTER_N = 110;

function isKey(key: Uint8Array, bytes: Uint8Array, at: number): boolean {
  const { length } = key;
  if (bytes[at + length] !== QUOTE) return false;
  for (let i = 0; i < length; i++) if (key[i] !== bytes[at + i]) return false;
  return true;
}

function memberAt({ members, paths }: Shape, bytes: Uint8Array, at: number): Member {
  const end = closingQuote(bytes, at);
  const key = bytes.slice(at, end);
  const name = Buffer.from(key).toString('utf8');
  const known = members.get(name);
  if (known !== undefined) return known;
  const odd =
    key.includes(BACKSLASH) ||
    (name.includes('.') &&
      paths.some((path) => path === name || path.startsWith(`${name}.`) || name.startsWith(`${path}.`)));
  const member: Member = { key, slot: -1, inner: undefined, odd };
  if (members.size < MOST_MEMBERS) members.set(name, member);
  return member;
}
