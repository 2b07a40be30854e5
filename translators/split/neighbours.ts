/** The search of vectorSearch() with its conditions. */
import type { Dsl } from '../algebra/dsl.ts';
import type { Expr } from '../algebra/expr.ts';
import type { Scan } from '../algebra/plan.ts';
import { printExpr } from '../algebra/print.ts';
import { some } from '../algebra/walk.ts';
import { SqlError } from '../errors.ts';
import type { DslContext } from '../lower/dsl/context.ts';
import { lowerPredicate } from '../lower/dsl/query.ts';
import { vectorQuery } from '../lower/dsl/vector.ts';
import { runsScript } from './parts.ts';

/**
 * Neighbours are looked for among what a query can tell: rows dropped afterwards would be missing from the nearest k. `filter` is the
 * request's own.
 */
export function neighbours(scan: Scan, parts: readonly Expr[], context: DslContext, filter: Dsl | undefined): Dsl {
  const filters = parts.map((part) => {
    if (some(part, (e) => e.kind === 'column' && e.column.meta === '_score'))
      throw new SqlError('semantic', '_score cannot stand in the WHERE of vectorSearch()');
    const lowered = lowerPredicate(part, context);
    if (!lowered?.exact || runsScript(lowered.query))
      throw new SqlError(
        'unsupported',
        `WHERE of vectorSearch() takes only what the index can decide; this needs a script: ${printExpr(part)}`,
      );
    return lowered.query;
  });
  return vectorQuery(scan.vector!, filter ? [filter, ...filters] : filters);
}
