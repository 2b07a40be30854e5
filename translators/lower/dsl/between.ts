/** BETWEEN: both comparisons look at one value, so that of a field of several values one has to lie inside (spec sql-standard, values). */

import type { Dsl } from '../../algebra/dsl.ts';
import type { And, Case, Compare, Expr } from '../../algebra/expr.ts';
import { exprKey } from '../../algebra/key.ts';
import { columnsOf } from '../../algebra/walk.ts';
import { MATCH_NONE } from './bool.ts';
import type { Place } from './context.ts';
import type { Leaf } from './leaf.ts';
import { rewritten } from './rewrite.ts';
import { solvedTogether } from './solved.ts';

export type Between = And & { readonly between: Expr };

export const isBetween = (expr: Expr): expr is Between => expr.kind === 'and' && expr.between !== undefined;

/** Whether one value and several are told apart at all: metadata and computed columns hold one. */
export const mayHoldSeveral = ({ between }: Between): boolean =>
  [...columnsOf(between)].some((column) => column.field !== undefined);

/** Where the index can say it exactly of one value; undefined elsewhere. `leafOf` is the way of a single comparison. */
export function betweenLeaf(
  { args }: Between,
  place: Place,
  leafOf: (comparison: Compare) => Leaf | undefined,
): Leaf | undefined {
  const comparisons = args.filter((arg): arg is Compare => arg.kind === 'compare' && arg.right.kind === 'literal');
  const [low, high] = comparisons;
  if (!low || !high || comparisons.length < args.length) return undefined;
  const solved = low.left.kind === 'column' ? undefined : solvedTogether(comparisons, place);
  if (solved) return solved;
  const [above, below] = [leafOf(low), leafOf(high)];
  return above && below && both(above, below);
}

/** The same over what its comparisons become where they are written more simply: of a CASE, BETWEEN of each result. */
export function simplerBetween({ args }: Between): Expr | undefined {
  const others = args.map((arg) => rewritten(arg));
  if (others.every((other) => other === undefined)) return undefined;
  return together(args.map((arg, i) => others[i] ?? arg));
}

function together(parts: readonly Expr[]): Expr | undefined {
  const [first, second] = parts;
  if (!first || !second) return first;
  if (parts.some((part) => part.kind === 'literal')) {
    const rest = parts.filter((part) => part.kind !== 'literal' || part.value !== true);
    return rest.length < 2 ? (rest[0] ?? first) : undefined;
  }
  if (first.kind === 'compare' && second.kind === 'compare' && exprKey(first.left) === exprKey(second.left))
    return { kind: 'and', type: 'boolean', args: parts, between: first.left };
  return first.kind === 'case' && second.kind === 'case' ? ofCases(first, second) : undefined;
}

function ofCases(first: Case, second: Case): Expr | undefined {
  const choices = (expr: Case): string => expr.whens.map(({ when }) => exprKey(when)).join(';');
  if (choices(first) !== choices(second)) return undefined;
  const thens = first.whens.map(({ then }, i) => together([then, second.whens[i]!.then]));
  const otherwise = together([first.otherwise, second.otherwise]);
  if (!otherwise || thens.some((then) => !then)) return undefined;
  return { ...first, whens: first.whens.map(({ when }, i) => ({ when, then: thens[i]! })), otherwise };
}

/** One value that meets two leaves of one field. */
function both(a: Leaf, b: Leaf): Leaf | undefined {
  const match = meeting(a.match.query, b.match.query, a, b);
  if (!match) return undefined;
  const exact = a.match.exact && b.match.exact;
  const surely = (leaf: Leaf): Dsl => (leaf.match.exact ? leaf.match.query : (leaf.certain ?? MATCH_NONE));
  const certain = exact ? undefined : meeting(surely(a), surely(b), a, b);
  return { field: a.field, match: { query: match, exact }, ...(certain ? { certain } : {}), present: a.present };
}

function meeting(left: Dsl, right: Dsl, a: Leaf, b: Leaf): Dsl | undefined {
  if (left === MATCH_NONE || right === MATCH_NONE) return MATCH_NONE;
  if (left === a.present.query) return right;
  if (right === b.present.query) return left;
  return oneRange(left, right);
}

type Bounds = Readonly<Record<string, unknown>>;

/** Two ranges of one field as one; what else they say, as a format, has to be the same. */
function oneRange(left: Dsl, right: Dsl): Dsl | undefined {
  const [a, b] = [left.range, right.range] as readonly (Readonly<Record<string, Bounds>> | undefined)[];
  const path = a && Object.keys(a)[0];
  const [low, high] = [path === undefined ? undefined : a?.[path], path === undefined ? undefined : b?.[path]];
  if (path === undefined || !low || !high) return JSON.stringify(left) === JSON.stringify(right) ? left : undefined;
  for (const [name, value] of Object.entries(high)) if (name in low && low[name] !== value) return undefined;
  return { range: { [path]: { ...low, ...high } } };
}
