/** The statement of SQL over objects: SELECT list FROM object [WHERE condition] [LIMIT n] (spec s3-select 3, bos-select 3). */
import type { ObjectSelectNode, ObjectSourceNode, SelectItemNode } from './ast.ts';
import { SelectSyntaxError, SqlSyntaxError } from './errors.ts';
import { NO_ITEM_ALIAS, NO_TABLE_ALIAS, OTHER_STATEMENTS } from './keywords.ts';
import { parseExpression, parseExpressionOrStar } from './parse-expression.ts';
import { parseFromSteps } from './parse-select-path.ts';
import { TokenReader } from './token-reader.ts';

const MAX_DEPTH = 256;

/** @throws SelectSyntaxError */
export function parseObjectSelect(sql: string, maxDepth = MAX_DEPTH): ObjectSelectNode {
  try {
    return parseStatement(new TokenReader(sql, { maxDepth, trace: false, dialect: 'select' }));
  } catch (error) {
    if (error instanceof SqlSyntaxError && !(error instanceof SelectSyntaxError)) throw withCode(error);
    throw error;
  }
}

/** The lexer and the shared parts of the parser know no codes. */
function withCode(error: SqlSyntaxError): SelectSyntaxError {
  const { sql, offset, found, expected } = error;
  const message = error.message.replace(/^Syntax error at line \d+, column \d+: /, '');
  const code =
    message.includes('not closed') || /^a (number|quoted name)/.test(message) ? 'LexerInvalidLiteral' : undefined;
  return new SelectSyntaxError(
    code ?? (expected.includes('NULL') ? 'ParseExpectedKeyword' : 'ParseUnexpectedToken'),
    sql,
    offset,
    found,
    message,
  );
}

/** Statements of the other dialect. */
const OTHER_SUPPORTED: ReadonlySet<string> = new Set(['DELETE', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN']);

function parseStatement(r: TokenReader): ObjectSelectNode {
  const { start, upper } = r.tok;
  if (upper === 'WITH' || upper === '(') r.refuse('UnsupportedSqlStructure', 'only SELECT … FROM … is supported');
  if (OTHER_STATEMENTS.has(upper) || OTHER_SUPPORTED.has(upper))
    r.refuse('ParseUnsupportedSyntax', `${upper} is not supported: only SELECT is`);
  if (atEnd(r)) r.refuse('ParseEmptySelect', 'the expression is empty');
  if (!r.eat('SELECT')) r.wanted('ParseUnexpectedToken', 'SELECT');
  if (r.is('DISTINCT')) r.refuse('ParseUnsupportedSelect', 'SELECT DISTINCT is not supported');
  if (r.is('FROM') || atEnd(r)) r.refuse('ParseEmptySelect', 'the list of SELECT is empty');
  const items = r.list(() => parseItem(r));
  if (!r.eat('FROM')) r.wanted(atEnd(r) ? 'ParseSelectMissingFrom' : 'ParseUnexpectedToken', 'FROM');
  const from = parseSource(r);
  const where = r.eat('WHERE') ? parseExpression(r) : undefined;
  const limit = r.eat('LIMIT') ? parseLimit(r) : undefined;
  r.eat(';');
  if (!atEnd(r)) refuseRest(r);
  return {
    kind: 'objectSelect',
    items,
    from,
    ...(where && { where }),
    ...(limit !== undefined && { limit }),
    at: r.span(start),
  };
}

const atEnd = (r: TokenReader): boolean => r.tok.kind === 'end';

function parseItem(r: TokenReader): SelectItemNode {
  const { start } = r.tok;
  const expr = parseExpressionOrStar(r);
  if (expr.kind === 'star') {
    if (r.is('AS')) r.refuse('ParseUnsupportedAlias', '* takes no alias');
    return { expr, at: r.span(start) };
  }
  const alias = parseAlias(r, NO_ITEM_ALIAS);
  return { expr, ...(alias && { alias: alias.name }), at: r.span(start) };
}

function parseAlias(r: TokenReader, excluded: ReadonlySet<string>): { name: string; quoted: boolean } | undefined {
  const written = r.eat('AS');
  const { kind, upper, text } = r.tok;
  if ((kind === 'word' && !excluded.has(upper)) || (kind === 'quoted' && text !== '')) {
    r.advance();
    return { name: text, quoted: kind === 'quoted' };
  }
  return written ? r.wanted('ParseExpectedIdentForAlias', 'a name') : undefined;
}

function parseSource(r: TokenReader): ObjectSourceNode {
  const { start, kind, text } = r.tok;
  if (r.is('(')) r.refuse('UnsupportedSqlStructure', 'subqueries are not supported');
  if (kind !== 'word' && kind !== 'quoted') r.wanted('ParseUnexpectedToken', 'the name of the object');
  r.advance();
  const steps = parseFromSteps(r);
  const alias = parseAlias(r, NO_TABLE_ALIAS);
  if (r.is(',')) r.refuse('MultipleDataSourcesUnsupported', 'FROM takes one source');
  if (r.isOneOf(['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'NATURAL'])) {
    r.refuse('ParseMalformedJoin', 'JOIN is not supported: FROM takes one source');
  }
  return { name: text, quoted: kind === 'quoted', steps, ...(alias && { alias }), at: r.span(start) };
}

const MAX_LIMIT = 2n ** 63n - 1n;

function parseLimit(r: TokenReader): bigint {
  if (r.tok.kind !== 'integer') r.wanted('ParseExpectedNumber', 'a whole number of 0 or more');
  const limit = BigInt(r.advance().text);
  return limit > MAX_LIMIT ? MAX_LIMIT : limit;
}

/** What a client may well have written, with the sentence that it needs. */
function refuseRest(r: TokenReader): never {
  switch (r.tok.upper) {
    case 'GROUP':
      return r.refuse('ParseUnsupportedLiteralsGroupBy', 'GROUP BY is not supported over objects');
    case 'ORDER':
    case 'HAVING':
    case 'OFFSET':
    case 'UNION':
    case 'INTERSECT':
    case 'EXCEPT':
    case 'MINUS':
      return r.refuse('UnsupportedSqlStructure', `${r.tok.upper} is not supported over objects`);
    case ';':
      return r.refuse('ParseUnexpectedToken', 'only one statement is supported');
    default:
      break;
  }
  const { kind } = r.tok;
  if (kind === 'symbol' && !/^[-+*/%=<>(),.;[\]|!]+$/.test(r.tok.text)) {
    return r.refuse('LexerInvalidChar', `SQL has no ${r.tok.text}`);
  }
  return kind === 'symbol'
    ? r.wanted('ParseUnexpectedToken', 'the end of the statement')
    : r.wanted('ParseUnexpectedTerm', 'the end of the statement');
}
