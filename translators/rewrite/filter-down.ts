/** Moves conditions towards the scans: through joins, groups, unnests and sorts, conjunct by conjunct. */
import type { Column, Expr } from '../algebra/expr.ts';
import type { Aggregate, Join, LogicalPlan } from '../algebra/plan.ts';
import { topDown } from '../algebra/plan-walk.ts';
import { andOf, columnsOf, conjuncts, isVolatile, looksOutside } from '../algebra/walk.ts';
import { Places } from './places.ts';
import { replaceColumns, substitutes } from './project-up.ts';

export function filterDown(plan: LogicalPlan): LogicalPlan {
  const places = new Places(plan);
  const moved = (node: LogicalPlan): LogicalPlan => {
    if (node.kind === 'join') return conditionsDown(node, places);
    if (node.kind !== 'filter') return node;
    const pushed = push(node.input, conjuncts(node.predicate), places);
    return pushed.kind === 'filter' ? pushed : moved(pushed);
  };
  return topDown(plan, moved);
}

const filtered = (input: LogicalPlan, parts: readonly Expr[]): LogicalPlan => {
  const predicate = andOf(parts);
  return predicate ? { kind: 'filter', input, predicate } : input;
};

function push(input: LogicalPlan, parts: readonly Expr[], places: Places): LogicalPlan {
  const fixed = parts.filter(isVolatile);
  const free = parts.filter((part) => !fixed.includes(part));
  if (free.length === 0) return filtered(input, parts);
  switch (input.kind) {
    case 'filter':
      return push(input.input, [...conjuncts(input.predicate), ...parts], places);
    case 'sort':
      return filtered({ ...input, input: push(input.input, free, places) }, fixed);
    case 'unnest': {
      const made = new Set(input.columns.map((c) => c.column));
      // DuckDB takes no collection apart, and alone decides what looks outside.
      const [above, below] = partition(free, (part) => reads(part, made) || looksOutside(part));
      return filtered(below.length > 0 ? { ...input, input: push(input.input, below, places) } : input, [
        ...above,
        ...fixed,
      ]);
    }
    case 'aggregate':
      return pushIntoGroups(input, free, fixed, places);
    case 'join':
      return pushIntoJoin(input, free, fixed, places);
    default:
      return filtered(input, parts);
  }
}

/**
 * Conditions on keys. Of a field of several values a row is in several groups: it may be left out below when no value of it can meet the
 * condition, and the others of its groups are left out above.
 */
function pushIntoGroups(groups: Aggregate, free: readonly Expr[], fixed: readonly Expr[], places: Places): LogicalPlan {
  // Keys of elements are made where the groups are.
  const made = new Set(groups.collections?.flatMap(({ columns }) => columns.map(({ column }) => column)));
  const keys = new Map(groups.keys.filter(({ expr }) => !reads(expr, made)).map(({ column, expr }) => [column, expr]));
  // Without keys there is one row even over nothing, so that nothing may pass.
  const ofKeys = (part: Expr): boolean =>
    groups.keys.length > 0 && [...columnsOf(part)].every((c) => keys.has(c)) && substitutes([part], keys);
  const below: Expr[] = [];
  const above: Expr[] = [];
  for (const part of free) {
    if (!ofKeys(part)) {
      above.push(part);
      continue;
    }
    const moved = replaceColumns(part, keys);
    const single = [...columnsOf(moved)].every((column) => column.field === undefined);
    if (single || isOfSomeValue(moved)) below.push(moved);
    if (!single) above.push(part);
  }
  if (below.length === 0) return filtered(groups, [...free, ...fixed]);
  return filtered({ ...groups, input: push(groups.input, below, places) }, [...above, ...fixed]);
}

/** Conditions that hold of a field where they hold of one of its values. */
function isOfSomeValue(expr: Expr): boolean {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.args.every(isOfSomeValue);
    case 'compare':
      return expr.op !== '!=';
    case 'in':
    case 'like':
      return true;
    case 'isNull':
      return expr.arg.kind === 'column';
    case 'not':
      return expr.arg.kind === 'isNull';
    default:
      return false;
  }
}

const partition = <T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] => {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
};

const reads = (expr: Expr, columns: ReadonlySet<Column>): boolean => [...columnsOf(expr)].some((c) => columns.has(c));

function pushIntoJoin(join: Join, parts: readonly Expr[], fixed: readonly Expr[], places: Places): LogicalPlan {
  const intoLeft = ['inner', 'cross', 'left', 'semi', 'anti', 'mark', 'value'].includes(join.join);
  const intoRight = ['inner', 'cross', 'right'].includes(join.join);
  const [left, notLeft] = partition(parts, (part) => intoLeft && places.belongs(part, join.left));
  const [right, rest] = partition(notLeft, (part) => intoRight && places.belongs(part, join.right));
  let next: Join = {
    ...join,
    left: left.length > 0 ? push(join.left, left, places) : join.left,
    right: right.length > 0 ? push(join.right, right, places) : join.right,
  };
  let above = rest;
  if (join.join === 'inner' || join.join === 'cross') {
    const [on, stay] = partition(rest, (part) => !places.isConstant(part));
    if (on.length > 0) next = { ...next, join: 'inner', on: andOf([...(next.on ? conjuncts(next.on) : []), ...on])! };
    above = stay;
  }
  return filtered(next, [...above, ...fixed]);
}

/** Conditions of ON that look at one side only move into that side where the kind of join allows it. */
function conditionsDown(join: Join, places: Places): Join {
  if (!join.on) return join;
  const parts = conjuncts(join.on);
  const intoLeft = ['inner', 'right', 'semi'].includes(join.join);
  const intoRight = ['inner', 'left', 'semi', 'anti', 'mark'].includes(join.join);
  const [left, notLeft] = partition(parts, (p) => intoLeft && places.belongs(p, join.left) && !isVolatile(p));
  const [right, rest] = partition(notLeft, (p) => intoRight && places.belongs(p, join.right) && !isVolatile(p));
  if (left.length === 0 && right.length === 0) return join;
  const on = andOf(rest);
  return {
    ...join,
    join: on === undefined && join.join === 'inner' ? 'cross' : join.join,
    left: left.length > 0 ? push(join.left, left, places) : join.left,
    right: right.length > 0 ? push(join.right, right, places) : join.right,
    on: on ?? (join.join === 'inner' ? undefined : { kind: 'literal', type: 'boolean', value: true }),
  };
}
