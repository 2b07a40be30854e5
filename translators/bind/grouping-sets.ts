/**
 * Grouping sets: the groups of each set, one under the other, with NULL in place of the keys that the set has not. The rows are made once
 * for all sets, unless they are those of an index, whose groups the cluster makes. GROUPING(a, b) is one number for each set.
 */
import type { AggregateCall, Column, Expr } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import { type Aggregate, type LogicalPlan, outputOf, type Project } from '../algebra/plan.ts';
import { expressionsOf } from '../algebra/plan-walk.ts';
import { columnsOf, rewrite } from '../algebra/walk.ts';
import type { SelectNode, Span } from '../syntax/ast.ts';
import { type BindEnv, type GroupingSink, semantic } from './context.ts';
import { outerColumns } from './correlation.ts';
import { columnRef } from './expression.ts';
import type { GroupKeys } from './group.ts';
import type { BoundItem } from './select-items.ts';

/** With more bits it would be no integer. */
const MAX_KEYS = 31;

interface Asked {
  readonly column: Column;
  readonly args: readonly Expr[];
  readonly at: Span;
}

export class GroupingSets implements GroupingSink {
  private readonly asked = new Map<string, Asked>();

  constructor(
    private readonly sets: SelectNode['sets'],
    private readonly env: BindEnv,
  ) {}

  add(args: readonly Expr[], at: Span): Expr {
    if (args.length === 0 || args.length > MAX_KEYS)
      throw semantic({ env: this.env }, at, `GROUPING takes from 1 to ${MAX_KEYS} keys of GROUP BY`);
    const key = args.map(exprKey).join();
    const known = this.asked.get(key) ?? {
      column: { id: this.env.nextId(), name: 'grouping', type: 'integer' as const },
      args,
      at,
    };
    this.asked.set(key, known);
    return columnRef(known.column);
  }

  /** Whether the column is one of GROUPING, which exists only over the groups. */
  made(column: Column): boolean {
    return [...this.asked.values()].some((one) => one.column === column);
  }

  /** `elements`: what stands behind GROUP BY, in its order. */
  over(aggregate: Aggregate, keys: GroupKeys, elements: readonly BoundItem[]): LogicalPlan {
    if (!this.sets && this.asked.size === 0) return aggregate;
    const all = aggregate.keys.map(({ column }) => column);
    const asked = [...this.asked.values()];
    const columns = [...all, ...aggregate.aggregates.map(({ column }) => column), ...asked.map(({ column }) => column)];
    const sets = this.sets?.map((set) => set.map((place) => this.keyOf(elements[place]!, keys))) ?? [all];
    const groups = asked.map(({ args, at }) => args.map((expr) => this.keyOf({ expr, at }, keys)));
    const branches = sets.map((set) => {
      this.env.size.operators(4);
      const own = this.apart(aggregate, sets.length > 1);
      const shown = all.map((key, i): Expr => {
        const made = own.keys[i]!.column;
        return set.includes(key) ? columnRef(made) : { kind: 'literal', type: key.type, value: null };
      });
      const marks = groups.map((keysOfCall) => bits(keysOfCall, set));
      const figures = own.aggregates.map(({ column }) => columnRef(column));
      const values = [...shown, ...figures, ...marks];
      const kept = own.keys.filter((_, i) => set.includes(all[i]!));
      return {
        kind: 'project' as const,
        input: { ...own, keys: kept },
        items: columns.map((column, i) => ({ column: this.anew(column), expr: values[i]! })),
      };
    });
    return this.together(branches, columns);
  }

  private together(branches: readonly Project[], columns: readonly Column[]): LogicalPlan {
    const [first, ...others] = branches;
    if (others.length === 0)
      return { ...first!, items: first!.items.map(({ expr }, i) => ({ column: columns[i]!, expr })) };
    return others.reduce<LogicalPlan>(
      (left, right, i) => ({
        kind: 'setOperation',
        op: 'union',
        all: true,
        left,
        right,
        columns: i === others.length - 1 ? columns : columns.map((column) => this.anew(column)),
      }),
      first!,
    );
  }

  /** The groups with columns of their own. Of several sets each reads the rows as it would read a common table. */
  private apart(aggregate: Aggregate, shared: boolean): Aggregate {
    const figures = aggregate.aggregates.map(({ column, call }) => ({ column: this.anew(column), call }));
    const keys = aggregate.keys.map(({ column, expr }) => ({ column: this.anew(column), expr }));
    if (!shared) return { ...aggregate, keys, aggregates: figures };
    // Columns of a query around this one stay what they are.
    const made = new Set(outputOf(aggregate.input));
    const columns = [...columnsOf(...expressionsOf(aggregate))].filter((column) => made.has(column));
    const read = new Map(columns.map((column) => [column, this.row(column)]));
    const own = (expr: Expr): Expr =>
      rewrite(expr, (e) => {
        const column = e.kind === 'column' ? read.get(e.column) : undefined;
        return column && columnRef(column);
      });
    const ownCall = ({ filter, ...call }: AggregateCall): AggregateCall => ({
      ...call,
      args: call.args.map(own),
      ...(filter && { filter: own(filter) }),
    });
    return {
      kind: 'aggregate',
      input: {
        kind: 'project',
        input: aggregate.input,
        items: [...read].map(([column, item]) => ({ column: item, expr: columnRef(column) })),
        common: outerColumns(aggregate.input).size === 0,
      },
      keys: keys.map(({ column, expr }) => ({ column, expr: own(expr) })),
      aggregates: figures.map(({ column, call }) => ({ column, call: ownCall(call) })),
    };
  }

  /** A column of the rows, under an id of its own. */
  private row({ name, type, dates }: Column): Column {
    return { id: this.env.nextId(), name, type, ...(dates && { dates }) };
  }

  private anew(column: Column): Column {
    return { ...column, id: this.env.nextId() };
  }

  private keyOf({ expr, at }: Pick<BoundItem, 'expr' | 'at'>, keys: GroupKeys): Column {
    const key = expr.kind === 'literal' ? undefined : keys.find(expr);
    if (!key)
      throw semantic({ env: this.env }, at, 'Grouping sets and GROUPING take values of rows that are keys of GROUP BY');
    return key;
  }
}

/** A bit for each key, the first one the highest, that is 1 where the set has not the key. */
const bits = (keys: readonly Column[], set: readonly Column[]): Expr => ({
  kind: 'literal',
  type: 'integer',
  value: keys.reduce((sum, key) => sum * 2 + (set.includes(key) ? 0 : 1), 0),
});
