/** A format of lines as tables for the kernel: which members of a hit are wanted, and how the cells of a line are written. */
import { COLUMN_BYTES, FREE_AT, NAME_BYTES, SLOT_SOURCE, SPAN_BYTES } from '../../../kernels/layout.ts';
import type { CsvStyle } from '../csv-cell.ts';
import { CELL_KINDS, type CellKind } from './cell-kinds.ts';

interface KernelColumn {
  /** What stands before the cell. */
  readonly head: Buffer;
  readonly kind: CellKind;
  /** Of the member that the value is in: those of the hit first, then those of its source. */
  readonly slot: number;
}

export interface LineFormat {
  /** undefined: JSON. */
  readonly csv: CsvStyle | undefined;
  readonly hitKeys: readonly string[];
  /** The way to each member from the source on; their slots follow those of the hit. */
  readonly sourcePaths: readonly (readonly string[])[];
  readonly columns: readonly KernelColumn[];
  /** After the last cell. */
  readonly tail: Buffer;
}

interface KernelTables {
  /** What stands from `FREE_AT` on. */
  readonly image: Uint8Array;
  /** Arguments of `configure`. */
  readonly settings: readonly number[];
}

/** Names are compared, and heads copied, sixteen bytes at a time. */
const VECTOR = 16;
/** What a cell may be longer than its value in the document: `.0`, `null`, quotes around empty text. */
const CELL_ROOM = 8;
/** Of a table of names; a power of two. */
const LEAST_PLACES = 256;

export function kernelTables(format: LineFormat): KernelTables {
  const { csv, hitKeys, sourcePaths, columns, tail } = format;
  const tables = tablesOf(sourcePaths, hitKeys.length);
  const firstMark = hitKeys.length + sourcePaths.length;
  const slots = firstMark + tables.length - 1;
  const places = placesFor(Math.max(hitKeys.length + 1, ...tables.map((names) => names.length)));
  const hitNames = 0;
  const sourceNames = places * NAME_BYTES;
  const columnsAt = (1 + tables.length) * sourceNames;
  const spansAt = columnsAt + columns.length * COLUMN_BYTES;
  const textsAt = spansAt + slots * SPAN_BYTES;
  const texts: { readonly at: number; readonly bytes: Buffer }[] = [];
  let end = textsAt;
  const text = (bytes: Buffer): number => {
    const at = end;
    texts.push({ at, bytes });
    end += bytes.length + VECTOR;
    return FREE_AT + at;
  };
  const words: (readonly [at: number, value: number])[] = [];
  const table = (at: number, names: readonly (readonly [string, number])[]): void => {
    const taken = new Set<number>();
    for (const [name, slot] of names) {
      const bytes = Buffer.from(name, 'utf8');
      let place = placeOf(bytes, places);
      while (taken.has(place)) place = (place + 1) % places;
      taken.add(place);
      const entry = at + place * NAME_BYTES;
      words.push([entry, text(bytes)], [entry + 4, bytes.length], [entry + 8, slot], [entry + 12, 1]);
    }
  };
  table(hitNames, [...hitKeys.map((key, slot) => [key, slot] as const), ['_source', SLOT_SOURCE]]);
  for (const [i, names] of tables.entries()) table((1 + i) * sourceNames, names);
  for (const [i, { head, kind, slot }] of columns.entries()) {
    const column = columnsAt + i * COLUMN_BYTES;
    words.push([column, text(head)], [column + 4, head.length], [column + 8, slot], [column + 12, CELL_KINDS[kind]]);
  }
  const tailAt = text(tail);
  const image = Buffer.alloc(Math.ceil(end / VECTOR) * VECTOR);
  for (const { at, bytes } of texts) image.set(bytes, at);
  for (const [at, value] of words) image.writeInt32LE(value, at);
  const overhead = columns.reduce((sum, { head }) => sum + head.length + CELL_ROOM, tail.length);
  const settings = [
    FREE_AT + hitNames,
    FREE_AT + sourceNames,
    places - 1,
    FREE_AT + columnsAt,
    columns.length,
    FREE_AT + spansAt,
    slots,
    hitKeys.length,
    tailAt,
    tail.length,
    overhead,
    mostRepeats(columns),
    Number(csv === undefined),
    Number(csv?.escape === '\\'),
    Number(tables.length > 1 || columns.some(({ kind }) => kind === 'holeAlways')),
    (csv?.separator ?? ',').charCodeAt(0),
    Number(csv?.empty === 'quoted'),
    Number(csv?.guard === true),
    firstMark,
  ];
  return { image, settings };
}

type Names = (readonly [name: string, slot: number])[];

/** Of the source, and of each object in it that has members which are wanted. */
function tablesOf(paths: LineFormat['sourcePaths'], firstSlot: number): readonly Names[] {
  const tables: Names[] = [[]];
  const known = new Map<string, number>();
  for (const [i, path] of paths.entries()) {
    let table = 0;
    for (let depth = 1; depth < path.length; depth++) {
      const key = JSON.stringify(path.slice(0, depth));
      const inner = known.get(key) ?? tables.push([]) - 1;
      if (!known.has(key)) tables[table]!.push([path[depth - 1]!, SLOT_SOURCE - inner]);
      known.set(key, inner);
      table = inner;
    }
    tables[table]!.push([path.at(-1)!, firstSlot + i]);
  }
  return tables;
}

/** Whether the kernel writes cells so: by its quotes, and where no number, date or boolean can hold a separator. */
export const isKernelStyle = ({ separator, quote, escape: before, record, always }: CsvStyle): boolean =>
  quote === '"' &&
  (before === '"' || before === '\\') &&
  record === '\n' &&
  !always &&
  /^[\t!#-&*,/;<=>?^_|~]$/.test(separator);

/** At most half of the places are taken, so that what is not there is soon known not to be. */
function placesFor(names: number): number {
  let places = LEAST_PLACES;
  while (places < 2 * names) places *= 2;
  return places;
}

/** As the kernel finds a name. */
function placeOf(name: Buffer, places: number): number {
  const { length } = name;
  return (length * 37 + name[0]! * 5 + name[length >> 1]! * 59 + name[length - 1]! * 101) % places;
}

/** A member that is in several columns makes a line longer than its document. */
function mostRepeats(columns: readonly KernelColumn[]): number {
  const counts = new Map<number, number>();
  for (const { slot, kind } of columns) if (kind !== 'constant') counts.set(slot, (counts.get(slot) ?? 0) + 1);
  return Math.max(1, ...counts.values());
}
