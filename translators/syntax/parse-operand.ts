/** What an expression begins with: literals, names, signs, brackets, CASE, INTERVAL, ODBC escapes. */

import { bareFunctions } from '../functions/index.ts';
import type { CaseNode, ExprNode, IntervalNode, LiteralNode, LiteralType, NameNode, RowNode, StarNode } from './ast.ts';
import { NO_ITEM_ALIAS, RESERVED, unitOf } from './keywords.ts';
import type { Token } from './lexer.ts';
import { integerLiteral, withSign } from './numbers.ts';
import { parseCall } from './parse-call.ts';
import { parseExpression } from './parse-expression.ts';
import { bodyOf, continuesQuery, parseQuery, startsQuery } from './parse-query.ts';
import { INFIX, POWER } from './precedence.ts';
import type { TokenReader } from './token-reader.ts';

export function parseOperand(r: TokenReader): ExprNode {
  const { kind, start } = r.tok;
  switch (kind) {
    case 'integer':
    case 'real':
      return parseNumber(r);
    case 'string':
      return parseString(r, 'string', start);
    case 'parameter':
      r.advance();
      return { kind: 'parameter', index: r.parameter(), at: r.span(start) };
    case 'quoted':
      return parseSubscripts(r, parseName(r));
    case 'symbol':
      return parseSymbol(r);
    case 'word':
      return parseWord(r);
    case 'ion':
    case 'end':
      return r.fail('an expression');
  }
}

export function parseNumber(r: TokenReader): LiteralNode {
  const token = r.advance();
  // `0x1F` and `1a` would otherwise read as a number with an alias.
  if (r.tok.kind === 'word' && r.tok.start === token.end) {
    r.error(`a number may not be followed directly by letters: '${r.sql.slice(token.start, r.tok.end)}'`, token.start);
  }
  if (r.tok.upper === '.' && r.tok.start === token.end) r.error('a number may not end with a dot', token.start);
  const at = r.span(token.start);
  if (token.kind === 'integer') return integerLiteral(token.text, at);
  const decimal = /^[\d.]+$/.test(token.text) ? token.text.replace(/^\./, '0.') : undefined;
  return { kind: 'literal', type: 'double', value: Number(token.text), ...(decimal && { decimal }), at };
}

function parseString(r: TokenReader, type: LiteralType, start: number): LiteralNode {
  if (r.tok.kind !== 'string') r.fail('a string');
  const { text, start: quote } = r.advance();
  const doubleQuoted = type === 'string' && r.sql[quote] === '"';
  if (doubleQuoted && r.tok.upper === '.' && r.tok.start === r.prevEnd)
    r.error(`"${text}" in double quotes is text; a name stands in back-quotes: \`${text}\``, quote);
  return { kind: 'literal', type, value: text, ...(doubleQuoted && { doubleQuoted }), at: r.span(start) };
}

function parseSymbol(r: TokenReader): ExprNode {
  const { text, start } = r.tok;
  switch (text) {
    case '(':
      return parseSubscripts(r, parseParentheses(r));
    case '-':
    case '+': {
      r.advance();
      const arg = parseExpression(r, POWER.sign);
      const literal = arg.kind === 'literal' ? withSign(text, arg, r.span(start)) : undefined;
      return literal ?? { kind: 'unary', op: text, arg, at: r.span(start) };
    }
    case '!':
      r.advance();
      return { kind: 'unary', op: 'NOT', arg: parseExpression(r, POWER.sign), at: r.span(start) };
    case '*':
      if (r.starAt !== start) return r.fail('an expression');
      r.advance();
      return parseStar(r, [], start);
    case '{':
      return parseEscape(r);
    default:
      return r.fail('an expression');
  }
}

/** The span of what stands in parentheses grows to hold them, since labels are cut from the text. */
function parseParentheses(r: TokenReader): ExprNode {
  const { start } = r.tok;
  const inner = r.parenthesised((): ExprNode => {
    const at = r.span(start);
    if (startsQuery(r)) return { kind: 'subquery', query: parseQuery(r), at };
    const expr = parseExpression(r);
    if (r.is(',')) return parseRow(r, expr);
    if (expr.kind !== 'subquery' || !continuesQuery(r)) return expr;
    return { kind: 'subquery', query: parseQuery(r, bodyOf(expr.query)), at };
  });
  return { ...inner, at: r.span(start) };
}

/** `(a, b)`, behind its first value. */
function parseRow(r: TokenReader, first: ExprNode): RowNode {
  const items = [first];
  while (r.eat(',')) items.push(parseExpression(r));
  return { kind: 'row', items, at: r.span(first.at.start) };
}

function parseStar(r: TokenReader, qualifier: readonly string[], start: number): StarNode {
  const next = r.tok.upper === 'EXCEPT' ? r.peek().upper : '';
  if (next !== '(') return { kind: 'star', qualifier, at: r.span(start) };
  r.advance();
  const except = r.parenthesised(() => r.list(() => r.name()));
  return { kind: 'star', qualifier, except, at: r.span(start) };
}

const ESCAPED_LITERALS: Readonly<Record<string, LiteralType>> = {
  D: 'date',
  DATE: 'date',
  T: 'time',
  TIME: 'time',
  TS: 'timestamp',
  TIMESTAMP: 'timestamp',
};

/** ODBC escapes: `{d '...'}`, `{t '...'}`, `{ts '...'}`, `{fn f(x)}`. */
function parseEscape(r: TokenReader): ExprNode {
  const { start } = r.advance();
  const tag = r.tok.upper;
  let inner: ExprNode;
  if (r.eat('FN')) inner = parseExpression(r);
  else {
    const type = Object.hasOwn(ESCAPED_LITERALS, tag) ? ESCAPED_LITERALS[tag] : undefined;
    if (type === undefined) return r.fail('d', 't', 'ts');
    r.advance();
    inner = parseString(r, type, start);
  }
  r.expect('}');
  return { ...inner, at: r.span(start) };
}

/** Tokens that follow a column but hardly a keyword: `SELECT order, ...` means a column. */
const LOOKS_LIKE_COLUMN: ReadonlySet<string> = new Set([',', '=', '<', '>', 'FROM', 'AS', 'IS', 'DESC']);

function parseWord(r: TokenReader): ExprNode {
  const { tok } = r;
  const next = r.peek();
  const opens = next.upper === '(';
  switch (tok.upper) {
    case 'NOT':
      r.advance();
      return { kind: 'unary', op: 'NOT', arg: parseExpression(r, POWER.not), at: r.span(tok.start) };
    case 'NULL':
      r.advance();
      return { kind: 'literal', type: 'null', value: null, at: r.span(tok.start) };
    case 'TRUE':
    case 'FALSE':
      r.advance();
      return { kind: 'literal', type: 'boolean', value: tok.upper === 'TRUE', at: r.span(tok.start) };
    case 'CASE':
      return parseCase(r);
    case 'EXISTS':
      if (!opens) break;
      r.advance();
      return { kind: 'exists', query: r.parenthesised(() => parseQuery(r)), at: r.span(tok.start) };
    case 'INTERVAL':
      if (startsInterval(r, next)) return parseInterval(r);
      break;
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'DATETIME':
      if (next.kind !== 'string') break;
      r.advance();
      return parseString(
        r,
        tok.upper === 'DATETIME' ? 'timestamp' : (tok.upper.toLowerCase() as LiteralType),
        tok.start,
      );
    case 'X':
    case 'B':
    case 'N':
      if (next.kind === 'string' && next.start === tok.end) {
        r.error('hexadecimal, bit and national strings are not supported');
      }
  }
  if (RESERVED.has(tok.upper)) {
    if (LOOKS_LIKE_COLUMN.has(next.upper))
      r.error(`${tok.upper} is a reserved word: a column of that name needs back-quotes`);
    return r.fail('an expression');
  }
  if (opens) return parseSubscripts(r, parseCall(r));
  if (bareFunctions.has(tok.upper) && !(next.text.startsWith('.') && next.start === tok.end)) {
    r.advance();
    return { kind: 'call', name: tok.upper, args: [], named: [], distinct: false, at: r.span(tok.start) };
  }
  return parseSubscripts(r, parseName(r));
}

/** `a.b.c`, or `a.b.*` where a star may stand. */
function parseName(r: TokenReader): NameNode | StarNode {
  const { start } = r.tok;
  const parts = [r.hyphenatedQualifier() ?? r.name()];
  for (;;) {
    // The lexer takes the `.1` of `a.1` for a number.
    if (r.tok.kind === 'real' && r.tok.start === r.prevEnd && r.tok.text.startsWith('.'))
      parts.push(r.numericSegment());
    else if (r.tok.upper === '.') {
      r.advance();
      if (r.starAt === start && r.eat('*')) return parseStar(r, parts, start);
      if (r.tok.kind === 'string') r.fail('a name');
      parts.push(r.name());
    } else return { kind: 'name', parts, at: r.span(start) };
  }
}

/** `a[0]`, any number of times. */
function parseSubscripts(r: TokenReader, base: ExprNode): ExprNode {
  let node = base;
  while (node.kind !== 'star' && r.tok.upper === '[') {
    r.advance();
    const index = parseExpression(r);
    r.expect(']');
    node = { kind: 'index', base: node, index, at: r.span(base.at.start) };
  }
  return node;
}

/** Whether INTERVAL opens an interval here; otherwise it is a name like any other. */
function startsInterval(r: TokenReader, next: Token): boolean {
  switch (next.kind) {
    case 'integer':
    case 'string':
    case 'parameter':
      return true;
    case 'real':
      return next.start > r.tok.end || !next.text.startsWith('.');
    case 'symbol': {
      if (next.upper === '(') return true;
      if (next.upper !== '-' && next.upper !== '+') return false;
      // INTERVAL -5 DAY, but `interval - 5` subtracts from a column.
      const [, number, unit] = r.following(3);
      return (number?.kind === 'integer' || number?.kind === 'real') && unitOf(unit?.upper ?? '') !== undefined;
    }
    case 'word':
    case 'quoted': {
      if (next.upper === 'CASE') return true;
      if (INFIX.has(next.upper) || NO_ITEM_ALIAS.has(next.upper)) return false;
      const after = r.following(2)[1];
      return after?.upper === '.' || after?.upper === '(' || unitOf(after?.upper ?? '') !== undefined;
    }
    case 'ion':
    case 'end':
      return false;
  }
}

function parseInterval(r: TokenReader): IntervalNode {
  const { start } = r.advance();
  const value = unquoted(parseExpression(r, POWER.concat));
  const unit = unitOf(r.tok.upper);
  const whole = unit === undefined ? wholeInterval(value) : undefined;
  if (whole) return { kind: 'interval', ...whole, at: r.span(start) };
  if (unit === undefined) return r.fail('an interval unit');
  r.advance();
  return { kind: 'interval', value, unit, at: r.span(start) };
}

/** `INTERVAL '15 minutes'`: number and unit in one text. */
function wholeInterval(value: ExprNode): Pick<IntervalNode, 'value' | 'unit'> | undefined {
  if (value.kind !== 'literal' || value.type !== 'string') return undefined;
  const [, amount, word] = /^\s*([-+]?\d+)\s*([A-Za-z]+)\s*$/.exec(String(value.value)) ?? [];
  const unit = word === undefined ? undefined : unitOf(word.toUpperCase());
  return unit === undefined ? undefined : { value: unquoted({ ...value, value: amount! }), unit };
}

/** `INTERVAL '3' MONTH` is the standard's way to write `INTERVAL 3 MONTH`. */
function unquoted(value: ExprNode): ExprNode {
  if (value.kind !== 'literal' || value.type !== 'string') return value;
  const [, sign, digits] = /^\s*([-+]?)(\d+)\s*$/.exec(String(value.value)) ?? [];
  if (digits === undefined) return value;
  const number = integerLiteral(digits, value.at);
  return sign === '-' ? (withSign('-', number, value.at) ?? value) : number;
}

function parseCase(r: TokenReader): CaseNode {
  const { start } = r.advance();
  const operand = r.is('WHEN') ? undefined : parseExpression(r);
  const whens: { when: ExprNode; then: ExprNode }[] = [];
  do {
    r.expect('WHEN');
    const when = parseExpression(r);
    r.expect('THEN');
    whens.push({ when, then: parseExpression(r) });
  } while (r.is('WHEN'));
  const otherwise = r.eat('ELSE') ? parseExpression(r) : undefined;
  r.expect('END');
  return { kind: 'case', ...(operand && { operand }), whens, ...(otherwise && { otherwise }), at: r.span(start) };
}
