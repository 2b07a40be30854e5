/** Prints the tree of a statement over objects, every operator in parentheses, so that it reads back to the same tree. */
import type { ExprNode, ObjectSelectNode, PathStepNode } from '../../translators/syntax/ast.ts';

export function printObjectSelect({ items, from, where, limit }: ObjectSelectNode): string {
  const list = items.map(({ expr, alias }) =>
    alias === undefined ? print(expr) : `${print(expr)} AS ${name(alias, true)}`,
  );
  const source = name(from.name, from.quoted) + from.steps.map(printStep).join('');
  const alias = from.alias === undefined ? '' : ` AS ${name(from.alias.name, from.alias.quoted)}`;
  const condition = where === undefined ? '' : ` WHERE ${print(where)}`;
  return `SELECT ${list.join(', ')} FROM ${source}${alias}${condition}${limit === undefined ? '' : ` LIMIT ${limit}`}`;
}

const name = (text: string, quoted: boolean): string => (quoted ? `"${text.replaceAll('"', '""')}"` : text);
const text = (value: unknown): string => `'${String(value).replaceAll("'", "''")}'`;

function printStep(step: PathStepNode): string {
  switch (step.kind) {
    case 'member':
      return `.${name(step.name, step.quoted)}`;
    case 'element':
      return `[${step.index}]`;
    case 'members':
      return '.*';
    case 'elements':
      return '[*]';
  }
}

function print(node: ExprNode): string {
  switch (node.kind) {
    case 'literal':
      return printLiteral(node);
    case 'name':
      return node.parts.map((part, i) => name(part, node.quoted?.[i] === true)).join('.');
    case 'star':
      return node.qualifier.length === 0 ? '*' : `${node.qualifier.map((part) => name(part, true)).join('.')}.*`;
    case 'index':
      return node.index.kind === 'name'
        ? `${print(node.base)}.${print(node.index)}`
        : `${print(node.base)}[${print(node.index)}]`;
    case 'unary':
      return node.op === 'NOT' ? `(NOT ${print(node.arg)})` : `(${node.op} (${print(node.arg)}))`;
    case 'binary':
      return `(${print(node.left)} ${node.op} ${print(node.right)})`;
    case 'is':
      return `(${print(node.arg)} IS ${node.not ? 'NOT ' : ''}${node.what})`;
    case 'between':
      return `(${print(node.arg)} ${not(node)}BETWEEN ${print(node.low)} AND ${print(node.high)})`;
    case 'in':
      return node.array === true
        ? `(${print(node.arg)} ${not(node)}IN ${print(node.list[0]!)})`
        : `(${print(node.arg)} ${not(node)}IN (${node.list.map(print).join(', ')}))`;
    case 'like':
      return `(${print(node.arg)} ${not(node)}LIKE ${print(node.pattern)}${node.escape ? ` ESCAPE ${print(node.escape)}` : ''})`;
    case 'case': {
      const whens = node.whens.map(({ when, then }) => ` WHEN ${print(when)} THEN ${print(then)}`).join('');
      return `CASE${node.operand ? ` ${print(node.operand)}` : ''}${whens}${node.otherwise ? ` ELSE ${print(node.otherwise)}` : ''} END`;
    }
    case 'cast':
      return `CAST(${print(node.arg)} AS ${node.type}${node.precision ? `(${node.precision.join(', ')})` : ''})`;
    case 'call':
      return printCall(node);
    default:
      throw new TypeError(`a statement over objects has no ${node.kind}`);
  }
}

const not = (node: { readonly not: boolean }): string => (node.not ? 'NOT ' : '');

function printLiteral({ type, value }: Extract<ExprNode, { kind: 'literal' }>): string {
  switch (type) {
    case 'string':
      return text(value);
    case 'timestamp':
      return `\`${String(value).replaceAll('`', '``')}\``;
    case 'double': {
      const digits = String(value);
      return /[.e]/.test(digits) ? digits : `${digits}.0`;
    }
    case 'null':
      return 'NULL';
    default:
      return String(value).toUpperCase();
  }
}

/** The calls with a syntax of their own are printed in it. */
function printCall({ name: called, args, distinct }: Extract<ExprNode, { kind: 'call' }>): string {
  const [first, second, third] = args;
  const word = first?.kind === 'literal' ? String(first.value) : '';
  if (called === 'EXTRACT') return `EXTRACT(${word} FROM ${print(second!)})`;
  if (called === 'DATE_ADD' || called === 'DATE_DIFF')
    return `${called}(${[word, ...args.slice(1).map(print)].join(', ')})`;
  if (called === 'TRIM' && second?.kind === 'literal') {
    return `TRIM(${second.value} ${third ? `${print(third)} ` : ''}FROM ${print(first!)})`;
  }
  return `${called}(${distinct ? 'DISTINCT ' : ''}${args.map(print).join(', ')})`;
}
