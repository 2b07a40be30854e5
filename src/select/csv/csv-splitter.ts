/** Splits csv text into records of fields, from chunks cut anywhere: the exact rules of both dialects (specs bos-select 2, s3-select 1). */
import { SelectError } from '../errors.ts';
import type { CsvInput, SelectLimits } from '../requests/request.ts';

/** Text goes in by `push`; records that are complete come out. */
export class CsvSplitter {
  private carry = '';
  /** Records given out, comments and the header included. */
  private count = 0;
  private readonly field: string;
  private readonly record: string;
  private readonly quote: string | undefined;
  private readonly escape: string;
  private readonly comment: string | undefined;
  private readonly quotedRecords: boolean;
  /** A record delimiter of LF takes the CR before it along. */
  private readonly dropsCr: boolean;

  // Of the text that is being split.
  private text = '';
  private final = false;
  private nextRecord = -1;
  private nextField = -1;

  constructor(
    input: CsvInput,
    private readonly limits: SelectLimits,
  ) {
    this.field = input.fieldDelimiter;
    this.record = input.recordDelimiter;
    this.quote = input.quote;
    this.escape = input.quoteEscape;
    this.comment = input.comment;
    this.quotedRecords = input.allowQuotedRecordDelimiter;
    this.dropsCr = input.recordDelimiter === '\n';
  }

  push(text: string, out: string[][]): void {
    this.split(this.carry === '' ? text : this.carry + text, false, out);
    if (this.carry.length > this.limits.recordBytes) this.tooLong();
  }

  /** What has come in and is no whole record yet. */
  rest(): string {
    return this.carry;
  }

  end(out: string[][]): void {
    this.split(this.carry, true, out);
  }

  private split(text: string, final: boolean, out: string[][]): void {
    const { record, quote, comment } = this;
    this.text = text;
    this.final = final;
    this.nextRecord = -1;
    this.nextField = -1;
    let nextQuote = quote === undefined ? Number.POSITIVE_INFINITY : -1;
    let at = 0;
    while (at < text.length) {
      const isComment = comment !== undefined && text.startsWith(comment, at);
      if (nextQuote < at) nextQuote = find(text, quote as string, at);
      const end = text.indexOf(record, at);
      if (isComment) {
        if (end < 0) {
          if (final) at = text.length;
          break;
        }
        at = end + record.length;
        continue;
      }
      if (nextQuote >= end && (end >= 0 || nextQuote === Number.POSITIVE_INFINITY)) {
        // No quote in this record.
        if (end < 0 && !final) break;
        const next = end < 0 ? text.length : end;
        this.check(at, next);
        const line = text.slice(at, this.withoutCr(at, next));
        if (line !== '') this.give(line.split(this.field), out);
        at = next + record.length;
        continue;
      }
      const limit = this.quotedRecords ? -1 : end < 0 ? (final ? text.length : -2) : end;
      if (limit === -2) break;
      const fields: string[] = [];
      const next = this.quoted(at, limit, fields);
      if (next < 0) break;
      this.check(at, next);
      this.give(fields, out);
      at = next + record.length;
    }
    this.carry = at >= text.length ? '' : text.slice(at);
    this.text = '';
  }

  private give(fields: string[], out: string[][]): void {
    this.count++;
    if (fields.length > this.limits.columns) {
      throw new SelectError(
        'OverMaxColumn',
        `record ${this.count} has ${fields.length} columns, the most are ${this.limits.columns}`,
      );
    }
    out.push(fields);
  }

  private withoutCr(start: number, end: number): number {
    return this.dropsCr && end > start && this.text.charCodeAt(end - 1) === 13 ? end - 1 : end;
  }

  /**
   * A record with quotes, from `at`; it ends before `limit`, where that is known (-1: at the first record delimiter outside of quotes).
   * The place of its end, or -1: the text does not hold all of it.
   */
  private quoted(at: number, limit: number, fields: string[]): number {
    const { text, quote } = this;
    let from = at;
    for (;;) {
      let value = '';
      if (text.startsWith(quote as string, from)) {
        const [inner, behind] = this.quotedField(from + (quote as string).length, limit);
        if (behind < 0) return -1;
        value = inner;
        from = behind;
      }
      const end = this.fieldEnd(from, limit);
      if (end < 0) return -1;
      const last = end === limit || end !== this.nextField;
      fields.push(value + text.slice(from, last ? this.withoutCr(from, end) : end));
      if (last) return end;
      from = end + this.field.length;
    }
  }

  /** The text up to the closing quote, and the place behind it; -1: not there yet. */
  private quotedField(start: number, limit: number): readonly [string, number] {
    const { text, final } = this;
    const escapedBy = this.escape;
    const quote = this.quote as string;
    const bound = limit < 0 ? text.length : limit;
    let value = '';
    let from = start;
    let nextEscape = escapedBy === quote ? Number.POSITIVE_INFINITY : -1;
    for (;;) {
      const close = find(text, quote, from);
      if (nextEscape < from) nextEscape = find(text, escapedBy, from);
      if (nextEscape < close && nextEscape < bound) {
        const behind = nextEscape + escapedBy.length;
        if (behind >= bound && limit < 0 && !final) return ['', -1];
        const escaped = text.startsWith(quote, behind) ? quote : text.startsWith(escapedBy, behind) ? escapedBy : '';
        value += text.slice(from, escaped === '' ? behind : nextEscape) + escaped;
        from = behind + escaped.length;
        continue;
      }
      if (close >= bound) {
        // Where records end in spite of quotes, the field ends with its record.
        if (limit >= 0) return [value + text.slice(from, this.withoutCr(from, limit)), limit];
        if (!final) return ['', -1];
        throw new SelectError('CSVParsingError', `the quoted field in record ${this.count + 1} is not closed`);
      }
      const behind = close + quote.length;
      if (behind >= text.length && limit < 0 && !final) return ['', -1];
      value += text.slice(from, close);
      if (behind >= bound || !text.startsWith(quote, behind)) return [value, behind];
      value += quote;
      from = behind + quote.length;
    }
  }

  /** The first delimiter of either kind at or behind `from`. */
  private fieldEnd(from: number, limit: number): number {
    const { text } = this;
    if (this.nextField < from) this.nextField = find(text, this.field, from);
    if (limit >= 0) return Math.min(this.nextField, limit);
    if (this.nextRecord < from) this.nextRecord = find(text, this.record, from);
    const end = Math.min(this.nextField, this.nextRecord);
    return end !== Number.POSITIVE_INFINITY ? end : this.final ? text.length : -1;
  }

  private check(start: number, end: number): void {
    const length = end - start;
    const { recordBytes } = this.limits;
    if (length * 3 <= recordBytes) return;
    if (length > recordBytes || Buffer.byteLength(this.text.slice(start, end)) > recordBytes) this.tooLong();
  }

  private tooLong(): never {
    const { recordBytes } = this.limits;
    throw new SelectError('OverMaxRecordSize', `record ${this.count + 1} is longer than ${recordBytes} bytes`);
  }
}

function find(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}
