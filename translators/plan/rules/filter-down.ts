/** Moves conditions towards the scans: through joins, groups, unnests and sorts, conjunct by conjunct. */
import type { Column, Expr } from '../../bind/expr.ts';
import { andOf, columnsOf, conjuncts, isVolatile, some } from '../../bind/walk.ts';
import { type Join, type LogicalPlan, outputOf } from '../nodes.ts';
import { mapInputs } from '../walk.ts';
import { replaceColumns } from './project-up.ts';

export function filterDown(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'filter') {
    const pushed = push(plan.input, conjuncts(plan.predicate));
    return pushed.kind === 'filter' ? mapInputs(pushed, filterDown) : filterDown(pushed);
  }
  if (plan.kind === 'join') {
    const moved = conditionsDown(plan);
    return mapInputs(moved, filterDown);
  }
  return mapInputs(plan, filterDown);
}

const filtered = (input: LogicalPlan, parts: readonly Expr[]): LogicalPlan => {
  const predicate = andOf(parts);
  return predicate ? { kind: 'filter', input, predicate } : input;
};

function push(input: LogicalPlan, parts: readonly Expr[]): LogicalPlan {
  const fixed = parts.filter(isVolatile);
  const free = parts.filter((part) => !fixed.includes(part));
  if (free.length === 0) return filtered(input, parts);
  switch (input.kind) {
    case 'filter':
      return push(input.input, [...conjuncts(input.predicate), ...parts]);
    case 'sort':
      return filtered({ ...input, input: push(input.input, free) }, fixed);
    case 'unnest': {
      const made = new Set(input.columns.map((c) => c.column));
      const [above, below] = partition(free, (part) => reads(part, made));
      return filtered(below.length > 0 ? { ...input, input: push(input.input, below) } : input, [...above, ...fixed]);
    }
    case 'aggregate': {
      // Without keys there is one row even over nothing, so that nothing may pass.
      const keys = new Map(input.keys.map((key) => [key.column, key.expr]));
      const [below, above] = partition(free, (part) => keys.size > 0 && [...columnsOf(part)].every((c) => keys.has(c)));
      if (below.length === 0) return filtered(input, parts);
      return filtered(
        {
          ...input,
          input: push(
            input.input,
            below.map((part) => replaceColumns(part, keys)),
          ),
        },
        [...above, ...fixed],
      );
    }
    case 'join':
      return pushIntoJoin(input, free, fixed);
    default:
      return filtered(input, parts);
  }
}

const partition = <T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] => {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
};

const reads = (expr: Expr, columns: ReadonlySet<Column>): boolean => [...columnsOf(expr)].some((c) => columns.has(c));
const within = (expr: Expr, columns: ReadonlySet<Column>): boolean => [...columnsOf(expr)].every((c) => columns.has(c));

/** It looks at no relation: a search does, though it names no column. */
const constant = (part: Expr): boolean => columnsOf(part).size === 0 && !some(part, (e) => e.kind === 'relevance');

/** A search looks at one scan, whichever columns it names. */
function belongs(expr: Expr, plan: LogicalPlan): boolean {
  const scans = new Set<number>();
  const collect = (p: LogicalPlan): void => {
    if (p.kind === 'scan') scans.add(p.id);
    for (const input of 'left' in p ? [p.left, p.right] : 'input' in p ? [p.input] : []) collect(input);
  };
  collect(plan);
  return within(expr, new Set(outputOf(plan))) && !some(expr, (e) => e.kind === 'relevance' && !scans.has(e.scan));
}

function pushIntoJoin(join: Join, parts: readonly Expr[], fixed: readonly Expr[]): LogicalPlan {
  const intoLeft = ['inner', 'cross', 'left', 'semi', 'anti', 'mark'].includes(join.join);
  const intoRight = ['inner', 'cross', 'right'].includes(join.join);
  const [left, notLeft] = partition(parts, (part) => intoLeft && !constant(part) && belongs(part, join.left));
  const [right, rest] = partition(notLeft, (part) => intoRight && !constant(part) && belongs(part, join.right));
  let next: Join = {
    ...join,
    left: left.length > 0 ? push(join.left, left) : join.left,
    right: right.length > 0 ? push(join.right, right) : join.right,
  };
  let above = rest;
  if (join.join === 'inner' || join.join === 'cross') {
    const [on, stay] = partition(rest, (part) => !constant(part));
    if (on.length > 0) next = { ...next, join: 'inner', on: andOf([...(next.on ? conjuncts(next.on) : []), ...on])! };
    above = stay;
  }
  return filtered(next, [...above, ...fixed]);
}

/** Conditions of ON that look at one side only move into that side where the kind of join allows it. */
function conditionsDown(join: Join): Join {
  if (!join.on) return join;
  const parts = conjuncts(join.on);
  const intoLeft = ['inner', 'right', 'semi'].includes(join.join);
  const intoRight = ['inner', 'left', 'semi', 'anti', 'mark'].includes(join.join);
  const [left, notLeft] = partition(parts, (p) => intoLeft && !constant(p) && !isVolatile(p) && belongs(p, join.left));
  const [right, rest] = partition(
    notLeft,
    (p) => intoRight && !constant(p) && !isVolatile(p) && belongs(p, join.right),
  );
  if (left.length === 0 && right.length === 0) return join;
  const on = andOf(rest);
  return {
    ...join,
    join: on === undefined && join.join === 'inner' ? 'cross' : join.join,
    left: push(join.left, left),
    right: push(join.right, right),
    on: on ?? (join.join === 'inner' ? undefined : { kind: 'literal', type: 'boolean', value: true }),
  };
}
