/** Solved comparisons as queries: each span of values a range; conditions on parts of one date together. */
import type { Expr } from '../../algebra/expr.ts';
import type { Session } from '../../algebra/session.ts';
import { anyOf, MATCH_ALL } from './bool.ts';
import { exactly, type Lowered, type Place } from './context.ts';
import { presentOf } from './exists.ts';
import { always, type Leaf, leafQuery, never, nullQuery } from './leaf.ts';
import { moveOf } from './moves.ts';
import type { Span } from './positions.ts';
import { columnBelow, nullsOf, type Solution, type Solvable, solve } from './solve.ts';
import { intersection, without } from './spans.ts';

/** More ranges than this are left to a script. */
const MAX_SPANS = 100;

/** What is solved without a statement looks at no clock. */
const sessionOf = (place: Place): Session => place.session ?? { now: '1970-01-01 00:00:00', today: '1970-01-01' };

export function solvedLeaf(expr: Solvable, place: Place): Leaf | undefined {
  const subject = subjectOf(expr);
  if (subject.kind === 'column') return undefined;
  const solution = solve(expr, sessionOf(place));
  return solution && leafOf(solution, place);
}

/** Comparisons of one function of one field: the values that meet them all. */
export function solvedTogether(parts: readonly Solvable[], place: Place): Leaf | undefined {
  let all: Solution | undefined;
  for (const part of parts) {
    const solution = solve(part, sessionOf(place));
    if (!solution?.exact) return undefined;
    all = all ? { ...all, spans: intersection(all.spans, solution.spans) } : solution;
  }
  return all && leafOf(all, place);
}

function leafOf(solution: Solution, place: Place): Leaf | undefined {
  const { field, positions, spans, exact } = solution;
  const present = presentWith(solution, place);
  if (!present || spans.length > MAX_SPANS) return undefined;
  if (spans.length === 0) return never(field, present);
  const query = anyOf(spans.map(positions.query));
  if (query === MATCH_ALL) return always(field, present);
  return { field, match: { query, exact }, present };
}

/** Documents where the function has a value. */
function presentWith(
  { field, positions, nulls }: Omit<Solution, 'spans' | 'exact'>,
  place: Place,
): Lowered | undefined {
  if (nulls.length === 0) return presentOf(field, place);
  const known = without(positions, nulls);
  return known.length > MAX_SPANS ? undefined : exactly(anyOf(known.map(positions.query)));
}

type Truth = (expr: Expr, wanted: boolean, place: Place) => Lowered | undefined;

/** `f(field) IS NULL`: the field has no value, or only such of which the function has none. */
export function solvedNull(arg: Expr, wanted: boolean, place: Place, truth: Truth): Lowered | undefined {
  const column = columnBelow(arg);
  const known = arg.kind === 'column' ? undefined : nullsOf(arg, sessionOf(place));
  if (!column || !known) return undefined;
  if (known.nulls.length === 0) {
    return truth(
      { kind: 'isNull', type: 'boolean', arg: { kind: 'column', type: column.type, column } },
      wanted,
      place,
    );
  }
  const present = presentWith(known, place);
  return present && nullQuery(known.field, present, present.query, wanted, place);
}

const subjectOf = (expr: Solvable): Expr => (expr.kind === 'compare' ? expr.left : expr.arg);

const isSolvable = (expr: Expr): expr is Solvable =>
  (expr.kind === 'compare' && expr.op !== '!=' && expr.right.kind === 'literal') ||
  expr.kind === 'in' ||
  expr.kind === 'like';

/** A part of a date that starts again in each longer period: `MONTH(ts)`. */
function isPart(expr: Expr): boolean {
  const move = moveOf(expr);
  return move !== undefined && (move.within !== undefined || isPart(move.arg));
}

/** The comparisons that a conjunct is made of: those of BETWEEN stand beside each other. */
function solvables(part: Expr): readonly Solvable[] {
  const pieces = part.kind === 'and' && part.between ? part.args : [part];
  return pieces.every(isSolvable) ? pieces : [];
}

/** Conjuncts of which some say in which period others look for a part of one date: those together, all others apart. */
export function joined(parts: readonly Expr[]): readonly Expr[] {
  const columns = new Set(
    parts
      .flatMap(solvables)
      .map(subjectOf)
      .filter(isPart)
      .map((subject) => columnBelow(subject)),
  );
  if (columns.size === 0) return parts;
  const groups = new Map<unknown, Expr[]>();
  for (const part of parts) {
    const [first] = solvables(part);
    const column = first && columnBelow(subjectOf(first));
    const key = column && columns.has(column) ? column : part;
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups.values()].map(
    (group): Expr => (group.length === 1 ? group[0]! : { kind: 'and', type: 'boolean', args: group }),
  );
}

/**
 * `YEAR(d) = 2024 AND MONTH(d) = 5` as one range. What is solved is gone from `rest`. Of a multi-valued date, one element has to
 * satisfy them all: parts of different dates make no date.
 */
export function jointly(
  args: readonly Expr[],
  place: Place,
): { readonly lowered: Lowered; readonly rest: readonly Expr[] } | undefined {
  const pieces = args.flatMap(solvables);
  const parts = pieces.filter((piece) => isPart(subjectOf(piece)));
  if (parts.length === 0) return undefined;
  const column = columnBelow(subjectOf(parts[0]!));
  const open = new Set<Solvable>();
  const done = new Set<Expr>();
  let inside: readonly Span[] | undefined;
  let last: Solution | undefined;
  for (const arg of pieces) {
    if (!column || columnBelow(subjectOf(arg)) !== column) continue;
    if (isPart(subjectOf(arg))) open.add(arg);
    else {
      const solution = solve(arg, sessionOf(place));
      if (!solution?.exact) continue;
      inside = inside ? intersection(inside, solution.spans) : solution.spans;
      last = solution;
      done.add(arg);
    }
  }
  for (let progress = inside !== undefined; progress; ) {
    progress = false;
    for (const arg of open) {
      const solution: Solution | undefined = solve(arg, sessionOf(place), inside);
      if (!solution?.exact || solution.spans.length > MAX_SPANS) continue;
      inside = intersection(inside!, solution.spans);
      last = solution;
      open.delete(arg);
      done.add(arg);
      progress = true;
    }
  }
  if (!last || !inside || open.size === parts.length) return undefined;
  const leaf = leafOf({ ...last, spans: inside, nulls: [] }, place);
  const lowered = leaf && leafQuery(leaf, true, place);
  const isDone = (arg: Expr): boolean => solvables(arg).length > 0 && solvables(arg).every((piece) => done.has(piece));
  return lowered && { lowered, rest: args.filter((arg) => !isDone(arg)) };
}
