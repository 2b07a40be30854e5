/** Rows of values in comparisons: each value is compared with the one of its place (SQL:2016, 8.2). */

import type { CompareOperator, Expr } from '../algebra/expr.ts';
import type { BinaryNode, ExprNode, InListNode, RowNode } from '../syntax/ast.ts';
import { type ExprContext, semantic } from './context.ts';
import { bindExpr } from './expression.ts';

/** Undefined where no side is a row. */
export function bindRowComparison(node: BinaryNode, context: ExprContext): Expr | undefined {
  const { left, right, op } = node;
  if (left.kind !== 'row' && right.kind !== 'row') return undefined;
  const [a, b] = [rowOf(left, right, context), rowOf(right, left, context)];
  switch (op) {
    case '=':
    case '<=>':
      return eachOf(a, b, op, context);
    case '!=':
      return { kind: 'not', type: 'boolean', arg: eachOf(a, b, '=', context) };
    case '<':
    case '<=':
    case '>':
    case '>=':
      return inOrder(a, b, op, context);
    default:
      throw semantic(context, node.at, `${op} takes single values, not rows of values`);
  }
}

/** `(a, b) IN ((1, 2), (3, 4))`; undefined where no row is looked for. */
export function bindRowList(node: InListNode, context: ExprContext): Expr | undefined {
  const { arg } = node;
  if (arg.kind !== 'row') return undefined;
  const args = node.list.map((item) => eachOf(arg.items, rowOf(item, arg, context), '=', context));
  const test: Expr = { kind: 'or', type: 'boolean', args };
  return node.not ? { kind: 'not', type: 'boolean', arg: test } : test;
}

function rowOf(node: ExprNode, other: ExprNode, context: ExprContext): RowNode['items'] {
  if (node.kind !== 'row')
    throw semantic(context, node.at, 'A row of values can be compared only with a row of values');
  if (other.kind === 'row' && other.items.length !== node.items.length) {
    const counts = `${other.items.length} and ${node.items.length}`;
    throw semantic(context, node.at, `Rows of ${counts} values cannot be compared`);
  }
  return node.items;
}

function eachOf(a: RowNode['items'], b: RowNode['items'], op: '=' | '<=>', context: ExprContext): Expr {
  return { kind: 'and', type: 'boolean', args: a.map((item, i) => pair(op, item, b[i]!, context)) };
}

/** The first values that differ decide: `a < c OR (a = c AND b < d)`; only the last ones may be equal for `<=`. */
function inOrder(a: RowNode['items'], b: RowNode['items'], op: CompareOperator, context: ExprContext): Expr {
  const strict = op.startsWith('<') ? '<' : '>';
  const last = a.length - 1;
  const args = a.map((item, i): Expr => {
    const equal = a.slice(0, i).map((before, j) => pair('=', before, b[j]!, context));
    const decides = pair(i === last ? op : strict, item, b[i]!, context);
    return { kind: 'and', type: 'boolean', args: [...equal, decides] };
  });
  return { kind: 'or', type: 'boolean', args };
}

const pair = (op: BinaryNode['op'], left: ExprNode, right: ExprNode, context: ExprContext): Expr =>
  bindExpr({ kind: 'binary', op, left, right, at: { start: left.at.start, end: left.at.end } }, context);
