/** Queries and relations as SQL text. */
import type { BodyNode, JoinNode, QueryNode, RelationNode, SelectNode, SetOperationNode } from './ast.ts';
import { printArguments, printExpression, printList, printOrderBy, printWindow } from './print-expression.ts';
import { printWord } from './print-name.ts';

export function printQuery(query: QueryNode): string {
  const parts = query.hints.map((hint) => `/*! ${hint} */`);
  if (query.with.length > 0) {
    const words = query.with.some(({ recursive }) => recursive) ? 'WITH RECURSIVE' : 'WITH';
    parts.push(`${words} ${query.with.map(printCommonTable).join(', ')}`);
  }
  parts.push(printBody(query.body, 0));
  if (query.order.length > 0) parts.push(printOrderBy(query.order));
  parts.push(...printLimit(query));
  return parts.join(' ');
}

const printCommonTable = ({ name, columns, query }: QueryNode['with'][number]): string =>
  `${printWord(name)}${printColumnNames(columns)} AS (${printQuery(query)})`;

const printColumnNames = (columns: readonly string[] | undefined): string =>
  columns === undefined ? '' : ` (${columns.map((name) => printWord(name)).join(', ')})`;

/** Parameters count from the left, so `LIMIT ?, ?` must keep its order. */
function printLimit({ limit, offset, ties }: QueryNode): string[] {
  if (ties && limit !== undefined) {
    const fetch = `FETCH FIRST ${printExpression(limit)} ROWS WITH TIES`;
    return offset === undefined ? [fetch] : [`OFFSET ${printExpression(offset)} ROWS`, fetch];
  }
  if (limit?.kind === 'parameter' && offset?.kind === 'parameter' && offset.index < limit.index) return ['LIMIT ?, ?'];
  const parts: string[] = [];
  if (limit !== undefined) parts.push(`LIMIT ${printExpression(limit)}`);
  if (offset !== undefined) parts.push(`OFFSET ${printExpression(offset)}`);
  return parts;
}

const setPower = (node: SetOperationNode): number => (node.op === 'INTERSECT' ? 2 : 1);

/** A body that binds more tightly than `power` stands bare; a query with clauses of its own never does. */
function printBody(body: BodyNode, power: number): string {
  if (body.kind === 'query') return `(${printQuery(body)})`;
  if (body.kind === 'select') return printSelect(body);
  const text = printSetOperation(body);
  return setPower(body) <= power ? `(${text})` : text;
}

/** Loops down the left side, for long unions. */
function printSetOperation(top: SetOperationNode): string {
  const chain = [top];
  let left = top.left;
  for (let above = top; left.kind === 'setOperation' && setPower(left) >= setPower(above); left = above.left) {
    above = left;
    chain.push(above);
  }
  const parts = [printBody(left, setPower(chain[chain.length - 1]!) - 1)];
  for (const node of chain.reverse()) {
    parts.push(`${node.op}${node.all ? ' ALL' : ''} ${printBody(node.right, setPower(node))}`);
  }
  return parts.join(' ');
}

function printSelect(node: SelectNode): string {
  const items = node.items.map(({ expr, alias }) => {
    return alias === undefined ? printExpression(expr) : `${printExpression(expr)} AS ${printWord(alias)}`;
  });
  const parts = [`SELECT ${node.distinct ? 'DISTINCT ' : ''}${items.join(', ')}`];
  if (node.from !== undefined) parts.push(`FROM ${printRelation(node.from)}`);
  if (node.where !== undefined) parts.push(`WHERE ${printExpression(node.where)}`);
  if (node.sets !== undefined) {
    const sets = node.sets.map((set) => `(${printList(set.map((key) => node.group[key]!))})`);
    parts.push(`GROUP BY GROUPING SETS (${sets.join(', ')})`);
  } else if (node.group.length > 0) parts.push(`GROUP BY ${printList(node.group)}`);
  if (node.having !== undefined) parts.push(`HAVING ${printExpression(node.having)}`);
  if (node.windows !== undefined) {
    const windows = node.windows.map(({ name, spec }) => `${printWord(name)} AS (${printWindow(spec)})`);
    parts.push(`WINDOW ${windows.join(', ')}`);
  }
  if (node.qualify !== undefined) parts.push(`QUALIFY (${printExpression(node.qualify)})`);
  return parts.join(' ');
}

export function printRelation(node: RelationNode): string {
  switch (node.kind) {
    case 'table':
      return printAlias(node.quoted ? `\`${node.name.replaceAll('`', '``')}\`` : node.name, node.alias);
    case 'derived':
      return (
        printAlias(`${node.lateral ? 'LATERAL ' : ''}(${printQuery(node.query)})`, node.alias) +
        printColumnNames(node.columns)
      );
    case 'tableFunction':
      return printAlias(`${node.name}(${printArguments(node.args, node.named, true)})`, node.alias);
    case 'values': {
      const rows = node.rows.map((row) => `(${printList(row)})`).join(', ');
      return printAlias(`(VALUES ${rows})`, node.alias) + printColumnNames(node.columns);
    }
    case 'join':
      return printJoins(node);
  }
}

function printAlias(text: string, alias: string | undefined): string {
  return alias === undefined ? text : `${text} AS ${printWord(alias)}`;
}

/** Loops down the left side. A comma join binds less tightly than JOIN, so below one it needs parentheses. */
function printJoins(top: JoinNode): string {
  const chain = [top];
  let left = top.left;
  for (let above = top; left.kind === 'join' && (above.comma || !left.comma); left = above.left) {
    above = left;
    chain.push(above);
  }
  let text = left.kind === 'join' ? `(${printRelation(left)})` : printRelation(left);
  for (const { join, right, on, using, comma, natural } of chain.reverse()) {
    const nested = right.kind === 'join' && !(comma && !right.comma);
    const side = nested ? `(${printRelation(right)})` : printRelation(right);
    text += comma ? `, ${side}` : ` ${natural ? 'NATURAL ' : ''}${join === 'INNER' ? '' : `${join} `}JOIN ${side}`;
    if (on !== undefined) text += ` ON ${printExpression(on)}`;
    if (using !== undefined) text += ` USING (${using.map((name) => printWord(name)).join(', ')})`;
  }
  return text;
}
