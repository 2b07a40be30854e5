/** A bound expression as readable text, for explain. */

import { assertNever } from './assert-never.ts';
import type { Expr } from './expr.ts';
import { SQL_TYPES, type Value } from './types.ts';

export function printExpr(expr: Expr): string {
  const list = (items: readonly Expr[]): string => items.map(printExpr).join(', ');
  switch (expr.kind) {
    case 'literal':
      return printValue(expr.value);
    case 'outer':
    case 'column':
      return expr.column.name;
    case 'call':
      return `${expr.fn.name}(${list(expr.args)})`;
    case 'cast':
      return `CAST(${printExpr(expr.arg)} AS ${SQL_TYPES[expr.type].shown.toUpperCase()})`;
    case 'case':
      return `CASE ${expr.whens.map((w) => `WHEN ${printExpr(w.when)} THEN ${printExpr(w.then)} `).join('')}ELSE ${printExpr(expr.otherwise)} END`;
    case 'and':
    case 'or':
      return `(${expr.args.map(printExpr).join(` ${expr.kind.toUpperCase()} `)})`;
    case 'not':
      return `NOT ${printExpr(expr.arg)}`;
    case 'compare':
      return `${printExpr(expr.left)} ${expr.op} ${printExpr(expr.right)}`;
    case 'isNull':
      return `${printExpr(expr.arg)} IS NULL`;
    case 'in':
      return `${printExpr(expr.arg)} IN (${expr.list.length > 20 ? `… ${expr.list.length} values` : list(expr.list)})`;
    case 'like':
      return `${printExpr(expr.arg)} LIKE ${printExpr(expr.pattern)}`;
    case 'relevance':
      return `${expr.fn.name}([${expr.fields.map((f) => f.path).join(', ')}], ${printValue(expr.query)})`;
    case 'nestedAny':
      return `NESTED(${expr.path}, ${printExpr(expr.predicate)})`;
    case 'scalarSubquery':
      return '(subquery)';
    default:
      return assertNever(expr);
  }
}

function printValue(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
