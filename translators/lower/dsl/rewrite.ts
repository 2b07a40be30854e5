/** Rewrites of predicates over computed values into simpler predicates that mean the same, one step at a time. */
import type { Case, Compare, CompareOperator, Expr, Literal } from '../../algebra/expr.ts';
import { isInteger, isNumber, isTemporal, SQL_TYPES, type Value } from '../../algebra/types.ts';
import { flip, holds } from './compare.ts';
import { jsonInteger } from './number.ts';

const literal = (value: Value): Literal => ({ kind: 'literal', type: 'boolean', value });
const not = (arg: Expr): Expr => ({ kind: 'not', type: 'boolean', arg });

/** Undefined when nothing applies. */
export function rewritten(expr: Expr): Expr | undefined {
  const conditional = asCase(expr);
  if (conditional) return conditional;
  switch (expr.kind) {
    case 'compare':
      return (
        constantCompare(expr) ??
        intoCase(expr) ??
        ofBoolean(expr) ??
        solved(expr) ??
        uncast(expr) ??
        ofRegexp(expr) ??
        ofPosition(expr) ??
        ofOrder(expr)
      );
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

/** IF, IFNULL and COALESCE are CASE expressions, of results of one type: a text among dates or addresses is read as one of them. */
function asCase(expr: Expr): Case | undefined {
  if (expr.kind !== 'call') return undefined;
  const { args, type } = expr;
  const result = (arg: Expr): Expr =>
    arg.type === type || arg.type === 'undefined' || (isNumber(arg.type) && arg.type !== 'float')
      ? arg
      : { kind: 'cast', type, arg };
  switch (expr.fn.name) {
    case 'IF': {
      const [when, then, otherwise] = args;
      if (!when || !then || !otherwise) return undefined;
      return { kind: 'case', type, whens: [{ when, then: result(then) }], otherwise: result(otherwise) };
    }
    case 'IFNULL':
    case 'COALESCE': {
      const last = args.at(-1);
      if (!last) return undefined;
      const whens = args
        .slice(0, -1)
        .map((then) => ({ when: not({ kind: 'isNull', type: 'boolean', arg: then }), then: result(then) }));
      return { kind: 'case', type, whens, otherwise: result(last) };
    }
    default:
      return undefined;
  }
}

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

const SOLVABLE: ReadonlySet<string> = new Set(['ADD', 'SUBTRACT', 'MULTIPLY', 'NEGATE']);

/** `field + c op v` over whole numbers, solved for the field. A fraction on the right is brought to whole numbers first. */
function solved({ op, left, right }: Compare): Expr | undefined {
  if (op === '!=' || left.kind !== 'call' || right.kind !== 'literal') return undefined;
  const { value } = right;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const { name } = left.fn;
  // Only these have a value wherever their term has one: a fraction equals none, but MOD and NULLIF may be NULL.
  if (!SOLVABLE.has(name)) return undefined;
  // Results are as in mathematics, or an error.
  if (left.type === 'unsigned_long' || !isInteger(left.type)) return undefined;
  if (!left.args.every((arg) => isInteger(arg.type))) return undefined;
  const [a, b] = left.args;
  if (!a || (typeof value === 'number' && !Number.isFinite(value))) return undefined;
  const whole = typeof value === 'bigint' || Number.isInteger(value);
  const term = name === 'NEGATE' ? a : b?.kind === 'literal' ? a : a.kind === 'literal' ? b : undefined;
  if (!term) return undefined;
  if (!whole && op === '=') return compareWith(term, '=', value);
  const target = BigInt(whole ? value : Math.floor(value as number)) + (whole || op === '<' || op === '<=' ? 0n : 1n);
  const ordering: CompareOperator = whole ? op : op === '<' || op === '<=' ? '<=' : '>=';
  if (name === 'NEGATE') return compareWith(term, flip(ordering), -target);
  const constant = wholeOf(b?.kind === 'literal' ? b : a);
  if (constant === undefined) return undefined;
  switch (name) {
    case 'ADD':
      return compareWith(term, ordering, target - constant);
    case 'SUBTRACT':
      return term === a
        ? compareWith(term, ordering, target + constant)
        : compareWith(term, flip(ordering), constant - target);
    case 'MULTIPLY':
      return constant === 0n ? undefined : quotient(term, ordering, target, constant);
    default:
      return undefined;
  }
}

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
  const shown = typeof value === 'bigint' ? jsonInteger(value) : value;
  const right: Literal = { kind: 'literal', type: typeof value === 'bigint' ? 'long' : 'double', value: shown };
  return { kind: 'compare', type: 'boolean', op, left, right };
}

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

/** REGEXP is 1 or 0: every comparison with a number is that one of `= 1` or its negation that holds for one of them. */
function ofRegexp(expr: Compare): Expr | undefined {
  const { op, left, right } = expr;
  if (left.kind !== 'call' || left.fn.name !== 'REGEXP' || right.kind !== 'literal') return undefined;
  const { value } = right;
  if (typeof value !== 'number' || (op === '=' && value === 1)) return undefined;
  const atOne = holds(op, 1 - value);
  if (atOne === holds(op, 0 - value)) return undefined;
  const matches = compareWith(left, '=', 1n);
  return atOne ? matches : not(matches);
}

const POSITIONS: ReadonlySet<string> = new Set(['LOCATE', 'POSITION', 'INSTR']);

/** A position of 0 says that the text is not there: NOT of a position above 0. */
function ofPosition({ op, left, right }: Compare): Expr | undefined {
  if (left.kind !== 'call' || !POSITIONS.has(left.fn.name) || right.kind !== 'literal') return undefined;
  const { value } = right;
  if (typeof value !== 'number' || op === '!=') return undefined;
  if (!holds(op, 0 - value) || holds(op, 1 - value) || holds(op, Number.MAX_SAFE_INTEGER - value)) return undefined;
  return not(compareWith(left, '>', 0n));
}

/** STRCMP(a, b) op n as a comparison of a with b. */
function ofOrder({ op, left, right }: Compare): Expr | undefined {
  if (left.kind !== 'call' || left.fn.name !== 'STRCMP' || right.kind !== 'literal') return undefined;
  const { value } = right;
  const [a, b] = left.args;
  if (typeof value !== 'number' || !a || !b) return undefined;
  const [less, equal, greater] = [-1, 0, 1].map((sign) => holds(op, sign - value));
  const name = `${Number(less)}${Number(equal)}${Number(greater)}`;
  const found = ORDERS[name];
  return found && { kind: 'compare', type: 'boolean', op: found, left: a, right: b };
}

/** By whether less, equal and greater satisfy. */
const ORDERS: Readonly<Record<string, CompareOperator>> = {
  '100': '<',
  '110': '<=',
  '010': '=',
  '011': '>=',
  '001': '>',
  '101': '!=',
};

/** Functions that have a value wherever their arguments have one. */
const NEVER_NULL: ReadonlySet<string> = new Set([
  ...['ASCII', 'CONCAT', 'CONCAT_WS', 'LEFT', 'RIGHT', 'LENGTH', 'CHAR_LENGTH', 'LOCATE', 'POSITION', 'INSTR', 'LOWER'],
  ...['UPPER', 'INITCAP', 'TRIM', 'LTRIM', 'RTRIM', 'REPLACE', 'REVERSE', 'SUBSTRING', 'STRCMP', 'STARTS_WITH'],
  ...['ENDS_WITH', 'REGEXP', 'YEAR', 'QUARTER', 'MONTH', 'MONTHNAME', 'DAYOFMONTH', 'DAYNAME', 'DAYOFWEEK', 'WEEKDAY'],
  ...['DAYOFYEAR', 'HOUR', 'MINUTE', 'SECOND', 'MICROSECOND', 'MINUTE_OF_DAY', 'DATE', 'TIME', 'TIMESTAMP', 'LAST_DAY'],
  ...['ADD', 'SUBTRACT', 'MULTIPLY', 'NEGATE', 'ABS', 'FLOOR', 'CEIL', 'ROUND', 'TRUNCATE', 'SIGN', 'EXP', 'CBRT'],
]);

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
  if (expr.kind !== 'call' || expr.fn.nulls !== 'strict' || !NEVER_NULL.has(expr.fn.name)) return undefined;
  const args = expr.args.map((arg): Expr => ({ kind: 'isNull', type: 'boolean', arg }));
  return args.length === 1 ? args[0] : { kind: 'or', type: 'boolean', args };
}
