/** What an expression of SQL over objects begins with: literals, paths, CASE, CAST and calls (spec s3-select 3-5). */
import type { CallNode, CaseNode, CastNode, ExprNode, LiteralNode, StarNode } from './ast.ts';
import { RESERVED, TRIM_SIDES } from './keywords.ts';
import { withSign } from './numbers.ts';
import { parseExpression, parseExpressionOrStar } from './parse-expression.ts';
import { parseNumber } from './parse-operand.ts';
import { parsePath } from './parse-select-path.ts';
import type { TokenReader } from './token-reader.ts';

export function parseSelectOperand(r: TokenReader): ExprNode {
  const { kind, start, upper } = r.tok;
  switch (kind) {
    case 'integer':
    case 'real':
      return parseNumber(r);
    case 'string':
      return { kind: 'literal', type: 'string', value: r.advance().text, at: r.span(start) };
    case 'ion':
      return { kind: 'literal', type: 'timestamp', value: r.advance().text, at: r.span(start) };
    case 'quoted':
      return parsePath(r);
    case 'word':
      return parseWord(r);
    case 'parameter':
    case 'end':
      return r.wanted('ParseExpectedExpression', 'an expression');
    case 'symbol':
      break;
  }
  switch (upper) {
    case '(':
      return parseParentheses(r);
    case '-':
    case '+': {
      r.advance();
      const arg = parseExpression(r, r.grammar.sign);
      const literal = arg.kind === 'literal' ? withSign(upper, arg, r.span(start)) : undefined;
      return literal ?? { kind: 'unary', op: upper, arg, at: r.span(start) };
    }
    case '*': {
      if (r.starAt !== start) return r.wanted('ParseUnexpectedToken', 'an expression');
      r.advance();
      const star: StarNode = { kind: 'star', qualifier: [], at: r.span(start) };
      return star;
    }
    default:
      return refuseSymbol(r);
  }
}

const OPERATORS = /^(<=|>=|<>|!=|\|\||[=<>/%*+-])$/;
const PUNCTUATION = /^[(),;.[\]]$/;

function refuseSymbol(r: TokenReader): never {
  const { upper } = r.tok;
  if (OPERATORS.test(upper)) return r.wanted('ParseUnexpectedOperator', 'an expression');
  if (PUNCTUATION.test(upper)) return r.wanted('ParseUnexpectedToken', 'an expression');
  return r.refuse('LexerInvalidChar', `SQL has no ${upper}`);
}

function parseParentheses(r: TokenReader): ExprNode {
  const { start } = r.advance();
  if (r.is('SELECT') || r.is('WITH')) return r.refuse('UnsupportedSqlStructure', 'subqueries are not supported');
  const inner = parseExpression(r);
  if (!r.eat(')')) return r.wanted('ParseUnexpectedToken', "')'");
  return { ...inner, at: r.span(start) };
}

function parseWord(r: TokenReader): ExprNode {
  const { upper, start } = r.tok;
  switch (upper) {
    case 'NOT':
      r.advance();
      return { kind: 'unary', op: 'NOT', arg: parseExpression(r, r.grammar.not), at: r.span(start) };
    case 'NULL':
      r.advance();
      return { kind: 'literal', type: 'null', value: null, at: r.span(start) };
    case 'TRUE':
    case 'FALSE':
      r.advance();
      return { kind: 'literal', type: 'boolean', value: upper === 'TRUE', at: r.span(start) };
    case 'CASE':
      return parseCase(r);
    case 'CAST':
      return parseCast(r);
    case 'EXISTS':
      if (r.peek().upper === '(') return r.refuse('UnsupportedSqlStructure', 'subqueries are not supported');
  }
  if (RESERVED.has(upper)) return r.wanted('ParseUnexpectedToken', 'an expression (a name like this needs quotes)');
  return r.peek().upper === '(' ? parseCall(r) : parsePath(r);
}

function parseCase(r: TokenReader): CaseNode {
  const { start } = r.advance();
  const operand = r.is('WHEN') ? undefined : parseExpression(r);
  const whens: { when: ExprNode; then: ExprNode }[] = [];
  do {
    expectKeyword(r, 'WHEN');
    const when = parseExpression(r);
    expectKeyword(r, 'THEN');
    whens.push({ when, then: parseExpression(r) });
  } while (r.is('WHEN'));
  const otherwise = r.eat('ELSE') ? parseExpression(r) : undefined;
  expectKeyword(r, 'END');
  return { kind: 'case', ...(operand && { operand }), whens, ...(otherwise && { otherwise }), at: r.span(start) };
}

function expectKeyword(r: TokenReader, word: string): void {
  if (!r.eat(word)) r.wanted('ParseExpectedKeyword', word);
}

function parseCast(r: TokenReader): CastNode {
  const { start } = r.advance();
  if (!r.eat('(')) r.wanted('ParseExpectedLeftParenAfterCast', "'('");
  const arg = parseExpression(r);
  if (r.is(',')) r.refuse('ParseCastArity', 'CAST takes one value and AS with a type');
  expectKeyword(r, 'AS');
  if (r.tok.kind !== 'word') r.wanted('ParseExpectedTypeName', 'a type');
  const type = r.advance().upper;
  const precision: number[] = [];
  if (r.eat('(')) {
    precision.push(...r.list(() => parseLength(r)));
    closeCall(r);
  }
  closeCall(r);
  return { kind: 'cast', arg, type, ...(precision.length > 0 && { precision }), at: r.span(start) };
}

function parseLength(r: TokenReader): number {
  if (r.tok.kind !== 'integer') r.wanted('ParseExpectedNumber', 'a number');
  return Number(r.advance().text);
}

function closeCall(r: TokenReader): void {
  if (!r.eat(')')) r.wanted('ParseExpectedRightParenBuiltinFunctionCall', "')'");
}

/** Functions whose first argument is a part of a date, written as a bare word. */
const TAKES_DATE_PART: ReadonlySet<string> = new Set(['DATE_ADD', 'DATE_DIFF']);

function parseCall(r: TokenReader): CallNode {
  const { start, upper: name } = r.advance();
  r.expect('(');
  let distinct = false;
  let args: readonly ExprNode[];
  if (name === 'EXTRACT') args = parseExtract(r);
  else if (name === 'TRIM') args = parseTrim(r);
  else if (name === 'SUBSTRING') args = parseSubstring(r);
  else if (TAKES_DATE_PART.has(name)) args = parseDateCall(r);
  else {
    distinct = r.eat('DISTINCT');
    args = r.is(')') ? [] : parseList(r);
  }
  closeCall(r);
  if (r.is('OVER') && r.peek().upper === '(') r.refuse('UnsupportedSqlStructure', 'window functions are not supported');
  return { kind: 'call', name, args, named: [], distinct, at: r.span(start) };
}

function parseList(r: TokenReader): ExprNode[] {
  const args = r.list(() => parseExpressionOrStar(r));
  if (!r.is(')') && r.tok.kind !== 'end') r.wanted('ParseExpectedArgumentDelimiter', "',' or ')'");
  return args;
}

function datePart(r: TokenReader): LiteralNode {
  const { kind, start } = r.tok;
  if (kind !== 'word') r.wanted('ParseExpectedDatePart', 'a part of a date');
  return { kind: 'literal', type: 'string', value: r.advance().upper, at: r.span(start) };
}

/** EXTRACT(part FROM x). */
function parseExtract(r: TokenReader): ExprNode[] {
  const part = datePart(r);
  expectKeyword(r, 'FROM');
  return [part, parseExpression(r)];
}

function parseDateCall(r: TokenReader): ExprNode[] {
  const part = datePart(r);
  if (!r.eat(',')) r.wanted('ParseExpectedArgumentDelimiter', "','");
  return [part, ...parseList(r)];
}

/** SUBSTRING(x FROM i [FOR n]) is SUBSTRING(x, i [, n]). */
function parseSubstring(r: TokenReader): ExprNode[] {
  if (r.is(')')) return [];
  const text = parseExpression(r);
  if (!r.eat('FROM')) return r.eat(',') ? [text, ...parseList(r)] : [text];
  const from = parseExpression(r);
  return r.eat('FOR') ? [text, from, parseExpression(r)] : [text, from];
}

/** TRIM([LEADING | TRAILING | BOTH] [characters] FROM x) as [x, side, characters]; TRIM(x) as [x]. */
function parseTrim(r: TokenReader): ExprNode[] {
  if (r.is(')')) return [];
  const { upper, start } = r.tok;
  const sided = TRIM_SIDES.has(upper) && !/^[),.[]$/.test(r.peek().upper);
  if (sided) r.advance();
  const side: LiteralNode = { kind: 'literal', type: 'string', value: sided ? upper : 'BOTH', at: r.span(start) };
  if (sided && r.eat('FROM')) return [parseExpression(r), side];
  const first = parseExpression(r);
  if (r.eat('FROM')) return [parseExpression(r), side, first];
  if (sided) expectKeyword(r, 'FROM');
  return [first];
}
