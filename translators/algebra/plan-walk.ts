/** Walks over logical plans: inputs, expressions, rebuilding. */

import { assertNever } from './assert-never.ts';
import type { Column, Expr } from './expr.ts';
import type { LogicalPlan } from './plan.ts';

export function inputsOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'previous':
    case 'input':
      return [];
    case 'join':
    case 'recursion':
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

export function someNode(plan: LogicalPlan, test: (node: LogicalPlan) => boolean): boolean {
  for (const node of everyNode(plan)) if (test(node)) return true;
  return false;
}

/** Every node after all that read it. */
export function parentsFirst(plan: LogicalPlan): readonly LogicalPlan[] {
  const done: LogicalPlan[] = [];
  rebuild(
    plan,
    (node) => node,
    (node) => {
      done.push(node);
      return node;
    },
  );
  return done.reverse();
}

/** The plan made anew from its leaves; `f` gets each node with its new inputs, and as it was. */
export const bottomUp = (plan: LogicalPlan, f: (node: LogicalPlan, before: LogicalPlan) => LogicalPlan): LogicalPlan =>
  rebuild(plan, (node) => node, f);

/** The plan made anew from its root: `f` gets a node before what is below it, and may change that too. */
export const topDown = (plan: LogicalPlan, f: (node: LogicalPlan) => LogicalPlan): LogicalPlan =>
  rebuild(plan, f, (node) => node);

/** Walked, not recursed into, since plans are deep; what is read in several places is made once. */
function rebuild(
  plan: LogicalPlan,
  enter: (node: LogicalPlan) => LogicalPlan,
  leave: (node: LogicalPlan, before: LogicalPlan) => LogicalPlan,
): LogicalPlan {
  const entered = new Map<LogicalPlan, LogicalPlan>();
  const made = new Map<LogicalPlan, LogicalPlan>();
  const waiting = [plan];
  for (let node = waiting.at(-1); node; node = waiting.at(-1)) {
    if (made.has(node)) {
      waiting.pop();
      continue;
    }
    const here = entered.get(node) ?? enter(node);
    entered.set(node, here);
    const missing = inputsOf(here).filter((input) => !made.has(input));
    if (missing.length > 0) waiting.push(...missing.toReversed());
    else {
      waiting.pop();
      made.set(
        node,
        leave(
          mapInputs(here, (input) => made.get(input)!),
          here,
        ),
      );
    }
  }
  return made.get(plan)!;
}

/** The node with `f` applied to its inputs; the same object when nothing changed. */
export function mapInputs(plan: LogicalPlan, f: (input: LogicalPlan) => LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'previous':
    case 'input':
      return plan;
    case 'join':
    case 'recursion':
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
    case 'recursion':
    case 'previous':
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
        ...(plan.collections ?? []).map(({ source }): Expr => ({ kind: 'column', type: source.type, column: source })),
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
    case 'recursion':
    case 'previous':
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

/** The columns that a node makes, without those that it passes on. */
export function ownColumns(node: LogicalPlan): readonly Column[] {
  switch (node.kind) {
    case 'scan':
    case 'values':
    case 'input':
    case 'previous':
    case 'recursion':
    case 'setOperation':
      return node.columns;
    case 'project':
      return node.items.map((item) => item.column);
    case 'aggregate':
      return [...node.keys, ...node.aggregates].map((item) => item.column);
    case 'window':
      return node.calls.map((call) => call.column);
    case 'unnest':
      return node.columns.map((item) => item.column);
    case 'join':
      return node.mark ? [node.mark] : [];
    default:
      return [];
  }
}
