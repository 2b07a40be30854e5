/** How a statement over csv can be answered from whole blocks: by their bytes as they are, or by a DuckDB statement. */

import { textLiteral } from '../../../translators/execution.ts';
import {
  type CheckedSelect,
  childrenOf,
  type LowerFacts,
  lowerAggregate,
  lowerCondition,
  type SelectExpr,
  type SelectOutputItem,
} from '../../../translators/object-sql/index.ts';
import type { CsvInput, SelectOutput } from '../requests/request.ts';
import type { Block } from './csv-block.ts';

/** Stand between cells that come back to be printed here, and between their rows; a block that holds one is not scanned so. */
export const CELL_SEPARATOR = '\x1f';
export const ROW_SEPARATOR = '\x1e';

export type BlockQuery =
  /** One row: the columns of each aggregate, one after the other. */
  | { readonly kind: 'aggregates'; readonly select: string; readonly where: string; readonly widths: readonly number[] }
  /** One text: all records, a line feed before each; NULL: there are none. */
  | { readonly kind: 'records'; readonly select: string; readonly where: string }
  /** One text: these cells of all records, apart by the separator, that of rows before each; NULL: there are none. */
  | { readonly kind: 'cells'; readonly select: string; readonly where: string; readonly cells: readonly number[] };

export interface CsvPlan {
  /** The answer is the input, wherever a block has nothing that would be written in another way. */
  readonly verbatim: boolean;
  /** Undefined: by our own splitter. */
  query(block: Block, bytes: Buffer, columns: number): BlockQuery | undefined;
}

export function csvPlan(select: CheckedSelect, input: CsvInput, output: SelectOutput): CsvPlan {
  const { items, where, aggregates, limit } = select;
  const onlyStar = items.length === 1 && items[0]!.kind === 'star';
  const sameText = samePlainText(input, output);
  const queries = new Map<string, BlockQuery | undefined>();
  return {
    verbatim: onlyStar && where === undefined && aggregates === undefined && limit === undefined && sameText,
    query(block, bytes, columns) {
      const printable = aggregates === undefined && sameText && block.plain && !holds(bytes, outputQuote(output));
      const key = `${columns} ${block.ascii} ${block.noUnderscore} ${printable}`;
      if (!queries.has(key)) queries.set(key, makeQuery(select, { ...block, columns }, printable, input));
      const query = queries.get(key);
      const separated = query?.kind === 'cells' && (holds(bytes, CELL_SEPARATOR) || holds(bytes, ROW_SEPARATOR));
      return separated ? undefined : query;
    },
  };
}

const holds = (bytes: Buffer, text: string | undefined): boolean => text !== undefined && bytes.includes(text);

const outputQuote = (output: SelectOutput): string | undefined => (output.kind === 'csv' ? output.quote : undefined);

/** Cells without quotes are written as they were read. */
export function samePlainText(input: CsvInput, output: SelectOutput): boolean {
  return (
    output.kind === 'csv' &&
    output.fieldDelimiter === input.fieldDelimiter &&
    output.recordDelimiter === '\n' &&
    (output.quote === undefined || (output.quoteFields === 'ASNEEDED' && output.quoteEscape === output.quote))
  );
}

function makeQuery(
  select: CheckedSelect,
  facts: LowerFacts,
  printable: boolean,
  input: CsvInput,
): BlockQuery | undefined {
  const condition = select.where === undefined ? '' : lowerCondition(select.where, facts);
  if (condition === undefined) return undefined;
  const where = condition === '' ? '' : ` WHERE ${condition}`;
  if (select.aggregates !== undefined) {
    const lowered = select.aggregates.map((aggregate) => lowerAggregate(aggregate, facts));
    if (lowered.includes(undefined)) return undefined;
    const columns = lowered.map((each) => each!.columns);
    return { kind: 'aggregates', select: columns.flat().join(', '), where, widths: columns.map((each) => each.length) };
  }
  const all = Array.from({ length: facts.columns }, (_, i) => i);
  if (printable) {
    const cells = select.items.flatMap((item) =>
      item.kind === 'star' ? all : item.expr.kind === 'cell' ? [item.expr.column] : [-1],
    );
    if (cells.every((cell) => cell >= 0 && cell < facts.columns)) {
      return { kind: 'records', select: together(joined(cells, input.fieldDelimiter), '\n'), where };
    }
  }
  // Without a condition every record comes back: then it is cheaper not to send it away.
  if (where === '') return undefined;
  const cells = select.items.some((item) => item.kind === 'star') ? all : cellsOf(exprsOf(select.items));
  if (cells.some((cell) => cell >= facts.columns)) return undefined;
  const row = cells.length === 0 ? "''" : joined(cells, CELL_SEPARATOR);
  return { kind: 'cells', select: together(row, ROW_SEPARATOR), where, cells };
}

/**
 * On one thread it keeps the order of the records; a value for a record would cost more than the record. A separator stands before the first
 * one, too: DuckDB's client takes a byte order mark off the beginning of a text, and that may be the beginning of a cell.
 */
const together = (text: string, separator: string): string =>
  `${textLiteral(separator)} || string_agg(${text}, ${textLiteral(separator)})`;

const joined = (cells: readonly number[], separator: string): string =>
  cells.length === 1
    ? `c${cells[0]}`
    : `concat_ws(${textLiteral(separator)}, ${cells.map((cell) => `c${cell}`).join(', ')})`;

export const exprsOf = (items: readonly SelectOutputItem[]): readonly SelectExpr[] =>
  items.flatMap((item) => (item.kind === 'expr' ? [item.expr] : []));

/** The columns that some expressions look at, in order. */
export function cellsOf(exprs: readonly SelectExpr[]): readonly number[] {
  const found = new Set<number>();
  const visit = (expr: SelectExpr): void => {
    if (expr.kind === 'cell') found.add(expr.column);
    childrenOf(expr).forEach(visit);
  };
  exprs.forEach(visit);
  return [...found].sort((a, b) => a - b);
}

/** DuckDB's reader, told everything, so that it guesses nothing. */
export function readCsv(
  file: string,
  columns: number,
  input: CsvInput,
  limits: { readonly recordBytes: number; readonly bufferBytes: number },
): string {
  const names = Array.from({ length: columns }, (_, i) => `c${i}`);
  const quote = textLiteral(input.quote ?? '');
  const options = [
    'auto_detect = false',
    'header = false',
    'strict_mode = true',
    'null_padding = false',
    `delim = ${textLiteral(input.fieldDelimiter)}`,
    `quote = ${quote}`,
    `escape = ${quote}`,
    "comment = ''",
    "new_line = '\\n'",
    `columns = {${names.map((name) => `'${name}': 'VARCHAR'`).join(', ')}}`,
    // An empty cell is an empty text.
    `force_not_null = [${names.map((name) => `'${name}'`).join(', ')}]`,
    `max_line_size = ${limits.recordBytes}`,
    `buffer_size = ${limits.bufferBytes}`,
  ];
  return `read_csv(${file}, ${options.join(', ')})`;
}
