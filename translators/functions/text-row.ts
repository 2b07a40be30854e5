/** A row of a function of text: strict, and with a value for all texts unless its cells say otherwise. */
import type { Example, ScalarFunction } from '../algebra/function.ts';
import type { SqlType } from '../algebra/types.ts';

type Cells = Pick<
  ScalarFunction,
  | 'painless'
  | 'furtherForm'
  | 'duckdb'
  | 'aliases'
  | 'operator'
  | 'syntax'
  | 'olderForm'
  | 'text'
  | 'preimage'
  | 'comparison'
  | 'total'
>;

export const row = (
  name: string,
  summary: string,
  signatures: ScalarFunction['signatures'],
  returns: SqlType,
  js: ScalarFunction['js'],
  examples: readonly (readonly [string, Example['value']])[],
  cells: Cells = {},
): ScalarFunction => ({
  name,
  family: 'text',
  summary,
  signatures,
  returns,
  nulls: 'strict',
  js,
  total: true,
  ...cells,
  examples: examples.map(([sql, value]) => ({ sql, value })),
});
