/** Runs the uncorrelated queries inside expressions first, and puts their values in their place. */
import type { Expr, Literal, ScalarSubquery, Session } from '../../translators/bind/expr.ts';
import { rewrite, some } from '../../translators/bind/walk.ts';
import type { Value } from '../../translators/catalog/types.ts';
import { SqlError } from '../../translators/errors.ts';
import { foldPlan } from '../../translators/physical/fold.ts';
import type { LogicalPlan } from '../../translators/plan/nodes.ts';
import { expressionsOf, inputsOf, mapExpressions, mapInputs } from '../../translators/plan/walk.ts';
import type { Page } from '../rows/page.ts';

/** Values that IN may take from a subquery; more would not fit a request to the cluster. */
const MAX_VALUES = 1_000_000;

export type RunPlan = (plan: LogicalPlan) => Promise<AsyncIterable<Page>>;

export const hasSubqueries = (plan: LogicalPlan): boolean =>
  expressionsOf(plan).some((e) => some(e, (x) => x.kind === 'scalarSubquery')) || inputsOf(plan).some(hasSubqueries);

export async function resolveSubqueries(plan: LogicalPlan, runPlan: RunPlan, session: Session): Promise<LogicalPlan> {
  const found = new Set<ScalarSubquery>();
  collect(plan, found);
  if (found.size === 0) return plan;
  const values = new Map<ScalarSubquery, Expr>();
  for (const subquery of found) values.set(subquery, await valueFor(subquery, runPlan));
  const replaced = replace(plan, (e) => {
    if (e.kind !== 'scalarSubquery') return undefined;
    const value = values.get(e)!;
    // The argument of IN may itself hold a subquery.
    return value.kind === 'in'
      ? { ...value, arg: rewrite(value.arg, (x) => (x.kind === 'scalarSubquery' ? values.get(x) : undefined)) }
      : value;
  });
  return foldPlan(replaced, session);
}

function collect(plan: LogicalPlan, found: Set<ScalarSubquery>): void {
  for (const expr of expressionsOf(plan)) {
    some(expr, (e) => {
      if (e.kind === 'scalarSubquery') found.add(e);
      return false;
    });
  }
  for (const input of inputsOf(plan)) collect(input, found);
}

const replace = (plan: LogicalPlan, f: (e: Expr) => Expr | undefined): LogicalPlan =>
  mapExpressions(
    mapInputs(plan, (input) => replace(input, f)),
    (e) => rewrite(e, f),
  );

async function valueFor(subquery: ScalarSubquery, runPlan: RunPlan): Promise<Expr> {
  const limit = subquery.mode === 'scalar' ? 2 : subquery.mode === 'exists' ? 1 : MAX_VALUES + 1;
  const plan: LogicalPlan =
    subquery.mode === 'in' ? subquery.plan : { kind: 'limit', input: subquery.plan, count: limit, offset: 0 };
  const cells: Value[] = [];
  for await (const page of await runPlan(plan)) {
    for (const row of page) cells.push(row[0] ?? null);
    if (cells.length >= limit) break;
  }
  if (subquery.mode === 'exists') return { kind: 'literal', type: 'boolean', value: cells.length > 0 };
  if (subquery.mode === 'scalar') {
    if (cells.length > 1) throw new SqlError('semantic', 'A subquery used as a value returned more than one row');
    return { kind: 'literal', type: subquery.type, value: cells[0] ?? null };
  }
  if (cells.length > MAX_VALUES) {
    throw new SqlError(
      'resourceLimit',
      `The subquery of IN returned more than ${MAX_VALUES} values; write it as a join`,
    );
  }
  const type = outputType(subquery);
  const list: Literal[] = [...new Set(cells)].map((value) => ({ kind: 'literal', type, value }));
  if (list.length === 0) return { kind: 'literal', type: 'boolean', value: false };
  return { kind: 'in', type: 'boolean', arg: subquery.arg!, list };
}

function outputType(subquery: ScalarSubquery): Literal['type'] {
  let plan = subquery.plan;
  for (;;) {
    if (plan.kind === 'project') return plan.items[0]!.column.type;
    if (plan.kind === 'aggregate') return (plan.keys[0] ?? plan.aggregates[0])!.column.type;
    if (plan.kind === 'setOperation' || plan.kind === 'values') return plan.columns[0]!.type;
    const input = inputsOf(plan)[0];
    if (!input) throw new SqlError('internal', 'a subquery without columns');
    plan = input;
  }
}
