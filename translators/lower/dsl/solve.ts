/**
 * Solves `f(field) op literal` for the field: where f only rises or only falls, the values that satisfy it lie side by side, and
 * their bounds are searched for with the function itself, so that every rounding, cut and overflow of it is kept.
 */
import type { Column, Compare, CompareOperator, Expr, InList, Like, Literal } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import type { Session } from '../../algebra/session.ts';
import type { Value } from '../../algebra/types.ts';
import { SqlError } from '../../errors.ts';
import { comparator } from '../../functions/equality.ts';
import { zoneOf } from '../../functions/zoned.ts';
import { compileExpr } from '../js/index.ts';
import { likeParts } from './like-pattern.ts';
import { type Move, moveOf } from './moves.ts';
import { startsBetween } from './period-starts.ts';
import { type Positions, positionsOf, type Span } from './positions.ts';
import { first, max, min, union } from './spans.ts';

export interface Solution {
  readonly field: Field;
  readonly positions: Positions;
  /** Where the predicate is TRUE: apart from each other, ascending. */
  readonly spans: readonly Span[];
  /** Where the function has no value. */
  readonly nulls: readonly Span[];
  /** False: the spans hold values besides, which the index does not tell apart. */
  readonly exact: boolean;
}

export type Solvable = Compare | InList | Like;

const MAX_MEMBERS = 200;
const MAX_PIECES = 400;

/** `inside`: the field's values are known to lie in these spans. */
export function solve(expr: Solvable, session: Session, inside?: readonly Span[]): Solution | undefined {
  const subject = expr.kind === 'compare' ? expr.left : expr.arg;
  const column = columnBelow(subject);
  const positions = column?.field && positionsOf(column.field);
  const tests = testsOf(expr);
  if (!column?.field || !positions || !tests) return undefined;
  try {
    return new Solver(column, column.field, positions, session).solve(subject, tests, expr, inside);
  } catch (error) {
    // A comparison that has no closure has no solution.
    if (error instanceof SqlError) return undefined;
    throw error;
  }
}

/** Where the expression is NULL although the field has a value; undefined where that cannot be told. */
export function nullsOf(expr: Expr, session: Session): Omit<Solution, 'spans' | 'exact'> | undefined {
  const column = columnBelow(expr);
  const positions = column?.field && positionsOf(column.field);
  if (!column?.field || !positions) return undefined;
  const nulls = new Solver(column, column.field, positions, session).nulls(expr);
  return nulls && { field: column.field, positions, nulls };
}

/** The column at the end of a chain of functions that move one way. */
export function columnBelow(expr: Expr): Column | undefined {
  if (expr.kind === 'column') return expr.column;
  const move = moveOf(expr);
  return move && columnBelow(move.arg);
}

/** The value is at least (or above) one bound and at most (or below) another. */
interface Test {
  readonly low?: { readonly op: '>' | '>='; readonly bound: Literal };
  readonly high?: { readonly op: '<' | '<='; readonly bound: Literal };
}

function testsOf(expr: Solvable): readonly Test[] | undefined {
  if (expr.kind === 'like') return prefixTest(expr);
  if (expr.kind === 'compare') {
    return expr.right.kind === 'literal' && expr.right.value !== null && expr.op !== '!='
      ? [testOf(expr.op, expr.right)]
      : undefined;
  }
  if (expr.list.length > MAX_MEMBERS) return undefined;
  const tests: Test[] = [];
  for (const item of expr.list) {
    if (item.kind !== 'literal') return undefined;
    if (item.value !== null) tests.push(testOf('=', item));
  }
  return tests;
}

function testOf(op: Exclude<CompareOperator, '!='>, bound: Literal): Test {
  switch (op) {
    case '=':
      return { low: { op: '>=', bound }, high: { op: '<=', bound } };
    case '>':
    case '>=':
      return { low: { op, bound } };
    case '<':
    case '<=':
      return { high: { op, bound } };
  }
}

/** `LIKE '2024-05%'` of digits: what lies between the beginning and the last text that begins so. */
function prefixTest({ pattern, escape: mark }: Like): readonly Test[] | undefined {
  if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') return undefined;
  const [head, tail, more] = likeParts(pattern.value, mark);
  if (typeof head !== 'object' || tail !== 'any' || more !== undefined || /[A-Za-z]/.test(head.text)) return undefined;
  const bound = (value: string): Literal => ({ kind: 'literal', type: 'keyword', value });
  return [{ low: { op: '>=', bound: bound(head.text) }, high: { op: '<=', bound: bound(`${head.text}\uffff`) } }];
}

interface Piece extends Span {
  readonly up: boolean;
}

type At = (at: bigint) => Value;
type Holds = (at: bigint) => boolean;

/** What a function that failed gave: more than it can hold, or less. */
const BEYOND = Symbol('beyond');

class Solver {
  /** Only the days of the results are in order, not the times in them. */
  private daily = false;
  /** Results are in order but for the moments at which clocks of this zone are put back. */
  private zone: string | undefined;

  constructor(
    private readonly column: Column,
    private readonly field: Field,
    private readonly positions: Positions,
    private readonly session: Session,
  ) {}

  solve(
    subject: Expr,
    tests: readonly Test[],
    expr: Solvable,
    inside: readonly Span[] | undefined,
  ): Solution | undefined {
    let pieces = this.pieces(subject, inside ?? [this.positions]);
    if (!pieces) return undefined;
    if (this.daily || this.zone !== undefined) {
      if (inside) return undefined;
      pieces = this.around(pieces, subject, tests);
    }
    const value = this.at(subject);
    const spans: Span[] = [];
    const nulls: Span[] = [];
    for (const piece of pieces) {
      const known = this.known(piece, value);
      if (!known) return undefined;
      if (known.below === null) nulls.push({ from: piece.from, to: known.from - 1n });
      if (known.above === null) nulls.push({ from: known.to + 1n, to: piece.to });
      if (known.from > known.to) continue;
      for (const { low, high } of tests) {
        const least = low && this.suffix(piece, known, this.holds(subject, low.op, low.bound), piece.up);
        const most = high && this.suffix(piece, known, this.holds(subject, high.op, high.bound), !piece.up);
        const from = max(least?.from ?? known.from, most?.from ?? known.from);
        const to = min(least?.to ?? known.to, most?.to ?? known.to);
        if (from <= to) spans.push({ from, to });
      }
    }
    return { field: this.field, positions: this.positions, nulls: union(nulls), ...this.settled(union(spans), expr) };
  }

  nulls(expr: Expr): readonly Span[] | undefined {
    const pieces = this.pieces(expr, [this.positions]);
    const value = this.at(expr);
    const nulls: Span[] = [];
    for (const piece of pieces ?? []) {
      const known = this.known(piece, value);
      if (!known) return undefined;
      if (known.below === null) nulls.push({ from: piece.from, to: known.from - 1n });
      if (known.above === null) nulls.push({ from: known.to + 1n, to: piece.to });
    }
    return pieces && union(nulls);
  }

  /** Where documents hold finer values than the index, a bound inside of a position makes its documents candidates. */
  private settled(spans: readonly Span[], expr: Solvable): Pick<Solution, 'spans' | 'exact'> {
    const { last, from } = this.positions;
    if (!last) return { spans, exact: true };
    const test = compileExpr(expr, [this.column], this.session);
    let exact = true;
    const wide = spans.map((span) => {
      if (test([last(span.to)]) !== true) exact = false;
      const before = span.from > from && test([last(span.from - 1n)]) === true;
      if (before) exact = false;
      return before ? { from: span.from - 1n, to: span.to } : span;
    });
    return { spans: union(wide), exact };
  }

  /** The stretches of positions over which the expression only rises or only falls. */
  private pieces(expr: Expr, inside: readonly Span[]): readonly Piece[] | undefined {
    if (expr.kind === 'column') return inside.map(({ from, to }) => ({ from, to, up: true }));
    const move = moveOf(expr);
    const inner = move && this.pieces(move.arg, inside);
    if (!move || !inner) return undefined;
    if (move.monthly) {
      if (move.arg.kind !== 'column') return undefined;
      this.daily = true;
    }
    if (move.zone !== undefined && !isOffset(move.zone)) {
      if (move.arg.kind !== 'column' || move.arg.type !== 'timestamp') return undefined;
      const spans =
        inside.length > 0 && inside[0] !== this.positions ? this.betweenChanges(inside, move.zone) : undefined;
      if (spans) return spans.map((span) => ({ ...span, up: true }));
      this.zone = move.zone;
    }
    const simple = move.cuts.length === 0 && move.within === undefined;
    if (simple) return inner.map((piece) => ({ ...piece, up: piece.up === move.up[0] }));
    if (this.daily || this.zone !== undefined) return undefined;
    const out: Piece[] = [];
    for (const piece of inner) {
      const parts = this.cut(piece, move);
      if (!parts || out.length + parts.length > MAX_PIECES) return undefined;
      out.push(...parts);
    }
    return out;
  }

  private cut(piece: Piece, move: Move): readonly Piece[] | undefined {
    const value = this.at(move.arg);
    const known = this.known(piece, value);
    if (!known || known.from > known.to) return undefined;
    const cuts = move.within ? startsBetween(move.within, value(known.from), value(known.to), piece.up) : move.cuts;
    if (!cuts) return undefined;
    const compare = comparator(move.arg.type, move.arg.type) as (a: Value, b: Value) => number;
    const out: Piece[] = [];
    // What fails inside fails as a whole.
    const start = known.below === BEYOND ? known.from : piece.from;
    const stop = known.above === BEYOND ? known.to : piece.to;
    let from = start;
    for (let i = 0; i <= cuts.length; i++) {
      // Where the argument falls, its greatest values come first.
      const region = piece.up ? i : cuts.length - i;
      const bound = piece.up ? cuts[i] : cuts[region - 1];
      const to =
        bound === undefined
          ? stop
          : first(known.from, known.to, (at) =>
              piece.up ? compare(value(at), bound) >= 0 : compare(value(at), bound) < 0,
            ) - 1n;
      if (to < known.from) continue;
      const end = to >= known.to ? stop : to;
      if (from <= end) out.push({ from, to: end, up: (move.up[region] ?? true) === piece.up });
      from = end + 1n;
      if (from > stop) break;
    }
    return out;
  }

  /** Small pieces around each bound, in each of which the order holds: elsewhere the order of days decides. */
  private around(pieces: readonly Piece[], subject: Expr, tests: readonly Test[]): readonly Piece[] {
    const { from, to } = this.positions;
    const day = DAY * this.perMilli();
    const known = this.known(this.positions, this.at(subject)) ?? this.positions;
    const [firstDay, lastDay] = [known.from / day + 1n, known.to / day];
    const starts = new Set<bigint>([from]);
    const add = (at: bigint): void => {
      if (at > known.from && at <= known.to) starts.add(at);
    };
    for (const test of tests) {
      for (const bound of [test.low, test.high]) {
        if (!bound) continue;
        const holds = this.holds(subject, bound.op, bound.bound);
        const rising = (bound === test.low) === pieces[0]!.up;
        const at = first(firstDay, lastDay, (n) => holds(n * day) === rising);
        for (let n = at - NEAR_DAYS; n <= at + NEAR_DAYS; n++) add(n * day);
        if (this.zone !== undefined) {
          for (const change of this.changes((at - NEAR_DAYS) * day, (at + NEAR_DAYS) * day, this.zone)) add(change);
        }
      }
    }
    const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1));
    return sorted.map((start, i) => ({ from: start, to: (sorted[i + 1] ?? to + 1n) - 1n, up: pieces[0]!.up }));
  }

  /** Spans of a few years, cut where the zone's clocks change. */
  private betweenChanges(spans: readonly Span[], zone: string): readonly Span[] | undefined {
    const out: Span[] = [];
    const day = DAY * this.perMilli();
    for (const { from, to } of spans) {
      if (to - from > MAX_ZONED_DAYS * day) return undefined;
      const cuts = [from, ...this.changes(from, to, zone), to + 1n];
      for (let i = 1; i < cuts.length; i++)
        if (cuts[i - 1]! < cuts[i]!) out.push({ from: cuts[i - 1]!, to: cuts[i]! - 1n });
    }
    return out;
  }

  /** The positions at which the zone's clocks change. */
  private changes(from: bigint, to: bigint, name: string): readonly bigint[] {
    const zone = zoneOf(name);
    const second = 1000n * this.perMilli();
    const offsetAt = (at: bigint): number => zone(Number(at / second) - (at % second < 0n ? 1 : 0));
    const out: bigint[] = [];
    const step = 3600n * 6n * second;
    for (let at = from; at < to; at += step) {
      const next = min(at + step, to);
      const before = offsetAt(at);
      if (offsetAt(next) !== before) out.push(first(at, next, (p) => offsetAt(p) !== before));
    }
    return out;
  }

  private perMilli(): bigint {
    return this.field.mapping === 'date_nanos' ? 1_000_000n : 1n;
  }

  /** The part of a piece where the function has a value; `below` and `above`: what it gives before and behind. */
  private known(
    piece: Span,
    value: At,
  ): (Span & { readonly below?: null | typeof BEYOND; readonly above?: null | typeof BEYOND }) | undefined {
    const stateOf = (at: bigint): null | typeof BEYOND | undefined => {
      const found = value(at) as unknown;
      return found === null ? null : found === BEYOND ? BEYOND : undefined;
    };
    const low = stateOf(piece.from);
    const high = stateOf(piece.to);
    if (low === undefined && high === undefined) return piece;
    const middle = (piece.from + piece.to) / 2n;
    const anchor = [piece.from, piece.to, middle, ...this.positions.usual].find(
      (at) => at >= piece.from && at <= piece.to && stateOf(at) === undefined,
    );
    if (anchor === undefined) {
      return piece.from === piece.to ? { from: piece.to + 1n, to: piece.to, below: low } : undefined;
    }
    const from = low === undefined ? piece.from : first(piece.from, anchor, (at) => stateOf(at) === undefined);
    const to = high === undefined ? piece.to : first(anchor, piece.to, (at) => stateOf(at) !== undefined) - 1n;
    // Two reasons on one side would need two bounds.
    if (low !== undefined && stateOf(from - 1n) !== low) return undefined;
    if (high !== undefined && stateOf(to + 1n) !== high) return undefined;
    return { from, to, below: low, above: high };
  }

  /** Where the test holds, which is at the end of the piece (`atEnd`) or at its beginning. What lies beyond counts with that side. */
  private suffix(
    piece: Span,
    known: Span & { readonly below?: unknown; readonly above?: unknown },
    holds: Holds,
    atEnd: boolean,
  ): Span {
    if (atEnd) {
      const from = first(known.from, known.to, holds);
      return { from, to: from <= known.to && known.above === BEYOND ? piece.to : known.to };
    }
    const to = first(known.from, known.to, (at) => !holds(at)) - 1n;
    return { from: to >= known.from && known.below === BEYOND ? piece.from : known.from, to };
  }

  private at(expr: Expr): At {
    const closure = compileExpr(expr, [this.column], this.session);
    return (at) => {
      try {
        return closure([this.positions.cell(at)]);
      } catch (error) {
        if (error instanceof SqlError) return BEYOND as unknown as Value;
        throw error;
      }
    };
  }

  private holds(left: Expr, op: CompareOperator, right: Literal): Holds {
    const closure = compileExpr({ kind: 'compare', type: 'boolean', op, left, right }, [this.column], this.session);
    return (at) => {
      try {
        return closure([this.positions.cell(at)]) === true;
      } catch (error) {
        if (error instanceof SqlError) return false;
        throw error;
      }
    };
  }
}

const DAY = 86_400_000n;
/** Four days at most fall on the last of February, and no clock is off by more than one. */
const NEAR_DAYS = 5n;
/** Spans of more days are not searched for changes of a zone's clocks. */
const MAX_ZONED_DAYS = 1200n;

const isOffset = (zone: string): boolean => /^[+-]/.test(zone);
