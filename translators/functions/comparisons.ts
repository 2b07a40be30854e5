/** Comparisons of calls with constants, said by comparisons of their arguments: what stands as `comparison` in the rows. */
import { flip, holds } from '../algebra/compare-operators.ts';
import type { CompareOperator, Expr, Literal } from '../algebra/expr.ts';
import type { FunctionFacts } from '../algebra/function-facts.ts';
import { isInteger } from '../algebra/types.ts';
import { cellOf } from '../algebra/whole-number.ts';

type Comparison = NonNullable<FunctionFacts['comparison']>;

/** What the term beside a constant has to be, for the result to be `op target`; `at`: the place of the term. */
type Solve = (term: Expr, op: CompareOperator, target: bigint, constant: bigint, at: number) => Expr | undefined;

/**
 * `field + c op v` over whole numbers, solved for the field. A fraction on the right is brought to whole numbers first. Only for functions
 * that have a value wherever their term has one: a fraction equals none.
 */
const solved =
  (solve: Solve): Comparison =>
  (call, op, { value }) => {
    if (op === '!=' || (typeof value !== 'number' && typeof value !== 'bigint')) return undefined;
    // Results are as in mathematics, or an error.
    if (call.type === 'unsigned_long' || !isInteger(call.type)) return undefined;
    if (!call.args.every((arg) => isInteger(arg.type))) return undefined;
    const [a, b] = call.args;
    if (!a || (typeof value === 'number' && !Number.isFinite(value))) return undefined;
    const whole = typeof value === 'bigint' || Number.isInteger(value);
    const at = call.args.length === 1 || b?.kind === 'literal' ? 0 : a.kind === 'literal' ? 1 : undefined;
    if (at === undefined) return undefined;
    const term = call.args[at]!;
    if (!whole && op === '=') return compareWith(term, '=', value);
    const least = op === '<' || op === '<=';
    const target = BigInt(whole ? value : Math.floor(value as number)) + (whole || least ? 0n : 1n);
    const ordering: CompareOperator = whole ? op : least ? '<=' : '>=';
    const constant = call.args.length === 1 ? 0n : wholeOf(call.args[1 - at]!);
    return constant === undefined ? undefined : solve(term, ordering, target, constant, at);
  };

export const solvedSum = solved((term, op, target, constant) => compareWith(term, op, target - constant));
export const solvedDifference = solved((term, op, target, constant, at) =>
  at === 0 ? compareWith(term, op, target + constant) : compareWith(term, flip(op), constant - target),
);
export const solvedProduct = solved((term, op, target, constant) =>
  constant === 0n ? undefined : quotient(term, op, target, constant),
);
export const solvedNegation = solved((term, op, target) => compareWith(term, flip(op), -target));

/** `term * c op v`. */
function quotient(term: Expr, op: CompareOperator, target: bigint, constant: bigint): Expr {
  const remainder = target % constant;
  if (op === '=') return compareWith(term, '=', remainder === 0n ? target / constant : 0.5);
  const floor = target / constant - (remainder !== 0n && remainder < 0n !== constant < 0n ? 1n : 0n);
  const ceil = remainder === 0n ? floor : floor + 1n;
  const direction = constant < 0n ? flip(op) : op;
  return compareWith(term, direction, direction === '>' || direction === '<=' ? floor : ceil);
}

function wholeOf(expr: Expr): bigint | undefined {
  if (expr.kind !== 'literal') return undefined;
  if (typeof expr.value === 'bigint') return expr.value;
  return typeof expr.value === 'number' && Number.isSafeInteger(expr.value) ? BigInt(expr.value) : undefined;
}

function compareWith(left: Expr, op: CompareOperator, value: bigint | number): Expr {
  const shown = typeof value === 'bigint' ? cellOf(value) : value;
  const right: Literal = { kind: 'literal', type: typeof value === 'bigint' ? 'long' : 'double', value: shown };
  return { kind: 'compare', type: 'boolean', op, left, right };
}

/** A result of 1 or 0: every comparison with a number is that one of `= 1` or its negation that holds for one of them. */
export const ofPattern: Comparison = (call, op, { value }) => {
  if (typeof value !== 'number' || (op === '=' && value === 1)) return undefined;
  const atOne = holds(op, 1 - value);
  if (atOne === holds(op, 0 - value)) return undefined;
  const matches = compareWith(call, '=', 1n);
  return atOne ? matches : { kind: 'not', type: 'boolean', arg: matches };
};

/** A position of 0 says that the text is not there: NOT of a position above 0. */
export const ofPosition: Comparison = (call, op, { value }) => {
  if (typeof value !== 'number' || op === '!=') return undefined;
  if (!holds(op, 0 - value) || holds(op, 1 - value) || holds(op, Number.MAX_SAFE_INTEGER - value)) return undefined;
  return { kind: 'not', type: 'boolean', arg: compareWith(call, '>', 0n) };
};

/** -1, 0 or 1, as the first argument is before, equal to or behind the second: a comparison of both. */
export const ofOrder: Comparison = ({ args: [a, b] }, op, { value }) => {
  if (typeof value !== 'number' || !a || !b) return undefined;
  const [less, equal, greater] = [-1, 0, 1].map((sign) => holds(op, sign - value));
  const found = ORDERS[`${Number(less)}${Number(equal)}${Number(greater)}`];
  return found && { kind: 'compare', type: 'boolean', op: found, left: a, right: b };
};

/** By whether less, equal and greater satisfy. */
const ORDERS: Readonly<Record<string, CompareOperator>> = {
  '100': '<',
  '110': '<=',
  '010': '=',
  '011': '>=',
  '001': '>',
  '101': '!=',
};
