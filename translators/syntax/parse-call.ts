/** Function calls: arguments, named arguments, the calls with a syntax of their own, FILTER and OVER. */
import type { CallNode, CastNode, ExprNode, FieldListNode, LiteralNode, OrderNode, Span } from './ast.ts';
import { extractedOf, FORMAT_TYPES, syntaxOf, TRIM_SIDES, takesNamedArguments, unitOf } from './keywords.ts';
import type { Token } from './lexer.ts';
import { parseExpression, parseExpressionOrStar } from './parse-expression.ts';
import { parseOrderList } from './parse-query.ts';
import { parseOver } from './parse-window.ts';
import { INFIX, POWER } from './precedence.ts';
import type { TokenReader } from './token-reader.ts';

interface Arguments {
  readonly args: readonly ExprNode[];
  readonly named: CallNode['named'];
  readonly order?: CallNode['order'];
  readonly separator?: ExprNode;
}

export function parseCall(r: TokenReader): ExprNode {
  const { start, upper: name } = r.advance();
  if (name === 'CAST') return parseCast(r, start);
  let distinct = false;
  const inner = r.parenthesised((): Arguments => {
    const special = parseSpecialArguments(r, name);
    if (special !== undefined) return { args: special, named: [] };
    distinct = r.eat('DISTINCT');
    if (!distinct && r.tok.upper === 'ALL') r.advance();
    const listed = parseArguments(r, takesNamedArguments(name), syntaxOf(name) === 'length');
    const order = parseOrderList(r);
    const separator = r.eat('SEPARATOR') ? parseExpression(r) : undefined;
    return { ...listed, ...(order.length > 0 && { order }), ...(separator && { separator }) };
  });
  if (name === 'CONVERT') {
    const cast = castOf(inner.args, r.span(start));
    if (cast) return cast;
  }
  const within = parseWithin(r);
  const filter = parseFilter(r);
  const over = parseOver(r);
  return {
    kind: 'call',
    name,
    ...inner,
    distinct,
    ...(within && { within }),
    ...(filter && { filter }),
    ...(over && { over }),
    at: r.span(start),
  };
}

/** `CONVERT(x, SQL_VARCHAR)` of ODBC and JDBC, and MySQL's `CONVERT(x, CHAR)`: a cast by another name. */
function castOf([arg, type, ...more]: readonly ExprNode[], at: Span): CastNode | undefined {
  if (!arg || type?.kind !== 'name' || type.parts.length !== 1 || more.length > 0) return undefined;
  const word = type.parts[0]!.toUpperCase();
  const named = word.replace(/^SQL_(?:TYPE_)?/, '');
  // ODBC's wide and long texts are texts.
  return {
    kind: 'cast',
    arg,
    type: word === named ? word : named.replace(/^(?:W|LONG|WLONG)(?=(?:VAR)?CHAR$)/, ''),
    at,
  };
}

/** Everything between the parentheses of an ordinary call. */
export function parseArguments(r: TokenReader, namedAllowed: boolean, spans = false): Arguments {
  const args: ExprNode[] = [];
  const named: { name: string; value: ExprNode; at: Span }[] = [];
  if (r.is(')')) return { args, named };
  do {
    const { kind, text, start } = r.tok;
    const isName =
      namedAllowed && (kind === 'word' || kind === 'string' || kind === 'quoted') && r.peek().upper === '=';
    if (isName) {
      r.advance();
      r.advance();
      const value = parseNamedValue(r);
      named.push({ name: text.toLowerCase(), value, at: r.span(start) });
    } else if (r.is('[')) args.push(parseFieldList(r));
    else args.push((spans ? parseSpanLength(r) : undefined) ?? parseExpressionOrStar(r));
  } while (r.eat(','));
  return { args, named };
}

/** Bare words are texts here: `operator=and`, `zero_terms_query=all`, `field=a.b`. */
function parseNamedValue(r: TokenReader): ExprNode {
  if (r.is('[')) return parseFieldList(r);
  const { kind, text, upper, start } = r.tok;
  const next = r.peek().upper;
  const isConstant = upper === 'TRUE' || upper === 'FALSE' || upper === 'NULL';
  if (kind === 'word' && !isConstant && (next === ',' || next === ')')) {
    r.advance();
    return { kind: 'literal', type: 'string', value: text, at: r.span(start) };
  }
  const value = parseExpression(r);
  if (value.kind !== 'name') return value;
  return { kind: 'literal', type: 'string', value: value.parts.join('.'), at: value.at };
}

/** `[a, 'b' ^ 2, "*", title*]`: a weight follows `^` or a blank. */
function parseFieldList(r: TokenReader): FieldListNode {
  const { start } = r.advance();
  const items = r.list(() => {
    const at = r.tok.start;
    const quoted = r.tok.kind === 'string' || r.tok.kind === 'quoted';
    const field = (quoted ? r.advance() : r.fieldPattern()).text;
    if (field === '') r.fail('a field');
    const caret = r.eat('^');
    const weighted = r.tok.kind === 'integer' || r.tok.kind === 'real';
    if (caret && !weighted) r.fail('a number');
    const weight = weighted ? Number(r.advance().text) : undefined;
    return { field, ...(weight !== undefined && { weight }), at: r.span(at) };
  });
  r.expect(']');
  return { kind: 'fieldList', items, at: r.span(start) };
}

/** `1d`, `1.5h`: the bare length of SPAN(ts, 1d), a text in the tree. */
function parseSpanLength(r: TokenReader): LiteralNode | undefined {
  const { kind, start, end } = r.tok;
  const unit = r.peek();
  if ((kind !== 'integer' && kind !== 'real') || unit.kind !== 'word' || unit.start !== end) return undefined;
  r.advance();
  r.advance();
  return { kind: 'literal', type: 'string', value: r.sql.slice(start, unit.end), at: r.span(start) };
}

/** Arguments that are not a list of expressions; undefined when this call is written as an ordinary one. */
function parseSpecialArguments(r: TokenReader, name: string): ExprNode[] | undefined {
  const next = r.peek().upper;
  const unit = unitOf(r.tok.upper);
  const syntax = syntaxOf(name);
  const part = unit ?? extractedOf(r.tok.upper);
  if (syntax === 'unitFrom' && part !== undefined && next === 'FROM') {
    const first = wordLiteral(r, part);
    r.advance();
    return [first, parseExpression(r)];
  }
  const type = FORMAT_TYPES.has(r.tok.upper) ? r.tok.upper : undefined;
  const word = syntax === 'unit' ? unit : syntax === 'formatType' ? type : undefined;
  if (word !== undefined && next === ',') {
    const first = wordLiteral(r, word);
    r.advance();
    return [first, ...r.list(() => parseExpression(r))];
  }
  if (syntax === 'in' && !r.is(')')) {
    const what = parseExpression(r, POWER.comparison);
    if (!r.eat('IN')) r.expect(',');
    return [what, parseExpression(r)];
  }
  if (r.is(')') || r.is('DISTINCT')) return undefined;
  if (syntax === 'toUnit') return parseToUnit(r);
  if (syntax === 'fromFor' || syntax === 'placing') return parsePiece(r, syntax);
  if (syntax === 'cast') return parseTryCast(r);
  return syntax === 'trim' ? parseTrim(r) : undefined;
}

/** `x AS type` as [x, the type's name]. */
function parseTryCast(r: TokenReader): ExprNode[] {
  const arg = parseExpression(r);
  r.expect('AS');
  const { start } = r.tok;
  const value = parseTypeWords(r, (word) => word.kind === 'word');
  return [arg, { kind: 'literal', type: 'string', value, at: r.span(start) }];
}

/** Arguments behind the first, where they are a list. */
const furtherArguments = (r: TokenReader): readonly ExprNode[] =>
  r.eat(',') ? r.list(() => parseExpressionOrStar(r)) : [];

/** `d TO MONTH` as [d, unit]. */
function parseToUnit(r: TokenReader): ExprNode[] {
  const first = parseExpressionOrStar(r);
  if (!r.eat('TO')) return [first, ...furtherArguments(r)];
  const unit = unitOf(r.tok.upper);
  return unit === undefined ? r.fail('a unit of time') : [first, wordLiteral(r, unit)];
}

/** `x FROM a FOR b` as [x, a, b], `x PLACING y FROM a FOR b` as [x, y, a, b]. */
function parsePiece(r: TokenReader, syntax: 'fromFor' | 'placing'): ExprNode[] {
  const args = [parseExpressionOrStar(r)];
  if (syntax === 'placing') {
    if (!r.eat('PLACING')) return [...args, ...furtherArguments(r)];
    args.push(parseExpression(r));
    r.expect('FROM');
  } else if (r.is('FOR')) args.push({ kind: 'literal', type: 'integer', value: 1, at: r.span(r.tok.start) });
  else if (!r.eat('FROM')) return [...args, ...furtherArguments(r)];
  if (args.length === 1 || syntax === 'placing') args.push(parseExpression(r));
  if (r.eat('FOR')) args.push(parseExpression(r));
  return args;
}

/** TRIM([BOTH | LEADING | TRAILING] [what] FROM text) as [text, side, what]. */
function parseTrim(r: TokenReader): ExprNode[] {
  const { upper } = r.tok;
  const next = r.peek();
  // A column may be called `leading`: then an operator or a bracket follows.
  const opensValue = next.kind !== 'end' && (next.upper === '(' || (next.kind !== 'symbol' && !INFIX.has(next.upper)));
  const hasSide = TRIM_SIDES.has(upper) && opensValue;
  if (!hasSide) {
    const first = parseExpression(r);
    if (r.eat('FROM')) {
      const side: LiteralNode = { kind: 'literal', type: 'string', value: 'BOTH', at: first.at };
      return [parseExpression(r), side, first];
    }
    return r.eat(',') ? [first, ...r.list(() => parseExpression(r))] : [first];
  }
  const side = wordLiteral(r, upper);
  const what = r.is('FROM') ? [] : [parseExpression(r)];
  r.expect('FROM');
  return [parseExpression(r), side, ...what];
}

function wordLiteral(r: TokenReader, value: string): LiteralNode {
  const { start } = r.advance();
  return { kind: 'literal', type: 'string', value, at: r.span(start) };
}

function parseCast(r: TokenReader, start: number): CastNode {
  r.expect('(');
  const arg = parseExpression(r);
  r.expect('AS');
  const type = parseTypeWords(r, (word) => word.kind === 'word');
  r.expect(')');
  return { kind: 'cast', arg, type, at: r.span(start) };
}

/** Second words of types: DOUBLE PRECISION, CHARACTER VARYING, TIMESTAMP WITH TIME ZONE. */
const TYPE_WORDS: ReadonlySet<string> = new Set(['PRECISION', 'VARYING', 'UNSIGNED', 'SIGNED']);

/** `x::int`, any number of times: a cast in other words. */
export function parseCasts(r: TokenReader, operand: ExprNode): ExprNode {
  let arg = operand;
  while (r.tok.upper === ':' && r.peek().upper === ':' && r.peek().start === r.tok.end) {
    r.advance();
    r.advance();
    const type = parseTypeWords(r, (word) => TYPE_WORDS.has(word.upper));
    arg = { kind: 'cast', arg, type, at: r.span(operand.at.start) };
  }
  return arg;
}

/** A type, of which lengths are dropped. */
function parseTypeWords(r: TokenReader, goesOn: (word: Token) => boolean): string {
  if (r.tok.kind !== 'word') r.fail('a type');
  const words = [r.advance().upper];
  while (goesOn(r.tok)) words.push(r.advance().upper);
  if (r.is('(')) {
    r.parenthesised(() =>
      r.list(() => {
        if (r.tok.kind !== 'integer') r.fail('a length');
        return r.advance();
      }),
    );
  }
  return words.join(' ');
}

/** `WITHIN GROUP (ORDER BY …)`; elsewhere `within` may be an alias. */
function parseWithin(r: TokenReader): readonly OrderNode[] | undefined {
  const [group, open] = r.is('WITHIN') ? r.following(2) : [];
  if (group?.upper !== 'GROUP' || open?.upper !== '(') return undefined;
  r.advance();
  r.advance();
  return r.parenthesised(() => {
    if (!r.is('ORDER')) r.fail('ORDER BY');
    return parseOrderList(r);
  });
}

function parseFilter(r: TokenReader): ExprNode | undefined {
  if (!r.is('FILTER') || r.peek().upper !== '(') return undefined;
  r.advance();
  return r.parenthesised(() => {
    r.expect('WHERE');
    return parseExpression(r);
  });
}
