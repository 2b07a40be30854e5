/** Aggregate calls as DuckDB SQL, in a group or over a window. */
import type { AggregateCall, Expr } from '../../algebra/expr.ts';
import { isInteger, isTemporal, type SqlType } from '../../algebra/types.ts';
import type { LowerContext } from './context.ts';
import { addressKey, lowerExpr, sortable } from './expr.ts';
import { fillTemplate } from './print.ts';
import { sortKeys } from './sort-keys.ts';
import { duckType } from './types.ts';

/** `over` is the text after the call: ` OVER (…)`, empty in a group. */
export function lowerAggregate(call: AggregateCall, context: LowerContext, over = ''): string {
  // An object is made of several aggregates: its filter goes into the argument.
  if (call.filter && call.type === 'object') {
    const { filter: when, ...bare } = call;
    const [first, ...others] = call.args;
    const otherwise: Expr = { kind: 'literal', type: first!.type, value: null };
    const arg: Expr = { kind: 'case', type: first!.type, whens: [{ when, then: first! }], otherwise };
    return lowerAggregate({ ...bare, args: [arg, ...others] }, context, over);
  }
  const filter = call.filter ? ` FILTER (WHERE ${lowerExpr(call.filter, context)})` : '';
  return finite(
    call,
    bounded(call, shapeResult(call, `${aggregateText(call, context)}${filter}${over}`, context), context),
  );
}

/** What grows with the number of rows is held to the bound of computed texts. */
function bounded({ fn }: AggregateCall, sql: string, context: LowerContext): string {
  if (!fn.bounded) return sql;
  const spec = { argTypes: ['keyword'], resultType: 'keyword', strict: true } as const;
  return `${context.functionName({ key: 'bounded', ...spec, code: { kind: 'bounded' } })}(${sql})`;
}

/** The cluster gives NULL for a figure that is not finite (spec data-types 11). */
const finite = ({ fn, type }: AggregateCall, sql: string): string =>
  (type === 'double' || type === 'float') && !fn.windowOnly ? `CASE WHEN isfinite(${sql}) THEN ${sql} END` : sql;

function aggregateText(call: AggregateCall, context: LowerContext): string {
  const { fn, args } = call;
  const types = args.map((arg) => arg.type);
  const first = args[0];
  if (fn.measure === 'count') return countText(call, context);
  if ((fn.measure === 'least' || fn.measure === 'greatest') && first?.type === 'ip') {
    const address = lowerExpr(first, context);
    return `${fn.measure === 'least' ? 'arg_min' : 'arg_max'}(${address}, ${addressKey(address, context)})`;
  }
  const keys = args.slice(args.length - (call.order?.length ?? 0));
  const texts = args
    .slice(0, args.length - keys.length)
    .map((arg, i) => (i > 0 ? sortable(arg, context) : lowerExpr(arg, context)));
  if (fn.measure === 'average' && first && isTemporal(first.type)) texts[0] = milliseconds(texts[0]!, first.type);
  if (fn.measure === 'different' && first) texts[0] = sortable(first, context);
  if (call.distinct && texts.length > 0) texts[0] = `DISTINCT ${texts[0]}`;
  const cell = typeof fn.duckdb === 'function' ? fn.duckdb(texts, types) : fn.duckdb;
  const sql = fillTemplate(cell, texts);
  const order = sortKeys(
    keys.map((expr, i) => ({ expr, ...call.order![i]! })),
    context,
  );
  return order ? `${sql.slice(0, -1)} ORDER BY ${order})` : sql;
}

/** COUNT(DISTINCT a, b) counts the different rows (a, b) without a NULL. */
function countText({ args, distinct }: AggregateCall, context: LowerContext): string {
  if (args.length === 0) return 'count(*)';
  const texts = args.map((arg: Expr) => (distinct ? sortable(arg, context) : lowerExpr(arg, context)));
  const prefix = distinct ? 'DISTINCT ' : '';
  if (texts.length === 1) return `count(${prefix}${texts[0]})`;
  const present = texts.map((text) => `${text} IS NOT NULL`).join(' AND ');
  return `count(${prefix}CASE WHEN ${present} THEN row(${texts.join(', ')}) END)`;
}

/** The declared type around the bare call; SUM may leave the 32 bits that it declares, so it is kept in 64. */
function shapeResult({ fn, args, type }: AggregateCall, sql: string, context: LowerContext): string {
  if (fn.cell) {
    const types = args.map((arg) => arg.type);
    const texts = args.map((arg) => lowerExpr(arg, context));
    return fn.cell(sql, types, texts);
  }
  if (fn.measure === 'average' && isTemporal(type)) return temporalText(sql, type);
  if (fn.measure === 'sum' && isInteger(type))
    return `CAST(${sql} AS ${type === 'unsigned_long' ? 'HUGEINT' : 'BIGINT'})`;
  // As wide as declared, where the sum was kept in more; beyond its range it is no number.
  if (fn.measure === 'sum' && type === 'float') return `TRY_CAST(${sql} AS FLOAT)`;
  // The plugin narrows a percentile to the argument's type as Java does: by cutting.
  if (fn.measure === 'percentile' && isInteger(type)) return `CAST(trunc(${sql}) AS ${duckType(type)})`;
  if (isInteger(type) && args[0]?.type !== type) return `CAST(${sql} AS ${duckType(type)})`;
  return sql;
}

const milliseconds = (text: string, type: SqlType): string =>
  `epoch_ms(CAST(${type === 'time' ? `'1970-01-01 ' || ${text}` : text} AS TIMESTAMP))`;

const FORMATS: Readonly<Record<string, string>> = {
  date: '%Y-%m-%d',
  time: '%H:%M:%S.%g',
  timestamp: '%Y-%m-%d %H:%M:%S.%g',
};

/** Milliseconds back to canonical text, without trailing zeros of the fraction. */
function temporalText(sql: string, type: SqlType): string {
  const text = `strftime(make_timestamp_ms(CAST(floor(${sql} + 0.5) AS BIGINT)), '${FORMATS[type]}')`;
  return type === 'date' ? text : `rtrim(rtrim(${text}, '0'), '.')`;
}
