/** Search answers as the bytes of an export: what `rows decoded, then formatted` gives, without decoding what can be copied. */
import type { Column } from '../../../../translators/bind/expr.ts';
import { constantOf } from '../../../../translators/catalog/constant-field.ts';
import { holderOf } from '../../../../translators/catalog/source-holds.ts';
import type { Value } from '../../../../translators/catalog/types.ts';
import { type CellPrinter, jsonPrinter } from '../../../format/json-text.ts';
import { compileHitDecoder, type DecodeOptions } from '../../../rows/decode.ts';
import { parseJson } from '../../../rows/longs.ts';
import type { OutputColumn } from '../../../rows/page.ts';
import type { ExportRequest } from '../../model.ts';
import { csvPrinters, SEPARATOR } from '../csv-lines.ts';
import { jsonHeads } from '../json-lines.ts';
import type { Batch } from '../part-writer.ts';
import { type CellKind, cellKindOf } from './cell-kinds.ts';
import { type Hole, hitLines } from './hit-lines.ts';

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
  const heads = json
    ? jsonHeads(output).map((head, i) => (i === 0 ? `{${head}` : head))
    : output.map((_, i) => (i === 0 ? '' : SEPARATOR));
  const { cells, hitKeys, sourceKeys } = cellsOf(columns, decoding);
  const lines = hitLines(
    {
      json,
      backslashEscapes: request.escapeChar === '\\',
      hitKeys,
      sourceKeys,
      columns: cells.map(({ kind, slot, constant }, i) => {
        const text = constant === undefined ? '' : printers[i]!(constant);
        return { kind, slot, head: Buffer.from(heads[i]! + text, 'utf8') };
      }),
      tail: Buffer.from(json ? '}\n' : '\n', 'utf8'),
    },
    filler(cells, printers),
  );
  return (answer) => {
    const { bytes, ends } = lines(answer);
    return { rows: ends.length - 1, bytes: (from, to) => bytes.subarray(ends[from], ends[to]) };
  };
}

/** Whether a format of text is one that `hitFormat` may make. */
export const copies = ({ dataType, encoding, quoteChar, escapeChar, sanitize }: ExportRequest): boolean =>
  dataType !== 'parquet' &&
  encoding === 'utf-8' &&
  (dataType === 'json' || (quoteChar === '"' && (escapeChar === '"' || escapeChar === '\\') && !sanitize));

function isReadable({ meta, field }: Column): boolean {
  if (meta !== undefined) return HIT_KEYS.has(meta);
  if (field === undefined) return false;
  const holder = holderOf(field);
  return holder === 'source' || holder === 'mapping';
}

interface Cell {
  readonly kind: CellKind;
  /** Of the member that the value is in, and its name. */
  readonly slot: number;
  readonly key: string;
  /** The value of the column in a hit, or in a source, that holds only what is given. */
  readonly read: (members: Readonly<Record<string, unknown>>) => Value;
  readonly constant?: Value;
}

interface Cells {
  readonly cells: readonly Cell[];
  readonly hitKeys: readonly string[];
  readonly sourceKeys: readonly string[];
}

function cellsOf(columns: readonly Column[], decoding: DecodeOptions): Cells {
  const hitKeys = [...new Set(columns.flatMap(({ meta }) => meta ?? []))];
  const sourceKeys = [...new Set(columns.flatMap(({ field }) => (field === undefined ? [] : firstName(field))))];
  const cells = columns.map((column): Cell => {
    const decode = compileHitDecoder([column], decoding);
    const { meta, field } = column;
    if (meta !== undefined) {
      return { kind: 'text', slot: hitKeys.indexOf(meta), key: meta, read: (members) => decode(members)[0]! };
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

/** Parses what the kernel left; the source of one document serves all its columns. */
function filler(cells: readonly Cell[], printers: readonly CellPrinter[]): (answer: Buffer, hole: Hole) => string {
  let parsed: { readonly answer: Buffer; readonly start: number; readonly source: Record<string, unknown> } | undefined;
  return (answer, { column, start, end, whole }) => {
    const { key, read } = cells[column]!;
    const print = printers[column]!;
    if (start < 0) return print(read({}));
    if (!whole) return print(read(member(key, parseJson(answer.toString('utf8', start, end)))));
    if (parsed?.answer !== answer || parsed.start !== start) {
      const source = parseJson(answer.toString('utf8', start, end)) as Record<string, unknown>;
      parsed = { answer, start, source };
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
