/** Drops columns that nothing above reads, so that scans fetch and residual inputs carry only what is needed. */
import type { Column } from '../../bind/expr.ts';
import { columnsOf } from '../../bind/walk.ts';
import { type LogicalPlan, outputOf } from '../nodes.ts';
import { expressionsOf, mapInputs } from '../walk.ts';

export function pruneColumns(plan: LogicalPlan): LogicalPlan {
  return prune(plan, new Set(outputOf(plan)), true);
}

function prune(plan: LogicalPlan, needed: ReadonlySet<Column>, root: boolean): LogicalPlan {
  switch (plan.kind) {
    case 'scan': {
      const columns = plan.columns.filter((column) => needed.has(column));
      return { ...plan, columns, highlights: plan.highlights?.filter((h) => needed.has(h.column)) };
    }
    case 'values':
    case 'input':
      return plan;
    case 'project': {
      const items = root ? plan.items : plan.items.filter((item) => needed.has(item.column));
      const kept = { ...plan, items };
      return { ...kept, input: prune(plan.input, columnsOf(...expressionsOf(kept)), false) };
    }
    case 'aggregate': {
      const aggregates = root ? plan.aggregates : plan.aggregates.filter((a) => needed.has(a.column));
      const kept = { ...plan, aggregates };
      return { ...kept, input: prune(plan.input, columnsOf(...expressionsOf(kept)), false) };
    }
    case 'setOperation': {
      // By position: every column of each branch counts.
      const whole = (branch: LogicalPlan): LogicalPlan => prune(branch, new Set(outputOf(branch)), true);
      return { ...plan, left: whole(plan.left), right: whole(plan.right) };
    }
    case 'window': {
      const calls = root ? plan.calls : plan.calls.filter((call) => needed.has(call.column));
      const kept = { ...plan, calls };
      return { ...kept, input: prune(plan.input, new Set([...needed, ...columnsOf(...expressionsOf(kept))]), root) };
    }
    default: {
      const used = new Set([...needed, ...columnsOf(...expressionsOf(plan))]);
      if (plan.kind === 'unnest') {
        const columns = root ? plan.columns : plan.columns.filter((c) => needed.has(c.column));
        return { ...plan, columns, input: prune(plan.input, used, root) };
      }
      const keepAll = root && (plan.kind === 'filter' || plan.kind === 'sort' || plan.kind === 'limit');
      return mapInputs(plan, (input) => prune(input, used, keepAll));
    }
  }
}
