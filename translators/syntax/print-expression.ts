/** Expressions as SQL text, with parentheses only where the binding powers need them. */
import type {
  CallNode,
  CaseNode,
  ExprNode,
  FieldListNode,
  LiteralNode,
  OrderNode,
  StarNode,
  WindowSpec,
} from './ast.ts';
import { extractedOf, FORMAT_TYPES, syntaxOf, TRIM_SIDES, takesNamedArguments, unitOf } from './keywords.ts';
import { isBareWord } from './lexer.ts';
import { BINARY_POWER, POWER } from './precedence.ts';
import { printPath, printString, printWord } from './print-name.ts';
import { printQuery } from './print-query.ts';

/** Nodes that begin with an operand, so that a long chain of them is a tree that leans left. */
type InfixNode = Extract<ExprNode, { kind: 'binary' | 'is' | 'between' | 'in' | 'inQuery' | 'quantified' | 'like' }>;

function isInfix(node: ExprNode): node is InfixNode {
  switch (node.kind) {
    case 'binary':
    case 'is':
    case 'between':
    case 'in':
    case 'inQuery':
    case 'quantified':
    case 'like':
      return true;
    default:
      return false;
  }
}

function powerOf(node: ExprNode): number {
  if (node.kind === 'binary') return BINARY_POWER[node.op];
  if (isInfix(node)) return POWER.comparison;
  if (node.kind === 'unary') return node.op === 'NOT' ? POWER.not : POWER.sign;
  return POWER.primary;
}

/** The text of an expression, in parentheses when it binds less tightly than `power`. */
export function printExpression(node: ExprNode, power = 0): string {
  const text = isInfix(node) ? printInfix(node) : printOperand(node);
  return powerOf(node) < power ? `(${text})` : text;
}

/** Loops down the left side: a flat chain of ten thousand ANDs must not exhaust the stack. */
function printInfix(top: InfixNode): string {
  const chain: InfixNode[] = [top];
  let left = top.kind === 'binary' ? top.left : top.arg;
  for (let above: InfixNode = top; isInfix(left) && powerOf(left) >= powerOf(above); ) {
    above = left;
    chain.push(above);
    left = above.kind === 'binary' ? above.left : above.arg;
  }
  const parts = [printExpression(left, powerOf(chain[chain.length - 1]!))];
  for (const node of chain.reverse()) parts.push(printTail(node));
  return parts.join(' ');
}

/** Operator and right side; everything there binds more tightly than the operator itself. */
function printTail(node: InfixNode): string {
  const inner = powerOf(node) + 1;
  const not = 'not' in node && node.not ? 'NOT ' : '';
  switch (node.kind) {
    case 'binary':
      return `${node.op} ${printExpression(node.right, inner)}`;
    case 'is':
      return `IS ${not}${node.what}`;
    case 'between':
      return `${not}BETWEEN ${printExpression(node.low, inner)} AND ${printExpression(node.high, inner)}`;
    case 'in':
      return `${not}IN (${printList(node.list)})`;
    case 'inQuery':
      return `${not}IN (${printQuery(node.query)})`;
    case 'quantified':
      return `${node.op} ${node.all ? 'ALL' : 'ANY'} (${printQuery(node.query)})`;
    case 'like': {
      const escapedBy = node.escape === undefined ? '' : ` ESCAPE ${printExpression(node.escape, inner)}`;
      return `${not}${node.op} ${printExpression(node.pattern, inner)}${escapedBy}`;
    }
  }
}

function printOperand(node: Exclude<ExprNode, InfixNode>): string {
  switch (node.kind) {
    case 'literal':
      return printLiteral(node);
    case 'name':
      return printPath(node.parts);
    case 'star':
      return printStar(node);
    case 'parameter':
      return '?';
    case 'interval': {
      const { value } = node;
      const number = value.kind === 'literal' && ['integer', 'long', 'double'].includes(value.type);
      const plain = number ? Number(value.value) >= 0 : value.kind === 'literal' && value.type === 'string';
      return `INTERVAL ${plain ? printExpression(value) : `(${printExpression(value)})`} ${node.unit}`;
    }
    case 'unary':
      return printUnary(node.op, node.arg);
    case 'exists':
      return `EXISTS (${printQuery(node.query)})`;
    case 'subquery':
      return `(${printQuery(node.query)})`;
    case 'row':
      return `(${printList(node.items)})`;
    case 'case':
      return printCase(node);
    case 'cast':
      return `CAST(${printExpression(node.arg)} AS ${node.type})`;
    case 'call':
      return printCall(node);
    case 'fieldList':
      return printFieldList(node);
    case 'index': {
      const { base } = node;
      const plain = base.kind === 'name' || base.kind === 'call' || base.kind === 'index';
      return `${plain ? printExpression(base) : `(${printExpression(base)})`}[${printExpression(node.index)}]`;
    }
  }
}

function printUnary(op: '-' | '+' | 'NOT', arg: ExprNode): string {
  if (op === 'NOT') return `NOT ${printExpression(arg, POWER.not)}`;
  // `--a` would be two signs, `-- a` a comment.
  return arg.kind === 'unary' ? `${op}(${printExpression(arg)})` : `${op}${printExpression(arg, POWER.sign)}`;
}

function printLiteral({ type, value, decimal, doubleQuoted }: LiteralNode): string {
  switch (type) {
    case 'null':
      return 'NULL';
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE';
    case 'integer':
    case 'long':
      return String(value);
    case 'double':
      return decimal ?? printDouble(Number(value));
    case 'string':
      return printString(String(value), doubleQuoted === true ? '"' : "'");
    case 'date':
    case 'time':
    case 'timestamp':
      return `${type.toUpperCase()} ${printString(String(value))}`;
  }
}

/** A double that was written without a point keeps an exponent, so that it is read neither as an integer nor as a decimal. */
function printDouble(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? '-1e999' : '1e999';
  return Object.is(value, -0) ? '-0e0' : value.toExponential();
}

function printStar({ qualifier, except }: StarNode): string {
  const star = qualifier.length === 0 ? '*' : `${printPath(qualifier)}.*`;
  return except === undefined ? star : `${star} EXCEPT (${except.map((name) => printWord(name)).join(', ')})`;
}

function printCase({ operand, whens, otherwise }: CaseNode): string {
  const parts = ['CASE'];
  if (operand !== undefined) parts.push(printExpression(operand));
  for (const { when, then } of whens) parts.push(`WHEN ${printExpression(when)} THEN ${printExpression(then)}`);
  if (otherwise !== undefined) parts.push(`ELSE ${printExpression(otherwise)}`);
  return `${parts.join(' ')} END`;
}

function printCall(node: CallNode): string {
  const filter = node.filter === undefined ? '' : ` FILTER (WHERE ${printExpression(node.filter)})`;
  const over = node.over === undefined ? '' : ` OVER (${printWindow(node.over)})`;
  const order = node.order === undefined ? '' : ` ${printOrderBy(node.order)}`;
  const separator = node.separator === undefined ? '' : ` SEPARATOR ${printExpression(node.separator)}`;
  const within = node.within === undefined ? '' : ` WITHIN GROUP (${printOrderBy(node.within)})`;
  const inner = `${node.distinct ? 'DISTINCT ' : ''}${printCallArguments(node)}${order}${separator}`;
  return `${node.name}(${inner})${within}${filter}${over}`;
}

/** The calls with a syntax of their own are printed in it. */
function printCallArguments({ name, args, named }: CallNode): string {
  const [first, second, third] = args;
  const word = first?.kind === 'literal' && first.type === 'string' && !first.doubleQuoted ? String(first.value) : '';
  const isUnit = unitOf(word) === word;
  const syntax = syntaxOf(name);
  if (syntax === 'unitFrom' && (isUnit || extractedOf(word)) && args.length === 2)
    return `${word} FROM ${printExpression(second!)}`;
  if (args.length > 1 && ((syntax === 'unit' && isUnit) || (syntax === 'formatType' && FORMAT_TYPES.has(word)))) {
    return `${word}, ${printList(args.slice(1))}`;
  }
  if (first?.kind === 'name' && (syntax === 'unit' || syntax === 'formatType')) {
    // A column called `day` must not turn into the unit.
    return [printPath(first.parts, true), ...args.slice(1).map((arg) => printExpression(arg))].join(', ');
  }
  if (syntax === 'cast' && second?.kind === 'literal') return `${printExpression(first!)} AS ${second.value}`;
  if (syntax === 'in' && args.length === 2) {
    return `${printExpression(first!, POWER.comparison + 1)} IN ${printExpression(second!)}`;
  }
  if (syntax === 'trim' && second?.kind === 'literal' && TRIM_SIDES.has(String(second.value)) && args.length <= 3) {
    // Behind LEADING a sign would be an operator, and LEADING a column.
    const plain =
      third?.kind === 'name' || third?.kind === 'parameter' || (third?.kind === 'literal' && third.type === 'string');
    const what = third === undefined ? '' : `${plain ? printExpression(third) : `(${printExpression(third)})`} `;
    return `${second.value} ${what}FROM ${printExpression(first!)}`;
  }
  return printArguments(args, named, takesNamedArguments(name));
}

/**
 * Where `a = b` would be read as a named argument, comparisons stand in parentheses. Arguments keep the order
 * in which they were written, for parameters count from the left.
 */
export function printArguments(args: readonly ExprNode[], named: CallNode['named'], namedAllowed: boolean): string {
  const positional = args.map((arg) => {
    const text = printExpression(arg);
    return { start: arg.at.start, text: namedAllowed && isInfix(arg) ? `(${text})` : text };
  });
  const pairs = named.map(({ name, value, at }) => {
    return { start: at.start, text: `${isBareWord(name) ? name : printString(name)}=${printExpression(value)}` };
  });
  const all = pairs.length === 0 ? positional : [...positional, ...pairs].sort((a, b) => a.start - b.start);
  return all.map(({ text }) => text).join(', ');
}

function printFieldList({ items }: FieldListNode): string {
  const fields = items.map(({ field, weight }) => {
    return weight === undefined ? printString(field) : `${printString(field)} ^ ${weight}`;
  });
  return `[${fields.join(', ')}]`;
}

export function printWindow({ base, partition, order, frame }: WindowSpec): string {
  const parts: string[] = base === undefined ? [] : [printWord(base)];
  if (partition.length > 0) parts.push(`PARTITION BY ${printList(partition)}`);
  if (order.length > 0) parts.push(printOrderBy(order));
  if (frame !== undefined) parts.push(frame);
  return parts.join(' ');
}

export function printOrderBy(order: readonly OrderNode[]): string {
  const items = order.map(({ expr, desc, nulls }) => {
    return `${printExpression(expr)}${desc ? ' DESC' : ''}${nulls === undefined ? '' : ` NULLS ${nulls}`}`;
  });
  return `ORDER BY ${items.join(', ')}`;
}

export function printList(nodes: readonly ExprNode[]): string {
  return nodes.map((node) => printExpression(node)).join(', ');
}
