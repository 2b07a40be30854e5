/** Drops from searches the columns that only pushed-down conditions and sorts have read: nothing above the scan wants them. */
import type { Column } from '../algebra/expr.ts';
import { columnsOfPhysical, type Physical } from '../algebra/physical.ts';
import { columnsOf } from '../algebra/walk.ts';

export const prunePhysical = (plan: Physical): Physical => prune(plan, new Set(columnsOfPhysical(plan)));

function prune(node: Physical, needed: ReadonlySet<Column>): Physical {
  switch (node.kind) {
    case 'search':
      return { ...node, columns: node.columns.filter((column) => needed.has(column)) };
    case 'project':
      return { ...node, input: prune(node.input, columnsOf(...node.items.map((item) => item.expr))) };
    case 'where':
      return { ...node, input: prune(node.input, union(needed, columnsOf(node.predicate))) };
    case 'limit':
      return { ...node, input: prune(node.input, needed) };
    case 'top':
      // The rows that go to DuckDB are loaded by position.
      if (node.spill) return { ...node, input: prune(node.input, new Set(columnsOfPhysical(node.input))) };
      return { ...node, input: prune(node.input, union(needed, columnsOf(...node.keys.map((key) => key.expr)))) };
    case 'unnest':
      return { ...node, input: prune(node.input, union(needed, new Set([node.source]))) };
    case 'apart': {
      const read = columnsOf(
        ...node.keys.map((key) => key.expr),
        ...node.parts.flatMap(({ filter, values }) => [...(filter ? [filter] : []), ...values.map((v) => v.expr)]),
      );
      return { ...node, input: prune(node.input, union(read, new Set(node.collections.map((c) => c.source)))) };
    }
    case 'concat':
      return { ...node, inputs: node.inputs.map(prunePhysical) };
    case 'residual': {
      // Only now it is known that nothing larger takes it in, so that its statement is written once.
      const { kind, columns, query, summary, several } = node;
      const inputs = node.inputs.map((input) => ({ ...input, plan: prunePhysical(input.plan) }));
      return { kind, columns, query, summary, several, inputs };
    }
    default:
      return node;
  }
}

const union = (a: ReadonlySet<Column>, b: ReadonlySet<Column>): ReadonlySet<Column> => new Set([...a, ...b]);
