/** The Pratt loop: operands, then whatever operators bind tightly enough. */
import type { BinaryOperator, ExprNode, InListNode, InQueryNode, LikeNode, QuantifiedNode } from './ast.ts';
import { parseCasts } from './parse-call.ts';
import { parseOperand } from './parse-operand.ts';
import { bodyOf, continuesQuery, parseQuery, startsQuery } from './parse-query.ts';
import { parseSelectOperand } from './parse-select-operand.ts';
import { type InfixRow, NEGATABLE, POWER, type PredicateWord } from './precedence.ts';
import type { TokenReader } from './token-reader.ts';

/** An expression of operators that bind more tightly than `power`. */
export function parseExpression(r: TokenReader, power = 0): ExprNode {
  r.enter();
  let left = r.dialect === 'select' ? parseSelectOperand(r) : parseCasts(r, parseOperand(r));
  // A star is no value: nothing can be computed from it.
  while (left.kind !== 'star') {
    const row = infixAt(r);
    if (row === undefined || row.power <= power) break;
    left = parseInfix(r, left, row);
  }
  if (left.kind !== 'star') r.note('an operator');
  r.leave();
  return left;
}

const QUANTIFIERS: ReadonlySet<string> = new Set(['ANY', 'SOME', 'ALL']);

/** The row of the operator here; that of the predicate behind NOT, where NOT stands before one. */
function infixAt(r: TokenReader): InfixRow | undefined {
  const { infix } = r.grammar;
  const row = infix.get(r.tok.upper);
  // A name may be `similar`: the predicate has two words.
  if (r.tok.upper === 'SIMILAR' && r.peek().upper !== 'TO') return undefined;
  if (row === undefined || !('predicate' in row) || row.predicate !== 'NOT') return row;
  const behind = r.peek().upper;
  return NEGATABLE.has(behind) ? infix.get(behind) : undefined;
}

/** A select item or an argument: the two places where `*` and `t.*` may stand. */
export function parseExpressionOrStar(r: TokenReader): ExprNode {
  r.starAt = r.tok.start;
  r.note('*');
  return parseExpression(r);
}

function parseInfix(r: TokenReader, left: ExprNode, row: InfixRow): ExprNode {
  const start = left.at.start;
  if ('predicate' in row) {
    const not = r.eat('NOT');
    const word = r.advance().upper as PredicateWord;
    return parsePredicate(r, left, word, not, row.power);
  }
  r.advance();
  const quantified = row.power === POWER.comparison ? parseQuantified(r, left, row.op) : undefined;
  if (quantified) return quantified;
  const right = parseExpression(r, row.power);
  return { kind: 'binary', op: row.op, left, right, at: r.span(start) };
}

/** `a < ALL (SELECT …)`. `a = ANY (SELECT …)` is IN, `a <> ALL (SELECT …)` NOT IN, by the standard's own definition. */
function parseQuantified(r: TokenReader, arg: ExprNode, op: BinaryOperator): InQueryNode | QuantifiedNode | undefined {
  if (r.dialect === 'select' || !QUANTIFIERS.has(r.tok.upper)) return undefined;
  const [open, behind] = r.following(2);
  if (open!.upper !== '(' || !['SELECT', 'WITH', '('].includes(behind!.upper)) return undefined;
  const all = r.tok.upper === 'ALL';
  if (op === '<=>') r.error(`${op} ${r.tok.upper} is not supported: use one of = <> < <= > >=`);
  r.advance();
  const query = r.parenthesised(() => parseQuery(r));
  const at = r.span(arg.at.start);
  if (op === (all ? '!=' : '=')) return { kind: 'inQuery', arg, query, not: all, at };
  return { kind: 'quantified', op: op as QuantifiedNode['op'], all, arg, query, at };
}

function parsePredicate(r: TokenReader, arg: ExprNode, word: PredicateWord, not: boolean, power: number): ExprNode {
  const start = arg.at.start;
  switch (word) {
    case 'IS': {
      const negated = r.eat('NOT');
      if (r.dialect !== 'select' && r.eat('DISTINCT')) return parseDistinctFrom(r, arg, negated, power);
      // The standard's word for a condition that is neither TRUE nor FALSE.
      if (r.dialect !== 'select' && r.eat('UNKNOWN'))
        return { kind: 'is', arg, not: negated, what: 'NULL', at: r.span(start) };
      for (const what of ['NULL', 'TRUE', 'FALSE', 'MISSING'] as const) {
        if (r.eat(what)) return { kind: 'is', arg, not: negated, what, at: r.span(start) };
      }
      return r.fail('NULL', 'TRUE', 'FALSE', 'MISSING');
    }
    case 'BETWEEN': {
      const low = parseExpression(r, power);
      r.expect('AND');
      const high = parseExpression(r, power);
      return { kind: 'between', arg, low, high, not, at: r.span(start) };
    }
    case 'IN':
      if (r.dialect !== 'select' || r.is('(')) return parseIn(r, arg, not);
      return r.eat('[') ? parseInBrackets(r, arg, not) : parseInArray(r, arg, not);
    default:
      return parseLike(r, arg, LIKES[word] ?? 'REGEXP', not, power);
  }
}

/** `a IS NOT DISTINCT FROM b` is `a <=> b`: two NULLs are equal, and no answer is NULL. */
function parseDistinctFrom(r: TokenReader, left: ExprNode, same: boolean, power: number): ExprNode {
  r.expect('FROM');
  const right = parseExpression(r, power);
  const at = r.span(left.at.start);
  const equal: ExprNode = { kind: 'binary', op: '<=>', left, right, at };
  return same ? equal : { kind: 'unary', op: 'NOT', arg: equal, at };
}

const LIKES: Readonly<Partial<Record<PredicateWord, LikeNode['op']>>> = {
  LIKE: 'LIKE',
  ILIKE: 'LIKE',
  SIMILAR: 'SIMILAR TO',
};

function parseLike(r: TokenReader, arg: ExprNode, op: LikeNode['op'], not: boolean, power: number): LikeNode {
  if (op === 'SIMILAR TO') r.expect('TO');
  const pattern = parseExpression(r, power);
  const escapedBy = op !== 'REGEXP' && r.eat('ESCAPE') ? parseExpression(r, power) : undefined;
  return { kind: 'like', op, arg, pattern, ...(escapedBy && { escape: escapedBy }), not, at: r.span(arg.at.start) };
}

/** `'x' IN s.tags[*]`: whether an array holds the value (spec s3-select 4). */
function parseInArray(r: TokenReader, arg: ExprNode, not: boolean): InListNode {
  const array = parseExpression(r, Number.POSITIVE_INFINITY);
  return { kind: 'in', arg, list: [array], array: true, not, at: r.span(arg.at.start) };
}

/** `x IN ['a', 'b']`: a list as PartiQL writes it. */
function parseInBrackets(r: TokenReader, arg: ExprNode, not: boolean): InListNode {
  const list = r.list(() => parseExpression(r));
  r.expect(']');
  return { kind: 'in', arg, list, not, at: r.span(arg.at.start) };
}

function parseIn(r: TokenReader, arg: ExprNode, not: boolean): InListNode | InQueryNode {
  const inner = r.parenthesised(() => {
    if (startsQuery(r)) return parseQuery(r);
    const list = r.list(() => parseExpression(r));
    const only = list.length === 1 ? list[0] : undefined;
    if (only?.kind !== 'subquery') return list;
    // IN ((SELECT ...)) and IN ((SELECT ...) UNION ...) are queries, not lists of a scalar subquery.
    return continuesQuery(r) ? parseQuery(r, bodyOf(only.query)) : only.query;
  });
  const at = r.span(arg.at.start);
  return 'kind' in inner ? { kind: 'inQuery', arg, query: inner, not, at } : { kind: 'in', arg, list: inner, not, at };
}
