/** Binds an expression of the syntax tree: resolves names and functions, and writes implicit casts out. */

import { assertNever } from '../algebra/assert-never.ts';
import { type Column, type CompareOperator, type Expr, FALSE, NULL, TRUE } from '../algebra/expr.ts';
import { columnsOf } from '../algebra/walk.ts';
import { placed, SqlError } from '../errors.ts';
import { INTERVAL } from '../functions/datetime-arithmetic.ts';
import { operatorFunction, relevanceFunction, scalarFunction } from '../functions/index.ts';
import { ELEMENT_AT } from '../functions/json.ts';
import { engineTypeName } from '../functions/resolve.ts';
import { HAS_CHILD } from '../functions/term-queries.ts';
import { SIMILAR_PATTERN } from '../functions/text-making.ts';
import type { BinaryNode, CaseNode, ExprNode, IndexNode, IsNode, LikeNode, NameNode } from '../syntax/ast.ts';
import { bindCall, callFunction, callScalar } from './call.ts';
import { bindCast } from './cast.ts';
import { asCondition, castTo, commonType, comparable, compare } from './coerce.ts';
import { type ExprContext, semantic, unknownField } from './context.ts';
import { exactly, wideLiteral } from './exact-numbers.ts';
import { joinedName } from './joined-name.ts';
import { bindLiteral } from './literal.ts';
import { mention } from './mentions.ts';
import { bindChildren } from './relevance.ts';
import { bindRowComparison, bindRowList } from './row-values.ts';
import { bindExists, bindInQuery, bindQuantified, bindScalarQuery } from './subquery.ts';

export function bindExpr(node: ExprNode, context: ExprContext): Expr {
  let expr: Expr;
  try {
    expr = bindNode(node, context);
  } catch (error) {
    throw told(error, node, context);
  }
  context.env.size.expression(expr);
  return expr;
}

/** The error of an expression with its place, and with what its double quotes may have meant. */
const told = (error: unknown, { at }: ExprNode, { env }: ExprContext): unknown =>
  env.quoted.explained(placed(error, env.sql, at), at);

/** Long because it has one case for each kind of node. */
function bindNode(node: ExprNode, context: ExprContext): Expr {
  const { session } = context.env;
  const same = context.sameItem?.(node);
  if (same) return same;
  switch (node.kind) {
    case 'literal':
      if (node.doubleQuoted) context.env.quoted.note(node, context);
      return bindLiteral(node, context.env.session);
    case 'parameter':
      return bindParameter(node.index, context);
    case 'name':
      return bindName(node, context);
    case 'star':
      throw semantic(context, node.at, '* stands for all columns and is not an expression here');
    case 'interval':
      return callFunction(
        INTERVAL,
        [bindExpr(node.value, context), { kind: 'literal', type: 'keyword', value: node.unit }],
        node,
        context,
      );
    case 'unary': {
      const arg = bindExpr(node.arg, context);
      if (node.op === 'NOT') return { kind: 'not', type: 'boolean', arg: asCondition(arg) };
      return node.op === '+' ? arg : callFunction(operatorFunction('-', 'one'), [arg], node, context);
    }
    case 'binary':
      return bindBinary(node, context);
    case 'is': {
      const arg = bindExpr(node.arg, context);
      const test = isTest(node.what, arg);
      return node.not ? { kind: 'not', type: 'boolean', arg: test } : test;
    }
    case 'between': {
      const arg = bindSide(node.arg, context);
      const between: Expr = {
        kind: 'and',
        type: 'boolean',
        args: [
          compare('>=', arg, bindSide(node.low, context), session),
          compare('<=', arg, bindSide(node.high, context), session),
        ],
        between: arg,
      };
      return node.not ? { kind: 'not', type: 'boolean', arg: between } : between;
    }
    case 'in': {
      const rows = bindRowList(node, context);
      if (rows) return rows;
      const arg = bindSide(node.arg, context);
      const list = node.list.map((item) => bindSide(item, context));
      const test = bindInList(arg, list, context);
      return node.not ? { kind: 'not', type: 'boolean', arg: test } : test;
    }
    case 'inQuery':
      return bindInQuery(node, context);
    case 'quantified':
      return bindQuantified(node, context);
    case 'row':
      throw semantic(
        context,
        node.at,
        'A row of values can only be compared, with another row or with the rows of a query',
      );
    case 'exists':
      return bindExists(node, context);
    case 'subquery':
      return bindScalarQuery(node, context);
    case 'like':
      return bindLike(node, context);
    case 'case':
      return bindCase(node, context);
    case 'cast':
      return bindCast(node, context);
    case 'call':
      return bindCall(node, context);
    case 'fieldList':
      throw semantic(context, node.at, 'A list of fields stands only in a relevance function');
    case 'index':
      return bindIndex(node, context);
    default:
      return assertNever(node);
  }
}

/** `x IS what`. */
const isTest = (what: IsNode['what'], arg: Expr): Expr =>
  what === 'TRUE' || what === 'FALSE'
    ? truth(asCondition(arg), what === 'TRUE')
    : { kind: 'isNull', type: 'boolean', arg };

function bindParameter(index: number, context: ExprContext): Expr {
  const value = context.env.parameters[index];
  if (!value) {
    throw new SqlError(
      'illegalArgument',
      `Placeholder count is greater than parameter number ${context.env.parameters.length} . Cannot convert PreparedStatement to sql query`,
    );
  }
  return value;
}

/** Results are of one type; each is read only where its condition holds. */
function bindCase(node: CaseNode, context: ExprContext): Expr {
  const { session } = context.env;
  const operand = node.operand && bindSide(node.operand, context);
  const branch: ExprContext = { ...context, guarded: true };
  const whens = node.whens.map(({ when, then }) => ({
    when: operand ? compare('=', operand, bindSide(when, context), session) : bindCondition(when, context),
    then: bindExpr(then, branch),
  }));
  const otherwise = node.otherwise ? bindExpr(node.otherwise, branch) : NULL;
  const results = [...whens.map((w) => w.then), otherwise];
  const type = commonType(results.map((r) => r.type));
  if (!type) {
    const found = results.map((r) => engineTypeName(r.type)).join(', ');
    throw semantic(context, node.at, `All result types of CASE clause must be the same, but found [${found}]`);
  }
  return {
    kind: 'case',
    type,
    whens: whens.map((w) => ({ when: w.when, then: castTo(w.then, type, session) })),
    otherwise: castTo(otherwise, type, session),
  };
}

function bindIndex(node: IndexNode, context: ExprContext): Expr {
  // One piece of a text is a text, which a list does not tell of its elements.
  const pieces = node.base.kind === 'call' && node.base.args.length === 2 ? node.base : undefined;
  if (pieces && scalarFunction(pieces.name)?.takesIndex) {
    const args = [...pieces.args, node.index].map((arg) => bindExpr(arg, context));
    return callScalar(pieces.name, args, node, context);
  }
  const base = bindExpr(node.base, context);
  return callFunction(ELEMENT_AT, [base, bindExpr(node.index, context)], node, context);
}

export function bindCondition(node: ExprNode, context: ExprContext): Expr {
  const expr = bindExpr(node, context);
  try {
    return asCondition(expr);
  } catch (error) {
    throw told(error, node, context);
  }
}

export const columnRef = (column: Column): Expr => ({ kind: 'column', type: column.type, column });

function bindName(node: NameNode, context: ExprContext): Expr {
  if (node.parts.length === 1) {
    const aliased = context.alias?.(node.parts[0]!);
    if (aliased) return aliased;
  }
  for (let scope: typeof context.scope | undefined = context.scope; scope; scope = scope.outer) {
    const found = scope.resolve(node.parts);
    if (found === 'ambiguous') {
      throw semantic(context, node.at, `Column [${node.parts.join('.')}] is in several relations; qualify it`);
    }
    if (found) {
      for (const column of columnsOf(found)) mention(column, context.env.sql, node.at);
      return found;
    }
  }
  const last = node.parts.length === 1 ? context.lastAlias?.(node.parts[0]!, context) : undefined;
  if (last) return last;
  const qualified = node.parts.length > 1 && context.scope.relation(node.parts[0]!);
  throw unknownField(context, node, (qualified ? node.parts.slice(1) : node.parts).join('.'));
}

function bindBinary(node: BinaryNode, context: ExprContext): Expr {
  const { session } = context.env;
  switch (node.op) {
    case 'AND':
    case 'OR': {
      // A chain of ten thousand terms leans to the left: it is walked, not recursed into.
      const parts: ExprNode[] = [];
      let left: ExprNode = node;
      while (left.kind === 'binary' && left.op === node.op) {
        parts.unshift(left.right);
        left = left.left;
      }
      parts.unshift(left);
      return {
        kind: node.op === 'AND' ? 'and' : 'or',
        type: 'boolean',
        args: parts.map((p) => bindCondition(p, context)),
      };
    }
    case 'XOR': {
      const left = bindCondition(node.left, context);
      const right = bindCondition(node.right, context);
      return { kind: 'compare', type: 'boolean', op: '!=', left, right };
    }
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const special = bindRowComparison(node, context) ?? fieldSearch(node, context);
      if (special) return special;
      return compare(node.op as CompareOperator, bindSide(node.left, context), bindSide(node.right, context), session);
    }
    case '<=>': {
      const rows = bindRowComparison(node, context);
      if (rows) return rows;
      const pair = comparable(bindSide(node.left, context), bindSide(node.right, context), session);
      if (!pair) throw semantic(context, node.at, 'These types cannot be compared');
      return nullSafeEqual(...exactPair(pair));
    }
    default: {
      const joined = joinedName(node, context);
      if (joined) return bindName(joined, context);
      const left = bindExpr(node.left, context);
      const right = bindExpr(node.right, context);
      if (node.op === '+' && (left.type === 'interval' || right.type === 'interval')) {
        const operands = left.type === 'interval' ? [right, left] : [left, right];
        return callFunction(operatorFunction('+', 'interval'), operands, node, context);
      }
      const of = node.op === '-' && right.type === 'interval' ? 'interval' : 'two';
      return callFunction(operatorFunction(node.op, of), [left, right], node, context);
    }
  }
}

/** One side of a comparison. */
export const bindSide = (node: ExprNode, context: ExprContext): Expr => wideLiteral(node) ?? bindExpr(node, context);

/** The alternative syntax `field = match_query('text')` (spec sql-functions 9.1). */
function fieldSearch(node: BinaryNode, context: ExprContext): Expr | undefined {
  if (node.left.kind === 'call' && (node.left.name === 'CHILDREN' || relevanceFunction(node.left.name) === HAS_CHILD))
    return bindChildren(node.left, node.op, node.right, context);
  if (node.op !== '=' || node.right.kind !== 'call' || node.left.kind !== 'name') return undefined;
  const call = node.right;
  const fn = relevanceFunction(call.name);
  if (!fn) return undefined;
  // `q = query('text')`, `_id = ids_query(type, 1)`: the search names its fields itself.
  if (fn.takes === 'none') return bindCall(call, context);
  const named = call.named.some(({ name }) => name === 'field' || name === 'fields');
  // A search that is whole by itself is compared as a boolean.
  if (named || (!fn.values && call.args.length - (fn.positional?.length ?? 0) > 1)) return undefined;
  return bindCall({ ...call, args: [node.left, ...call.args] }, context);
}

function exactPair([left, right]: readonly [Expr, Expr]): readonly [Expr, Expr] {
  const [, l, r] = exactly('=', left, right);
  return [l, r];
}

function bindInList(arg: Expr, list: readonly Expr[], context: ExprContext): Expr {
  const { session } = context.env;
  const pairs = list.map((item) => {
    const pair = comparable(arg, item, session);
    return pair && exactPair(pair);
  });
  const bad = pairs.findIndex((pair) => !pair);
  if (bad >= 0)
    throw new SqlError(
      'argumentTypes',
      `in function cannot compare [${engineTypeName(arg.type)},${engineTypeName(list[bad]!.type)}]`,
    );
  const same = pairs.every((pair) => pair![0] === arg);
  if (same) return { kind: 'in', type: 'boolean', arg, list: pairs.map((pair) => pair![1]) };
  return {
    kind: 'or',
    type: 'boolean',
    args: pairs.map((pair) => ({ kind: 'compare', type: 'boolean', op: '=', left: pair![0], right: pair![1] })),
  };
}

function bindLike(node: LikeNode, context: ExprContext): Expr {
  const text = (e: Expr): Expr =>
    e.type === 'keyword' || e.type === 'text' || e.type === 'undefined' ? e : castTo(e, 'keyword', context.env.session);
  const arg = text(bindExpr(node.arg, context));
  const pattern = text(bindExpr(node.pattern, context));
  if (node.op === 'REGEXP') {
    const call = callFunction(operatorFunction(node.op, 'two'), [arg, pattern], node, context);
    return node.not ? { kind: 'not', type: 'boolean', arg: asCondition(call) } : call;
  }
  if (node.op === 'SIMILAR TO') {
    const escapes = node.escape ? [text(bindExpr(node.escape, context))] : [];
    const regular = callFunction(SIMILAR_PATTERN, [pattern, ...escapes], node, context);
    const call = asCondition(callFunction(operatorFunction('REGEXP', 'two'), [arg, regular], node, context));
    return node.not ? { kind: 'not', type: 'boolean', arg: call } : call;
  }
  let escapeCharacter = '\\';
  if (node.escape) {
    const given = bindExpr(node.escape, context);
    if (given.kind !== 'literal' || typeof given.value !== 'string' || given.value.length > 1) {
      throw semantic(context, node.escape.at, 'ESCAPE takes one character');
    }
    escapeCharacter = given.value;
  }
  const like: Expr = { kind: 'like', type: 'boolean', arg, pattern, escape: escapeCharacter };
  return node.not ? { kind: 'not', type: 'boolean', arg: like } : like;
}

/** `x IS TRUE`: never NULL. */
function truth(arg: Expr, wanted: boolean): Expr {
  const when: Expr = wanted ? arg : { kind: 'not', type: 'boolean', arg };
  return { kind: 'case', type: 'boolean', whens: [{ when, then: TRUE }], otherwise: FALSE };
}

/** `a <=> b`, said with what every lowering knows: equal, or both NULL. */
function nullSafeEqual(left: Expr, right: Expr): Expr {
  const isNull = (arg: Expr): Expr => ({ kind: 'isNull', type: 'boolean', arg });
  const isNothing = (e: Expr): boolean => e.kind === 'literal' && e.value === null;
  if (isNothing(left)) return isNull(right);
  if (isNothing(right)) return isNull(left);
  const when: Expr = { kind: 'compare', type: 'boolean', op: '=', left, right };
  const otherwise: Expr = { kind: 'and', type: 'boolean', args: [isNull(left), isNull(right)] };
  return { kind: 'case', type: 'boolean', whens: [{ when, then: TRUE }], otherwise };
}
