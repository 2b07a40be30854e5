/** Queries: WITH, SELECT, set operations, ORDER BY and LIMIT. */
import type { BodyNode, ExprNode, OrderNode, QueryNode, SelectItemNode, SelectNode, SetOperationNode } from './ast.ts';
import { NO_ITEM_ALIAS } from './keywords.ts';
import { parseExpression, parseExpressionOrStar } from './parse-expression.ts';
import { parseFrom } from './parse-relation.ts';
import type { TokenReader } from './token-reader.ts';

export function startsQuery(r: TokenReader): boolean {
  return r.isOneOf(['SELECT', 'WITH']) && (r.tok.upper === 'SELECT' || r.peek().kind !== 'symbol');
}

/** Whether a query in parentheses, just read, turns out to be the first branch of a larger one. */
export function continuesQuery(r: TokenReader): boolean {
  return r.isOneOf(['UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'ORDER', 'LIMIT', 'OFFSET']);
}

/** A query in parentheses without clauses of its own is only its body. */
export function bodyOf(query: QueryNode): BodyNode {
  const { with: ctes, order, limit, offset, body } = query;
  return ctes.length === 0 && order.length === 0 && limit === undefined && offset === undefined ? body : query;
}

/** A whole query; `first` is its first branch when that has been read already. */
export function parseQuery(r: TokenReader, first?: BodyNode): QueryNode {
  r.enter();
  const start = first?.at.start ?? r.tok.start;
  const ctes = first === undefined && r.eat('WITH') ? parseWith(r) : [];
  const body = parseBody(r, 0, first);
  const order = parseOrderList(r);
  const limits = parseLimit(r);
  r.leave();
  const query: QueryNode = { kind: 'query', with: ctes, body, order, ...limits, hints: [], at: r.span(start) };
  return body.kind === 'query' && bodyOf(query) === body ? body : query;
}

function parseWith(r: TokenReader): QueryNode['with'] {
  if (r.tok.upper === 'RECURSIVE' && r.peek().upper !== 'AS') r.error('WITH RECURSIVE is not supported');
  return r.list(() => {
    const name = r.name();
    r.expect('AS');
    return { name, query: r.parenthesised(() => parseQuery(r)) };
  });
}

const SET_OPERATIONS: ReadonlyMap<string, { readonly op: SetOperationNode['op']; readonly power: number }> = new Map([
  ['UNION', { op: 'UNION', power: 1 }],
  ['EXCEPT', { op: 'EXCEPT', power: 1 }],
  ['MINUS', { op: 'EXCEPT', power: 1 }],
  ['INTERSECT', { op: 'INTERSECT', power: 2 }],
]);

/** Left-associative; INTERSECT binds more tightly than the others. */
function parseBody(r: TokenReader, power: number, first?: BodyNode): BodyNode {
  let left = first ?? parseBranch(r);
  for (;;) {
    for (const word of SET_OPERATIONS.keys()) r.is(word);
    const row = SET_OPERATIONS.get(r.tok.upper);
    if (row === undefined || row.power <= power) return left;
    r.advance();
    const all = r.eat('ALL');
    if (!all) r.eat('DISTINCT');
    const right = parseBody(r, row.power);
    left = { kind: 'setOperation', op: row.op, all, left, right, at: r.span(left.at.start) };
  }
}

function parseBranch(r: TokenReader): BodyNode {
  return r.is('(') ? bodyOf(r.parenthesised(() => parseQuery(r))) : parseSelect(r);
}

function parseSelect(r: TokenReader): SelectNode {
  const { start } = r.tok;
  r.expect('SELECT');
  const distinct = r.eat('DISTINCT');
  if (!distinct) r.eat('ALL');
  const items = r.list(() => parseItem(r));
  const from = r.eat('FROM') ? parseFrom(r) : undefined;
  const where = r.eat('WHERE') ? parseExpression(r) : undefined;
  const group = r.eatPhrase('GROUP', 'BY') ? r.list(() => parseExpression(r)) : [];
  const having = r.eat('HAVING') ? parseExpression(r) : undefined;
  return {
    kind: 'select',
    distinct,
    items,
    ...(from && { from }),
    ...(where && { where }),
    group,
    ...(having && { having }),
    at: r.span(start),
  };
}

function parseItem(r: TokenReader): SelectItemNode {
  const { start } = r.tok;
  const expr = parseExpressionOrStar(r);
  const alias = expr.kind === 'star' ? undefined : r.eat('AS') ? r.aliasName(true) : r.bareAlias(NO_ITEM_ALIAS);
  return { expr, ...(alias !== undefined && { alias }), at: r.span(start) };
}

/** ORDER BY and its list, if it stands here. */
export function parseOrderList(r: TokenReader): OrderNode[] {
  return r.eatPhrase('ORDER', 'BY') ? r.list(() => parseOrder(r)) : [];
}

function parseOrder(r: TokenReader): OrderNode {
  const { start } = r.tok;
  const expr = parseExpression(r);
  const desc = r.eat('DESC');
  if (!desc) r.eat('ASC');
  if (!r.eat('NULLS')) return { expr, desc, at: r.span(start) };
  const first = r.eat('FIRST');
  if (!first) r.expect('LAST');
  return { expr, desc, nulls: first ? 'FIRST' : 'LAST', at: r.span(start) };
}

/** LIMIT n, LIMIT off, n, LIMIT n OFFSET off, and OFFSET alone. */
function parseLimit(r: TokenReader): Pick<QueryNode, 'limit' | 'offset'> {
  if (!r.eat('LIMIT')) return r.eat('OFFSET') ? { offset: parseCount(r) } : {};
  const first = parseCount(r);
  if (r.eat(',')) return { limit: parseCount(r), offset: first };
  return r.eat('OFFSET') ? { limit: first, offset: parseCount(r) } : { limit: first };
}

function parseCount(r: TokenReader): ExprNode {
  if (r.tok.kind !== 'integer' && r.tok.kind !== 'parameter') r.fail('an unsigned integer');
  return parseExpression(r, Number.POSITIVE_INFINITY);
}
