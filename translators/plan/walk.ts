/** Walks over logical plans: inputs, expressions, rebuilding. */
import type { Expr } from '../bind/expr.ts';
import { assertNever } from '../errors.ts';
import type { LogicalPlan } from './nodes.ts';

export function inputsOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'input':
      return [];
    case 'join':
    case 'setOperation':
      return [plan.left, plan.right];
    default:
      return [plan.input];
  }
}

/** Every node of a plan, parents before their inputs and the left before the right; one that is read in several places comes once. */
export function* everyNode(plan: LogicalPlan): Generator<LogicalPlan> {
  const seen = new Set<LogicalPlan>();
  const waiting = [plan];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    yield node;
    waiting.push(...inputsOf(node).toReversed());
  }
}

/** The node with `f` applied to its inputs; the same object when nothing changed. */
export function mapInputs(plan: LogicalPlan, f: (input: LogicalPlan) => LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'input':
      return plan;
    case 'join':
    case 'setOperation': {
      const left = f(plan.left);
      const right = f(plan.right);
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    default: {
      const input = f(plan.input);
      return input === plan.input ? plan : { ...plan, input };
    }
  }
}

/** Every expression that a node holds itself. */
export function expressionsOf(plan: LogicalPlan): readonly Expr[] {
  switch (plan.kind) {
    case 'scan':
    case 'limit':
    case 'setOperation':
    case 'input':
      return [];
    case 'unnest':
      return [{ kind: 'column', type: plan.source.type, column: plan.source }];
    case 'values':
      return plan.rows.flat();
    case 'filter':
      return [plan.predicate];
    case 'project':
      return plan.items.map((item) => item.expr);
    case 'aggregate':
      return [
        ...plan.keys.map((key) => key.expr),
        ...plan.aggregates.flatMap(({ call }) => (call.filter ? [...call.args, call.filter] : call.args)),
      ];
    case 'window':
      return plan.calls.flatMap((w) => [...w.call.args, ...w.partition, ...w.order.map((key) => key.expr)]);
    case 'sort':
      return plan.keys.map((key) => key.expr);
    case 'join': {
      const { on, member } = plan;
      return [...(on ? [on] : []), ...(member ? [member.left, member.right] : [])];
    }
    default:
      return assertNever(plan);
  }
}

/** The node with `f` applied to each of its own expressions. */
export function mapExpressions(plan: LogicalPlan, f: (expr: Expr) => Expr): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
    case 'limit':
    case 'setOperation':
    case 'input':
    case 'unnest':
      return plan;
    case 'values':
      return { ...plan, rows: plan.rows.map((row) => row.map(f)) };
    case 'filter':
      return { ...plan, predicate: f(plan.predicate) };
    case 'project':
      return { ...plan, items: plan.items.map((item) => ({ ...item, expr: f(item.expr) })) };
    case 'aggregate':
      return {
        ...plan,
        keys: plan.keys.map((key) => ({ ...key, expr: f(key.expr) })),
        aggregates: plan.aggregates.map((a) => ({
          ...a,
          call: { ...a.call, args: a.call.args.map(f), filter: a.call.filter && f(a.call.filter) },
        })),
      };
    case 'window':
      return {
        ...plan,
        calls: plan.calls.map((w) => ({
          ...w,
          call: { ...w.call, args: w.call.args.map(f) },
          partition: w.partition.map(f),
          order: w.order.map((key) => ({ ...key, expr: f(key.expr) })),
        })),
      };
    case 'sort':
      return { ...plan, keys: plan.keys.map((key) => ({ ...key, expr: f(key.expr) })) };
    case 'join': {
      const { on, member } = plan;
      if (!on && !member) return plan;
      return {
        ...plan,
        on: on && f(on),
        ...(member && { member: { left: f(member.left), right: f(member.right) } }),
      };
    }
    default:
      return assertNever(plan);
  }
}
