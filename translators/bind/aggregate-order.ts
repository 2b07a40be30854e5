/** The order in which an aggregate takes its rows: ORDER BY in its parentheses, or WITHIN GROUP, which may name the value itself. */
import type { AggregateCall, Expr } from '../algebra/expr.ts';
import type { AggregateFunction } from '../algebra/function.ts';
import { exprKey } from '../algebra/key.ts';
import type { CallNode, OrderNode } from '../syntax/ast.ts';
import { type ExprContext, semantic } from './context.ts';
import { bindExpr } from './expression.ts';

/**
 * The call with its arguments in their places: `PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)` is a function of x and p, and SEPARATOR is an
 * argument as any other. What is left of the order stays beside the call.
 */
export function withArguments(node: CallNode, fn: AggregateFunction, context: ExprContext): CallNode {
  const { within, separator } = node;
  if (separator && !fn.separatorWord) throw semantic(context, separator.at, `SEPARATOR cannot stand in ${node.name}`);
  if ((node.order || within) && !fn.order)
    throw semantic(
      context,
      (node.order ?? within)![0]!.at,
      `${node.name} takes its rows in no order: ORDER BY cannot stand there`,
    );
  if (node.order && within) throw semantic(context, within[0]!.at, `${node.name} has an ORDER BY already`);
  if (fn.separatorWord && node.args.length > 1)
    throw semantic(
      context,
      node.args[1]!.at,
      `${node.name} takes one value: join several by CONCAT, and write the separator behind SEPARATOR`,
    );
  if (fn.order !== 'value') return separator ? { ...node, args: [...node.args, separator] } : node;
  return valueFirst(node, fn, context);
}

function valueFirst(node: CallNode, fn: AggregateFunction, context: ExprContext): CallNode {
  const order = node.within ?? node.order;
  const needed = fn.args.length > 1;
  if (!order) {
    if (!needed && node.args.length > 0) return node;
    const before = node.args.length > 0 || needed ? 'share' : '';
    throw semantic(context, node.at, `${node.name} is written ${node.name}(${before}) WITHIN GROUP (ORDER BY value)`);
  }
  const [key, second] = order;
  if (second) throw semantic(context, second.at, `${node.name} takes one value to order by`);
  if (node.args.length !== fn.args.length - 1)
    throw semantic(
      context,
      node.at,
      `${node.name} takes ${fn.args.length - 1} argument${needed ? '' : 's'} before WITHIN GROUP`,
    );
  const { order: _order, within: _within, ...bare } = node;
  const shares = key!.desc ? node.args.map((share): CallNode['args'][number] => fromTheEnd(share)) : node.args;
  return { ...bare, args: [key!.expr, ...shares] };
}

/** The share p of values in descending order is 1 - p of them in ascending order. */
const fromTheEnd = (share: CallNode['args'][number]): CallNode['args'][number] => ({
  kind: 'binary',
  op: '-',
  left: { kind: 'literal', type: 'double', value: 1, decimal: '1.0', at: share.at },
  right: share,
  at: share.at,
});

/** The keys of the order, which stand behind the arguments of the call. */
export function orderKeys(
  node: CallNode,
  args: readonly Expr[],
  context: ExprContext,
): Pick<AggregateCall, 'order'> & { readonly keys: readonly Expr[] } {
  const written: readonly OrderNode[] = node.within ?? node.order ?? [];
  if (written.length === 0) return { keys: [] };
  const keys = written.map(({ expr }) => bindExpr(expr, context));
  const other = node.distinct ? keys.findIndex((key) => exprKey(key) !== exprKey(args[0]!)) : -1;
  if (other >= 0)
    throw semantic(context, written[other]!.at, `${node.name}(DISTINCT …) can be ordered only by its own value`);
  const order = written.map(({ desc, nulls }) => ({ desc, nullsFirst: nulls ? nulls === 'FIRST' : !desc }));
  return { keys, order };
}
