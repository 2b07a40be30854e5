/** What goes to DuckDB, while the plan around it is still made: its statement is written only if nothing larger takes it in. */

import type { DuckQuery } from '../algebra/duck-query.ts';
import type { Column } from '../algebra/expr.ts';
import type { Physical, ResidualNode } from '../algebra/physical.ts';
import { type LogicalPlan, outputOf } from '../algebra/plan.ts';
import { everyNode } from '../algebra/plan-walk.ts';
import type { Session } from '../algebra/session.ts';
import { lowerToDuckDb } from '../lower/duckdb/index.ts';

export class PendingResidual implements ResidualNode {
  readonly kind = 'residual';
  private known?: readonly Column[];

  constructor(
    /** The work, over tables. */
    private readonly inside: LogicalPlan,
    /** The same in the order that its rows come in. */
    private readonly arranged: LogicalPlan,
    /** What the rows of each table come from, for all residuals of the plan. */
    private readonly tables: ReadonlyMap<string, Physical>,
    private readonly session: Session,
    readonly several: ResidualNode['several'],
  ) {}

  /** Its first rows: what nobody takes is not made. */
  limited(count: number, offset: number): PendingResidual {
    const limit = (input: LogicalPlan): LogicalPlan => ({ kind: 'limit', input, count, offset });
    const several = this.several?.under(limit);
    return new PendingResidual(limit(this.inside), limit(this.arranged), this.tables, this.session, several);
  }

  get columns(): readonly Column[] {
    this.known ??= outputOf(this.arranged);
    return this.known;
  }

  get inputs(): ResidualNode['inputs'] {
    const names = new Set<string>();
    for (const node of everyNode(this.inside)) if (node.kind === 'input') names.add(node.name);
    return [...names].map((name) => ({ name, plan: this.tables.get(name)! }));
  }

  get query(): DuckQuery {
    return lowerToDuckDb(this.arranged, this.session);
  }

  get summary(): string {
    const work = new Set<string>();
    for (const node of everyNode(this.inside)) {
      if (node.kind !== 'input') work.add(node.kind === 'setOperation' ? node.op : node.kind);
    }
    return [...work].join(', ');
  }
}
