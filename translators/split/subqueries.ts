/** The uncorrelated queries inside expressions: which are run first, and the plan with their values in their place. */
import type { Expr, Literal, ScalarSubquery } from '../algebra/expr.ts';
import { type LogicalPlan, outputOf } from '../algebra/plan.ts';
import { bottomUp, everyNode, expressionsOf, mapExpressions, someNode } from '../algebra/plan-walk.ts';
import type { Session } from '../algebra/session.ts';
import type { SqlType, Value } from '../algebra/types.ts';
import { rewrite, some } from '../algebra/walk.ts';
import { SqlError } from '../errors.ts';
import { joinMembers } from '../rewrite/join-members.ts';
import { rewritePlan } from '../rewrite/rules.ts';
import { foldPlan } from './fold.ts';

/** Values that IN takes from a subquery as a list; with more it is a join. As many as a terms query takes (`index.max_terms_count`). */
export const MAX_LISTED = 65_536;

export interface Subquery {
  readonly mode: ScalarSubquery['mode'];
  /** What is run: of its rows the first cells count. */
  readonly plan: LogicalPlan;
}

/** The first cells of a subquery's rows, different ones for IN; undefined for an IN of more than `MAX_LISTED`. */
export type Cells = readonly Value[] | undefined;

export const hasSubqueries = (plan: LogicalPlan): boolean =>
  someNode(plan, (node) => expressionsOf(node).some((e) => some(e, (x) => x.kind === 'scalarSubquery')));

/** In an order that is the same for the same plan. */
export const subqueriesIn = (plan: LogicalPlan, session: Session): readonly Subquery[] =>
  foundIn(plan).map((subquery) => {
    // Over the same rows it is asked for what is read of it only.
    const inner = rewritePlan(foldPlan(subquery.plan, session));
    const count = MOST_ROWS[subquery.mode];
    return {
      mode: subquery.mode,
      plan: count === undefined ? inner : { kind: 'limit', input: inner, count, offset: 0 },
    };
  });

/** With a second row a value is none. */
const MOST_ROWS = { scalar: 2, exists: 1, in: undefined } as const;

/** The plan with the answers of its subqueries, which are those of `subqueriesIn` in their order. */
export function withAnswers(plan: LogicalPlan, answers: readonly Cells[], session: Session): LogicalPlan {
  const found = foundIn(plan);
  const values = new Map<ScalarSubquery, Expr>();
  for (const [i, subquery] of found.entries()) {
    const cells = answers[i];
    if (cells !== undefined) values.set(subquery, answered(subquery, cells));
  }
  if (found.length === 0) return plan;
  const replaced = bottomUp(plan, (node) =>
    mapExpressions(node, (expr) => rewrite(expr, (e) => replacementOf(e, values))),
  );
  return rewritePlan(foldPlan(values.size < found.length ? joinMembers(replaced) : replaced, session));
}

/** The argument of IN may itself hold a subquery. */
function replacementOf(e: Expr, values: ReadonlyMap<ScalarSubquery, Expr>): Expr | undefined {
  if (e.kind !== 'scalarSubquery') return undefined;
  const value = values.get(e);
  const arg = e.arg && rewrite(e.arg, (x) => replacementOf(x, values));
  if (!value) return { ...e, arg };
  return value.kind === 'in' ? { ...value, arg: arg! } : value;
}

function foundIn(plan: LogicalPlan): readonly ScalarSubquery[] {
  const found = new Set<ScalarSubquery>();
  for (const node of everyNode(plan)) {
    for (const expr of expressionsOf(node)) {
      some(expr, (e) => {
        if (e.kind === 'scalarSubquery') found.add(e);
        return false;
      });
    }
  }
  return [...found];
}

function answered({ mode, type, plan, arg }: ScalarSubquery, cells: readonly Value[]): Expr {
  if (mode === 'exists') return { kind: 'literal', type: 'boolean', value: cells.length > 0 };
  if (mode === 'in') {
    if (cells.length === 0) return { kind: 'literal', type: 'boolean', value: false };
    const of = outputOf(plan)[0]!.type;
    return { kind: 'in', type: 'boolean', arg: arg!, list: cells.map((value) => memberOf(value, of, arg!.type)) };
  }
  if (cells.length > 1) throw new SqlError('semantic', 'A subquery used as a value returned more than one row');
  return { kind: 'literal', type, value: cells[0] ?? null };
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
