/**
 * Groups over documents that hold several values: each row is taken apart before DuckDB sees it, so that a document counts once in each of
 * its groups, an element once in each group that it belongs to, and no aggregate changes what another one sees.
 */
import type { AggregateCall, Column, Expr } from '../algebra/expr.ts';
import { exprKey } from '../algebra/key.ts';
import type { ApartNode, ApartPart, Physical } from '../algebra/physical.ts';
import type { Aggregate, Collection, LogicalPlan } from '../algebra/plan.ts';
import { columnsOf } from '../algebra/walk.ts';
import { scalarCheck } from '../lower/js/call.ts';

/** Columns made here are numbered from where no statement comes to. */
const FIRST_ID = 2 ** 30;

interface TakenApart {
  readonly node: ApartNode;
  /** The aggregate over the rows of the node, where they stand in the plan. */
  readonly over: (rows: LogicalPlan) => Aggregate;
}

export function takeApart(plan: Aggregate, input: Physical, made: number): TakenApart {
  let next = FIRST_ID + made;
  const columnFor = (name: string, type: Column['type']): Column => ({ id: next++, name, type });
  const collections = plan.collections ?? [];
  const part = columnFor('part', 'integer');
  const keys = plan.keys.map(({ column, expr }) => ({ column: columnFor(column.name, column.type), expr }));
  const parts = new Parts(collections, columnFor);
  const aggregates = plan.aggregates.map(({ column, call }) => ({ column, call: parts.call(call, part) }));
  return {
    node: { kind: 'apart', input, collections, keys, parts: parts.list, part },
    over: (rows) => ({
      kind: 'aggregate',
      input: rows,
      keys: plan.keys.map(({ column }, i) => ({ column, expr: ref(keys[i]!.column) })),
      aggregates,
    }),
  };
}

const ref = (column: Column): Expr => ({ kind: 'column', type: column.type, column });

class Parts {
  /** The first one makes the groups, whatever the others keep. */
  readonly list: (ApartPart & { readonly values: { column: Column; expr: Expr }[] })[] = [{ own: [], values: [] }];
  private readonly known = new Map<string, number>([[keyOf([], undefined, undefined), 0]]);

  constructor(
    private readonly collections: readonly Collection[],
    private readonly columnFor: (name: string, type: Column['type']) => Column,
  ) {}

  /** The call over the rows of its own part. */
  call(call: AggregateCall, part: Column): AggregateCall {
    const own = collectionsIn(call.args, this.collections);
    const read = call.args.filter((arg) => arg.kind !== 'literal');
    // All values of a bare field count; a function of it needs one.
    const [only] = read;
    const each = read.length === 1 && only?.kind === 'column' && scalarCheck(only.type) ? only : undefined;
    const at = this.find(own, call.filter, each);
    const args = call.args.map((arg) => (arg.kind === 'literal' ? arg : ref(this.value(at, arg))));
    const number: Expr = { kind: 'literal', type: 'integer', value: at };
    return {
      ...call,
      args,
      filter: { kind: 'compare', type: 'boolean', op: '=', left: ref(part), right: number },
    };
  }

  private find(own: readonly number[], filter: Expr | undefined, each: Expr | undefined): number {
    const key = keyOf(own, filter, each);
    let at = this.known.get(key);
    if (at === undefined) {
      at = this.list.length;
      this.known.set(key, at);
      this.list.push({ own, ...(filter ? { filter } : {}), ...(each ? { each: true } : {}), values: [] });
    }
    return at;
  }

  private value(at: number, expr: Expr): Column {
    const { values } = this.list[at]!;
    let value = values.find((one) => exprKey(one.expr) === exprKey(expr));
    if (!value) {
      value = { column: this.columnFor('value', expr.type), expr };
      values.push(value);
    }
    return value.column;
  }
}

const keyOf = (own: readonly number[], filter: Expr | undefined, each: Expr | undefined): string =>
  JSON.stringify([own, filter && exprKey(filter), each && exprKey(each)]);

/** The places of the collections that expressions read elements of, outer ones before those within them. */
export function collectionsIn(exprs: readonly Expr[], collections: readonly Collection[]): readonly number[] {
  const read = columnsOf(...exprs);
  const found = new Set<number>();
  for (let i = collections.length - 1; i >= 0; i--) {
    const { columns } = collections[i]!;
    const within = [...found].some((inner) => columns.some(({ column }) => column === collections[inner]!.source));
    if (within || columns.some(({ column }) => read.has(column))) found.add(i);
  }
  return [...found].sort((a, b) => a - b);
}
