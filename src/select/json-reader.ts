/** JSON text to rows: a value a line, or the values that FROM's path finds in a document. */
import { SelectFault } from '../../translators/select/errors.ts';
import type { FromStep } from '../../translators/select/expr.ts';
import { walkSteps } from '../../translators/select/from-path.ts';
import { parseJson } from '../../translators/select/json.ts';
import type { SelectValue } from '../../translators/select/value.ts';
import { jsonText } from '../../translators/select/value.ts';
import { SelectError } from './errors.ts';
import { JsonDocumentSplitter } from './json-document.ts';
import type { JsonInput, SelectLimits } from './request.ts';
import type { RowBatch, RowReader } from './row-batch.ts';

/** Deepest nesting of a JSON value. */
const MAX_DEPTH = 512;

export function jsonReader(input: JsonInput, steps: readonly FromStep[], limits: SelectLimits): RowReader {
  return input.type === 'LINES' ? new LinesReader(steps, limits) : new DocumentReader(steps, limits);
}

class DocumentReader implements RowReader {
  private readonly splitter: JsonDocumentSplitter;
  private count = 0;

  constructor(steps: readonly FromStep[], limits: SelectLimits) {
    this.splitter = new JsonDocumentSplitter(steps, { recordBytes: limits.recordBytes, depth: MAX_DEPTH });
  }

  push(text: string): RowBatch {
    const texts: (string | undefined)[] = [];
    this.splitter.push(text, texts);
    return this.parsed(texts);
  }

  end(): RowBatch {
    const texts: (string | undefined)[] = [];
    this.splitter.end(texts);
    return this.parsed(texts);
  }

  private parsed(texts: readonly (string | undefined)[]): RowBatch {
    const rows = texts.map((text) => {
      this.count++;
      return text === undefined ? undefined : parse(text, this.count);
    });
    return { rows, texts };
  }
}

class LinesReader implements RowReader {
  private carry = '';
  private count = 0;

  constructor(
    private readonly steps: readonly FromStep[],
    private readonly limits: SelectLimits,
  ) {}

  push(text: string): RowBatch {
    const all = this.carry === '' ? text : this.carry + text;
    const end = all.lastIndexOf('\n');
    this.carry = all.slice(end + 1);
    if (this.carry.length > this.limits.recordBytes) this.tooLong();
    return this.parsed(end < 0 ? '' : all.slice(0, end));
  }

  end(): RowBatch {
    return this.parsed(this.carry, true);
  }

  private parsed(text: string, last = false): RowBatch {
    const rows: SelectValue[] = [];
    const texts: (string | undefined)[] = [];
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
    return { rows, texts };
  }

  private tooLong(): never {
    const { recordBytes } = this.limits;
    throw new SelectError('OverMaxRecordSize', `record ${this.count} is longer than ${recordBytes} bytes`);
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
