/** Runs a statement over batches of rows: condition, aggregates, limit, and the records of the answer. */
import {
  type CheckedSelect,
  type Fold,
  foldOf,
  predicate,
  SelectFault,
  type SelectRow,
} from '../../translators/object-sql/index.ts';
import { ChunkBuilder } from './chunks.ts';
import { SelectError } from './errors.ts';
import { type PrinterOptions, recordPrinter } from './record-text.ts';
import type { RecordsChunk, SelectLimits } from './requests/request.ts';
import type { RowBatch } from './row-batch.ts';

/** One statement over rows that come in parts; records of the answer go to `chunks`. */
export class RowRunner {
  private readonly matches: (row: SelectRow) => boolean;
  private readonly folds: readonly Fold[] | undefined;
  private readonly print: ReturnType<typeof recordPrinter>;
  /** Rows read. */
  private read = 0;
  private place = '';
  private left: bigint;

  constructor(
    select: CheckedSelect,
    options: PrinterOptions,
    private readonly chunks: ChunkBuilder,
  ) {
    this.matches = select.where === undefined ? () => true : predicate(select.where, options);
    this.folds = select.aggregates?.map((aggregate) => foldOf(aggregate, options));
    this.print = recordPrinter(select, options);
    // LIMIT counts records of the answer, and an aggregate has one.
    this.left = select.limit ?? -1n;
  }

  /** The answer is complete, whatever rows are still to come. */
  get done(): boolean {
    return this.left === 0n;
  }

  /** Records have to be counted. */
  get limited(): boolean {
    return this.left >= 0n;
  }

  /** Records that the answer may still have. */
  get room(): number {
    return this.limited ? Number(this.left) : Number.POSITIVE_INFINITY;
  }

  /** Records were given that did not come through here. */
  took(records: number): void {
    if (this.limited) this.left -= BigInt(records);
  }

  push({ rows, texts, numbers, counted, fault }: RowBatch): void {
    if (counted !== undefined) for (const fold of this.folds ?? []) fold.addPart?.([counted]);
    for (let i = 0; i < rows.length && !this.done; i++) {
      this.read = numbers?.[i] ?? this.read + 1;
      const row = rows[i];
      try {
        if (!this.matches(row)) continue;
        if (this.folds === undefined) this.give(this.print(row, texts?.[i]));
        else for (const fold of this.folds) fold.add(row);
      } catch (error) {
        throw faultOfRow(error, this.read, this.place);
      }
    }
    if (fault !== undefined && !this.done) throw fault;
  }

  /** Rows before these were counted nowhere: they are those of a part that begins at a byte. */
  countFrom(byte: number): void {
    this.read = 0;
    this.place = ` behind byte ${byte}`;
  }

  /** Rows that match already. */
  pushMatching(rows: readonly SelectRow[]): void {
    for (const row of rows) {
      if (this.done) return;
      try {
        this.give(this.print(row, undefined));
      } catch (error) {
        throw faultOfRow(error, undefined, '');
      }
    }
  }

  /** Records of the answer, complete. */
  pushRecords(records: readonly string[]): void {
    for (const record of records) {
      if (this.done) return;
      this.give(record);
    }
  }

  /** The columns of each aggregate over some rows that match. */
  pushParts(parts: readonly (readonly unknown[])[]): void {
    for (const [i, part] of parts.entries()) this.folds?.[i]?.addPart?.(part);
  }

  end(): void {
    if (this.folds === undefined || this.done) return;
    try {
      this.give(
        this.print(
          this.folds.map((fold) => fold.result()),
          undefined,
        ),
      );
    } catch (error) {
      throw faultOfRow(error, undefined, '');
    }
  }

  private give(record: string): void {
    this.chunks.add(record);
    if (this.left > 0n) this.left--;
  }
}

function faultOfRow(error: unknown, row: number | undefined, place: string): unknown {
  if (!(error instanceof SelectFault)) return error;
  return new SelectError(error.code, row === undefined ? error.message : `row ${row}${place}: ${error.message}`, error);
}

export async function* runRows(
  batches: AsyncIterable<RowBatch>,
  select: CheckedSelect,
  options: PrinterOptions,
  limits: SelectLimits,
): AsyncGenerator<RecordsChunk, void, undefined> {
  const chunks = new ChunkBuilder(limits);
  const runner = new RowRunner(select, options, chunks);
  if (!runner.done) {
    try {
      for await (const batch of batches) {
        runner.push(batch);
        yield* chunks.take(true);
        if (runner.done) break;
      }
      runner.end();
    } catch (error) {
      // What came before the row that failed is good.
      yield* chunks.take(true);
      throw error;
    }
  }
  yield* chunks.take(true);
}
