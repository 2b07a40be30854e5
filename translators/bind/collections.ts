/** The collections that nested() in a statement looks into: their columns come into being while it is bound. */

import type { Column, ColumnRef, Expr } from '../algebra/expr.ts';
import type { Collection, LogicalPlan } from '../algebra/plan.ts';
import type { SqlType } from '../algebra/types.ts';
import { columnsOf } from '../algebra/walk.ts';
import type { UnnestSink } from './context.ts';

interface Made {
  readonly source: Column;
  readonly path: string;
  readonly columns: { readonly column: Column; readonly path: string }[];
}

export class Collections implements UnnestSink {
  private readonly made: Made[] = [];

  constructor(private readonly nextId: () => number) {}

  column(source: Column, path: string, below: string, type: SqlType, name: string): ColumnRef {
    let collection = this.made.find((one) => one.path === path);
    if (!collection) {
      collection = { source, path, columns: [] };
      this.made.push(collection);
    }
    return { kind: 'column', type, column: this.columnOf(collection, below, type, name) };
  }

  /** For clauses that may name elements, but make no rows of them. */
  readonly known: UnnestSink = {
    column: (source, path, below, type, name) =>
      this.made.some((one) => one.path === path) ? this.column(source, path, below, type, name) : undefined,
  };

  readonly reads = (expr: Expr): boolean => {
    const made = this.made.flatMap(({ columns }) => columns.map(({ column }) => column));
    return [...columnsOf(expr)].some((column) => made.includes(column));
  };

  /** Outer collections before those within them, whose elements are those of one outer element. */
  list(): readonly Collection[] {
    const sorted = [...this.made].sort((a, b) => a.path.length - b.path.length);
    return sorted.map(({ source, path, columns }) => {
      const around = sorted.findLast((one) => path.startsWith(`${one.path}.`));
      if (!around) return { source, path, columns };
      const below = path.slice(around.path.length + 1);
      return { source: this.columnOf(around, below, 'nested', path), path, columns };
    });
  }

  /** One row an element; a row without elements stays, with NULL. */
  over(plan: LogicalPlan): LogicalPlan {
    return this.list().reduce<LogicalPlan>(
      (input, collection) => ({ kind: 'unnest', input, ...collection, outer: true }),
      plan,
    );
  }

  private columnOf({ columns }: Made, below: string, type: SqlType, name: string): Column {
    let item = columns.find((one) => one.path === below);
    if (!item) {
      item = { column: { id: this.nextId(), name, type }, path: below };
      columns.push(item);
    }
    return item.column;
  }
}
