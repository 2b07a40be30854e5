/** Queries: WITH, SELECT, set operations, ORDER BY and LIMIT. */
import type {
  BodyNode,
  ExprNode,
  OrderNode,
  QueryNode,
  SelectItemNode,
  SelectNode,
  SetOperationNode,
  StarNode,
  ValuesNode,
} from './ast.ts';
import { CLAUSE_PAIRS, NO_ITEM_ALIAS, NO_TABLE_ALIAS } from './keywords.ts';
import { parseExpression, parseExpressionOrStar } from './parse-expression.ts';
import { parseGroupBy } from './parse-group.ts';
import { parseFrom, parseValues } from './parse-relation.ts';
import { parseWindowSpec } from './parse-window.ts';
import type { TokenReader } from './token-reader.ts';

export function startsQuery(r: TokenReader): boolean {
  return r.isOneOf(['SELECT', 'WITH']) && (r.tok.upper === 'SELECT' || r.peek().kind !== 'symbol');
}

/** Whether rows written out stand here, as a query of their own. */
export function startsValues(r: TokenReader): boolean {
  return r.is('VALUES') && r.peek().upper === '(';
}

/** Whether a query in parentheses, just read, turns out to be the first branch of a larger one. */
export function continuesQuery(r: TokenReader): boolean {
  return r.isOneOf(['UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH']);
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
  const recursive = r.tok.upper === 'RECURSIVE' && r.peek().upper !== 'AS' && r.eat('RECURSIVE');
  return r.list(() => {
    const { start } = r.tok;
    const name = r.name();
    const columns = r.is('(') ? parseColumnNames(r) : undefined;
    r.expect('AS');
    const query = r.parenthesised(() => parseQuery(r));
    return { name, ...(columns && { columns }), ...(recursive && { recursive }), query, at: r.span(start) };
  });
}

/** `(a, b)` behind the name of a relation: what its columns are called. */
export function parseColumnNames(r: TokenReader): readonly string[] {
  return r.parenthesised(() => r.list(() => r.name()));
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
  if (r.is('(')) return bodyOf(r.parenthesised(() => parseQuery(r)));
  return startsValues(r) ? allOf(parseValues(r)) : parseSelect(r);
}

/** `VALUES (1, 2)` is the query of all its rows. */
export function allOf(values: ValuesNode): SelectNode {
  const { at } = values;
  const star: StarNode = { kind: 'star', qualifier: [], at };
  return { kind: 'select', distinct: false, items: [{ expr: star, at }], from: values, group: [], at };
}

function parseSelect(r: TokenReader): SelectNode {
  const { start } = r.tok;
  r.expect('SELECT');
  const distinct = r.eat('DISTINCT');
  if (!distinct) r.eat('ALL');
  const items = r.list(() => parseItem(r));
  const from = r.eat('FROM') ? parseFrom(r) : undefined;
  const where = r.eat('WHERE') ? parseExpression(r) : undefined;
  const grouped = r.eatPhrase('GROUP', 'BY') ? parseGroupBy(r) : { group: [] };
  const having = r.eat('HAVING') ? parseExpression(r) : undefined;
  const windows = startsWindows(r) ? parseWindows(r) : undefined;
  const qualify = startsQualify(r) && r.eat('QUALIFY') ? parseExpression(r) : undefined;
  return {
    kind: 'select',
    distinct,
    items,
    ...(from && { from }),
    ...(where && { where }),
    ...grouped,
    ...(having && { having }),
    ...(windows && { windows }),
    ...(qualify && { qualify }),
    at: r.span(start),
  };
}

/** WINDOW is no reserved word: a name and AS with a bracket follow the clause. */
function startsWindows(r: TokenReader): boolean {
  if (!r.is('WINDOW')) return false;
  const [, as, bracket] = r.following(3);
  return as!.upper === 'AS' && bracket!.upper === '(';
}

function parseWindows(r: TokenReader): SelectNode['windows'] {
  r.advance();
  return r.list(() => {
    const { start } = r.tok;
    const name = r.name();
    r.expect('AS');
    return { name, spec: r.parenthesised(() => parseWindowSpec(r)), at: r.span(start) };
  });
}

/** Words behind which no condition stands, so that QUALIFY before them is an alias. */
const AFTER_ALIAS: ReadonlySet<string> = new Set(['FETCH', 'WINDOW', 'SEMI', 'ANTI', 'QUALIFY']);
const BEGIN_CONDITIONS: ReadonlySet<string> = new Set(['CASE', 'NOT', 'NULL', 'TRUE', 'FALSE']);

/** QUALIFY is no reserved word: a condition follows the clause. */
function startsQualify(r: TokenReader): boolean {
  if (!r.is('QUALIFY')) return false;
  const { kind, upper } = r.peek();
  if (kind !== 'word') return kind !== 'end' && (kind !== 'symbol' || upper === '(' || upper === '-' || upper === '+');
  const isCall = (upper === 'LEFT' || upper === 'RIGHT') && r.following(2)[1]!.upper === '(';
  return isCall || BEGIN_CONDITIONS.has(upper) || !(NO_TABLE_ALIAS.has(upper) || AFTER_ALIAS.has(upper));
}

function parseItem(r: TokenReader): SelectItemNode {
  const { start } = r.tok;
  const expr = parseExpressionOrStar(r);
  const alias = expr.kind === 'star' ? undefined : r.eat('AS') ? r.aliasName(true) : bareItemAlias(r);
  return { expr, ...(alias !== undefined && { alias }), at: r.span(start) };
}

const bareItemAlias = (r: TokenReader): string | undefined =>
  startsClause(r) ? undefined : r.bareAlias(NO_ITEM_ALIAS);

/** Whether a clause begins here with a word that elsewhere is a name. */
export function startsClause(r: TokenReader): boolean {
  const { upper } = r.tok;
  return (
    CLAUSE_PAIRS.get(upper)?.has(r.peek().upper) === true ||
    (upper === 'WINDOW' && startsWindows(r)) ||
    (upper === 'QUALIFY' && startsQualify(r))
  );
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

/** LIMIT n, LIMIT off, n, LIMIT n OFFSET off, OFFSET alone, and the standard's OFFSET n ROWS FETCH FIRST m ROWS ONLY. */
function parseLimit(r: TokenReader): Pick<QueryNode, 'limit' | 'offset' | 'ties'> {
  if (!r.eat('LIMIT')) {
    const offset = r.eat('OFFSET') ? parseCount(r) : undefined;
    if (offset !== undefined) eatRows(r);
    const fetched = r.is('FETCH') ? parseFetch(r) : undefined;
    return { ...fetched, ...(offset && { offset }) };
  }
  const first = parseCount(r);
  if (r.eat(',')) return { limit: parseCount(r), offset: first };
  return r.eat('OFFSET') ? { limit: first, offset: parseCount(r) } : { limit: first };
}

const eatRows = (r: TokenReader): boolean => r.eat('ROWS') || r.eat('ROW');

/** FETCH FIRST [n] ROWS ONLY or WITH TIES; without a number it is one row. */
function parseFetch(r: TokenReader): Pick<QueryNode, 'limit' | 'ties'> {
  const { start } = r.advance();
  if (!r.eat('FIRST') && !r.eat('NEXT')) r.fail();
  const limit: ExprNode = r.isOneOf(['ROW', 'ROWS'])
    ? { kind: 'literal', type: 'integer', value: 1, at: r.span(start) }
    : parseCount(r);
  if (!eatRows(r)) r.fail();
  if (r.eatPhrase('WITH', 'TIES')) return { limit, ties: true };
  r.expect('ONLY');
  return { limit };
}

function parseCount(r: TokenReader): ExprNode {
  if (r.tok.kind !== 'integer' && r.tok.kind !== 'parameter') r.fail('an unsigned integer');
  return parseExpression(r, Number.POSITIVE_INFINITY);
}
