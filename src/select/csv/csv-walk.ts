/**
 * Answers blocks of csv from their bytes alone: finds the cells that the statement looks at, tests them there, and counts or copies the records
 * that match. No cell becomes a text unless it must be printed in another way than it stands.
 */
import { STANDS_NEEDING_QUOTES } from '../../../kernels/layout.ts';
import {
  allDefined,
  type BytesTest,
  bytesTest,
  type CheckedSelect,
  predicate,
  type SelectRow,
  TRUE,
} from '../../../translators/object-sql/index.ts';
import { RecordBytes } from '../record-bytes.ts';
import type { CsvInput, RecordsChunk, SelectLimits, SelectOutput } from '../requests/request.ts';
import { type Block, shorterThan } from './csv-block.ts';
import { cellsOf, exprsOf, samePlainText } from './csv-plan.ts';
import { CsvRecords } from './csv-records.ts';
import { CsvSplitter } from './csv-splitter.ts';

const LF = 10;
/** Rows that are made at a time. */
const MOST_ROWS = 1024;

interface Walked {
  /** The bytes up to here are answered. */
  readonly end: number;
  /** Records that match; of COUNT there is one number for each aggregate instead. */
  readonly counts: readonly number[] | undefined;
  readonly chunks: readonly RecordsChunk[];
  readonly rows: readonly SelectRow[];
}

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
  const counted = aggregates?.map(({ measure, arg }) => {
    if (arg === undefined) return -1;
    return measure === 'count' && arg.kind === 'cell' ? slotOf(arg.column) : undefined;
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

export class CsvWalker {
  private readonly records: CsvRecords;
  private readonly field: number;
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
    this.field = input.fieldDelimiter.charCodeAt(0);
    this.records = new CsvRecords({
      field: this.field,
      quote: input.quote?.charCodeAt(0) ?? -1,
      columns: plan.columns,
      mostColumns: limits.columns,
    });
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
    this.out.begin(bytes);
    const upTo = plan.counted || this.copying ? most : Math.min(most, MOST_ROWS);
    const end = this.walkRecords(at, upTo, block);
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

  /** To where the records are answered. */
  private walkRecords(from: number, most: number, { plain, crLf }: Block): number {
    const { bytes, records } = this;
    const { test, matches } = this.plan;
    let at = from;
    while (at < bytes.length && this.found < most) {
      records.batch(bytes, at, plain, crLf);
      if (records.end === at) break;
      for (let i = 0; i < records.count; i++) {
        records.read(i);
        const { recordStart, recordEnd } = records;
        const isMatch = records.doubled ? matches(this.row(recordStart, recordEnd)) : test(bytes, records) === TRUE;
        if (!isMatch) continue;
        this.take(recordStart, recordEnd);
        if (this.found >= most) return records.recordAfter;
      }
      at = records.end;
    }
    return at;
  }

  /** A record that matches, without its delimiter. */
  private take(at: number, end: number): void {
    const { counted, cells } = this.plan;
    if (counted !== undefined) {
      for (let i = 0; i < counted.length; i++) {
        const slot = counted[i]!;
        if (slot < 0 || this.records.starts[slot]! >= 0) this.counts[i]!++;
      }
      return;
    }
    this.found++;
    if (!this.copying) this.rows.push(this.row(at, end));
    else if (cells !== undefined) this.copyCells(cells);
    else if (this.records.needlessCount === 0 && this.bytes[end] === LF) this.out.line(at, end + 1);
    else this.copyWithout(at, end);
  }

  private copyCells(cells: readonly number[]): void {
    const { out, field } = this;
    const { starts, ends, places } = this.records;
    let length = cells.length;
    for (const slot of cells) if (starts[slot]! >= 0) length += ends[slot]! - starts[slot]! + 2;
    out.beginRecord(length);
    for (let i = 0; i < cells.length; i++) {
      const slot = cells[i]!;
      if (i > 0) out.byte(field);
      if (starts[slot]! < 0) continue;
      const around = places[slot]! >= STANDS_NEEDING_QUOTES ? 1 : 0;
      out.piece(starts[slot]! - around, ends[slot]! + around);
    }
    out.byte(LF);
  }

  /** Without the quotes that are not needed. */
  private copyWithout(at: number, end: number): void {
    const { out } = this;
    const { needless, needlessFrom, needlessCount } = this.records;
    out.beginRecord(end - at + 1);
    let from = at;
    for (let i = needlessFrom; i < needlessFrom + needlessCount; i++) {
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
