/** Statements: which kind it is, and the small ones that are no queries. */
import { place, SqlError } from '../errors.ts';
import type { DeleteNode, DescribeNode, ExplainNode, PatternNode, ShowNode, StatementNode } from './ast.ts';
import { OTHER_STATEMENTS } from './keywords.ts';
import { parseExpression } from './parse-expression.ts';
import { parseQuery } from './parse-query.ts';
import { parseFrom } from './parse-relation.ts';
import type { TokenReader } from './token-reader.ts';

/** The whole text, up to its end; one semicolon may close it. */
export function parseStatement(r: TokenReader): StatementNode {
  refuseOtherStatements(r);
  const statement = r.is('EXPLAIN') ? parseExplain(r) : parsePlain(r);
  r.eat(';');
  if (r.tok.kind !== 'end') r.fail('end of query');
  return withHints(statement, r.hints);
}

const STARTS = 'SELECT, WITH, VALUES, SHOW, DESCRIBE, DESC, EXPLAIN, DELETE or a query in parentheses';
const LONGEST_SHOWN = 200;

const shortened = (sql: string): string => (sql.length > LONGEST_SHOWN ? `${sql.slice(0, LONGEST_SHOWN)}...` : sql);

function refuseOtherStatements(r: TokenReader): void {
  if (OTHER_STATEMENTS.has(r.tok.upper)) {
    throw new SqlError('notAQuery', `Query must start with ${STARTS}: ${shortened(r.sql)}${place(r.sql, r.tok)}`);
  }
}

/** Hints may stand anywhere; they belong to the outermost query. */
function withHints(statement: StatementNode, hints: readonly string[]): StatementNode {
  if (hints.length === 0) return statement;
  if (statement.kind === 'query') return { ...statement, hints };
  return statement.kind === 'explain' ? { ...statement, statement: withHints(statement.statement, hints) } : statement;
}

function parseExplain(r: TokenReader): ExplainNode {
  const { start } = r.advance();
  refuseOtherStatements(r);
  return { kind: 'explain', statement: parsePlain(r), at: r.span(start) };
}

function parsePlain(r: TokenReader): StatementNode {
  if (r.isOneOf(['SELECT', 'WITH', 'VALUES', '('])) return parseQuery(r);
  if (r.is('SHOW')) return parseShow(r);
  if (r.isOneOf(['DESCRIBE', 'DESC'])) return parseDescribe(r);
  return r.is('DELETE') ? parseDelete(r) : r.fail();
}

/** SHOW TABLES [LIKE pattern], and the older SHOW pattern. */
function parseShow(r: TokenReader): ShowNode {
  const { start } = r.advance();
  if (r.eat('TABLES')) {
    const like = r.eat('LIKE') ? parsePattern(r, true) : undefined;
    return { kind: 'show', ...(like !== undefined && { like }), at: r.span(start) };
  }
  return { kind: 'show', like: parsePattern(r, false), at: r.span(start) };
}

/** DESCRIBE [TABLES LIKE] pattern [COLUMNS LIKE pattern]. */
function parseDescribe(r: TokenReader): DescribeNode {
  const { start } = r.advance();
  const behindLike = r.eat('TABLES');
  if (behindLike) r.expect('LIKE');
  const like = parsePattern(r, behindLike);
  if (!r.eat('COLUMNS')) return { kind: 'describe', like, at: r.span(start) };
  r.expect('LIKE');
  return { kind: 'describe', like, columns: parsePattern(r, true), at: r.span(start) };
}

/** A pattern may be quoted in any style or stand bare: logs-%. */
function parsePattern(r: TokenReader, behindLike: boolean): PatternNode {
  const { kind, text, start } = r.tok;
  if (kind === 'string' || kind === 'quoted') {
    r.advance();
    return { text, at: r.span(start) };
  }
  const bare = r.indexExpression().text;
  if (bare === '') r.fail('a pattern');
  return { text: bare, ...(behindLike && { bare: true }), at: r.span(start) };
}

function parseDelete(r: TokenReader): DeleteNode {
  const { start } = r.advance();
  r.expect('FROM');
  const from = parseFrom(r);
  const where = r.eat('WHERE') ? parseExpression(r) : undefined;
  return { kind: 'delete', from, ...(where && { where }), at: r.span(start) };
}
