/** What queries inside expressions say of each row that they look at: columns joined to the rows, for places where a semi join would drop rows. */

import type { Column, Expr } from '../algebra/expr.ts';
import { type Join, type LogicalPlan, outputOf } from '../algebra/plan.ts';
import { bottomUp, mapExpressions } from '../algebra/plan-walk.ts';
import { columnsOf, rewrite } from '../algebra/walk.ts';
import type { MarkSink } from './context.ts';
import { type Correlation, outerColumns } from './correlation.ts';
import { columnRef } from './expression.ts';
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

  /** The one value of a query that is made anew for each row. */
  one(key: string, right: LogicalPlan, column: Column): Expr {
    const known = this.asked.get(key);
    if (known) return known.value;
    const dates = column.field ?? column.dates;
    const mark: Column = { id: this.nextId(), name: column.name, type: column.type, ...(dates && { dates }) };
    const value = columnRef(mark);
    this.asked.set(key, { value, join: { join: 'value', right, mark, dependent: true } });
    return value;
  }

  /**
   * The questions that look at keys of groups alone, for the groups to ask; they are asked of the rows no more. Those whose answers are read
   * below the groups, by keys and aggregates, stay.
   */
  lifted(keys: GroupKey[], readBelow: ReadonlySet<Column>): Marks {
    const over = new Marks(this.nextId);
    const byColumn = new Map(
      keys.flatMap(({ column, expr }) => (expr.kind === 'column' ? [[expr.column, column]] : [])),
    );
    for (const [key, { value, join }] of this.asked) {
      if (madeBy(join).some((column) => readBelow.has(column))) continue;
      const made = new Set(outputOf(join.right));
      const read = [...askedOf(join)].filter((column) => !made.has(column));
      if (read.length === 0 || !read.every((column) => byColumn.has(column))) continue;
      this.asked.delete(key);
      over.asked.set(key, { value, join: renamed(join, byColumn) });
    }
    return over;
  }

  get isEmpty(): boolean {
    return this.asked.size === 0;
  }

  /** Whether it is an answer to one of the questions. */
  makes(column: Column): boolean {
    return [...this.asked.values()].some(({ join }) => madeBy(join).includes(column));
  }

  /** The rows with a column for each question. */
  over(plan: LogicalPlan): LogicalPlan {
    return [...this.asked.values()].reduce<LogicalPlan>((left, { join }) => ({ kind: 'join', left, ...join }), plan);
  }
}

type GroupKey = { readonly column: Column; readonly expr: Expr };
type Question = Omit<Join, 'kind' | 'left'>;

const madeBy = ({ join, mark, right }: Question): readonly Column[] =>
  join === 'left' ? outputOf(right) : mark ? [mark] : [];

/** Columns that a question reads of the row that asks it, and of the rows that answer. */
function askedOf({ on, member, right }: Question): ReadonlySet<Column> {
  return new Set([...columnsOf(...(on ? [on] : []), ...(member ? [member.left] : [])), ...outerColumns(right)]);
}

/** The question with other columns of the row that asks it. */
function renamed(question: Question, by: ReadonlyMap<Column, Column>): Question {
  const { on, member, right } = question;
  const expr = (from: Expr): Expr =>
    rewrite(from, (e) => {
      const column = e.kind === 'column' || e.kind === 'outer' ? by.get(e.column) : undefined;
      if (!column) return undefined;
      return e.kind === 'outer' ? { ...e, column } : columnRef(column);
    });
  return {
    ...question,
    right: bottomUp(right, (node) => mapExpressions(node, expr)),
    ...(on && { on: expr(on) }),
    ...(member && { member: { ...member, left: expr(member.left) } }),
  };
}
