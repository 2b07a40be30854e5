/** Columns as the cells that the kernel writes from a hit, and what fills those that it leaves. */
import type { Column, Value } from '../../../translators/algebra/index.ts';
import { constantOf } from '../../../translators/execution.ts';
import { compileHitDecoder, type DecodeOptions } from '../../rows/decode.ts';
import { parseJson } from '../../rows/longs.ts';
import { type CellKind, cellKindOf } from './cell-kinds.ts';
import type { Hole } from './hit-lines.ts';

/** Parts of a hit that stand in it as the text that a column of them has. */
export const HIT_TEXTS: ReadonlySet<string> = new Set(['_id', '_index', '_routing']);

interface HitCell {
  readonly kind: CellKind;
  /** Of the member that the value is in, and its name. */
  readonly slot: number;
  readonly key: string;
  /** The value of the column in a hit, or in a source, that holds only what is given. */
  readonly read: (members: Readonly<Record<string, unknown>>) => Value;
  readonly constant?: Value;
}

interface HitCells {
  readonly cells: readonly HitCell[];
  readonly hitKeys: readonly string[];
  readonly sourceKeys: readonly string[];
}

/** Columns that are parts of a hit, or stand in its source or its mapping. */
export function cellsOf(columns: readonly Column[], decoding: DecodeOptions): HitCells {
  const hitKeys = [...new Set(columns.flatMap(({ meta }) => meta ?? []))];
  const sourceKeys = [...new Set(columns.flatMap(({ field }) => (field === undefined ? [] : firstName(field))))];
  const cells = columns.map((column): HitCell => {
    const decode = compileHitDecoder([column], decoding);
    const { meta, field } = column;
    if (meta !== undefined) {
      const kind = HIT_TEXTS.has(meta) ? 'text' : 'hole';
      return { kind, slot: hitKeys.indexOf(meta), key: meta, read: (members) => decode(members)[0]! };
    }
    const key = firstName(field!);
    const slot = hitKeys.length + sourceKeys.indexOf(key);
    const cell = { slot, key, read: (members: Readonly<Record<string, unknown>>) => decode({ _source: members })[0]! };
    const constant = constantOf(field!);
    if (constant !== undefined) return { ...cell, kind: 'constant', constant };
    // What is absent may still have a value: of an object without members, and of members by their dotted names.
    const composed = field!.type === 'object' || field!.type === 'nested' || field!.sourcePath !== key;
    return { ...cell, kind: composed || key in Object.prototype ? 'holeAlways' : cellKindOf(field!) };
  });
  return { cells, hitKeys, sourceKeys };
}

const firstName = ({ sourcePath }: { readonly sourcePath: string }): string => sourcePath.split('.', 1)[0]!;

/** Gives the texts of the cells that the kernel left; the parsed source of one document serves all its columns. */
export function filler(
  cells: readonly HitCell[],
  printers: readonly ((value: Value) => string)[],
): (answer: Buffer, hole: Hole) => string {
  /** Held weakly: formats are kept with their plans, and answers may be large. */
  let parsed: { readonly answer: WeakRef<Buffer>; readonly start: number; readonly source: Record<string, unknown> };
  return (answer, { column, start, end, whole }) => {
    const { key, read } = cells[column]!;
    const print = printers[column]!;
    if (start < 0) return print(read({}));
    if (!whole) return print(read(member(key, parseJson(answer.toString('utf8', start, end)))));
    if (parsed?.start !== start || parsed.answer.deref() !== answer) {
      const source = parseJson(answer.toString('utf8', start, end)) as Record<string, unknown>;
      parsed = { answer: new WeakRef(answer), start, source };
    }
    return print(read(parsed.source));
  };
}

/** Also of a name that the prototype of objects has. */
function member(key: string, value: unknown): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
  return members;
}
