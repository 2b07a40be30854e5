/** Keys of an order as DuckDB SQL. */
import type { Expr } from '../../algebra/expr.ts';
import type { SortKey } from '../../algebra/plan.ts';
import { columnsOf, some } from '../../algebra/walk.ts';
import type { LowerContext } from './context.ts';
import { sortable } from './expr.ts';

/** NULLS FIRST or LAST is always said: DuckDB's default differs from the dialect's. Constants order nothing, and DuckDB refuses them. */
export const sortKeys = (keys: readonly SortKey[], context: LowerContext): string =>
  keys
    .filter(({ expr }) => !isConstant(expr))
    .map(
      ({ expr, desc, nullsFirst }) =>
        `${sortable(expr, context)} ${desc ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
    )
    .join(', ');

const isConstant = (expr: Expr): boolean =>
  columnsOf(expr).size === 0 && !some(expr, (e) => e.kind === 'call' && e.fn.volatile === true);
