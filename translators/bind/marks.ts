/** Columns that say of each row what an EXISTS or IN that looks at it answers, for places where a semi join would drop rows. */

import type { Column, Expr } from '../algebra/expr.ts';
import type { LogicalPlan } from '../algebra/plan.ts';
import type { MarkSink } from './context.ts';
import type { Correlation } from './correlation.ts';

export class Marks implements MarkSink {
  private readonly marks: { readonly key: string; readonly mark: Column; readonly asked: Correlation }[] = [];

  constructor(private readonly nextId: () => number) {}

  /** One column for questions of one key, so that they may stand in SELECT and GROUP BY. */
  add(key: string, name: string, asked: Correlation): Expr {
    let known = this.marks.find((m) => m.key === key);
    if (!known) {
      known = { key, mark: { id: this.nextId(), name, type: 'boolean' }, asked };
      this.marks.push(known);
    }
    return { kind: 'column', type: 'boolean', column: known.mark };
  }

  /** The rows with a column for each question. */
  over(plan: LogicalPlan): LogicalPlan {
    return this.marks.reduce<LogicalPlan>(
      (left, { mark, asked: { right, on, member } }) => ({ kind: 'join', join: 'mark', left, right, on, member, mark }),
      plan,
    );
  }
}
