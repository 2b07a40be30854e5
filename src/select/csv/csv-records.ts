/** Finds the records of csv bytes and the places of some of their cells, a window of bytes at a time. */
import {
  FREE_AT,
  PLAIN_CELL_WORDS,
  PLAIN_RECORD_WORDS,
  QUOTED_CELL_WORDS,
  QUOTED_RECORD_WORDS,
  STANDS_BARE,
} from '../../../kernels/layout.ts';
import { aligned, type Kernel } from '../../kernels/kernel.ts';
import { type CsvKernel, csvKernel } from './csv-kernel.ts';

interface RecordRules {
  readonly field: number;
  /** −1: there are no quotes. */
  readonly quote: number;
  /** From the first to the last. */
  readonly columns: Int32Array;
  /** Quoted records of more columns are not read. */
  readonly mostColumns: number;
}

/** Of bytes that are looked at together: they stay in the cache of a core. */
const WINDOW = 256 * 1_024;
const MOST_RECORDS = 4_096;
const TABLE_BYTES = 512 * 1_024;
const LEAST_QUOTES = 16_384;

const recordWords = (plain: boolean, cells: number): number =>
  plain ? PLAIN_RECORD_WORDS + PLAIN_CELL_WORDS * cells : QUOTED_RECORD_WORDS + QUOTED_CELL_WORDS * cells;

export class CsvRecords {
  /** Of the last batch: how many records there are, and where the next one begins. */
  count = 0;
  end = 0;
  /** Of the record that was read last: its bytes without its delimiter, and where the next one begins. */
  recordStart = 0;
  recordEnd = 0;
  recordAfter = 0;
  /** A cell that is looked at has a quote in it. */
  doubled = false;
  /** Quotes that are not needed: so many places in `needless`, from there on. */
  needlessFrom = 0;
  needlessCount = 0;
  readonly needless: number[] = [];
  /** Of each column that is looked at; a start of −1: the record has no such cell. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly places: Uint8Array;

  readonly #needed: number;
  readonly #mostQuotes: number;
  #words = new Int32Array(0);
  #shift = 0;
  #plain = true;
  #quotesRead = 0;

  constructor(private readonly rules: RecordRules) {
    const { columns, mostColumns } = rules;
    this.#needed = columns.length;
    this.starts = new Int32Array(this.#needed);
    this.ends = new Int32Array(this.#needed);
    this.places = new Uint8Array(this.#needed);
    this.#mostQuotes = Math.max(LEAST_QUOTES, 2 * mostColumns);
  }

  /**
   * Reads whole records from `at` on. `plain`: there is no quote; else the bytes are quoted as RFC 4180 has it. Where none could be read `end` is
   * `at`: the next record has too many columns, or does not end.
   */
  batch(bytes: Buffer, at: number, plain: boolean, crLf: boolean): void {
    for (let window = WINDOW; ; window *= 4) {
      const end = Math.min(bytes.length, at + window);
      this.#run(bytes, at, end, plain, crLf);
      if (this.end > at || end === bytes.length) return;
    }
  }

  #run(bytes: Buffer, at: number, end: number, plain: boolean, crLf: boolean): void {
    const { field, quote, columns, mostColumns } = this.rules;
    const needed = this.#needed;
    const width = 4 * recordWords(plain, needed);
    const most = Math.max(1, Math.min(MOST_RECORDS, Math.floor(TABLE_BYTES / width)));
    const tableAt = FREE_AT + aligned(4 * needed);
    const quotesAt = tableAt + aligned(most * width);
    const pageAt = quotesAt + aligned(4 * this.#mostQuotes);
    const kernel = this.#prepared(bytes.subarray(at, end), pageAt);
    const { exports } = kernel;
    const pageEnd = pageAt + end - at;
    this.count = plain
      ? exports.plainRecords(pageAt, pageEnd, field, Number(crLf), FREE_AT, columns.length, tableAt, most)
      : exports.quotedRecords(
          ...[pageAt, pageEnd, field, quote, Number(crLf), mostColumns],
          ...([FREE_AT, columns.length, tableAt, most, quotesAt, this.#mostQuotes] as const),
        );
    this.end = exports.nextAt() - pageAt + at;
    this.#shift = pageAt - at;
    this.#plain = plain;
    this.#quotesRead = 0;
    if (plain) this.#forgetQuotes();
    const words = kernel.words();
    // Of its own: the kernel may be used by others before the records are read.
    const tableWords = (this.count * width) / 4;
    if (this.#words.length < tableWords) this.#words = new Int32Array(Math.ceil((most * width) / 4));
    this.#words.set(words.subarray(tableAt / 4, tableAt / 4 + tableWords));
    this.needless.length = 0;
    if (!plain)
      for (let i = 0; i < exports.needlessFound(); i++) this.needless.push(words[quotesAt / 4 + i]! - this.#shift);
    csvKernel.release(kernel);
  }

  #prepared(bytes: Buffer, pageAt: number): Kernel<CsvKernel> {
    const kernel = csvKernel.get();
    kernel.load(pageAt, bytes);
    if (kernel.owner !== this) {
      kernel.words().set(this.rules.columns, FREE_AT / 4);
      kernel.owner = this;
    }
    return kernel;
  }

  /** The records of the batch one after the other: `index` from 0 on. */
  read(index: number): void {
    const { starts, ends, places } = this;
    const words = this.#words;
    const shift = this.#shift;
    const needed = this.#needed;
    const plain = this.#plain;
    let w = index * recordWords(plain, needed);
    this.recordStart = words[w]! - shift;
    this.recordEnd = words[w + 1]! - shift;
    this.recordAfter = words[w + 2]! - shift;
    if (plain) {
      w += PLAIN_RECORD_WORDS;
      for (let slot = 0; slot < needed; slot++, w += PLAIN_CELL_WORDS) {
        const start = words[w]!;
        starts[slot] = start === 0 ? -1 : start - shift;
        ends[slot] = words[w + 1]! - shift;
      }
      return;
    }
    this.doubled = words[w + 3] === 1;
    this.needlessFrom = this.#quotesRead;
    this.needlessCount = words[w + 4]!;
    this.#quotesRead += this.needlessCount;
    w += QUOTED_RECORD_WORDS;
    for (let slot = 0; slot < needed; slot++, w += QUOTED_CELL_WORDS) {
      const start = words[w]!;
      starts[slot] = start === 0 ? -1 : start - shift;
      ends[slot] = words[w + 1]! - shift;
      places[slot] = words[w + 2]!;
    }
  }

  #forgetQuotes(): void {
    this.places.fill(STANDS_BARE);
    this.doubled = false;
    this.needlessCount = 0;
  }
}
