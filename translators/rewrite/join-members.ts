/** IN over a query of many values as a join: a semi or anti join where it stands among the conditions of a filter, else a column of the row. */
import type { Column, Expr, ScalarSubquery } from '../algebra/expr.ts';
import { type Join, type LogicalPlan, type Membership, outputOf } from '../algebra/plan.ts';
import {
  bottomUp,
  everyNode,
  expressionsOf,
  inputsOf,
  mapExpressions,
  mapInputs,
  ownColumns,
} from '../algebra/plan-walk.ts';
import { andOf, columnsOf, conjuncts, rewrite, some } from '../algebra/walk.ts';
import { SqlError } from '../errors.ts';

/** Every IN (subquery) that is still in the plan. */
export function joinMembers(plan: LogicalPlan): LogicalPlan {
  const members = [...everyNode(plan)].flatMap((node) => expressionsOf(node).flatMap(membersOf));
  const plans = [plan, ...members.map((member) => member.plan)];
  let id = 0;
  for (const node of plans.flatMap((each) => [...everyNode(each)])) {
    for (const column of ownColumns(node)) id = Math.max(id, column.id);
  }
  const joining = new Joining(() => ++id);
  return bottomUp(plan, (node) => joining.node(node));
}

const isMember = (e: Expr): e is ScalarSubquery => e.kind === 'scalarSubquery' && e.mode === 'in';

function membersOf(expr: Expr): readonly ScalarSubquery[] {
  const found: ScalarSubquery[] = [];
  some(expr, (e) => {
    if (isMember(e)) found.push(e);
    return false;
  });
  return found;
}

type Marks = Map<ScalarSubquery, Column>;

class Joining {
  constructor(private readonly nextId: () => number) {}

  node(node: LogicalPlan): LogicalPlan {
    if (expressionsOf(node).every((expr) => membersOf(expr).length === 0)) return node;
    if (node.kind === 'filter') return this.filter(node.input, conjuncts(node.predicate));
    const marks: Marks = new Map();
    const marked = mapExpressions(node, (expr) => this.marked(expr, marks));
    const isJoin = inputsOf(node).length > 1;
    const done = mapInputs(marked, (input) => withColumns(input, marks, isJoin));
    const [left] = marks.keys();
    if (!left) return done;
    throw new SqlError('unsupported', `IN (${left.text}) gives too many values to be asked of both sides of a join`);
  }

  /** Conditions that are no IN come first, so that the fewest rows are joined. */
  private filter(input: LogicalPlan, parts: readonly Expr[]): LogicalPlan {
    const holds = (part: Expr): boolean => membersOf(part).length > 0;
    let plan = filtered(
      input,
      parts.filter((part) => !holds(part)),
    );
    const marks: Marks = new Map();
    const rest: Expr[] = [];
    for (const part of parts.filter(holds)) {
      if (isMember(part)) {
        const on: Expr = { kind: 'compare', type: 'boolean', op: '=', ...membership(part) };
        plan = { kind: 'join', join: 'semi', left: plan, right: part.plan, on };
      } else if (part.kind === 'not' && isMember(part.arg)) plan = question(plan, part.arg, 'anti');
      else rest.push(this.marked(part, marks));
    }
    return filtered(withColumns(plan, marks, false), rest);
  }

  private marked(expr: Expr, marks: Marks): Expr {
    return rewrite(expr, (e) => {
      if (!isMember(e)) return undefined;
      const column = marks.get(e) ?? { id: this.nextId(), name: e.text, type: 'boolean' };
      marks.set(e, column);
      return { kind: 'column', type: 'boolean', column };
    });
  }
}

const filtered = (input: LogicalPlan, parts: readonly Expr[]): LogicalPlan => {
  const predicate = andOf(parts);
  return predicate ? { kind: 'filter', input, predicate } : input;
};

/** The rows with a column for each IN; of a side of a join, for those that look at this side. */
function withColumns(input: LogicalPlan, marks: Marks, isSide: boolean): LogicalPlan {
  let plan = input;
  const own = new Set(outputOf(input));
  for (const [member, mark] of marks) {
    if (isSide && ![...columnsOf(member.arg!)].every((column) => own.has(column))) continue;
    plan = question(plan, member, 'mark', mark);
    marks.delete(member);
  }
  return plan;
}

const question = (left: LogicalPlan, asked: ScalarSubquery, join: 'anti' | 'mark', mark?: Column): Join => ({
  kind: 'join',
  join,
  left,
  right: asked.plan,
  member: membership(asked),
  ...(mark && { mark }),
});

function membership({ arg, plan }: ScalarSubquery): Membership {
  const column = outputOf(plan)[0]!;
  return { left: arg!, right: { kind: 'column', type: column.type, column } };
}
