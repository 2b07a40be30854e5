/** Where aggregates and windows go while a select list is bound: both come into being as they are met. */
import type { AggregateCall, Column } from '../algebra/expr.ts';
import { aggregateKey } from '../algebra/key.ts';
import type { WindowCall } from '../algebra/plan.ts';
import type { AggregateSink, ExprContext } from './context.ts';
import { columnRef } from './expression.ts';
import type { GroupingSets } from './grouping-sets.ts';
import type { Above } from './item-names.ts';

export class SelectSinks {
  readonly aggregates: { readonly column: Column; readonly call: AggregateCall; readonly key: string }[] = [];
  windows: readonly WindowCall[] = [];

  constructor(
    private readonly nextId: () => number,
    private readonly sets: GroupingSets,
  ) {}

  /** Equal aggregates are one. */
  readonly aggregate: AggregateSink = {
    add: (call) => {
      const key = aggregateKey(call);
      let known = this.aggregates.find((one) => one.key === key);
      if (!known) {
        known = { column: { id: this.nextId(), name: call.fn.name, type: call.type }, call, key };
        this.aggregates.push(known);
      }
      return columnRef(known.column);
    },
  };

  readonly window: NonNullable<ExprContext['windows']> = {
    add: (call) => {
      const column: Column = { id: this.nextId(), name: call.call.fn.name, type: call.call.type };
      this.windows = [...this.windows, { column, ...call }];
      return columnRef(column);
    },
  };

  readonly above: Above = {
    aggregate: (column) => this.aggregates.some((one) => one.column === column) || this.sets.made(column),
    window: (column) => this.windows.some((one) => one.column === column),
  };
}
