/**
 * Answers blocks of csv from their bytes alone: finds the cells that the statement looks at, tests them there, and counts or copies the records
 * that match. No cell becomes a text unless it must be printed in another way than it stands.
 */
import { allDefined, type BytesTest, bytesTest, type CellPlaces, TRUE } from '../../translators/select/cell-bytes.ts';
import { predicate, type SelectRow } from '../../translators/select/evaluate.ts';
import type { CheckedSelect } from '../../translators/select/expr.ts';
import { type Block, shorterThan } from './csv-block.ts';
import { cellsOf, exprsOf, samePlainText } from './csv-plan.ts';
import { CsvSplitter } from './csv-splitter.ts';
import { RecordBytes } from './record-bytes.ts';
import type { CsvInput, RecordsChunk, SelectLimits, SelectOutput } from './request.ts';

const LF = 10;
const CR = 13;
/** Rows that are made at a time. */
const MOST_ROWS = 1024;

export interface Walked {
  /** The bytes up to here are answered. */
  readonly end: number;
  /** Records that match; of COUNT there is one number for each aggregate instead. */
  readonly counts: readonly number[] | undefined;
  readonly chunks: readonly RecordsChunk[];
  readonly rows: readonly SelectRow[];
}

/** How a cell stands in its record. */
const BARE = 0;
/** In quotes that it does not need. */
const QUOTED = 1;
/** In quotes that it needs. */
const NEEDS_QUOTES = 2;
/** With a quote in it, which is written twice. */
const DOUBLED = 3;

type Place = typeof BARE | typeof QUOTED | typeof NEEDS_QUOTES | typeof DOUBLED;

/** Undefined: the statement needs more than its cells as they stand. */
export function csvWalker(
  select: CheckedSelect,
  input: CsvInput,
  output: SelectOutput,
  limits: SelectLimits,
): CsvWalker | undefined {
  const { where, aggregates, items } = select;
  const args = aggregates?.flatMap(({ arg }) => (arg === undefined ? [] : [arg])) ?? [];
  const columns = cellsOf([...exprsOf(items), ...args, ...(where === undefined ? [] : [where])]);
  const slotOf = (column: number): number => columns.indexOf(column);
  const test: BytesTest | undefined = where === undefined ? () => TRUE : bytesTest(where, slotOf);
  if (test === undefined) return undefined;
  const counted = aggregates?.map(({ name, arg }) => {
    if (arg === undefined) return -1;
    return name === 'COUNT' && arg.kind === 'cell' ? slotOf(arg.column) : undefined;
  });
  if (counted !== undefined && !allDefined(counted)) return undefined;
  const cells = items.map((item) =>
    item.kind === 'expr' && item.expr.kind === 'cell' ? slotOf(item.expr.column) : -1,
  );
  const onlyStar = items.length === 1 && items[0]!.kind === 'star';
  const copies = counted === undefined && samePlainText(input, output) && (onlyStar || !cells.includes(-1));
  // Without a condition every record would be made to a row, as the splitter does, which knows its number.
  if (counted === undefined && !copies && where === undefined) return undefined;
  return new CsvWalker(input, output, limits, {
    columns: Int32Array.from(columns),
    test,
    matches: where === undefined ? () => true : predicate(where, select),
    counted,
    cells: onlyStar ? undefined : cells,
    copies,
  });
}

interface WalkPlan {
  /** Columns that are looked at, from the first to the last; a slot is a place in it. */
  readonly columns: Int32Array;
  readonly test: BytesTest;
  /** The same over texts. */
  readonly matches: (row: SelectRow) => boolean;
  /** The slot of each COUNT, below 0: COUNT(*); undefined: records are given. */
  readonly counted: readonly number[] | undefined;
  /** Slots of the cells of each record of the answer; undefined: all cells. */
  readonly cells: readonly number[] | undefined;
  /** Records of the answer are bytes of the input. */
  readonly copies: boolean;
}

export class CsvWalker implements CellPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  private readonly places: Uint8Array;
  /** Quotes of the record in hand that are not needed. */
  private readonly needless: Int32Array;
  private needlessCount = 0;
  private readonly field: number;
  private readonly quote: number;
  private readonly counts: number[];
  private readonly out = new RecordBytes();

  // Of the walk in hand.
  private bytes: Buffer = Buffer.alloc(0);
  private copying = false;
  private found = 0;
  private rows: SelectRow[] = [];

  constructor(
    private readonly input: CsvInput,
    private readonly output: SelectOutput,
    private readonly limits: SelectLimits,
    private readonly plan: WalkPlan,
  ) {
    const { length } = plan.columns;
    this.starts = new Int32Array(length);
    this.ends = new Int32Array(length);
    this.places = new Uint8Array(length);
    this.needless = new Int32Array(2 * limits.columns);
    this.field = input.fieldDelimiter.charCodeAt(0);
    this.quote = input.quote?.charCodeAt(0) ?? -1;
    this.counts = plan.counted?.map(() => 0) ?? [];
  }

  /** Whole records, each with its delimiter, from `at` until `most` of them match. Undefined: the next one must be split by our own rules. */
  walk(bytes: Buffer, block: Block, at: number, most: number): Walked | undefined {
    const { plan } = this;
    const { columns } = this.limits;
    if (block.plain && !shorterThan(bytes, columns) && !hasFields(bytes, this.field, columns)) return undefined;
    this.bytes = bytes;
    this.copying = plan.copies && this.printsAlike(bytes, block.plain);
    this.found = 0;
    this.rows = [];
    this.counts.fill(0);
    this.places.fill(BARE);
    this.needlessCount = 0;
    this.out.begin(bytes);
    const upTo = plan.counted || this.copying ? most : Math.min(most, MOST_ROWS);
    const end = block.plain ? this.walkPlain(at, upTo, block.crLf) : this.walkQuoted(at, upTo, block.crLf);
    if (end === at && at < bytes.length) return undefined;
    const { rows } = this;
    this.rows = [];
    this.bytes = Buffer.alloc(0);
    return { end, counts: plan.counted && [...this.counts], chunks: this.out.end(), rows };
  }

  /** Cells are printed as they stand, but for quotes that they do not need. */
  private printsAlike(bytes: Buffer, plain: boolean): boolean {
    const quote = this.output.kind === 'csv' ? this.output.quote : undefined;
    if (!plain) return quote === this.input.quote;
    return quote === undefined || quote === this.input.quote || !bytes.includes(quote);
  }

  private walkPlain(from: number, most: number, crLf: boolean): number {
    const { bytes, field, starts, ends } = this;
    const { columns, test } = this.plan;
    const needed = columns.length;
    const { length } = bytes;
    let at = from;
    while (at < length && this.found < most) {
      let slot = 0;
      let column = 0;
      let start = at;
      let i = at;
      let c = 0;
      for (; slot < needed; i++) {
        c = bytes[i]!;
        if (c === field) {
          if (column === columns[slot]) {
            starts[slot] = start;
            ends[slot] = i;
            if (++slot === needed) break;
          }
          column++;
          start = i + 1;
        } else if (c === LF) {
          if (column === columns[slot]) {
            starts[slot] = start;
            ends[slot] = crLf && bytes[i - 1] === CR ? i - 1 : i;
            slot++;
          }
          for (; slot < needed; slot++) starts[slot] = -1;
          break;
        }
      }
      const last = c === LF ? i : bytes.indexOf(LF, i);
      const end = crLf && bytes[last - 1] === CR ? last - 1 : last;
      // An empty line is no record.
      if (end > at && test(bytes, this) === TRUE) this.take(at, end);
      at = last + 1;
    }
    return at;
  }

  /** Over records that `examineBlock` has found to be quoted as RFC 4180 has it. */
  private walkQuoted(from: number, most: number, crLf: boolean): number {
    const { bytes, field, quote, starts, ends, places, needless } = this;
    const { columns, test } = this.plan;
    const needed = columns.length;
    const { length } = bytes;
    let at = from;
    while (at < length && this.found < most) {
      this.needlessCount = 0;
      let doubled = false;
      let slot = 0;
      let i = at;
      for (let column = 0; ; column++, i++) {
        if (column === this.limits.columns) return at;
        let start = i;
        let end = i;
        let place: Place = BARE;
        if (bytes[i] === quote) {
          place = QUOTED;
          start = i + 1;
          for (i++; ; i++) {
            const c = bytes[i]!;
            if (c === quote) {
              if (bytes[i + 1] !== quote) break;
              place = DOUBLED;
              i++;
            } else if (place === QUOTED && (c === field || c === LF)) place = NEEDS_QUOTES;
          }
          end = i++;
          if (crLf && bytes[i] === CR) i++;
          if (place === QUOTED) {
            needless[this.needlessCount++] = start - 1;
            needless[this.needlessCount++] = end;
          }
        } else {
          for (let c = bytes[i]!; c !== field && c !== LF; c = bytes[i]!) i++;
          end = crLf && bytes[i] === LF && bytes[i - 1] === CR && i > start ? i - 1 : i;
        }
        if (slot < needed && column === columns[slot]) {
          starts[slot] = start;
          ends[slot] = end;
          places[slot++] = place;
          if (place === DOUBLED) doubled = true;
        }
        if (bytes[i] === LF) break;
      }
      for (; slot < needed; slot++) {
        starts[slot] = -1;
        places[slot] = BARE;
      }
      const end = crLf && bytes[i - 1] === CR ? i - 1 : i;
      if (end > at) {
        const matches = doubled ? this.plan.matches(this.row(at, end)) : test(bytes, this) === TRUE;
        if (matches) this.take(at, end);
      }
      at = i + 1;
    }
    return at;
  }

  /** A record that matches, without its delimiter. */
  private take(at: number, end: number): void {
    const { counted, cells } = this.plan;
    if (counted !== undefined) {
      for (let i = 0; i < counted.length; i++) {
        const slot = counted[i]!;
        if (slot < 0 || this.starts[slot]! >= 0) this.counts[i]!++;
      }
      return;
    }
    this.found++;
    if (!this.copying) this.rows.push(this.row(at, end));
    else if (cells !== undefined) this.copyCells(cells);
    else if (this.needlessCount === 0 && this.bytes[end] === LF) this.out.line(at, end + 1);
    else this.copyWithout(at, end);
  }

  private copyCells(cells: readonly number[]): void {
    const { starts, ends, places, out, field } = this;
    let length = cells.length;
    for (const slot of cells) if (starts[slot]! >= 0) length += ends[slot]! - starts[slot]! + 2;
    out.beginRecord(length);
    for (let i = 0; i < cells.length; i++) {
      const slot = cells[i]!;
      if (i > 0) out.byte(field);
      if (starts[slot]! < 0) continue;
      const around = places[slot]! >= NEEDS_QUOTES ? 1 : 0;
      out.piece(starts[slot]! - around, ends[slot]! + around);
    }
    out.byte(LF);
  }

  /** Without the quotes that are not needed. */
  private copyWithout(at: number, end: number): void {
    const { out, needless } = this;
    out.beginRecord(end - at + 1);
    let from = at;
    for (let i = 0; i < this.needlessCount; i++) {
      const to = needless[i]!;
      out.piece(from, to);
      from = to + 1;
    }
    out.piece(from, end);
    out.byte(LF);
  }

  private row(at: number, end: number): readonly string[] {
    const text = this.bytes.toString('utf8', at, end);
    const rows: string[][] = [];
    const splitter = new CsvSplitter(this.input, this.limits);
    splitter.push(text, rows);
    splitter.end(rows);
    return rows[0]!;
  }
}

/** No line has more fields than that. */
function hasFields(bytes: Buffer, field: number, most: number): boolean {
  let fields = 1;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!;
    if (c === field) {
      if (++fields > most) return false;
    } else if (c === LF) fields = 1;
  }
  return true;
}
