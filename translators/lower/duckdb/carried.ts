/**
 * Which columns are only carried from an input to the answer. OpenSearch has no array type, so any cell may be an array;
 * a carried column keeps such cells whole, while a column that something computes on is loaded as its type and takes one value a cell.
 */

import { assertNever } from '../../algebra/assert-never.ts';
import type { AggregateCall, Column, Expr } from '../../algebra/expr.ts';
import { type LogicalPlan, outputOf } from '../../algebra/plan.ts';
import { everyNode } from '../../algebra/plan-walk.ts';
import { columnsOf } from '../../algebra/walk.ts';

export function carriedColumns(plan: LogicalPlan): (column: Column) => boolean {
  const groups = new Groups();
  for (const node of everyNode(plan)) visit(node, groups);
  return (column) => groups.isCarried(column.id);
}

/** Columns that are one column under several names, and the groups that something computes on. */
class Groups {
  readonly #parent = new Map<number, number>();
  readonly #computed = new Set<number>();

  #root(id: number): number {
    const parent = this.#parent.get(id);
    if (parent === undefined || parent === id) return id;
    const root = this.#root(parent);
    this.#parent.set(id, root);
    return root;
  }

  join(a: Column, b: Column): void {
    const [from, to] = [this.#root(a.id), this.#root(b.id)];
    if (from === to) return;
    this.#parent.set(from, to);
    if (this.#computed.has(from)) this.#computed.add(to);
  }

  compute(columns: Iterable<Column>): void {
    for (const column of columns) this.#computed.add(this.#root(column.id));
  }

  isCarried(id: number): boolean {
    return !this.#computed.has(this.#root(id));
  }
}

function visit(plan: LogicalPlan, groups: Groups): void {
  const read = (...exprs: readonly (Expr | undefined)[]): void =>
    groups.compute(columnsOf(...exprs.filter((expr) => expr !== undefined)));
  const readCall = (call: AggregateCall): void => read(...call.args, call.filter);
  switch (plan.kind) {
    case 'input':
    case 'scan':
      return;
    case 'values':
      groups.compute(plan.columns);
      return;
    case 'filter':
      read(plan.predicate);
      break;
    case 'project':
      for (const { column, expr } of plan.items) {
        if (expr.kind === 'column' && expr.column.type === column.type) groups.join(column, expr.column);
        else {
          read(expr);
          groups.compute([column]);
        }
      }
      break;
    case 'aggregate':
      read(...plan.keys.map((key) => key.expr));
      for (const { call } of plan.aggregates) readCall(call);
      groups.compute(outputOf(plan));
      break;
    case 'window':
      for (const call of plan.calls) {
        readCall(call.call);
        read(...call.partition, ...call.order.map((key) => key.expr));
        groups.compute([call.column]);
      }
      break;
    case 'sort':
      read(...plan.keys.map((key) => key.expr));
      break;
    case 'limit':
      break;
    case 'join':
      read(plan.on, plan.member?.left, plan.member?.right);
      if (plan.mark) groups.compute([plan.mark]);
      if (plan.join === 'value') groups.compute(outputOf(plan.right));
      return;
    case 'previous':
      groups.compute(plan.columns);
      return;
    case 'recursion':
      groups.compute([...plan.columns, ...outputOf(plan.left), ...outputOf(plan.right)]);
      return;
    case 'setOperation':
      visitSetOperation(plan, groups);
      return;
    case 'unnest':
      groups.compute(outputOf(plan));
      break;
    default:
      assertNever(plan);
  }
}

function visitSetOperation(plan: LogicalPlan & { readonly kind: 'setOperation' }, groups: Groups): void {
  const sides = [outputOf(plan.left), outputOf(plan.right)] as const;
  for (const [i, column] of plan.columns.entries()) {
    const parts = sides.map((side) => side[i]!);
    // Rows of UNION ALL are not compared: a column of one type on both sides is still only carried.
    if (plan.op === 'union' && plan.all && parts.every((part) => part.type === column.type)) {
      for (const part of parts) groups.join(part, column);
    } else groups.compute([column, ...parts]);
  }
}
