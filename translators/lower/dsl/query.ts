/** A bound predicate → the documents where it is TRUE, exact in three-valued logic or a superset that is checked again. */
import { flip } from '../../algebra/compare-operators.ts';
import type { Compare, Expr, Literal } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import { some } from '../../algebra/walk.ts';
import { type Between, betweenLeaf, isBetween, mayHoldSeveral, simplerBetween } from './between.ts';
import { allOf, anyOf, MATCH_ALL, MATCH_NONE, noneOf } from './bool.ts';
import { caseQuery } from './case.ts';
import { compareLeaf, type Ordering } from './compare.ts';
import { computedLeaf } from './computed.ts';
import { type DslContext, exactly, type Lowered, type Place, superset } from './context.ts';
import { indexedOf, presentOf } from './exists.ts';
import { inLeaf } from './in-list.ts';
import { countedOneByOne, type Leaf, leafQuery, nullQuery } from './leaf.ts';
import { likeLeaf } from './like.ts';
import { metaQuery } from './meta.ts';
import { nestedQuery } from './nested.ts';
import { rewritten } from './rewrite.ts';
import { scriptQuery } from './script.ts';
import { jointly, solvedLeaf, solvedNull } from './solved.ts';
import { foldedLikeLeaf, piecesLeaf, textFunctionLeaf } from './text-function.ts';

/** Undefined where the index can tell nothing of the predicate. */
export function lowerPredicate(expr: Expr, context: DslContext): Lowered | undefined {
  const lowered = truth(expr, true, context);
  return lowered && !lowered.exact && lowered.query === MATCH_ALL ? undefined : lowered;
}

/** The documents where `expr` is TRUE (wanted) or FALSE; NULL belongs to neither. */
function truth(expr: Expr, wanted: boolean, place: Place): Lowered | undefined {
  switch (expr.kind) {
    case 'literal':
      return exactly(expr.value === wanted ? MATCH_ALL : MATCH_NONE);
    case 'not':
      return truth(expr.arg, !wanted, place);
    case 'and':
      if (isBetween(expr) && mayHoldSeveral(expr)) return between(expr, wanted, place);
      return wanted ? every(expr.args, true, place) : any(expr.args, false, place);
    case 'or':
      return wanted ? any(expr.args, true, place) : every(expr.args, false, place);
    case 'relevance': {
      if (place.within !== undefined) return undefined;
      const query = expr.fn.dsl(expr.fields, expr.query, expr.options, expr.values ?? []);
      return exactly(wanted ? query : noneOf(query));
    }
    case 'nestedAny':
      return nestedQuery(expr, wanted, place, truth);
    default:
      return withScript(expr, wanted, place, native(expr, wanted, place));
  }
}

function every(args: readonly Expr[], wanted: boolean, place: Place): Lowered | undefined {
  const joint = wanted ? jointly(args, place) : undefined;
  const filter: Lowered[] = joint ? [joint.lowered] : [];
  const must: Lowered[] = [];
  let exact = true;
  for (const arg of joint?.rest ?? args) {
    const lowered = truth(arg, wanted, place);
    // What cannot be lowered leaves a superset.
    if (!lowered) exact = false;
    else (place.scored && wanted && scores(arg) ? must : filter).push(lowered);
  }
  const all = [...must, ...filter];
  if (all.length === 0) return args.length === 0 ? exactly(MATCH_ALL) : undefined;
  if (all.some((l) => l.query === MATCH_NONE)) return exactly(MATCH_NONE);
  const query = allOf(
    filter.map((l) => l.query),
    must.map((l) => l.query),
  );
  return { query, exact: exact && all.every((l) => l.exact) };
}

/** Whether one value lies inside; where the index cannot say that, both comparisons find the candidates. */
function between(expr: Between, wanted: boolean, place: Place): Lowered | undefined {
  const other = simplerBetween(expr);
  if (other) return truth(other, wanted, place);
  const leaf = betweenLeaf(expr, place, (comparison) => comparisonLeaf(comparison, place));
  if (leaf) return withScript(expr, wanted, place, leafQuery(leaf, wanted, place));
  const candidates = wanted ? every(expr.args, true, place) : undefined;
  return withScript(expr, wanted, place, candidates && superset(candidates.query));
}

const scores = (expr: Expr): boolean => some(expr, (e) => e.kind === 'relevance');

function any(args: readonly Expr[], wanted: boolean, place: Place): Lowered | undefined {
  const parts: Lowered[] = [];
  for (const arg of args) {
    const lowered = truth(arg, wanted, place);
    if (!lowered) return undefined;
    parts.push(lowered);
  }
  return { query: anyOf(parts.map((l) => l.query)), exact: parts.every((l) => l.exact) };
}

/** A script settles what the index leaves open; the index narrows what the script must look at. */
function withScript(expr: Expr, wanted: boolean, place: Place, lowered: Lowered | undefined): Lowered | undefined {
  if (lowered?.exact) return lowered;
  const script = scriptQuery(expr, wanted, place, lowered !== undefined);
  if (!script) return lowered;
  return exactly(lowered ? allOf([lowered.query, script]) : script);
}

function native(expr: Expr, wanted: boolean, place: Place): Lowered | undefined {
  const meta = metaQuery(expr, wanted, place);
  if (meta) return meta;
  const other = rewritten(expr);
  if (other) return truth(other, wanted, place);
  switch (expr.kind) {
    case 'column':
      return leafTruth(
        fieldLeaf(expr, (field) => compareLeaf(field, '=', TRUE_LITERAL, place)),
        wanted,
        place,
      );
    case 'isNull': {
      const computed = solvedNull(expr.arg, wanted, place, truth);
      if (computed) return computed;
      const field = fieldOf(expr.arg);
      const present = field && presentOf(field, place);
      const indexed = field && indexedOf(field);
      return field && present && indexed
        ? nullQuery(field, countedOneByOne(present, field), indexed, wanted, place)
        : undefined;
    }
    case 'compare': {
      const { op, left, right } = expr;
      if (left.kind === 'literal' && right.kind !== 'literal') {
        return truth({ ...expr, op: flip(op), left: right, right: left }, wanted, place);
      }
      if (right.kind !== 'literal') return undefined;
      if (right.value === null) return exactly(MATCH_NONE);
      // a != 1 is FALSE where a = 1 is TRUE, and the other way round.
      if (op === '!=') return truth({ ...expr, op: '=' }, !wanted, place);
      return leafTruth(comparisonLeaf(expr, place), wanted, place);
    }
    case 'in':
      return inTruth(expr, wanted, place);
    case 'like': {
      const { arg, pattern } = expr;
      if (pattern.kind !== 'literal') return undefined;
      const { value } = pattern;
      if (value === null) return exactly(MATCH_NONE);
      if (typeof value !== 'string') return undefined;
      const leaf =
        fieldLeaf(arg, (field) => likeLeaf(field, value, expr.escape, place)) ??
        foldedLikeLeaf(expr, place) ??
        solvedLeaf(expr, place);
      return leafTruth(leaf, wanted, place);
    }
    case 'call':
      return leafTruth(piecesLeaf(expr, place), wanted, place);
    case 'case':
      return caseQuery(expr, wanted, place, truth);
    default:
      return undefined;
  }
}

/** The literal on the right is not NULL. */
function comparisonLeaf(expr: Compare, place: Place): Leaf | undefined {
  const { op, left, right } = expr;
  if (right.kind !== 'literal' || right.value === null || op === '!=') return undefined;
  if (left.kind === 'column') return columnLeaf(left, op, right, place);
  return (
    computedLeaf(left, op, right, place) ??
    textFunctionLeaf({ ...expr, op }, place) ??
    solvedLeaf({ ...expr, op }, place)
  );
}

const TRUE_LITERAL: Literal = { kind: 'literal', type: 'boolean', value: true };

const fieldOf = (expr: Expr): Field | undefined => (expr.kind === 'column' ? expr.column.field : undefined);

function fieldLeaf(expr: Expr, leafOf: (field: Field) => Leaf | undefined): Leaf | undefined {
  const field = fieldOf(expr);
  return field && leafOf(field);
}

const columnLeaf = (column: Expr, op: Ordering, literal: Literal, place: Place): Leaf | undefined =>
  fieldLeaf(column, (field) => compareLeaf(field, op, literal, place));

const leafTruth = (leaf: Leaf | undefined, wanted: boolean, place: Place): Lowered | undefined =>
  leaf && leafQuery(leaf, wanted, place);

/** With a NULL among the members, IN is never FALSE. */
function inTruth(expr: Extract<Expr, { kind: 'in' }>, wanted: boolean, place: Place): Lowered | undefined {
  const { arg, list } = expr;
  const literals = list.filter((item): item is Literal => item.kind === 'literal');
  const field = fieldOf(arg);
  const members = literals.filter((literal) => literal.value !== null);
  // Beside a NULL, what is not found is unknown.
  if (!wanted && literals.length === list.length && members.length < literals.length) return exactly(MATCH_NONE);
  const solved = literals.length === list.length && !field ? solvedLeaf(expr, place) : undefined;
  if (solved) return leafTruth(solved, wanted, place);
  if (!field || literals.length < list.length) {
    if (list.length > MAX_EQUALITIES) return undefined;
    const args = list.map((right): Expr => ({ kind: 'compare', type: 'boolean', op: '=', left: arg, right }));
    return truth({ kind: 'or', type: 'boolean', args }, wanted, place);
  }
  if (members.length === 0) return exactly(MATCH_NONE);
  return leafTruth(inLeaf(field, members, place), wanted, place);
}

/** An OR of more clauses would be refused by the cluster. */
const MAX_EQUALITIES = 500;
