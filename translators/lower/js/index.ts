/** Bound expressions as closures over rows: constants, projections and whatever filters the cluster cannot answer. */

import { assertNever } from '../../algebra/assert-never.ts';
import type { Call, Cast, Column, Expr, Literal } from '../../algebra/expr.ts';
import type { Session } from '../../algebra/session.ts';
import type { Value } from '../../algebra/types.ts';
import { childrenOf, columnsOf, conjuncts } from '../../algebra/walk.ts';
import { onlyInSearch } from '../../bind/relevance.ts';
import { placed, SqlError } from '../../errors.ts';
import { castFunction } from '../../functions/cast.ts';
import { absenceOf } from './absent.ts';
import { callClosure, scalarCheck } from './call.ts';
import { compareClosure, inClosure } from './compare.ts';
import { foldDecimal } from './decimals.ts';
import { elementReader } from './element.ts';
import { likeMatcher } from './like.ts';
import { allOf, anyOf, type Closure, negation, overElements, overValues, truthOf } from './logic.ts';

/** `columns` are the row's positions; a column is looked up by its identity. */
export function compileExpr(
  expr: Expr,
  columns: readonly Column[],
  session: Session,
): (row: readonly Value[]) => Value {
  const positions = new Map(columns.map((column, i) => [column.id, i]));
  return new Compiler(positions, session).compile(expr);
}

/** Whether a row satisfies a condition. Its conjuncts are computed from the left, up to the first that is not TRUE. */
export function compileCondition(
  predicate: Expr,
  columns: readonly Column[],
  session: Session,
): (row: readonly Value[]) => boolean {
  const tests = conjuncts(predicate).map((part) => compileExpr(part, columns, session));
  const [only] = tests;
  if (tests.length === 1 && only) return (row) => truthOf(only(row)) === true;
  return (row) => tests.every((test) => truthOf(test(row)) === true);
}

/** Errors of a row's values tell the place of the expression that they come from. */
function toldWhere({ written }: Call | Cast, closure: Closure): Closure {
  if (!written) return closure;
  return (row) => {
    try {
      return closure(row);
    } catch (error) {
      throw placed(error, written.sql, written.at);
    }
  };
}

class Compiler {
  constructor(
    private readonly positions: ReadonlyMap<number, number>,
    private readonly session: Session,
  ) {}

  readonly compile = (expr: Expr): Closure => {
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr;
        return () => value;
      }
      case 'column': {
        const at = this.positions.get(expr.column.id);
        if (at === undefined)
          throw new SqlError('internal', `column [${expr.column.name}] is not among the input's columns`);
        return (row) => row[at] ?? null;
      }
      case 'call':
        return this.anyValue(
          expr.type === 'boolean' ? [expr] : [],
          toldWhere(expr, callClosure(expr, expr.args.map(this.compile), this.session)),
        );
      case 'cast':
        return toldWhere(expr, this.cast(expr));
      case 'case':
        return this.choice(expr);
      case 'and': {
        const all = allOf(expr.args.map(this.compile));
        return expr.between ? this.eachValue([expr.between], all) : all;
      }
      case 'or':
        return anyOf(expr.args.map(this.compile));
      case 'not':
        return negation(this.compile(expr.arg));
      case 'compare':
        return this.anyValue(
          [expr.left, expr.right],
          compareClosure(expr, this.compile(expr.left), this.compile(expr.right)),
        );
      case 'isNull': {
        const arg = this.compile(expr.arg);
        const absent = absenceOf(expr.arg);
        return this.anyValue([expr.arg], (row) => absent(arg(row)));
      }
      case 'in':
        return this.anyValue(
          [expr.arg, ...expr.list],
          inClosure(expr, this.compile(expr.arg), expr.list.map(this.compile)),
        );
      case 'like':
        return this.anyValue([expr.arg, expr.pattern], this.like(expr));
      case 'relevance':
        throw onlyInSearch(expr);
      case 'nestedAny':
        return this.someElement(expr);
      case 'outer':
      case 'scalarSubquery':
        throw new SqlError('unsupported', 'a subquery cannot stand here');
      default:
        return assertNever(expr);
    }
  };

  /** A predicate over functions of fields: of a field of several values any may satisfy it, as of the field itself. */
  private anyValue(operands: readonly Expr[], test: Closure): Closure {
    return this.eachValue(
      operands.filter((operand) => operand.kind !== 'column'),
      test,
    );
  }

  /** True when some choice of one value from each field of the operands satisfies the test. */
  private eachValue(operands: readonly Expr[], test: Closure): Closure {
    const at = [...columnsOf(...operands)]
      .filter(({ type }) => scalarCheck(type))
      .map((column) => this.positions.get(column.id) ?? -1);
    return at.length === 0 ? test : overValues(at, test);
  }

  /** Some element of the collection satisfies the predicate, whose columns are read below the element. */
  private someElement(expr: Expr & { readonly kind: 'nestedAny' }): Closure {
    const at = this.positions.get(expr.source.id);
    if (at === undefined)
      throw new SqlError('internal', `column [${expr.source.name}] is not among the input's columns`);
    const columns = [...columnsOf(expr.predicate)];
    const read = columns.map((column) => elementReader(column.field?.path.slice(expr.path.length + 1) ?? ''));
    const test = compileExpr(expr.predicate, columns, this.session);
    return (row) => {
      const cell = row[at] ?? null;
      const elements = Array.isArray(cell) ? (cell as readonly Value[]) : cell === null ? [] : [cell];
      return elements.some((element) => test(read.map((get) => get(element))) === true);
    };
  }

  private cast(expr: Expr & { readonly kind: 'cast' }): Closure {
    const { arg, type } = expr;
    const inner = this.compile(arg);
    const convert = castFunction(arg.type, type, this.session) as ((value: Value) => Value) | undefined;
    if (!convert)
      throw new SqlError('argumentTypes', `cast_to_${type} function cannot take [${arg.type.toUpperCase()}]`);
    // A multi-valued field as text or number has no single answer; the elements keep their own.
    const one = scalarCheck(arg.type, arg);
    return (row) => {
      const value = inner(row);
      return value === null ? null : convert(one && typeof value === 'object' ? one(value) : value);
    };
  }

  private choice(expr: Expr & { readonly kind: 'case' }): Closure {
    const whens = expr.whens.map(({ when, then }) => ({ when: this.compile(when), then: this.compile(then) }));
    const otherwise = this.compile(expr.otherwise);
    return (row) => {
      for (const { when, then } of whens) if (truthOf(when(row)) === true) return then(row);
      return otherwise(row);
    };
  }

  private like(expr: Expr & { readonly kind: 'like' }): Closure {
    const arg = this.compile(expr.arg);
    const { pattern, escape: escaper } = expr;
    if (pattern.kind === 'literal') {
      if (pattern.value === null) return () => null;
      const matches = likeMatcher(String(pattern.value), escaper);
      return overElements(arg, (value) => matches(String(value)), false);
    }
    const read = this.compile(pattern);
    // Patterns that come from a column: neighbours are often equal, so the last matcher is kept.
    let last: string | undefined;
    let matches = likeMatcher('', escaper);
    return (row) => {
      const text = read(row);
      if (text === null) return null;
      if (text !== last) {
        last = String(text);
        matches = likeMatcher(last, escaper);
      }
      return overElements(arg, (value) => matches(String(value)), false)(row);
    };
  }
}

/** The expression's value where it depends on nothing but the session; one that fails is left as it is, to fail when it is reached. */
export function foldConstant(expr: Expr, session: Session): Expr | Literal {
  if (expr.kind === 'literal' || !isConstant(expr) || failsInside(expr)) return expr;
  const decimal = foldDecimal(expr);
  if (decimal) return decimal;
  try {
    return { kind: 'literal', type: expr.type, value: compileExpr(expr, [], session)([]) };
  } catch (error) {
    if (error instanceof SqlError) return expr;
    throw error;
  }
}

/** An argument that could not be folded fails: to compute it again for each call around it would double the work at every level. */
const failsInside = (expr: Expr): boolean =>
  expr.kind === 'call' && expr.fn.nulls === 'strict' && expr.args.some((arg) => arg.kind !== 'literal');

/** Does it have one value for all rows? */
export function isConstant(expr: Expr): boolean {
  if (['column', 'outer', 'relevance', 'nestedAny', 'scalarSubquery'].includes(expr.kind)) return false;
  if (expr.kind === 'call' && expr.fn.volatile) return false;
  return childrenOf(expr).every(isConstant);
}
