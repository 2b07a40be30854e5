/** Columns as the cells that the kernel writes from a hit, and what fills those that it leaves. */
import type { Column, Value } from '../../../translators/algebra/index.ts';
import { constantOf, holderOf } from '../../../translators/execution.ts';
import { compileHitDecoder, type DecodeOptions } from '../../rows/decode.ts';
import { parseJson } from '../../rows/longs.ts';
import { type CellKind, cellKindOf } from './cell-kinds.ts';
import type { Hole } from './hit-lines.ts';

/** Parts of a hit that stand in it as the text that a column of them has. */
const HIT_TEXTS: ReadonlySet<string> = new Set(['_id', '_index', '_routing']);

interface HitCell {
  readonly kind: CellKind;
  /** Of the member that the value is in, and the way to it. */
  readonly slot: number;
  readonly path: readonly string[];
  /** The value of the column in a hit, or in a source, that holds only what is given. */
  readonly read: (members: Readonly<Record<string, unknown>>) => Value;
  readonly constant?: Value;
}

interface HitCells {
  readonly cells: readonly HitCell[];
  readonly hitKeys: readonly string[];
  readonly sourcePaths: readonly (readonly string[])[];
}

/** Whether a column is a part of a hit, or stands in its source or its mapping. */
export function isReadable({ meta, field }: Column): boolean {
  if (meta !== undefined) return HIT_TEXTS.has(meta) || meta === '_score';
  if (field === undefined) return false;
  const holder = holderOf(field);
  return holder === 'source' || holder === 'mapping';
}

/** Of columns that are readable. */
export function cellsOf(columns: readonly Column[], decoding: DecodeOptions): HitCells {
  const hitKeys = [...new Set(columns.flatMap(({ meta }) => meta ?? []))];
  const wanted = [...new Set(columns.flatMap(({ field }) => field?.sourcePath ?? []))];
  const pathOf = (source: string): readonly string[] => {
    const path = source.split('.');
    const first = path[0]!;
    // An object and a member of it cannot both be found by their places, nor what the prototype of objects has.
    const together = wanted.some((one) => source.startsWith(`${one}.`) || one.startsWith(`${source}.`));
    return together || path.some((name) => name in Object.prototype) ? [first] : path;
  };
  const paths = new Map(wanted.map((source) => [source, pathOf(source)]));
  const keys = [...new Set([...paths.values()].map((path) => path.join('.')))];
  const cells = columns.map((column): HitCell => {
    const decode = compileHitDecoder([column], decoding);
    const { meta, field } = column;
    if (meta !== undefined) {
      const kind = HIT_TEXTS.has(meta) ? 'text' : 'hole';
      return { kind, slot: hitKeys.indexOf(meta), path: [meta], read: (members) => decode(members)[0]! };
    }
    const path = paths.get(field!.sourcePath)!;
    const slot = hitKeys.length + keys.indexOf(path.join('.'));
    const cell = { slot, path, read: (members: Readonly<Record<string, unknown>>) => decode({ _source: members })[0]! };
    const constant = constantOf(field!);
    if (constant !== undefined) return { ...cell, kind: 'constant', constant };
    // What is absent may still have a value: of an object without members, and of members by their dotted names.
    const composed = field!.type === 'object' || field!.type === 'nested' || field!.sourcePath !== path.join('.');
    return { ...cell, kind: composed || path[0]! in Object.prototype ? 'holeAlways' : cellKindOf(field!) };
  });
  return { cells, hitKeys, sourcePaths: keys.map((key) => key.split('.')) };
}

/** Gives the texts of the cells that the kernel left; the parsed source of one document serves all its columns. */
export function filler(
  cells: readonly HitCell[],
  printers: readonly ((value: Value) => string)[],
): (answer: Buffer, hole: Hole) => string {
  /** Held weakly: formats are kept with their plans, and answers may be large. */
  let parsed: { readonly answer: WeakRef<Buffer>; readonly start: number; readonly source: Record<string, unknown> };
  return (answer, { column, start, end, whole }) => {
    const { path, read } = cells[column]!;
    const print = printers[column]!;
    if (start < 0) return print(read({}));
    if (!whole) return print(read(membersOf(path, parseJson(answer.toString('utf8', start, end)))));
    if (parsed?.start !== start || parsed.answer.deref() !== answer) {
      const source = parseJson(answer.toString('utf8', start, end)) as Record<string, unknown>;
      parsed = { answer: new WeakRef(answer), start, source };
    }
    return print(read(parsed.source));
  };
}

/** Also of a name that the prototype of objects has. */
function membersOf(path: readonly string[], value: unknown): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, key) => {
    const members = {};
    Object.defineProperty(members, key, { value: inner, enumerable: true, configurable: true, writable: true });
    return members;
  }, value) as Record<string, unknown>;
}
