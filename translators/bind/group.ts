/** Grouping: what a select list may still name once rows have become groups. */

import type { Column, Expr } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import { columnsOf, rewrite } from '../algebra/walk.ts';
import { place, SqlError } from '../errors.ts';
import type { Span } from '../syntax/ast.ts';
import { dateFieldOf } from './coerce.ts';
import { type BindEnv, semantic } from './context.ts';
import type { Above } from './item-names.ts';
import type { BoundItem } from './select-items.ts';

/** The keys of GROUP BY, each once. */
export class GroupKeys {
  readonly items: { column: Column; expr: Expr }[] = [];
  /** Some element was a constant: it divides nothing, but without any row there is no group. */
  constant = false;
  private readonly byKey = new Map<string, Column>();

  constructor(private readonly nextId: () => number) {}

  add({ expr, name, at }: BoundItem, above: Above, env: BindEnv): void {
    if ([...columnsOf(expr)].some(above.window))
      throw semantic({ env }, at, `Rows cannot be grouped by a window function, as [${name}] is one`);
    // The position of an aggregate names no value of a row, and a literal is the same in all of them.
    if (expr.kind === 'literal' || [...columnsOf(expr)].some((column) => above.aggregate(column))) {
      this.constant = true;
      return;
    }
    const key = exprKey(expr);
    if (this.byKey.has(key)) return;
    const label = expr.kind === 'column' ? expr.column.name : 'key';
    const dates = dateFieldOf(expr);
    const column: Column = { id: this.nextId(), name: label, type: expr.type, ...(dates && { dates }) };
    this.byKey.set(key, column);
    this.items.push({ column, expr });
  }

  find(expr: Expr): Column | undefined {
    return this.byKey.get(exprKey(expr)) ?? this.elementOf(expr);
  }

  /** Beside `GROUP BY nested(p.x)`, `p.x` names that key. */
  private elementOf(expr: Expr): Column | undefined {
    const path = expr.kind === 'column' && expr.column.field?.nestedPath ? expr.column.field.path : undefined;
    if (path === undefined) return undefined;
    const isElement = (key: Expr): boolean =>
      key.kind === 'column' && key.column.field === undefined && key.column.name === path;
    return this.items.find((item) => isElement(item.expr))?.column;
  }
}

/** Rewrites an expression over input rows into one over groups: keys and aggregates stand, any other column is an error. */
export function groupRewriter(
  keys: GroupKeys,
  /** Columns that exist only above the groups: aggregates and windows. */
  isAbove: (column: Column) => boolean,
  env: BindEnv,
): (expr: Expr, at: Span, label: string) => Expr {
  return (expr, at, label) =>
    rewrite(expr, (e) => {
      const key = e.kind === 'literal' ? undefined : keys.find(e);
      if (key) return { kind: 'column', type: key.type, column: key };
      if (e.kind !== 'column') return undefined;
      if (isAbove(e.column)) return e;
      if (keys.items.length === 0 && !keys.constant) {
        throw new SqlError(
          'semantic',
          `Explicit GROUP BY clause is required because expression [${label}] contains non-aggregated column${place(env.sql, at)}`,
        );
      }
      throw new SqlError(
        'unknownField',
        `Field [${e.column.name}] cannot be found or used here. It is neither a GROUP BY key nor inside an aggregate.${place(env.sql, at)}`,
      );
    });
}
