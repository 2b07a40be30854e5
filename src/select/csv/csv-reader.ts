/** Csv text to rows of cells; the header line is taken out first where there is one. */

import { SelectError } from '../errors.ts';
import type { CsvInput, SelectLimits } from '../requests/request.ts';
import type { RowBatch, RowReader } from '../row-batch.ts';
import { CsvSplitter } from './csv-splitter.ts';

export class CsvReader implements RowReader {
  private readonly splitter: CsvSplitter;
  private headerAhead: boolean;
  /** Of the header line, once it has been read. */
  names: readonly string[] | undefined;
  /** Fields of the last record. */
  columns = 0;

  /** `header`: the text begins with a header line, if the input has any. */
  constructor(
    input: CsvInput,
    private readonly limits: SelectLimits,
    header = true,
  ) {
    this.splitter = new CsvSplitter(input, limits);
    this.headerAhead = header && input.fileHeaderInfo !== 'NONE';
  }

  push(text: string): RowBatch {
    const rows: string[][] = [];
    this.splitter.push(text, rows);
    return this.withoutHeader(rows);
  }

  /** Text that is no whole record yet. */
  rest(): string {
    return this.splitter.rest();
  }

  end(): RowBatch {
    const rows: string[][] = [];
    this.splitter.end(rows);
    return this.withoutHeader(rows);
  }

  private withoutHeader(rows: string[][]): RowBatch {
    this.columns = rows.at(-1)?.length ?? this.columns;
    if (!this.headerAhead || rows.length === 0) return { rows };
    this.headerAhead = false;
    const names = rows.shift()!;
    const { columnNameBytes } = this.limits;
    const long = names.find((name) => name.length * 3 > columnNameBytes && Buffer.byteLength(name) > columnNameBytes);
    if (long !== undefined) {
      throw new SelectError('ColumnTooLong', `the name of a column is longer than ${columnNameBytes} bytes`);
    }
    this.names = names;
    return { rows };
  }
}
