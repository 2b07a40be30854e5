/** A format of lines as tables for the kernel: which members of a hit are wanted, and how the cells of a line are written. */
import { COLUMN_BYTES, FREE_AT, NAME_BYTES, SLOT_SOURCE, SPAN_BYTES } from '../../../kernels/layout.ts';
import { CELL_KINDS, type CellKind } from './cell-kinds.ts';

interface KernelColumn {
  /** What stands before the cell. */
  readonly head: Buffer;
  readonly kind: CellKind;
  /** Of the member that the value is in: those of the hit first, then those of its source. */
  readonly slot: number;
}

export interface LineFormat {
  readonly json: boolean;
  readonly backslashEscapes: boolean;
  readonly hitKeys: readonly string[];
  readonly sourceKeys: readonly string[];
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
  const { hitKeys, sourceKeys, columns, tail } = format;
  const slots = hitKeys.length + sourceKeys.length;
  const places = placesFor(slots + 1);
  const hitNames = 0;
  const sourceNames = places * NAME_BYTES;
  const columnsAt = 2 * sourceNames;
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
  table(
    sourceNames,
    sourceKeys.map((key, i) => [key, hitKeys.length + i]),
  );
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
    Number(format.json),
    Number(format.backslashEscapes),
    Number(columns.some(({ kind }) => kind === 'holeAlways')),
  ];
  return { image, settings };
}

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
