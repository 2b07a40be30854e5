/** A graph of plain data as one list of numbers and one of simple values: nothing recurses, and what is shared stays shared. */

/** What stands for an object that is more than data. */
export interface Stand {
  readonly kind: string;
  readonly data: unknown;
}

export interface Graph {
  /** Values that are no objects, each once. */
  readonly atoms: readonly unknown[];
  /** Names of members, a list for each shape of objects. */
  readonly shapes: readonly (readonly string[])[];
  /** One record after the other, each after those that it names. */
  readonly words: Int32Array;
  /** The number of the whole: even ones count atoms, odd ones records. */
  readonly root: number;
}

const ARRAY = 0;
const MAP = 1;
const SET = 2;
const STAND = 3;
/** The record of a shape is its number and this. */
const FIRST_SHAPE = 4;

/** An object whose members are still to be written. */
interface Open {
  readonly value: object;
  readonly head: readonly number[];
  readonly parts: readonly unknown[];
  next: number;
}

/** Throws for what is neither data nor has something that stands for it. */
export function encodeGraph(root: unknown, standFor: (value: object) => Stand | undefined): Graph {
  const writer = new GraphWriter(standFor);
  return writer.whole(root);
}

class GraphWriter {
  private readonly atoms: unknown[] = [];
  private readonly atomIds = new Map<unknown, number>();
  private readonly shapes: string[][] = [];
  private readonly shapeIds = new Map<string, number>();
  private readonly ids = new Map<object, number>();
  private readonly open = new Set<object>();
  private words = new Int32Array(1_024);
  private length = 0;
  private records = 0;

  constructor(private readonly standFor: (value: object) => Stand | undefined) {}

  whole(root: unknown): Graph {
    const waiting: Open[] = [];
    if (this.known(root) === undefined) waiting.push(this.opened(root as object));
    for (let top = waiting.at(-1); top; top = waiting.at(-1)) {
      const part = this.firstUnknown(top);
      if (part !== undefined) {
        waiting.push(this.opened(part));
        continue;
      }
      waiting.pop();
      this.close(top);
    }
    const { atoms, shapes, words, length } = this;
    return { atoms, shapes, words: words.slice(0, length), root: this.known(root)! };
  }

  private firstUnknown(top: Open): object | undefined {
    for (; top.next < top.parts.length; top.next++) {
      const part = top.parts[top.next];
      if (this.known(part) === undefined) return part as object;
    }
    return undefined;
  }

  /** The number of an atom, or of an object that was written already. */
  private known(value: unknown): number | undefined {
    if (typeof value === 'object' && value !== null) return this.ids.get(value);
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`a ${typeof value} cannot be written as data: ${String(value).slice(0, 80)}`);
    }
    // A map takes both zeros for one.
    if (Object.is(value, -0)) return this.atom(MINUS_ZERO, value);
    return this.atom(value, value);
  }

  private atom(key: unknown, value: unknown): number {
    let id = this.atomIds.get(key);
    if (id === undefined) {
      id = this.atoms.push(value) - 1;
      this.atomIds.set(key, id);
    }
    return id * 2;
  }

  private opened(value: object): Open {
    if (this.open.has(value)) throw new TypeError('data that hold themselves cannot be written');
    this.open.add(value);
    const stand = this.standFor(value);
    if (stand) return { value, head: [STAND], parts: [stand.kind, stand.data], next: 0 };
    if (Array.isArray(value)) return { value, head: [ARRAY, value.length], parts: value, next: 0 };
    if (value instanceof Map) return { value, head: [MAP, value.size], parts: [...value].flat(), next: 0 };
    if (value instanceof Set) return { value, head: [SET, value.size], parts: [...value], next: 0 };
    if (Object.getPrototypeOf(value) !== Object.prototype) {
      throw new TypeError(`an object of ${value.constructor?.name ?? 'no class'} cannot be written as data`);
    }
    return { value, head: [FIRST_SHAPE + this.shape(Object.keys(value))], parts: Object.values(value), next: 0 };
  }

  private shape(names: string[]): number {
    const key = JSON.stringify(names);
    let id = this.shapeIds.get(key);
    if (id === undefined) {
      id = this.shapes.push(names) - 1;
      this.shapeIds.set(key, id);
    }
    return id;
  }

  private close({ value, head, parts }: Open): void {
    this.room(head.length + parts.length);
    for (const word of head) this.words[this.length++] = word;
    for (const part of parts) this.words[this.length++] = this.known(part)!;
    this.open.delete(value);
    this.ids.set(value, this.records++ * 2 + 1);
  }

  private room(more: number): void {
    if (this.length + more <= this.words.length) return;
    const larger = new Int32Array(Math.max(this.words.length * 2, this.length + more));
    larger.set(this.words);
    this.words = larger;
  }
}

/** Stands for -0 among the keys of atoms. */
const MINUS_ZERO = {};

/** Records that are read before the reader may rest. */
const RECORDS_AT_A_TIME = 2_048;

/** Reads a graph; it pauses now and then, for whoever has others to serve meanwhile. */
export function* decodingGraph(
  { atoms, shapes, words, root }: Graph,
  made: (stand: Stand) => unknown,
): Generator<void, unknown> {
  const records: unknown[] = [];
  const value = (id: number): unknown => (id % 2 === 0 ? atoms[id / 2] : records[(id - 1) / 2]);
  let at = 0;
  const list = (count: number): unknown[] => {
    const items: unknown[] = new Array(count);
    for (let i = 0; i < count; i++) items[i] = value(words[at++]!);
    return items;
  };
  while (at < words.length) {
    if (records.length % RECORDS_AT_A_TIME === RECORDS_AT_A_TIME - 1) yield;
    const tag = words[at++]!;
    switch (tag) {
      case ARRAY:
        records.push(list(words[at++]!));
        break;
      case MAP:
        records.push(new Map(pairs(list(words[at++]! * 2))));
        break;
      case SET:
        records.push(new Set(list(words[at++]!)));
        break;
      case STAND: {
        const [kind, data] = list(2);
        records.push(made({ kind: kind as string, data }));
        break;
      }
      default: {
        const object: Record<string, unknown> = {};
        for (const name of shapes[tag - FIRST_SHAPE]!) put(object, name, value(words[at++]!));
        records.push(object);
      }
    }
  }
  return value(root);
}

export function decodeGraph(graph: Graph, made: (stand: Stand) => unknown): unknown {
  const steps = decodingGraph(graph, made);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function put(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

function pairs(list: readonly unknown[]): [unknown, unknown][] {
  return Array.from({ length: list.length / 2 }, (_, i) => [list[i * 2], list[i * 2 + 1]]);
}
