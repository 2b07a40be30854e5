/** Bound expressions as DuckDB SQL. DuckDB's own three-valued logic and binary text order are the ones wanted. */

import { assertNever } from '../../algebra/assert-never.ts';
import { flip } from '../../algebra/compare-operators.ts';
import type { Call, Compare, CompareOperator, Expr, InList, Like, Literal } from '../../algebra/expr.ts';
import { exprKey } from '../../algebra/key.ts';
import { isInteger, isNumber, type SqlType } from '../../algebra/types.ts';
import { onlyInSearch } from '../../bind/relevance.ts';
import { SqlError } from '../../errors.ts';
import { castFunction } from '../../functions/cast.ts';
import { roundTo } from '../dsl/number.ts';
import { absenceOf, isAbsent } from '../js/absent.ts';
import { compileExpr, isConstant } from '../js/index.ts';
import type { FunctionSpec, LowerContext } from './context.ts';
import { columnName, fillTemplate, literalText } from './print.ts';
import { duckType, isStructured, parameterType } from './types.ts';

const COMPUTED: ReadonlySet<Expr['kind']> = new Set(['call', 'cast', 'compare', 'in', 'like']);

export function lowerExpr(expr: Expr, context: LowerContext): string {
  const failing = failingConstant(expr, context);
  if (failing !== undefined) return failing;
  const lower = (e: Expr): string => lowerExpr(e, context);
  switch (expr.kind) {
    case 'literal':
      return literalText(expr);
    case 'outer':
    case 'column':
      return columnName(expr.column);
    case 'call':
      return lowerCall(expr, context);
    case 'cast':
      return lowerCast(expr.arg, expr.type, context);
    case 'case': {
      const branch = (e: Expr): string =>
        isNumber(e.type) && e.type !== expr.type ? widen(lower(e), expr.type) : lower(e);
      const whens = expr.whens.map(({ when, then }) => `WHEN ${lower(when)} THEN ${branch(then)}`).join(' ');
      return `(CASE ${whens} ELSE ${branch(expr.otherwise)} END)`;
    }
    case 'and':
      return expr.args.length === 0 ? 'TRUE' : `(${expr.args.map(lower).join(' AND ')})`;
    case 'or':
      return expr.args.length === 0 ? 'FALSE' : `(${expr.args.map(lower).join(' OR ')})`;
    case 'not':
      return `(NOT ${lower(expr.arg)})`;
    case 'isNull':
      return isStructured(expr.arg.type) && absenceOf(expr.arg) === isAbsent
        ? absence(expr.arg, context)
        : `(${lower(expr.arg)} IS NULL)`;
    case 'compare':
      return lowerCompare(expr, context);
    case 'in':
      return lowerIn(expr, context);
    case 'like':
      return lowerLike(expr, context);
    case 'relevance':
      throw onlyInSearch(expr);
    case 'nestedAny':
      throw new SqlError(
        'unsupported',
        `a condition on the nested field ${expr.path} can only be answered by a search`,
      );
    case 'scalarSubquery':
      throw new SqlError('unsupported', 'a subquery cannot stand here');
    default:
      return assertNever(expr);
  }
}

/**
 * A constant that fails has to do so when it is reached. DuckDB's optimizer computes constants in conditions of CASE before any row is
 * there, so that one in a branch that nobody takes would fail the statement; what may differ from row to row it leaves alone.
 */
function failingConstant(expr: Expr, context: LowerContext): string | undefined {
  if (!COMPUTED.has(expr.kind) || !isConstant(expr)) return undefined;
  const compute = compileExpr(expr, [], context.session);
  try {
    compute([]);
    return undefined;
  } catch {
    const key = `constant ${expr.type} ${exprKey(expr)}`;
    const code = { kind: 'constant', expr } as const;
    return callFunction({ key, argTypes: [], resultType: expr.type, strict: false, volatile: true, code }, [], context);
  }
}

/** An expression in the form that sorts and compares right: addresses by number, everything else as it is. */
export function sortable(expr: Expr, context: LowerContext): string {
  return expr.type === 'ip' ? addressKey(lowerExpr(expr, context), context) : lowerExpr(expr, context);
}

export const addressKey = (sql: string, context: LowerContext): string =>
  callFunction(
    { key: 'ipKey', argTypes: ['ip'], resultType: 'keyword', strict: true, code: { kind: 'address' } },
    [sql],
    context,
  );

/** An object without a leaf is NULL to conditions. */
const absence = (arg: Expr, context: LowerContext): string => {
  const text = lowerExpr(arg, context);
  const key = `absent(${arg.type})`;
  const spec: FunctionSpec = {
    key,
    argTypes: [arg.type],
    resultType: 'boolean',
    strict: true,
    code: { kind: 'absent' },
  };
  return `(${text} IS NULL OR ${callFunction(spec, [text], context)})`;
};

function callFunction(spec: FunctionSpec, args: readonly string[], context: LowerContext): string {
  const typed = args.map((arg, i) => `CAST(${arg} AS ${parameterType(spec.argTypes[i]!)})`);
  return `${context.functionName(spec)}(${typed.join(', ')})`;
}

function lowerCall(expr: Call, context: LowerContext): string {
  const { fn, type } = expr;
  const { types, args } = fn.lazy ? lowerBranches(expr, context) : lowerArgs(expr.args, context);
  // A strict row's own SQL gives NULL for NULL by itself: a test holds every such row to it.
  const sql = typeof fn.duckdb === 'function' ? fn.duckdb(args, types, type) : fn.duckdb;
  if (sql !== undefined) return `(${fillTemplate(sql, args)})`;
  return callFunction(
    {
      key: `${fn.name}(${types.join()}):${type}`,
      argTypes: types,
      resultType: type,
      strict: fn.nulls === 'strict',
      volatile: fn.volatile,
      code: { kind: 'row', fn, types, type },
    },
    args,
    context,
  );
}

interface LoweredArgs {
  readonly types: readonly SqlType[];
  readonly args: readonly string[];
}

const lowerArgs = (args: readonly Expr[], context: LowerContext): LoweredArgs => ({
  types: args.map((arg) => arg.type),
  args: args.map((arg) => lowerExpr(arg, context)),
});

/**
 * The arguments of a row that may leave some alone, each made the result's type: only then can the row be a CASE of DuckDB's. As a function
 * of ours it would be given arguments that are computed for every row, and fail where one of those that nobody needs does.
 */
function lowerBranches({ fn, args, type }: Call, context: LowerContext): LoweredArgs {
  const signature = fn.signatures[0]!;
  const branches = args.map((arg, i): readonly [SqlType, string] => {
    const isBranch = (signature[i] ?? signature.at(-1)!).family === 'any';
    const needsCast = isBranch && arg.type !== type && arg.type !== 'undefined' && !isNumber(arg.type);
    return needsCast ? [type, lowerCast(arg, type, context)] : [arg.type, lowerExpr(arg, context)];
  });
  return { types: branches.map(([t]) => t), args: branches.map(([, text]) => text) };
}

function lowerCast(arg: Expr, to: SqlType, context: LowerContext): string {
  const sql = lowerExpr(arg, context);
  const from = arg.type;
  if (from === to) return sql;
  if (from === 'undefined') return `CAST(${sql} AS ${duckType(to)})`;
  // Only casts that can lose nothing are DuckDB's; all others follow the one matrix.
  const exact =
    isInteger(from) && from !== 'unsigned_long' && to !== 'unsigned_long' && isInteger(to) && wider(from, to);
  if (exact || (from !== 'float' && isNumber(from) && to === 'double')) return widen(sql, to);
  if ((from === 'keyword' && to === 'text') || (from === 'text' && to === 'keyword')) return sql;
  if (!castFunction(from, to, context.session))
    throw new SqlError('unsupported', `a value of type ${from} cannot be cast to ${to}`);
  const key = `cast(${from}):${to}`;
  return callFunction(
    { key, argTypes: [from], resultType: to, strict: true, code: { kind: 'cast', from, to } },
    [sql],
    context,
  );
}

const INTEGER_ORDER: readonly SqlType[] = ['byte', 'short', 'integer', 'long'];
const wider = (from: SqlType, to: SqlType): boolean => INTEGER_ORDER.indexOf(from) <= INTEGER_ORDER.indexOf(to);
const widen = (sql: string, to: SqlType): string => `CAST(${sql} AS ${duckType(to)})`;

function lowerCompare(expr: Compare, context: LowerContext): string {
  const [left, right] = lowerEquals(expr.left, expr.right, context);
  if (meetsFraction(expr.left, expr.right)) return wholeBesideFraction(left, expr.op, right);
  if (meetsFraction(expr.right, expr.left)) return wholeBesideFraction(right, flip(expr.op), left);
  return `(${left} ${expr.op === '!=' ? '<>' : expr.op} ${right})`;
}

/** Whole numbers of 64 bits, which a double may not hold. */
const meetsFraction = (whole: Expr, fraction: Expr): boolean =>
  (whole.type === 'long' || whole.type === 'unsigned_long') &&
  (fraction.type === 'double' || (fraction.type === 'float' && whole.kind !== 'literal'));

/**
 * DuckDB compares both as doubles, in which whole numbers beyond 2^53 meet their neighbours. Those that are equal as doubles are compared once
 * more as what they are; the first equality is still one that a join can hash.
 */
function wholeBesideFraction(whole: string, op: CompareOperator, fraction: string): string {
  const [left, right] = [`CAST(${whole} AS DOUBLE)`, `CAST(${fraction} AS DOUBLE)`];
  const exact = (exactOp: string): string => `CAST(${whole} AS HUGEINT) ${exactOp} TRY_CAST(${right} AS HUGEINT)`;
  const equal = `(${left} = ${right} AND ${exact('=')})`;
  if (op === '=') return equal;
  if (op === '!=') return `(NOT ${equal})`;
  return `(${left} ${op[0]} ${right} OR (${left} = ${right} AND ${exact(op)}))`;
}

/** `left IN (SELECT right …)`: both sides in a form in which DuckDB's equality is ours. */
export function lowerMembers(left: Expr, right: Expr, context: LowerContext): readonly [string, string] {
  const [one, other] = lowerEquals(left, right, context);
  if (meetsFraction(left, right)) return [`CAST(${one} AS VARCHAR)`, fractionText(other)];
  return meetsFraction(right, left) ? [fractionText(one), `CAST(${other} AS VARCHAR)`] : [one, other];
}

/** The digits of a fraction that is a whole number; the text of any other one is that of no whole number. */
const fractionText = (sql: string): string => {
  const whole = `TRY_CAST(${sql} AS HUGEINT)`;
  return `CASE WHEN ${sql} = ${whole} THEN CAST(${whole} AS VARCHAR) ELSE CAST(${sql} AS VARCHAR) END`;
};

/** Both sides in a form in which DuckDB's comparison is ours, but for whole numbers beside fractions. */
function lowerEquals(left: Expr, right: Expr, context: LowerContext): readonly [string, string] {
  if (left.type === 'ip' || right.type === 'ip') {
    return [addressKey(lowerExpr(left, context), context), addressKey(lowerExpr(right, context), context)];
  }
  const l = inItsPrecision(left, context);
  const r = inItsPrecision(right, context);
  if (left.type === right.type || !isNumber(left.type) || !isNumber(right.type)) return [l, r];
  // A literal is rounded to float before it meets one; DuckDB would widen the column instead.
  if (left.type === 'float' && right.kind === 'literal') return [l, rounded(right, left)];
  if (right.type === 'float' && left.kind === 'literal') return [rounded(left, right), r];
  // And it would narrow a long to float.
  if (left.type === 'float' || right.type === 'float') return [widen(l, 'double'), widen(r, 'double')];
  return [l, r];
}

const isHalf = (expr: Expr): boolean => expr.kind === 'column' && expr.column.field?.mapping === 'half_float';

/** A half float may come from the source, with more digits than the field has; DuckDB knows no such type. */
function inItsPrecision(expr: Expr, context: LowerContext): string {
  const sql = lowerExpr(expr, context);
  if (!isHalf(expr)) return sql;
  const code = { kind: 'half' } as const;
  return callFunction({ key: 'half', argTypes: ['float'], resultType: 'float', strict: true, code }, [sql], context);
}

/** As the field beside it is; here, because DuckDB refuses numbers beyond the range of float where rounding gives infinity. */
function rounded(literal: Literal, beside: Expr): string {
  const { value } = literal;
  if (value === null) return 'NULL';
  const mapping = isHalf(beside) ? 'half_float' : 'float';
  return literalText({ ...literal, type: 'float', value: Math.fround(roundTo(mapping, Number(value))) });
}

function lowerIn(expr: InList, context: LowerContext): string {
  if (expr.list.length === 0) return 'FALSE';
  const { arg, list } = expr;
  if (
    arg.type !== 'ip' &&
    list.every((item) => item.type === arg.type || item.type === 'undefined' || !isNumber(item.type))
  ) {
    return `(${lowerExpr(arg, context)} IN (${list.map((item) => lowerExpr(item, context)).join(', ')}))`;
  }
  if (arg.type === 'ip')
    return `(${sortable(arg, context)} IN (${list.map((item) => addressKey(lowerExpr(item, context), context)).join(', ')}))`;
  // Each element is compared with its own widening.
  const alternatives = list.map((item) =>
    lowerCompare({ kind: 'compare', type: 'boolean', op: '=', left: arg, right: item }, context),
  );
  return `(${alternatives.join(' OR ')})`;
}

function lowerLike(expr: Like, context: LowerContext): string {
  const { pattern, escape: escaper } = expr;
  const arg = lowerExpr(expr.arg, context);
  if (pattern.kind === 'literal' && typeof pattern.value === 'string') {
    const text = pattern.value;
    const spec: FunctionSpec = {
      key: `like ${JSON.stringify([text, escaper])}`,
      argTypes: ['keyword'],
      resultType: 'boolean',
      strict: true,
      code: { kind: 'like', pattern: text, escape: escaper },
    };
    return callFunction(spec, [arg], context);
  }
  const spec: FunctionSpec = {
    key: `like ${JSON.stringify(escaper)}`,
    argTypes: ['keyword', 'keyword'],
    resultType: 'boolean',
    strict: true,
    code: { kind: 'like', escape: escaper },
  };
  return callFunction(spec, [arg, lowerExpr(pattern, context)], context);
}
