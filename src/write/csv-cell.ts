/** A cell as csv has it: the one place that decides about quotes, escapes, empty text and the guard against formulas. */
import { sanitize } from './sanitize.ts';

export interface CsvStyle {
  readonly separator: string;
  /** What ends a record. */
  readonly record: string;
  /** Absent: cells stand as they are. */
  readonly quote: string | undefined;
  /** Stands before a quote, and before itself, in a cell with quotes. */
  readonly escape: string;
  /** `quoted`: empty text stands in quotes, to be told from NULL, which is nothing. */
  readonly empty: 'bare' | 'quoted';
  /** A cell that a spreadsheet would take for a formula gets a single quote before it. */
  readonly guard: boolean;
  /** Also cells that need no quotes have them. */
  readonly always?: boolean;
}

/** The text of a cell that is not NULL. */
export function csvCell({
  separator,
  record,
  quote,
  escape: before,
  empty,
  guard,
  always,
}: CsvStyle): (text: string) => string {
  const safe = guard ? sanitize : (text: string): string => text;
  if (quote === undefined) return safe;
  const inner = anyOf([quote, before], 'g');
  const wrap = (text: string): string => quote + text.replace(inner, (found) => before + found) + quote;
  if (always) return (text) => wrap(safe(text));
  const special = anyOf(['\r', '\n', quote, before, separator, record], '', atEnd(record));
  return (text) => {
    if (text === '') return empty === 'quoted' ? quote + quote : text;
    const cell = safe(text);
    return special.test(cell) ? wrap(cell) : cell;
  };
}

/** `a|` before `||` would be read as `a` and a record that begins with `|`. */
const atEnd = ([first = '', second]: string): readonly string[] => (first === second ? [`${escaped(first)}$`] : []);

/** Characters in a class, which is tested faster than alternatives. */
function anyOf(texts: readonly string[], flags: string, more: readonly string[] = []): RegExp {
  const distinct = [...new Set(texts)];
  const single = distinct.filter((text) => text.length === 1).map(escaped);
  const longer = distinct.filter((text) => text.length > 1).map(escaped);
  return new RegExp([`[${single.join('')}]`, ...longer, ...more].join('|'), flags);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
