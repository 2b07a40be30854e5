/** Hits in bytes → rows in bytes of an answer's format, without a value made where none is needed: a third of the work of parse, decode and print. */
import { isUtf8 } from 'node:buffer';
import type { Column } from '../../../translators/algebra/index.ts';
import { holderOf } from '../../../translators/execution.ts';
import type { SearchAnswer } from '../../cluster/search-answer.ts';
import type { CoerceOptions } from '../../rows/coerce.ts';
import { compileHitDecoder } from '../../rows/decode.ts';
import type { Hit } from '../../rows/hit.ts';
import { afterValue } from '../../rows/json-bytes.ts';
import { parseJson } from '../../rows/longs.ts';
import type { RowText } from '../writer.ts';
import { type ByteWriter, createByteWriter } from './byte-writer.ts';
import { type CopyCell, copierOf, GROWTH, textCopier } from './cells.ts';
import { kernelRows } from './kernel-rows.ts';
import { eachHit } from './search-answer.ts';
import { locate, type Places, shapeOf } from './shape.ts';

interface EncodedAnswer {
  readonly count: number;
  /** Read when asked for. */
  lastHit(): Hit | undefined;
  /** The text of the rows from one to before another, each with what stands between rows before it. */
  rows(from: number, to: number): Buffer;
}

/** undefined: the answer is not valid UTF-8, and is for a parser. */
export type RowEncoder = (answer: SearchAnswer) => EncodedAnswer | undefined;

interface Cell {
  readonly slot: number;
  /** Tried first. */
  readonly copy: CopyCell | undefined;
  readonly print: (raw: unknown) => string;
  /** What stands before it: the opening of the row, or a separator. */
  readonly before: Uint8Array;
  readonly none: Uint8Array;
}

/** undefined: some column is not read from the source as it stands. */
export function compileRowEncoder(
  columns: readonly Column[],
  text: RowText,
  options: CoerceOptions,
): RowEncoder | undefined {
  const encode = bytewise(columns, text, options);
  return encode === undefined ? undefined : (kernelRows(columns, text, options) ?? encode);
}

function bytewise(columns: readonly Column[], text: RowText, options: CoerceOptions): RowEncoder | undefined {
  const paths = columns.map(pathOf).filter((path) => path !== undefined);
  const distinct = [...new Set(paths)];
  if (columns.length === 0 || paths.length < columns.length || overlap(distinct)) return undefined;
  const shape = shapeOf(distinct.map((path) => path.split('.')));
  const places: Places = { starts: new Int32Array(distinct.length), ends: new Int32Array(distinct.length) };
  const decode = compileHitDecoder(columns, options);
  const cells = columns.map((column, i): Cell => {
    const path = paths[i]!;
    const value = compileHitDecoder([column], options);
    return {
      slot: distinct.indexOf(path),
      copy: checked(copierFor(column, text.quoted), text.bare),
      print: (raw) => text.printers[i]!(value(hitWith(path, raw))[0]!),
      before: Buffer.from(i === 0 ? text.between + text.open : text.separator),
      none: Buffer.from(text.printers[i]!(null)),
    };
  });
  const close = Buffer.from(text.close);
  const fixed = cells.reduce((sum, cell) => sum + cell.before.length + cell.none.length + GROWTH, close.length);
  // A member that is in several columns makes a row longer than its hit.
  const repeats = Math.max(...distinct.map((path) => paths.filter((other) => other === path).length));
  const roomOf = (hitBytes: number): number => fixed + repeats * hitBytes;
  let typical = 0;

  function simpleRow(bytes: Buffer, hitStart: number, hitEnd: number, out: ByteWriter): void {
    for (let i = 0; i < cells.length; i++) {
      const { slot, copy, print, before, none } = cells[i]!;
      put(out, before);
      const start = places.starts[slot]!;
      const end = places.ends[slot]!;
      if (end === 0 || bytes[start] === LETTER_N) {
        put(out, none);
        continue;
      }
      const to = copy === undefined ? -1 : copy(bytes, start, end, out.bytes, out.length);
      if (to !== -1) out.length = to;
      else {
        out.text(print(parseJson(bytes.toString('utf8', start, end))));
        out.reserve(roomOf(hitEnd - hitStart));
      }
    }
    put(out, close);
  }

  function parsedRow(hit: Hit, out: ByteWriter): void {
    const printed = decode(hit).map((value, i) => text.printers[i]!(value));
    out.text(text.between + text.open + printed.join(text.separator) + text.close);
  }

  return ({ bytes, envelope }) => {
    if (!isUtf8(bytes)) return undefined;
    const out = createByteWriter(typical === 0 ? bytes.length : typical + typical / 8);
    const ends: number[] = [];
    let last = -1;
    const closed = eachHit(bytes, envelope, (at) => {
      places.ends.fill(0);
      last = at;
      let end = locate(shape, bytes, at, places);
      if (end === -1) {
        end = afterValue(bytes, at);
        parsedRow(hitAt(bytes, at, end), out);
      } else {
        out.reserve(roomOf(end - at));
        simpleRow(bytes, at, end, out);
      }
      ends.push(out.length);
      return end;
    });
    if (!closed) return undefined;
    typical = out.length;
    const written = Buffer.from(out.bytes.buffer, out.bytes.byteOffset, out.length);
    const startOf = (row: number): number => (row === 0 ? 0 : ends[row - 1]!);
    return {
      count: ends.length,
      lastHit: () => (last === -1 ? undefined : hitAt(bytes, last, afterValue(bytes, last))),
      rows: (from, to) => written.subarray(startOf(from), startOf(to)),
    };
  };
}

/** Of null, the only value that begins with it. */
const LETTER_N = 110;
/** Read as they stand in a hit; the others are not, or are none of the hit's own. */
const HIT_TEXTS = new Set(['_id', '_index', '_routing']);

/** Where a hit holds the column's value; undefined where it is not just there. */
function pathOf({ field, meta }: Column): string | undefined {
  if (meta !== undefined) return HIT_TEXTS.has(meta) || meta === '_score' ? meta : undefined;
  if (field === undefined || field.nestedPath !== undefined || holderOf(field) !== 'source') return undefined;
  return `_source.${field.sourcePath}`;
}

function copierFor({ field, meta }: Column, quoted: boolean): CopyCell | undefined {
  if (field !== undefined) return copierOf(field, quoted);
  return meta !== undefined && HIT_TEXTS.has(meta) ? textCopier(quoted) : undefined;
}

function checked(copy: CopyCell | undefined, bare: RowText['bare']): CopyCell | undefined {
  if (copy === undefined || bare === undefined) return copy;
  return (bytes, start, end, out, at) => {
    const to = copy(bytes, start, end, out, at);
    return to !== -1 && bare(out, at, to) ? to : -1;
  };
}

/** An object and a member of it cannot both be found by their places. */
function overlap(paths: readonly string[]): boolean {
  return paths.some((path) => paths.some((other) => other.startsWith(`${path}.`)));
}

/** A hit that holds nothing but one value. */
function hitWith(path: string, value: unknown): Hit {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Hit;
}

const hitAt = (bytes: Buffer, at: number, end: number): Hit => parseJson(bytes.toString('utf8', at, end)) as Hit;

function put(out: ByteWriter, bytes: Uint8Array): void {
  const { bytes: to, length } = out;
  for (let i = 0; i < bytes.length; i++) to[length + i] = bytes[i]!;
  out.length = length + bytes.length;
}
