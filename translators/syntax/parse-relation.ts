/** FROM: tables, derived tables, table functions, VALUES and joins. */
import type { ExprNode, JoinKind, JoinNode, QueryNode, RelationNode, TableNode, ValuesNode } from './ast.ts';
import { NO_TABLE_ALIAS, RESERVED } from './keywords.ts';
import type { Token } from './lexer.ts';
import { parseArguments } from './parse-call.ts';
import { parseExpression } from './parse-expression.ts';
import {
  allOf,
  bodyOf,
  continuesQuery,
  parseColumnNames,
  parseQuery,
  startsClause,
  startsQuery,
  startsValues,
} from './parse-query.ts';
import type { TokenReader } from './token-reader.ts';

/** Everything after FROM. A comma joins less tightly than JOIN does. */
export function parseFrom(r: TokenReader, first?: RelationNode): RelationNode {
  let left = parseJoins(r, first);
  while (r.eat(',')) {
    const right = parseJoins(r);
    left = { kind: 'join', join: 'CROSS', left, right, comma: true, at: r.span(left.at.start) };
  }
  return left;
}

function parseJoins(r: TokenReader, first?: RelationNode): RelationNode {
  let left = first ?? parseRelation(r);
  for (;;) {
    const join = parseJoinKind(r);
    if (join === undefined) return left;
    left = parseJoinTail(r, left, join, parseRelation(r));
  }
}

interface JoinWords {
  readonly kind: JoinKind;
  readonly natural: boolean;
}

/** Moves behind JOIN; undefined when none stands here. */
function parseJoinKind(r: TokenReader): JoinWords | undefined {
  const natural = r.eat('NATURAL');
  if (r.eat('JOIN')) return { kind: 'INNER', natural };
  for (const kind of ['INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'SEMI', 'ANTI'] as const) {
    if ((natural && kind === 'CROSS') || !r.eat(kind)) continue;
    const half = kind === 'LEFT' ? halfOf(r) : undefined;
    if (half === undefined && (kind === 'LEFT' || kind === 'RIGHT' || kind === 'FULL')) r.eat('OUTER');
    r.expect('JOIN');
    return { kind: half ?? kind, natural };
  }
  return natural ? r.fail() : undefined;
}

/** LEFT SEMI JOIN and LEFT ANTI JOIN say in other words what SEMI JOIN and ANTI JOIN do. */
function halfOf(r: TokenReader): 'SEMI' | 'ANTI' | undefined {
  if (r.eat('SEMI')) return 'SEMI';
  return r.eat('ANTI') ? 'ANTI' : undefined;
}

/** The plugin's grammar has ON optional and lets it follow CROSS JOIN, so a condition decides between the two. */
function parseJoinTail(r: TokenReader, left: RelationNode, words: JoinWords, right: RelationNode): JoinNode {
  const { kind, natural } = words;
  if (natural) return { kind: 'join', join: kind, left, right, natural, at: r.span(left.at.start) };
  const on = r.eat('ON') ? parseExpression(r) : undefined;
  const using = on === undefined && r.eat('USING') ? r.parenthesised(() => r.list(() => r.name())) : undefined;
  const conditional = on !== undefined || using !== undefined;
  if (!conditional && kind !== 'INNER' && kind !== 'CROSS') r.fail();
  const join = conditional && kind === 'CROSS' ? 'INNER' : !conditional ? 'CROSS' : kind;
  const at = r.span(left.at.start);
  return { kind: 'join', join, left, right, ...(on && { on }), ...(using && { using }), at };
}

function parseRelation(r: TokenReader): RelationNode {
  const { start } = r.tok;
  if (r.tok.upper === '{' && r.peek().upper === 'OJ') return parseOuterJoin(r);
  if (r.is('LATERAL') && r.peek().upper === '(') return parseLateral(r);
  return r.is('(') ? withAlias(r, parseGroup(r), start) : parseTable(r);
}

function parseLateral(r: TokenReader): RelationNode {
  const { start } = r.advance();
  const behind = r.tok.start;
  const relation = withAlias(r, parseGroup(r), start);
  if (relation.kind !== 'derived') return r.error('LATERAL stands before a query in parentheses', behind);
  return { ...relation, lateral: true };
}

/** ODBC's escape around outer joins: `{oj a LEFT OUTER JOIN b ON …}`. */
function parseOuterJoin(r: TokenReader): RelationNode {
  r.enter();
  r.advance();
  r.advance();
  const joins = parseJoins(r);
  r.expect('}');
  r.leave();
  return joins;
}

/** `(...)` without the alias behind it: a query, VALUES, or joins in parentheses. */
function parseGroup(r: TokenReader): QueryNode | RelationNode {
  r.enter();
  const { start } = r.tok;
  const group = r.parenthesised((): QueryNode | RelationNode => {
    if (startsQuery(r)) return parseQuery(r);
    if (startsValues(r)) {
      const values = parseValues(r);
      if (!continuesQuery(r)) return values;
      return parseQuery(r, allOf(values));
    }
    if (!r.is('(')) return parseFrom(r);
    const innerStart = r.tok.start;
    const inner = parseGroup(r);
    // `((SELECT ...) UNION ...)` goes on as a query, `((SELECT ...) a JOIN b ...)` as joins.
    const isQuery = inner.kind === 'query' && (r.is(')') || continuesQuery(r));
    return isQuery ? parseQuery(r, bodyOf(inner)) : parseFrom(r, withAlias(r, inner, innerStart));
  });
  r.leave();
  return group.kind === 'values' ? { ...group, at: r.span(start) } : group;
}

export function parseValues(r: TokenReader): ValuesNode {
  const { start } = r.advance();
  const rows: ExprNode[][] = r.list(() => r.parenthesised(() => r.list(() => parseExpression(r))));
  return { kind: 'values', rows, at: r.span(start) };
}

function withAlias(r: TokenReader, group: QueryNode | RelationNode, start: number): RelationNode {
  if (group.kind === 'query') {
    const alias = parseAlias(r);
    const columns = alias !== undefined && r.is('(') ? parseColumnNames(r) : undefined;
    const named = { ...(alias !== undefined && { alias }), ...(columns && { columns }) };
    return { kind: 'derived', query: group, ...named, at: r.span(start) };
  }
  if (group.kind !== 'values' || group.alias !== undefined) return group;
  const alias = parseAlias(r);
  if (alias === undefined) return group;
  const columns = r.is('(') ? parseColumnNames(r) : undefined;
  return { ...group, alias, ...(columns && { columns }), at: r.span(start) };
}

function parseTable(r: TokenReader): RelationNode {
  const { start } = r.tok;
  const { name, quoted } = parseTableName(r);
  if (!quoted && r.is('(')) {
    const inner = r.parenthesised(() => parseArguments(r, true));
    const alias = parseAlias(r);
    return { kind: 'tableFunction', name, ...inner, ...(alias !== undefined && { alias }), at: r.span(start) };
  }
  const alias = parseAlias(r);
  return { kind: 'table', name, quoted, ...(alias !== undefined && { alias }), at: r.span(start) };
}

/** A bare index expression, or quoted parts: `a`.`b` and "a" name the index a.b and a. */
function parseTableName(r: TokenReader): Pick<TableNode, 'name' | 'quoted'> {
  let name = '';
  let quoted = false;
  let open = true;
  while (open) {
    if (r.tok.kind === 'quoted' || r.tok.kind === 'string') {
      quoted = true;
      name += r.name();
      open = false;
    } else {
      if (name === '' && RESERVED.has(r.tok.upper)) r.fail('a table name');
      name += parseIndexExpression(r);
      const next: Token = r.tok;
      open = /[.:]$/.test(name) && next.kind === 'quoted' && next.start === r.prevEnd;
    }
    // Behind a quoted part: a dot, the colon of a cluster, or what the lexer takes for a number (`a`.2024).
    if (!quoted || open) continue;
    if (r.tok.upper === '.' || (r.tok.upper === ':' && r.tok.start === r.prevEnd)) {
      name += r.advance().text;
      open = true;
    } else open = r.tok.kind === 'real' && r.tok.start === r.prevEnd && r.tok.text.startsWith('.');
  }
  return { name, quoted };
}

function parseIndexExpression(r: TokenReader): string {
  const { text } = r.indexExpression();
  if (text === '') r.fail('a table name');
  return text;
}

function parseAlias(r: TokenReader): string | undefined {
  if (r.eat('AS')) return r.aliasName();
  if (startsClause(r)) return undefined;
  return r.bareAlias(NO_TABLE_ALIAS);
}
