/** Checked expressions as closures over a row: the meaning of the dialect, which every faster way must agree with. */
import { arithmetic, negated } from './arithmetic.ts';
import { castValue } from './cast.ts';
import { evaluateCompare, evaluateIn, evaluateInArray } from './compare.ts';
import { SelectFault } from './errors.ts';
import type { SelectExpr, SelectStep } from './expr.ts';
import { likeTest } from './like.ts';
import { cellNumber } from './number-text.ts';
import { pathReader } from './path.ts';
import { jsonNumber, type NumericValue, numericOf, type SelectValue, textOf } from './value.ts';

/** The cells of a csv record, the value of a JSON record, or the results of the aggregates. */
export type SelectRow = SelectValue;
export type Evaluate = (row: SelectRow) => SelectValue;

export interface EvaluateOptions {
  /** See `CheckedSelect.computes`. */
  readonly computes: boolean;
}

/** Long because it has one case for each kind of expression. */
export function evaluator(expr: SelectExpr, options: EvaluateOptions): Evaluate {
  const inner = (each: SelectExpr): Evaluate => evaluator(each, options);
  switch (expr.kind) {
    case 'literal': {
      const { value } = expr;
      return () => value;
    }
    case 'cell': {
      const { column } = expr;
      return (row) => (row as readonly string[])[column];
    }
    case 'path':
      return path(expr.steps, options);
    case 'aggregate': {
      const { index } = expr;
      return (row) => (row as readonly SelectValue[])[index];
    }
    case 'and':
      return junction(expr.items.map(inner), false);
    case 'or':
      return junction(expr.items.map(inner), true);
    case 'not': {
      const arg = inner(expr.arg);
      return (row) => {
        const value = truthOf(arg(row));
        return value === null ? null : !value;
      };
    }
    case 'compare':
      return evaluateCompare(expr.op, expr.left, expr.right, inner);
    case 'arithmetic': {
      const left = numeric(expr.left, inner);
      const right = numeric(expr.right, inner);
      const { op } = expr;
      return (row) => {
        const a = left(row);
        const b = right(row);
        if (typeof a === 'undefined' || typeof b === 'undefined') return undefined;
        return a === null || b === null ? null : arithmetic(op, a, b);
      };
    }
    case 'negate': {
      const arg = numeric(expr.arg, inner);
      return (row) => {
        const value = arg(row);
        return value === null || value === undefined ? value : negated(value);
      };
    }
    case 'concat': {
      const left = inner(expr.left);
      const right = inner(expr.right);
      return (row) => {
        const a = left(row);
        const b = right(row);
        if (a === undefined || b === undefined) return undefined;
        return a === null || b === null ? null : textOf(a) + textOf(b);
      };
    }
    case 'is':
      return is(expr, inner);
    case 'in':
      return evaluateIn(expr.arg, expr.list, inner);
    case 'inArray':
      return evaluateInArray(expr.arg, expr.array, inner);
    case 'like':
      return like(expr, inner);
    case 'case': {
      const whens = expr.whens.map(({ when, then }) => ({ when: inner(when), then: inner(then) }));
      const otherwise = expr.otherwise && inner(expr.otherwise);
      return (row) => {
        for (const { when, then } of whens) if (truthOf(when(row)) === true) return then(row);
        return otherwise === undefined ? null : otherwise(row);
      };
    }
    case 'cast': {
      const arg = inner(expr.arg);
      const { target } = expr;
      return (row) => castValue(arg(row), target);
    }
    case 'call':
      return call(expr, inner);
  }
}

/** Rows whose condition is true, and no others. */
export function predicate(expr: SelectExpr, options: EvaluateOptions): (row: SelectRow) => boolean {
  const evaluate = evaluator(expr, options);
  return (row) => truthOf(evaluate(row)) === true;
}

function path(steps: readonly SelectStep[], { computes }: EvaluateOptions): Evaluate {
  const read = pathReader(steps);
  if (!computes) return read;
  return (row) => {
    const value = read(row);
    return typeof value === 'number' ? jsonNumber(value) : value;
  };
}

/** A csv cell may say true or false; nothing else than that is a truth. */
function truthOf(value: SelectValue): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') {
    const word = value.toLowerCase();
    if (word === 'true' || word === 'false') return word === 'true';
  }
  throw new SelectFault('IncorrectSqlFunctionArgumentType', `${textOf(value).slice(0, 100)} is neither true nor false`);
}

/** AND is decided by the first FALSE, OR by the first TRUE. */
function junction(items: readonly Evaluate[], deciding: boolean): Evaluate {
  return (row) => {
    let result: boolean | null = !deciding;
    for (const item of items) {
      const value = truthOf(item(row));
      if (value === deciding) return deciding;
      if (value === null) result = null;
    }
    return result;
  };
}

/** An operand of arithmetic: a cell is read as a number, an empty one as NULL. */
function numeric(
  expr: SelectExpr,
  inner: (expr: SelectExpr) => Evaluate,
): (row: SelectRow) => NumericValue | null | undefined {
  const evaluate = inner(expr);
  const isCell = expr.type === 'cell';
  return (row) => toNumeric(evaluate(row), isCell);
}

export function toNumeric(value: SelectValue, isCell: boolean): NumericValue | null | undefined {
  if (value === undefined || value === null) return value;
  if (isCell && typeof value === 'string') {
    if (value === '') return null;
    const number = cellNumber(value);
    if (number !== undefined) return number;
    throw new SelectFault('CastFailed', `'${value.slice(0, 100)}' is no number`);
  }
  const number = numericOf(value);
  if (number !== undefined) return number;
  throw new SelectFault('IncorrectSqlFunctionArgumentType', `'${textOf(value).slice(0, 100)}' is no number`);
}

function is(expr: Extract<SelectExpr, { kind: 'is' }>, inner: (expr: SelectExpr) => Evaluate): Evaluate {
  const arg = inner(expr.arg);
  const { not, what } = expr;
  switch (what) {
    case 'MISSING':
      return (row) => (arg(row) === undefined) !== not;
    case 'NULL':
      // MISSING counts as NULL here, as in PartiQL.
      return (row) => {
        const value = arg(row);
        return (value === undefined || value === null) !== not;
      };
    case 'TRUE':
      return (row) => (truthOf(arg(row)) === true) !== not;
    case 'FALSE':
      return (row) => (truthOf(arg(row)) === false) !== not;
  }
}

function like(expr: Extract<SelectExpr, { kind: 'like' }>, inner: (expr: SelectExpr) => Evaluate): Evaluate {
  const arg = inner(expr.arg);
  const pattern = inner(expr.pattern);
  const escapedBy = expr.escape && inner(expr.escape);
  let made:
    | { readonly pattern: string; readonly escape: string | undefined; readonly test: (text: string) => boolean }
    | undefined;
  return (row) => {
    const text = arg(row);
    const p = pattern(row);
    const e = escapedBy?.(row);
    if (typeof text !== 'string' || typeof p !== 'string' || (escapedBy !== undefined && typeof e !== 'string'))
      return null;
    const escaped = typeof e === 'string' ? e : undefined;
    if (made?.pattern !== p || made.escape !== escaped)
      made = { pattern: p, escape: escaped, test: likeTest(p, escaped) };
    return made.test(text);
  };
}

function call({ fn, args }: Extract<SelectExpr, { kind: 'call' }>, inner: (expr: SelectExpr) => Evaluate): Evaluate {
  const evaluates = args.map(inner);
  const { js, strict } = fn;
  return (row) => {
    const values: SelectValue[] = [];
    let empty: SelectValue = false;
    for (const evaluate of evaluates) {
      const value = evaluate(row);
      if (strict && (value === null || value === undefined) && empty !== undefined) empty = value;
      values.push(value);
    }
    return empty === false ? js(...values) : empty;
  };
}
