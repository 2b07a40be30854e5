/** Where a statement first names each column: kept beside the columns, for errors that only a document's value brings up. */

import type { Column } from '../algebra/expr.ts';
import { place } from '../errors.ts';
import type { Span } from '../syntax/ast.ts';

export interface Mention {
  readonly sql: string;
  readonly at: Span;
}

const mentions = new WeakMap<Column, Mention>();

export function mention(column: Column, sql: string, at: Span): void {
  if (!mentions.has(column)) mentions.set(column, { sql, at });
}

/** ` (line 1, column 8: 'tags')`; empty where no name of the statement means the column, as with `*`. */
export function mentionOf(column: Column): string {
  const found = mentions.get(column);
  return found === undefined ? '' : place(found.sql, found.at);
}

/** What is kept beside a column, for one that takes its place on another thread. */
export const mentionFor = (value: object): Mention | undefined => mentions.get(value as Column);

/** The column, with what was kept beside the one that it takes the place of. */
export function mentionLike(column: Column, found: Mention): Column {
  mentions.set(column, found);
  return column;
}
