/** The cells that rows of text have: one for each column, and one for each figure of a column that holds several. */

import type { Value } from '../../translators/algebra/index.ts';
import type { Figure, OutputColumn } from '../rows/page.ts';
import { cellText } from './cell-text.ts';
import { labelOf } from './writer.ts';

interface CellPart {
  readonly label: string;
  /** Of the column in a row. */
  readonly index: number;
  /** Whether the cell would be NULL. */
  isNull(value: Value): boolean;
  readonly print: (value: Value) => string;
}

export const cellParts = (columns: readonly OutputColumn[]): readonly CellPart[] =>
  columns.flatMap((column, index): readonly CellPart[] => {
    const label = labelOf(column);
    const { type, figures } = column;
    if (figures !== undefined) return figures.map((figure) => figurePart(label, index, figure));
    return [{ label, index, isNull: (value) => value === null, print: cellText(type) }];
  });

function figurePart(label: string, index: number, { path, type }: Figure): CellPart {
  const print = cellText(type);
  const read = (value: Value): Value => path.reduce<Value>(memberOf, value);
  return {
    label: [label, ...path].join('.'),
    index,
    isNull: (value) => read(value) === null,
    print: (value) => print(read(value)),
  };
}

function memberOf(value: Value, name: string): Value {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
  return (value as { readonly [member: string]: Value })[name]!;
}
