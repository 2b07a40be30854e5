/** Looks at a block of csv bytes: where its last whole record ends, and whether DuckDB's reader is sure to read it as we do. */
import { isAscii, isUtf8 } from 'node:buffer';
import { ENDS_INSIDE, ENDS_ODD, FREE_AT } from '../../../kernels/layout.ts';
import type { CsvInput, SelectLimits } from '../requests/request.ts';
import { csvKernel } from './csv-kernel.ts';

/** The bytes of the settings, where they are such that DuckDB reads by the same rules. */
export interface BlockRules {
  readonly field: number;
  readonly quote: number;
  readonly comment: number;
  /** A line feed and the first byte of a comment. */
  readonly commentText: Buffer | undefined;
  readonly crLf: boolean;
  readonly quotedRecords: boolean;
  readonly recordBytes: number;
}

const NONE = -1;
const LF = 10;
const CR = 13;

/** Undefined: a setting that DuckDB does not have, or understands in another way. */
export function blockRules(input: CsvInput, limits: SelectLimits): BlockRules | undefined {
  const { fieldDelimiter, recordDelimiter, quote, quoteEscape, comment } = input;
  if (recordDelimiter !== '\n' && recordDelimiter !== '\r\n') return undefined;
  const field = byteOf(fieldDelimiter);
  const quoteByte = quote === undefined ? NONE : byteOf(quote);
  if (field === undefined || quoteByte === undefined || field === quoteByte) return undefined;
  if (quote !== undefined && quoteEscape !== quote) return undefined;
  return {
    field,
    quote: quoteByte,
    comment: comment === undefined ? NONE : Buffer.from(comment)[0]!,
    commentText: comment === undefined ? undefined : Buffer.from([LF, Buffer.from(comment)[0]!]),
    crLf: recordDelimiter === '\r\n',
    quotedRecords: input.allowQuotedRecordDelimiter,
    recordBytes: limits.recordBytes,
  };
}

/** One byte that is neither white space but a tab, nor a letter or digit. */
function byteOf(character: string): number | undefined {
  return /^[\t!-/:-@[-`{-~]$/.test(character) ? character.charCodeAt(0) : undefined;
}

export interface Block {
  /** Bytes up to the end of the last record that is whole. */
  readonly end: number;
  /** There is no quote. */
  readonly plain: boolean;
  /** Records end in CR LF, all of them, and no cell holds one. */
  readonly crLf: boolean;
  readonly ascii: boolean;
  readonly noUnderscore: boolean;
  /** A record ends in a field delimiter, and not all records have as many cells: DuckDB drops an empty cell beyond the last column. */
  hidesCells(columns: number): boolean;
}

/**
 * Of bytes that begin with a record. Undefined: they must be split by our own rules.
 * `final`: nothing comes behind them.
 */
export function examineBlock(bytes: Buffer, rules: BlockRules, final: boolean): Block | undefined {
  const plain = rules.quote === NONE || bytes.indexOf(rules.quote) < 0;
  const quoted = plain ? undefined : quotedEnd(bytes, rules, final);
  const end = plain ? plainEnd(bytes, rules, final) : quoted?.end;
  if (end === undefined || end === 0) return undefined;
  const whole = bytes.subarray(0, end);
  if (!isUtf8(whole) || hasComment(whole, rules)) return undefined;
  const crLf = lineEnds(whole, rules);
  if (crLf === undefined || (crLf && quoted !== undefined && quoted.ends !== count(whole, LF))) return undefined;
  return {
    end,
    plain,
    crLf,
    get ascii() {
      return isAscii(whole);
    },
    get noUnderscore() {
      return whole.indexOf(95) < 0;
    },
    hidesCells(columns) {
      if (!endsInDelimiter(whole, rules.field)) return false;
      const delimiters = quoted?.delimiters ?? count(whole, rules.field);
      const records = quoted?.records ?? count(whole, LF) + (whole.at(-1) === LF ? 0 : 1);
      return delimiters !== records * (columns - 1);
    },
  };
}

function endsInDelimiter(bytes: Buffer, field: number): boolean {
  return bytes.at(-1) === field || bytes.includes(Buffer.of(field, LF)) || bytes.includes(Buffer.of(field, CR, LF));
}

function count(bytes: Buffer, byte: number): number {
  let found = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found++;
  return found;
}

/** Steps of the largest record: each must hold the end of one. */
function plainEnd(bytes: Buffer, { recordBytes }: BlockRules, final: boolean): number | undefined {
  let at = 0;
  const last = final ? bytes.length : bytes.lastIndexOf(LF) + 1;
  while (last - at > recordBytes) {
    const next = bytes.lastIndexOf(LF, at + recordBytes) + 1;
    if (next <= at) return undefined;
    at = next;
  }
  return last;
}

/** Whole records: where they end, how many they are, and the field delimiters between their cells. */
interface Records {
  readonly end: number;
  readonly records: number;
  /** Records that a line feed ends. */
  readonly ends: number;
  readonly delimiters: number;
}

/**
 * Walks through bytes with quotes as RFC 4180 has them: a quote opens at the start of a field and closes before a delimiter. Whatever is
 * otherwise is read differently by different readers.
 */
function quotedEnd(bytes: Buffer, rules: BlockRules, final: boolean): Records | undefined {
  const { field, quote, quotedRecords, recordBytes } = rules;
  const kernel = csvKernel.get();
  const pageEnd = FREE_AT + bytes.length;
  kernel.owner = undefined;
  kernel.load(FREE_AT, bytes);
  const { exports } = kernel;
  const status = exports.quotedEnd(FREE_AT, pageEnd, field, quote, recordBytes, Number(quotedRecords), Number(final));
  const end = exports.recordsEnd() - FREE_AT;
  const [records, delimiters, open] = [exports.recordsFound(), exports.delimitersFound(), exports.delimitersOpen()];
  csvKernel.release(kernel);
  if (status === ENDS_ODD) return undefined;
  if (!final || end === bytes.length) return { end, records, ends: records, delimiters };
  if (status === ENDS_INSIDE || bytes.length - end > recordBytes) return undefined;
  return { end: bytes.length, records: records + 1, ends: records, delimiters: delimiters + open };
}

function hasComment(bytes: Buffer, { comment, commentText }: BlockRules): boolean {
  if (commentText === undefined || bytes.indexOf(comment) < 0) return false;
  return bytes[0] === comment || bytes.indexOf(commentText) >= 0;
}

/** Whether the ends of records are CR LF; undefined where they are mixed, or where a CR stands elsewhere. */
function lineEnds(bytes: Buffer, { crLf }: BlockRules): boolean | undefined {
  let cr = bytes.indexOf(CR);
  if (cr < 0) return crLf ? undefined : false;
  let lf = -1;
  for (; cr >= 0; cr = bytes.indexOf(CR, lf + 1)) {
    lf = bytes.indexOf(LF, lf + 1);
    if (lf !== cr + 1) return undefined;
  }
  return bytes.indexOf(LF, lf + 1) < 0 ? true : undefined;
}

/** Whether each line has fewer bytes than that, and so fewer columns. */
export function shorterThan(bytes: Buffer, most: number): boolean {
  for (let at = 0; bytes.length - at > most; ) {
    const next = bytes.lastIndexOf(LF, at + most) + 1;
    if (next <= at) return false;
    at = next;
  }
  return true;
}

/** The same records with plain line feeds. */
export function withoutCr(bytes: Buffer): Buffer {
  const text = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const cr = bytes.indexOf(CR, at);
    const end = cr < 0 ? bytes.length : cr;
    length += bytes.copy(text, length, at, end);
    at = end + 1;
  }
  return text.subarray(0, length);
}
