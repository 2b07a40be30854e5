/** Rewrites of predicates over computed values into simpler predicates that mean the same, one step at a time. */
import { holds } from '../../algebra/compare-operators.ts';
import type { Case, Compare, Expr, Literal } from '../../algebra/expr.ts';
import { isInteger, isTemporal, SQL_TYPES, type Value } from '../../algebra/types.ts';

const literal = (value: Value): Literal => ({ kind: 'literal', type: 'boolean', value });
const not = (arg: Expr): Expr => ({ kind: 'not', type: 'boolean', arg });

/** Undefined when nothing applies. */
export function rewritten(expr: Expr): Expr | undefined {
  const conditional = asCase(expr);
  if (conditional) return conditional;
  switch (expr.kind) {
    case 'compare':
      return constantCompare(expr) ?? intoCase(expr) ?? ofBoolean(expr) ?? ofCall(expr) ?? uncast(expr);
    case 'isNull': {
      if (expr.arg.kind === 'literal') return literal(expr.arg.value === null);
      const inner = asCase(expr.arg) ?? expr.arg;
      return inner.kind === 'case' ? branches(inner, (arg) => ({ ...expr, arg })) : nullOf(inner);
    }
    case 'like': {
      const inner = asCase(expr.arg) ?? expr.arg;
      if (inner.kind === 'case' && expr.pattern.kind === 'literal') return branches(inner, (arg) => ({ ...expr, arg }));
      return undefined;
    }
    default:
      return undefined;
  }
}

/** `f` of each result. The conditions stay. */
function branches(expr: Case, f: (result: Expr) => Expr): Case {
  return {
    kind: 'case',
    type: 'boolean',
    whens: expr.whens.map(({ when, then }) => ({ when, then: f(then) })),
    otherwise: f(expr.otherwise),
  };
}

const asCase = (expr: Expr): Case | undefined => (expr.kind === 'call' ? expr.fn.branches?.(expr) : undefined);

function intoCase(expr: Compare): Expr | undefined {
  const left = asCase(expr.left) ?? expr.left;
  if (left.kind !== 'case' || expr.right.kind !== 'literal') return undefined;
  return branches(left, (result) => ({ ...expr, left: result }));
}

function constantCompare({ op, left, right }: Compare): Expr | undefined {
  if (left.kind !== 'literal' || right.kind !== 'literal') return undefined;
  const a = left.value;
  const b = right.value;
  if (a === null || b === null) return literal(null);
  const numbers = (v: Value): v is number | bigint => typeof v === 'number' || typeof v === 'bigint';
  const same =
    (numbers(a) && numbers(b)) ||
    (typeof a === 'boolean' && typeof b === 'boolean') ||
    (typeof a === 'string' &&
      typeof b === 'string' &&
      (!isTemporal(left.type) || left.type === right.type) &&
      left.type !== 'ip');
  if (!same) return undefined;
  return literal(holds(op, a < b ? -1 : a > b ? 1 : 0));
}

/** `p = TRUE` is p, `p = FALSE` is NOT p; NULL stays NULL. */
function ofBoolean({ op, left, right }: Compare): Expr | undefined {
  if (left.type !== 'boolean' || left.kind === 'column' || right.kind !== 'literal') return undefined;
  if (typeof right.value !== 'boolean' || (op !== '=' && op !== '!=')) return undefined;
  return right.value === (op === '=') ? left : not(left);
}

const ofCall = ({ op, left, right }: Compare): Expr | undefined =>
  left.kind === 'call' && right.kind === 'literal' ? left.fn.comparison?.(left, op, right) : undefined;

/** Casts that keep the value: to a wider whole number, or between keyword and text. */
function uncast(expr: Compare): Expr | undefined {
  const { left, right } = expr;
  if (left.kind !== 'cast' || right.kind !== 'literal') return undefined;
  const from = left.arg.type;
  const to = left.type;
  const texts = SQL_TYPES[from].family === 'string' && SQL_TYPES[to].family === 'string';
  const wider = isInteger(from) && isInteger(to) && SQL_TYPES[from].width <= SQL_TYPES[to].width;
  // Doubles hold every integer of 32 bits.
  const exact = to === 'double' && isInteger(from) && SQL_TYPES[from].width <= SQL_TYPES.integer.width;
  if (!texts && !exact && (!wider || to === 'unsigned_long')) return undefined;
  return { ...expr, left: left.arg };
}

/** Casts that neither fail nor give NULL. */
const keepsValues = ({ arg, type }: Extract<Expr, { kind: 'cast' }>): boolean => {
  const from = SQL_TYPES[arg.type].family;
  const to = SQL_TYPES[type].family;
  return to === 'string' || (from === to && to !== 'object') || (from === 'boolean' && to === 'number');
};

/** f(x) IS NULL where f has a value for every x that is none. */
function nullOf(expr: Expr): Expr | undefined {
  if (expr.kind === 'cast') {
    return keepsValues(expr) ? { kind: 'isNull', type: 'boolean', arg: expr.arg } : undefined;
  }
  if (expr.kind !== 'call' || expr.fn.nulls !== 'strict' || !expr.fn.total) return undefined;
  const args = expr.args.map((arg): Expr => ({ kind: 'isNull', type: 'boolean', arg }));
  return args.length === 1 ? args[0] : { kind: 'or', type: 'boolean', args };
}
