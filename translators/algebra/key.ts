/** Texts that are equal for expressions and aggregates that mean the same computation over the same columns. */
import { assertNever } from './assert-never.ts';
import type { AggregateCall, Expr } from './expr.ts';

/** Whole numbers beyond doubles also stand inside values: the nanoseconds of an interval. */
const withLongs = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);

/** A text that is equal for expressions that mean the same computation over the same columns. */
export function exprKey(expr: Expr): string {
  const list = (items: readonly Expr[]): string => items.map(exprKey).join(',');
  switch (expr.kind) {
    case 'literal':
      return `${expr.type}:${JSON.stringify(expr.value, withLongs)}`;
    case 'outer':
    case 'column':
      return `#${expr.column.id}`;
    case 'call':
      return `${expr.fn.name}(${list(expr.args)})`;
    case 'cast':
      return `cast(${exprKey(expr.arg)} as ${expr.type})`;
    case 'case':
      return `case(${expr.whens.map((w) => `${exprKey(w.when)}:${exprKey(w.then)}`).join(';')};${exprKey(expr.otherwise)})`;
    case 'and':
    case 'or':
      return `${expr.kind === 'and' && expr.between ? 'between' : expr.kind}(${list(expr.args)})`;
    case 'not':
    case 'isNull':
      return `${expr.kind}(${exprKey(expr.arg)})`;
    case 'compare':
      return `(${exprKey(expr.left)}${expr.op}${exprKey(expr.right)})`;
    case 'in':
      return `in(${exprKey(expr.arg)};${list(expr.list)})`;
    case 'like':
      return `like(${exprKey(expr.arg)};${exprKey(expr.pattern)};${expr.escape})`;
    case 'relevance':
      return `relevance(${JSON.stringify([expr.fn.name, expr.fields, expr.query, expr.options, expr.values, expr.scan])})`;
    case 'nestedAny':
      return `nested(${expr.path};${exprKey(expr.predicate)})`;
    case 'scalarSubquery':
      return `subquery(${expr.mode};${expr.text};${expr.arg ? exprKey(expr.arg) : ''})`;
    default:
      return assertNever(expr);
  }
}

export const aggregateKey = (call: AggregateCall): string =>
  `${call.fn.name}(${call.distinct ? 'distinct ' : ''}${call.args.map(exprKey).join(',')}${call.order ? ` order ${JSON.stringify(call.order)}` : ''})${call.filter ? ` filter(${exprKey(call.filter)})` : ''}`;
