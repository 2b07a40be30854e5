/** JSON text to rows: a value a line, or the values that FROM's path finds in a document. */
import {
  type CheckedSelect,
  FALSE,
  type FromStep,
  type JsonFilter,
  jsonFilter,
  jsonText,
  parseJson,
  SelectFault,
  type SelectValue,
  TRUE,
  UNKNOWN,
  UNSURE,
  walkSteps,
} from '../../../translators/object-sql/index.ts';
import { SelectError } from '../errors.ts';
import type { JsonInput, SelectLimits } from '../requests/request.ts';
import type { RowBatch, RowReader } from '../row-batch.ts';
import { JsonDocumentSplitter } from './json-document.ts';

/** Deepest nesting of a JSON value. */
const MAX_DEPTH = 512;

export function jsonReader(input: JsonInput, select: CheckedSelect, limits: SelectLimits): RowReader {
  const { steps, where, aggregates } = select;
  if (input.type === 'DOCUMENT') return new DocumentReader(steps, limits);
  const filter = where === undefined || steps.length > 0 ? undefined : jsonFilter(where, MAX_DEPTH);
  return new LinesReader(steps, limits, filter, aggregates?.every(({ arg }) => arg === undefined) ?? false);
}

class DocumentReader implements RowReader {
  private readonly splitter: JsonDocumentSplitter;
  private count = 0;

  constructor(steps: readonly FromStep[], limits: SelectLimits) {
    this.splitter = new JsonDocumentSplitter(steps, { recordBytes: limits.recordBytes, depth: MAX_DEPTH });
  }

  push(text: string): RowBatch {
    return this.parsed((texts) => this.splitter.push(text, texts));
  }

  end(): RowBatch {
    return this.parsed((texts) => this.splitter.end(texts));
  }

  private parsed(split: (texts: (string | undefined)[]) => void): RowBatch {
    const texts: (string | undefined)[] = [];
    const rows: SelectValue[] = [];
    const fault = faultOf(() => {
      let met: unknown;
      try {
        split(texts);
      } catch (error) {
        met = error;
      }
      for (const text of texts) {
        this.count++;
        rows.push(text === undefined ? undefined : parse(text, this.count));
      }
      if (met !== undefined) throw met;
    });
    return { rows, texts, ...fault };
  }
}

class LinesReader implements RowReader {
  private carry = '';
  private count = 0;

  constructor(
    private readonly steps: readonly FromStep[],
    private readonly limits: SelectLimits,
    /** Records that it is sure of are not parsed unless they are wanted. */
    private readonly filter: JsonFilter | undefined,
    /** Of records that match only the number is wanted. */
    private readonly counts: boolean,
  ) {}

  push(text: string): RowBatch {
    const all = this.carry === '' ? text : this.carry + text;
    const end = all.lastIndexOf('\n');
    this.carry = all.slice(end + 1);
    const batch = this.parsed(end < 0 ? '' : all.slice(0, end));
    if (batch.fault !== undefined || this.carry.length <= this.limits.recordBytes) return batch;
    return { ...batch, ...faultOf(() => this.tooLong()) };
  }

  end(): RowBatch {
    return this.parsed(this.carry, true);
  }

  private parsed(text: string, last = false): RowBatch {
    if (this.filter !== undefined) return this.filtered(text, last, this.filter);
    const rows: SelectValue[] = [];
    const texts: (string | undefined)[] = [];
    const fault = faultOf(() => {
      for (const line of text.split('\n')) {
        const record = line.trim();
        if (record === '') continue;
        this.count++;
        if (record.length > this.limits.recordBytes) this.tooLong();
        const value = parse(record, this.count, last);
        if (this.steps.length === 0) {
          rows.push(value);
          texts.push(record);
          continue;
        }
        for (const found of walkSteps(value, this.steps)) {
          rows.push(found);
          texts.push(found === undefined ? undefined : jsonText(found));
        }
      }
    });
    return { rows, texts, ...fault };
  }

  private filtered(text: string, last: boolean, filter: JsonFilter): RowBatch {
    const rows: SelectValue[] = [];
    const texts: string[] = [];
    const numbers: number[] = [];
    let counted = 0;
    const fault = faultOf(() => {
      for (let at = 0; at < text.length; ) {
        const found = text.indexOf('\n', at);
        const end = found < 0 ? text.length : found;
        const verdict = end - at > this.limits.recordBytes ? UNSURE : filter(text, at, end);
        const record = verdict === FALSE || verdict === UNKNOWN ? undefined : text.slice(at, end).trim();
        at = end + 1;
        if (record === '') continue;
        this.count++;
        if (record === undefined) continue;
        if (verdict === TRUE && this.counts) {
          counted++;
          continue;
        }
        if (record.length > this.limits.recordBytes) this.tooLong();
        rows.push(parse(record, this.count, last));
        texts.push(record);
        numbers.push(this.count);
      }
    });
    return { rows, texts, numbers, ...(this.counts && { counted }), ...fault };
  }

  private tooLong(): never {
    const { recordBytes } = this.limits;
    throw new SelectError('OverMaxRecordSize', `record ${this.count} is longer than ${recordBytes} bytes`);
  }
}

/** What work ends with, to be told behind the rows that it gave before. */
function faultOf(work: () => void): Pick<RowBatch, 'fault'> {
  try {
    work();
    return {};
  } catch (fault) {
    return { fault };
  }
}

/** `last`: of a text that may have been cut off. */
function parse(text: string, record: number, last = false): SelectValue {
  try {
    return parseJson(text, MAX_DEPTH);
  } catch (error) {
    if (!(error instanceof SelectFault)) throw error;
    const cut = last && endsInTheMiddle(text);
    throw new SelectError(cut ? 'TruncatedInput' : 'JSONParsingError', `record ${record}: ${error.message}`);
  }
}

/** Whether a text that is no JSON lacks only its end. */
function endsInTheMiddle(text: string): boolean {
  const splitter = new JsonDocumentSplitter([], { recordBytes: Number.POSITIVE_INFINITY, depth: MAX_DEPTH });
  try {
    splitter.push(text, []);
    splitter.end([]);
    return false;
  } catch (error) {
    return error instanceof SelectError && error.code === 'TruncatedInput';
  }
}
