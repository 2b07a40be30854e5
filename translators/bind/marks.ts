/** What queries inside expressions say of each row that they look at: columns joined to the rows, for places where a semi join would drop rows. */

import type { Column, Expr } from '../algebra/expr.ts';
import type { Join, LogicalPlan } from '../algebra/plan.ts';
import type { MarkSink } from './context.ts';
import type { Correlation } from './correlation.ts';
import type { ScalarCorrelation } from './scalar-correlation.ts';

interface Asked {
  readonly value: Expr;
  /** The join that answers the question, but for its left side. */
  readonly join: Omit<Join, 'kind' | 'left'>;
}

export class Marks implements MarkSink {
  private readonly asked = new Map<string, Asked>();

  constructor(private readonly nextId: () => number) {}

  /** One column for questions of one key, so that they may stand in SELECT and GROUP BY. */
  add(key: string, name: string, { right, on, member }: Correlation): Expr {
    const known = this.asked.get(key);
    if (known) return known.value;
    const mark: Column = { id: this.nextId(), name, type: 'boolean' };
    const value: Expr = { kind: 'column', type: 'boolean', column: mark };
    this.asked.set(key, { value, join: { join: 'mark', right, on, member, mark } });
    return value;
  }

  value(key: string, ask: () => ScalarCorrelation | undefined): Expr | undefined {
    const known = this.asked.get(key);
    if (known) return known.value;
    const asked = ask();
    if (!asked) return undefined;
    const { right, on, value } = asked;
    this.asked.set(key, { value, join: { join: 'left', right, on } });
    return value;
  }

  /** The rows with a column for each question. */
  over(plan: LogicalPlan): LogicalPlan {
    return [...this.asked.values()].reduce<LogicalPlan>((left, { join }) => ({ kind: 'join', left, ...join }), plan);
  }
}
