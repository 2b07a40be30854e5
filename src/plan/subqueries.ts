/** Runs the uncorrelated queries inside expressions first, and puts their values in their place. */
import {
  bottomUp,
  type Expr,
  everyNode,
  expressionsOf,
  type Literal,
  type LogicalPlan,
  mapExpressions,
  outputOf,
  rewrite,
  type ScalarSubquery,
  type Session,
  type SqlType,
  some,
  someNode,
  type Value,
} from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { foldPlan, joinMembers, rewritePlan } from '../../translators/index.ts';
import type { Page } from '../rows/page.ts';

/** Values that IN takes from a subquery as a list; with more it is a join. As many as a terms query takes (`index.max_terms_count`). */
const MAX_LISTED = 65_536;

export type RunPlan = (plan: LogicalPlan) => Promise<AsyncIterable<Page>>;

export const hasSubqueries = (plan: LogicalPlan): boolean =>
  someNode(plan, (node) => expressionsOf(node).some((e) => some(e, (x) => x.kind === 'scalarSubquery')));

export async function resolveSubqueries(plan: LogicalPlan, runPlan: RunPlan, session: Session): Promise<LogicalPlan> {
  const values = new Map<ScalarSubquery, Expr>();
  const joins = new Set<ScalarSubquery>();
  for (const subquery of subqueriesOf(plan)) {
    // Over the same rows it is asked for what is read of it only.
    const inner = rewritePlan(foldPlan(subquery.plan, session));
    const value = await valueFor({ ...subquery, plan: inner }, runPlan);
    if (value) values.set(subquery, value);
    else joins.add(subquery);
  }
  if (values.size + joins.size === 0) return plan;
  const replaced = bottomUp(plan, (node) =>
    mapExpressions(node, (expr) => rewrite(expr, (e) => replacementOf(e, values))),
  );
  return rewritePlan(foldPlan(joins.size > 0 ? joinMembers(replaced) : replaced, session));
}

/** The argument of IN may itself hold a subquery. */
function replacementOf(e: Expr, values: ReadonlyMap<ScalarSubquery, Expr>): Expr | undefined {
  if (e.kind !== 'scalarSubquery') return undefined;
  const value = values.get(e);
  const arg = e.arg && rewrite(e.arg, (x) => replacementOf(x, values));
  if (!value) return { ...e, arg };
  return value.kind === 'in' ? { ...value, arg: arg! } : value;
}

function subqueriesOf(plan: LogicalPlan): ReadonlySet<ScalarSubquery> {
  const found = new Set<ScalarSubquery>();
  for (const node of everyNode(plan)) {
    for (const expr of expressionsOf(node)) {
      some(expr, (e) => {
        if (e.kind === 'scalarSubquery') found.add(e);
        return false;
      });
    }
  }
  return found;
}

/** Undefined for an IN of so many values that they are better joined. */
async function valueFor(subquery: ScalarSubquery, runPlan: RunPlan): Promise<Expr | undefined> {
  const { mode, plan } = subquery;
  if (mode === 'in') return membership(subquery, runPlan);
  const count = mode === 'scalar' ? 2 : 1;
  const cells: Value[] = [];
  for await (const page of await runPlan({ kind: 'limit', input: plan, count, offset: 0 })) {
    for (const row of page) cells.push(row[0] ?? null);
    if (cells.length >= count) break;
  }
  if (mode === 'exists') return { kind: 'literal', type: 'boolean', value: cells.length > 0 };
  if (cells.length > 1) throw new SqlError('semantic', 'A subquery used as a value returned more than one row');
  return { kind: 'literal', type: subquery.type, value: cells[0] ?? null };
}

/**
 * A value of IN. Literals beside a fraction are rounded to its precision, and values of rows are not: one that would be is equal to no fraction
 * of that type, which an infinite one says.
 */
function memberOf(value: Value, type: SqlType, beside: SqlType): Literal {
  const numeric = typeof value === 'number' || typeof value === 'bigint';
  const rounds = numeric && ((beside === 'float' && !isFloat(value)) || (beside === 'double' && !isDouble(value)));
  return rounds
    ? { kind: 'literal', type: 'double', value: Number.POSITIVE_INFINITY }
    : { kind: 'literal', type, value };
}

const isDouble = (value: number | bigint): boolean => typeof value === 'number' || BigInt(Number(value)) === value;
const isFloat = (value: number | bigint): boolean => isDouble(value) && Math.fround(Number(value)) === Number(value);

async function membership({ plan, arg }: ScalarSubquery, runPlan: RunPlan): Promise<Expr | undefined> {
  const values = new Set<Value>();
  for await (const page of await runPlan(plan)) {
    for (const row of page) values.add(row[0] ?? null);
    if (values.size > MAX_LISTED) return undefined;
  }
  if (values.size === 0) return { kind: 'literal', type: 'boolean', value: false };
  const { type } = outputOf(plan)[0]!;
  const list = Array.from(values, (value): Literal => memberOf(value, type, arg!.type));
  return { kind: 'in', type: 'boolean', arg: arg!, list };
}
