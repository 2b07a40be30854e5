/** Search answers as the bytes of an export: what `rows decoded, then formatted` gives, without decoding what can be copied. */
import type { Column } from '../../../../translators/bind/expr.ts';
import { constantOf } from '../../../../translators/catalog/constant-field.ts';
import { holderOf } from '../../../../translators/catalog/source-holds.ts';
import type { Value } from '../../../../translators/catalog/types.ts';
import type { CellPrinter } from '../../../format/json-text.ts';
import { jsonPrinter } from '../../../format/json-text.ts';
import { compileHitDecoder, type DecodeOptions, type HitDecoder } from '../../../rows/decode.ts';
import { parseJson } from '../../../rows/longs.ts';
import type { OutputColumn } from '../../../rows/page.ts';
import type { ExportRequest } from '../../model.ts';
import { csvPrinters, SEPARATOR } from '../csv-lines.ts';
import { jsonHeads } from '../json-lines.ts';
import type { Batch } from '../part-writer.ts';
import { ByteWriter } from './byte-writer.ts';
import { type CopyCell, copierOf, type Style, textCopier } from './cell-bytes.ts';
import { firstHit, HitScanner } from './hit-scanner.ts';

export type HitFormat = (answer: Buffer) => Batch;

/** Parts of a hit that a column may be. */
const HIT_KEYS = new Set(['_id', '_index', '_routing']);

/** Undefined where rows have to be decoded: other quotes or encodings, columns that are not read from the source. */
export function hitFormat(
  columns: readonly Column[],
  output: readonly OutputColumn[],
  request: ExportRequest,
  decoding: DecodeOptions,
): HitFormat | undefined {
  if (!copies(request) || !columns.every(isReadable)) return undefined;
  const json = request.dataType === 'json';
  const printers = json ? output.map(({ type }) => jsonPrinter(type)) : csvPrinters(output, request);
  const layout = layoutOf(columns, json ? 'json' : 'csv', request.escapeChar === '\\', decoding);
  const cells = layout.cells.map((cell, i) => cellWriter(cell, printers[i]!, json));
  const heads = (
    json
      ? jsonHeads(output).map((head, i) => (i === 0 ? `{${head}` : head))
      : output.map((_, i) => (i === 0 ? '' : SEPARATOR))
  ).map((head) => Buffer.from(head, 'utf8'));
  const tail = Buffer.from(json ? '}\n' : '\n', 'utf8');
  const overhead = heads.reduce((sum, head) => sum + head.length + CELL_ROOM, tail.length);
  const { scanner } = layout;
  const width = cells.length;

  let share = 0.75;

  return (answer) => {
    const out = new ByteWriter(Math.ceil(answer.length * share) + 1_024);
    const ends: number[] = [0];
    let at = firstHit(answer);
    if (answer[at] !== OPEN_OBJECT) at = -1;
    while (at >= 0) {
      const next = scanner.next(answer, at);
      const room = (next < 0 ? answer.length : next) - at + overhead;
      out.reserve(room);
      for (let i = 0; i < width; i++) {
        const head = heads[i]!;
        if (head.length > 0) out.copy(head, 0, head.length);
        cells[i]!(answer, scanner, out, room);
      }
      out.copy(tail, 0, tail.length);
      ends.push(out.length);
      at = next;
    }
    const bytes = out.taken();
    // The next answer is much like this one: room that is not used is room that is zeroed and collected.
    if (answer.length > 0) share = (1.05 * out.length) / answer.length;
    return { rows: ends.length - 1, bytes: (from, to) => bytes.subarray(ends[from], ends[to]) };
  };
}

const OPEN_OBJECT = 0x7b;
/** What a copied cell may be longer than its value in the document: `.0`, quotes. */
const CELL_ROOM = 8;

const copies = ({ dataType, encoding, quoteChar, escapeChar, sanitize }: ExportRequest): boolean =>
  dataType !== 'parquet' &&
  encoding === 'utf-8' &&
  (dataType === 'json' || (quoteChar === '"' && (escapeChar === '"' || escapeChar === '\\') && !sanitize));

function isReadable({ meta, field }: Column): boolean {
  if (meta !== undefined) return HIT_KEYS.has(meta);
  if (field === undefined) return false;
  const holder = holderOf(field);
  return holder === 'source' || holder === 'mapping';
}

type Cell =
  | { readonly kind: 'constant'; readonly value: Value }
  | {
      readonly kind: 'value';
      readonly slot: number;
      readonly key: string;
      readonly copy: CopyCell | undefined;
      readonly read: Read;
    }
  | { readonly kind: 'group'; readonly group: number; readonly read: Read };
/** The value of a column in a hit that holds only what is given. */
type Read = (members: Readonly<Record<string, unknown>>) => Value;

function layoutOf(
  columns: readonly Column[],
  style: Style,
  backslashEscapes: boolean,
  decoding: DecodeOptions,
): { readonly scanner: HitScanner; readonly cells: readonly Cell[] } {
  const hitKeys = [...new Set(columns.flatMap(({ meta }) => meta ?? []))];
  const sourceKeys: string[] = [];
  const groups: string[] = [];
  const placeOf = (list: string[], key: string): number => {
    if (!list.includes(key)) list.push(key);
    return list.indexOf(key);
  };
  const cells = columns.map((column): Cell => {
    const decode: HitDecoder = compileHitDecoder([column], decoding);
    if (column.meta !== undefined) {
      const read: Read = (members) => decode(members)[0]!;
      return {
        kind: 'value',
        slot: hitKeys.indexOf(column.meta),
        key: column.meta,
        copy: textCopier(style, backslashEscapes),
        read,
      };
    }
    const field = column.field!;
    const constant = constantOf(field);
    if (constant !== undefined) return { kind: 'constant', value: constant };
    const read: Read = (members) => decode({ _source: members })[0]!;
    const container = field.type === 'object' || field.type === 'nested';
    const [first = '', ...below] = field.sourcePath.split('.');
    if (container || below.length > 0 || first in Object.prototype) {
      return { kind: 'group', group: placeOf(groups, first), read };
    }
    const slot = hitKeys.length + placeOf(sourceKeys, first);
    return { kind: 'value', slot, key: first, copy: copierOf(field, style, backslashEscapes), read };
  });
  return { scanner: new HitScanner({ hitKeys, sourceKeys, groups }), cells };
}

type WriteCell = (answer: Buffer, scanner: HitScanner, out: ByteWriter, room: number) => void;

const NULL = Buffer.from('null');

function cellWriter(cell: Cell, print: CellPrinter, json: boolean): WriteCell {
  /** Text of its own makes room for itself, and again for the cells after it. */
  const write = (value: Value, out: ByteWriter, room: number): void => {
    out.text(print(value));
    out.reserve(room);
  };
  switch (cell.kind) {
    case 'constant':
      return (_answer, _scanner, out, room) => write(cell.value, out, room);
    case 'group': {
      const { group, read } = cell;
      return (answer, scanner, out, room) => {
        const members: Record<string, unknown> = {};
        for (const member of scanner.members) {
          if (member.group !== group) continue;
          const value = parseJson(answer.toString('utf8', member.start, member.end));
          Object.defineProperty(members, member.key, { value, enumerable: true, configurable: true, writable: true });
        }
        write(read(members), out, room);
      };
    }
    case 'value': {
      const { slot, key, copy, read } = cell;
      return (answer, { spans }, out, room) => {
        const start = spans[2 * slot]!;
        if (start < 0 || isNull(answer, start)) {
          if (json) out.copy(NULL, 0, NULL.length);
          return;
        }
        const end = spans[2 * slot + 1]!;
        if (copy?.(answer, start, end, out)) return;
        write(read({ [key]: parseJson(answer.toString('utf8', start, end)) }), out, room);
      };
    }
  }
}

const isNull = (bytes: Uint8Array, at: number): boolean => bytes[at] === NULL[0];
