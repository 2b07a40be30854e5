/** Which fields a script may read in place of the source: those whose doc values say the same. */
import type { Column } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import { finerThanIndex } from '../../catalog/finer-than-index.ts';

export interface PainlessOptions {
  /** May values hide behind `ignore_above` at this path? Without an answer they may. */
  readonly overflow?: (path: string) => boolean;
  /** The nested path whose documents the script sees. */
  readonly within?: string;
}

const WHOLE = new Set(['byte', 'short', 'integer', 'long', 'token_count']);
const EXACT = new Set([
  ...WHOLE,
  'double',
  'float',
  'half_float',
  'boolean',
  'keyword',
  'wildcard',
  'date',
  'date_nanos',
  'ip',
]);

/** The path of the doc values, or undefined. `compared`: rounded to the field's own precision on both sides. */
export function docPath(column: Column, compared: boolean, options: PainlessOptions): string | undefined {
  const { field } = column;
  if (!field || column.meta || field.nestedPath !== options.within || field.conflict) return undefined;
  if (field.type === 'text') {
    const twin = field.exact;
    return twin && !hides(twin.path, twin.ignoreAbove, options) ? twin.path : undefined;
  }
  if (!field.docValues || field.normalizer !== undefined || !EXACT.has(field.mapping)) return undefined;
  // A half float has fewer digits than the source, which only comparisons overlook.
  if (field.mapping === 'half_float' && !compared) return undefined;
  if (finerThanIndex(field)) return undefined;
  return hides(field.path, field.ignoreAbove, options) ? undefined : field.path;
}

const hides = (path: string, ignoreAbove: Field['ignoreAbove'], options: PainlessOptions): boolean =>
  ignoreAbove !== undefined && (options.overflow?.(path) ?? true);
