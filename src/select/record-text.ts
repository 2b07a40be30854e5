/** Rows of the answer as text: csv with quotes where they are wanted, or JSON objects (specs bos-select 3, s3-select 1). */
import {
  type CheckedSelect,
  type EvaluateOptions,
  evaluator,
  isObject,
  jsonText,
  minifyJson,
  type SelectOutputItem,
  type SelectRow,
  type SelectValue,
  textOf,
} from '../../translators/object-sql/index.ts';
import { type CsvStyle, csvCell } from '../write/csv-cell.ts';
import type { CsvOutput, JsonOutput, SelectOutput } from './requests/request.ts';

/** `text`: of a JSON record as it stands in the object. */
type RecordPrinter = (row: SelectRow, text: string | undefined) => string;

export interface PrinterOptions extends EvaluateOptions {
  readonly output: SelectOutput;
  /** Of csv: names of all columns, where the header line gives them. */
  readonly names: readonly string[] | undefined;
  readonly json: boolean;
}

export function recordPrinter({ items, rowName }: CheckedSelect, options: PrinterOptions): RecordPrinter {
  const { output } = options;
  return output.kind === 'csv' ? csvPrinter(items, output, options) : jsonPrinter(items, rowName, output, options);
}

/** NULL and empty text are the same in a csv of select. */
export const styleOf = (output: CsvOutput): CsvStyle => ({
  separator: output.fieldDelimiter,
  record: output.recordDelimiter,
  quote: output.quote,
  escape: output.quoteEscape,
  empty: 'bare',
  guard: false,
  always: output.quoteFields === 'ALWAYS',
});

type Cells = (row: SelectRow) => readonly string[];

function csvPrinter(items: readonly SelectOutputItem[], output: CsvOutput, options: PrinterOptions): RecordPrinter {
  const quoted = csvCell(styleOf(output));
  const { fieldDelimiter, recordDelimiter } = output;
  const cells = items.map((item): Cells => {
    if (item.kind === 'expr') {
      const evaluate = evaluator(item.expr, options);
      return (row) => [textOf(evaluate(row))];
    }
    return options.json ? memberTexts : (row) => row as readonly string[];
  });
  const [only] = cells;
  const all: Cells = cells.length === 1 ? only! : (row) => cells.flatMap((each) => each(row));
  return (row) => all(row).map(quoted).join(fieldDelimiter) + recordDelimiter;
}

/** `*` of a JSON row in csv: its members, or the value itself. */
function memberTexts(row: SelectRow): readonly string[] {
  if (row === undefined) return [];
  return isObject(row) ? Object.values(row).map(textOf) : [textOf(row)];
}

type Members = (row: SelectRow, text: string | undefined, out: string[]) => void;

function jsonPrinter(
  items: readonly SelectOutputItem[],
  rowName: string,
  { recordDelimiter }: JsonOutput,
  options: PrinterOptions,
): RecordPrinter {
  if (options.json && items.length === 1 && items[0]!.kind === 'star') return wholePrinter(rowName, recordDelimiter);
  const members = items.map((item): Members => {
    if (item.kind === 'star') return options.json ? ownMembers(rowName) : cellMembers(options.names);
    const evaluate = evaluator(item.expr, options);
    const key = `${JSON.stringify(item.name)}:`;
    return (row, _, out) => {
      const value = evaluate(row);
      // MISSING is left out, NULL is not.
      if (value !== undefined) out.push(key + jsonText(value));
    };
  });
  return (row, text) => {
    const out: string[] = [];
    for (const each of members) each(row, text, out);
    return `{${out.join(',')}}${recordDelimiter}`;
  };
}

/** The record as it stands in the object: numbers and repeated members stay as they were written. */
function wholePrinter(rowName: string, recordDelimiter: string): RecordPrinter {
  const key = JSON.stringify(rowName);
  return (row, text) => {
    if (row === undefined) return `{}${recordDelimiter}`;
    const whole = text === undefined ? jsonText(row) : minifyJson(text);
    return isObject(row) ? whole + recordDelimiter : `{${key}:${whole}}${recordDelimiter}`;
  };
}

function ownMembers(rowName: string): Members {
  const ofObject = (row: SelectRow): readonly (readonly [string, SelectValue])[] =>
    isObject(row) ? Object.entries(row) : row === undefined ? [] : [[rowName, row]];
  return (row, _, out) => {
    for (const [name, value] of ofObject(row)) {
      if (value !== undefined) out.push(`${JSON.stringify(name)}:${jsonText(value)}`);
    }
  };
}

function cellMembers(names: readonly string[] | undefined): Members {
  const keys = names?.map((name) => `${JSON.stringify(name)}:`) ?? [];
  return (row, _, out) => {
    for (const [i, cell] of (row as readonly string[]).entries()) {
      keys[i] ??= `"_${i + 1}":`;
      out.push(keys[i] + JSON.stringify(cell));
    }
  };
}

/** The line of names; a `*` over records without a header line has none that hold for all. */
export function headerLine(
  { items }: CheckedSelect,
  names: readonly string[] | undefined,
  output: CsvOutput,
): string | undefined {
  const all = items.flatMap((item) => (item.kind === 'expr' ? [item.name] : (names ?? [])));
  return all.length === 0
    ? undefined
    : all.map(csvCell(styleOf(output))).join(output.fieldDelimiter) + output.recordDelimiter;
}
