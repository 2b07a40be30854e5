/** Bound expressions as scripts over one document's doc values; undefined where a script could not be exact. */
import type { Expr } from '../../algebra/expr.ts';
import { familyOf, isInteger } from '../../algebra/types.ts';
import type { PainlessOptions } from './column.ts';
import { Lowering } from './expression.ts';
import { type Script, Writer } from './writer.ts';

export type { PainlessOptions } from './column.ts';
export type { Script } from './writer.ts';

const RETURNED = new Set(['number', 'string', 'boolean']);

/** A script that returns the value (null for NULL): numbers as long or double, text, booleans; no temporals. */
export function lowerValue(expr: Expr, options: PainlessOptions = {}): Script | undefined {
  if (!RETURNED.has(familyOf(expr.type))) return undefined;
  const writer = new Writer();
  const local = new Lowering(writer, options).value(expr);
  if (!local || familyOf(expr.type) !== 'number' || isInteger(expr.type)) return local && writer.script(local.name);
  // -0.0 would be a group beside 0.0.
  return writer.script(`${local.name} == null ? null : (def) (((double) ${local.name}) + 0.0)`);
}

/** A script that returns true where the predicate is TRUE, and false where it is FALSE or NULL. */
export function lowerPredicate(expr: Expr, options: PainlessOptions = {}): Script | undefined {
  if (expr.type !== 'boolean') return undefined;
  const writer = new Writer();
  const local = new Lowering(writer, options).condition(expr);
  return local && writer.script(`${local.name} == true`);
}
