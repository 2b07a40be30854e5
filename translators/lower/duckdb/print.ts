/** Names, literals and templates as DuckDB text. Everything printed comes from the plan; nothing of the statement's text is copied. */
import type { Column, Literal } from '../../algebra/expr.ts';
import { familyOf } from '../../algebra/types.ts';
import { writeCell } from './cell-text.ts';
import { duckType, isStructured } from './types.ts';

export const columnName = (column: Column): string => `c${column.id}`;

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** DuckDB takes a statement as a C string, so a NUL must not stand in it. */
export function textLiteral(text: string): string {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`;
}

const HUGE = 2n ** 127n - 1n;

/** A literal may be beyond all types, and then so is it beyond all values. */
const withinHuge = (value: bigint): bigint => (value > HUGE ? HUGE : value < -HUGE ? -HUGE : value);

export function literalText({ value, type }: Literal): string {
  if (value === null) return type === 'undefined' ? 'NULL' : `CAST(NULL AS ${duckType(type)})`;
  if (isStructured(type) || (typeof value === 'object' && value !== null)) return textLiteral(writeCell(value));
  switch (familyOf(type)) {
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'number':
      // Through text, so that every digit of a double and of a 64-bit integer arrives.
      return `CAST('${writeCell(typeof value === 'bigint' ? withinHuge(value) : value)}' AS ${duckType(type)})`;
    default:
      return textLiteral(String(value));
  }
}

/** `sum(a0)` with `a0`, `a1` … replaced, where they are words of their own and not inside a quoted text. */
export function fillTemplate(template: string, args: readonly string[]): string {
  return template.replace(/'(?:[^']|'')*'|\ba(\d+)\b/g, (token, index: string | undefined) =>
    index === undefined ? token : (args[Number(index)] ?? 'NULL'),
  );
}
