/** Finds, in the bytes of a search answer, the values of each hit that are wanted, without parsing anything else. */
import { BACKSLASH, endOfString, endOfValue, type JsonBytes, skipBlanks, unexpectedEnd } from './json-bytes.ts';

export interface Wanted {
  /** Members of the hit itself: `_id`. */
  readonly hitKeys: readonly string[];
  /** Top-level members of `_source`. */
  readonly sourceKeys: readonly string[];
  /** Members of `_source` of this name, or of a dotted name below it. */
  readonly groups: readonly string[];
}

export interface GroupMember {
  readonly group: number;
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

interface Entry {
  readonly slot: number;
  readonly group: number;
  readonly key: string;
  readonly source: boolean;
}

interface Met {
  /** With its quotes. */
  readonly name: KeyBytes;
  readonly entry: Entry;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;
/** Names that documents make up as they go must not fill the memory. */
const MOST_ENTRIES = 10_000;
const HITS = Buffer.from('"hits":{');
const LIST = Buffer.from('"hits":[');

/** The place of the first hit, or of the bracket that ends an empty list. */
export function firstHit(bytes: Buffer): number {
  const hits = bytes.indexOf(HITS);
  const list = hits < 0 ? -1 : bytes.indexOf(LIST, hits + 1);
  if (list < 0) throw unexpectedEnd();
  return list + LIST.length;
}

export class HitScanner {
  /** Start and end of each wanted value of the last hit; −1 where it has none. Hit keys first, then source keys. */
  readonly spans: Int32Array;
  readonly members: GroupMember[] = [];
  readonly #hitEntries = new Map<string, Entry>();
  readonly #sourceEntries = new Map<string, Entry>();
  readonly #wantedSource: ReadonlyMap<string, number>;
  readonly #groups: readonly string[];
  #json: JsonBytes = withView(Buffer.alloc(0));
  /** Keys of the last hit in their order: documents of one kind have the same. */
  readonly #hitOrder: Met[] = [];
  readonly #sourceOrder: Met[] = [];

  constructor({ hitKeys, sourceKeys, groups }: Wanted) {
    this.spans = new Int32Array(2 * (hitKeys.length + sourceKeys.length));
    for (const [slot, key] of hitKeys.entries()) {
      this.#hitEntries.set(key, { slot, group: -1, key, source: false });
    }
    this.#hitEntries.set('_source', { slot: -1, group: -1, key: '_source', source: true });
    this.#wantedSource = new Map(sourceKeys.map((key, i) => [key, hitKeys.length + i]));
    this.#groups = groups;
  }

  /** Reads the hit that begins at `at`; gives the place of the next one, or −1 after the last. */
  next(bytes: Buffer, at: number): number {
    if (this.#json.bytes !== bytes) this.#json = withView(bytes);
    this.spans.fill(-1);
    this.members.length = 0;
    let i = this.#object(this.#json, at, true);
    for (; ; i++) {
      const c = bytes[i];
      if (c === OPEN_OBJECT) return i;
      if (c === CLOSE_ARRAY) return -1;
      if (c === undefined) throw unexpectedEnd();
    }
  }

  #object(json: JsonBytes, at: number, hit: boolean): number {
    const { bytes } = json;
    const order = hit ? this.#hitOrder : this.#sourceOrder;
    const { spans } = this;
    let n = 0;
    for (let i = at + 1; ; ) {
      i = skipBlanks(bytes, i);
      const c = bytes[i];
      if (c === CLOSE_OBJECT) return i + 1;
      if (c === COMMA) {
        i++;
        continue;
      }
      if (c === undefined) throw unexpectedEnd();
      let met = order[n];
      if (met === undefined || !standsAt(json, i, met.name)) {
        met = this.#meet(bytes, i, endOfString(json, i), hit);
        order[n] = met;
      }
      n++;
      i += met.name.bytes.length;
      while (bytes[i] !== COLON) i++;
      const start = skipBlanks(bytes, i + 1);
      const { entry } = met;
      const end =
        entry.source && bytes[start] === OPEN_OBJECT ? this.#object(json, start, false) : endOfValue(json, start);
      if (entry.slot >= 0) {
        spans[2 * entry.slot] = start;
        spans[2 * entry.slot + 1] = end;
      }
      if (entry.group >= 0) this.members.push({ group: entry.group, key: entry.key, start, end });
      i = end;
    }
  }

  #meet(bytes: Uint8Array, start: number, end: number, hit: boolean): Met {
    const name = Buffer.from(bytes.subarray(start, end));
    const text = name.includes(BACKSLASH)
      ? (JSON.parse(name.toString('utf8')) as string)
      : name.toString('utf8', 1, name.length - 1);
    return { name: keyBytes(name), entry: hit ? (this.#hitEntries.get(text) ?? NOT_WANTED) : this.#sourceEntry(text) };
  }

  #sourceEntry(key: string): Entry {
    let entry = this.#sourceEntries.get(key);
    if (entry === undefined) {
      const slot = this.#wantedSource.get(key) ?? -1;
      const group = this.#groups.findIndex((name) => key === name || key.startsWith(`${name}.`));
      entry = slot < 0 && group < 0 ? NOT_WANTED : { slot, group, key, source: false };
      if (this.#sourceEntries.size >= MOST_ENTRIES) this.#sourceEntries.clear();
      this.#sourceEntries.set(key, entry);
    }
    return entry;
  }
}

const NOT_WANTED: Entry = { slot: -1, group: -1, key: '', source: false };

interface KeyBytes {
  readonly bytes: Uint8Array;
  /** Its bytes four by four, without the up to three at its end. */
  readonly words: Int32Array;
}

function keyBytes(bytes: Buffer): KeyBytes {
  const starts: number[] = [];
  for (let i = 0; i + 4 <= bytes.length; i += 4) starts.push(i);
  return { bytes, words: Int32Array.from(starts, (i) => bytes.readInt32LE(i)) };
}

const withView = (bytes: Buffer): JsonBytes => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
});

function standsAt({ bytes, view }: JsonBytes, at: number, key: KeyBytes): boolean {
  const { length } = key.bytes;
  if (at + length > bytes.length) return false;
  const { words } = key;
  for (let i = 0; i < words.length; i++) if (view.getInt32(at + 4 * i, true) !== words[i]) return false;
  for (let i = 4 * words.length; i < length; i++) if (bytes[at + i] !== key.bytes[i]) return false;
  return true;
}
