/** Grouping and aggregates as aggregations of the cluster, or undefined where it could not give the exact answer. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { AggregateCall, Expr } from '../../algebra/expr.ts';
import type { AggregateFunction } from '../../algebra/function.ts';
import type { Measure } from '../../algebra/function-facts.ts';
import type { AggregationNode, KeySource, Metric } from '../../algebra/physical.ts';
import type { Aggregate, Scan } from '../../algebra/plan.ts';
import type { Field } from '../../algebra/schema.ts';
import { familyOf, isInteger, isNumber, isString, MAPPING_TYPES } from '../../algebra/types.ts';
import { columnsOf } from '../../algebra/walk.ts';
import { finerThanIndex } from '../../catalog/finer-than-index.ts';
import { docPath } from '../painless/column.ts';
import { lowerValue } from '../painless/index.ts';
import { bucketSource } from './bucket.ts';
import type { DslContext } from './context.ts';
import { lowerPredicate } from './query.ts';

export function lowerAggregation(
  plan: Aggregate,
  _scan: Scan,
  context: DslContext,
): Pick<AggregationNode, 'keys' | 'metrics' | 'single'> | undefined {
  const keys: KeySource[] = [];
  for (const { column, expr } of plan.keys) {
    const bucket = bucketSource(expr, (field) => exactPath(field, context));
    const source = bucket?.source ?? keySource(expr, context);
    if (!source) return undefined;
    keys.push({ column, expr, source, ...(bucket ? { kind: bucket.kind } : {}), desc: false });
  }
  const metrics: Metric[] = [];
  for (const { column, call } of plan.aggregates) {
    const lowered = metric(call, context);
    if (!lowered) return undefined;
    metrics.push({ column, call, ...lowered });
  }
  return { keys, metrics, single: singles(keys, context) };
}

/** Types whose doc values keep equal values of a document only once. */
const KEPT_ONCE: ReadonlySet<string> = new Set(['string', 'ip']);

/**
 * Doc values that must hold one value a document. Composite buckets count a document for each equal number that it holds and for each value
 * that falls into one bucket, scripts look at one value, and keys of one field would be crossed with each other.
 */
function singles(keys: readonly KeySource[], context: DslContext): readonly string[] {
  const read = keys.map(({ expr }) => [...columnsOf(expr)]);
  const paths = keys.flatMap(({ expr, source, kind }, i) => {
    const plain = kind === undefined && expr.kind === 'column' && !('script' in source);
    return read[i]!.filter((column) => {
      const shared = read.filter((columns) => columns.includes(column)).length > 1;
      return column.field && (!plain || shared || !KEPT_ONCE.has(familyOf(column.field.type)));
    }).flatMap((column) => docPath(column, true, context) ?? exactPath(column.field!, context) ?? []);
  });
  return [...new Set(paths)];
}

/** The doc values that hold a field's whole value; undefined where they differ from what a row shows. */
function exactPath(field: Field, context: DslContext): string | undefined {
  if (field.nestedPath !== undefined) return undefined;
  if (field.type === 'text' && field.exact) {
    return field.exact.ignoreAbove !== undefined && (context.overflow?.(field.exact.path) ?? true)
      ? undefined
      : field.exact.path;
  }
  if (!field.docValues || field.type === 'text' || field.normalizer !== undefined) return undefined;
  if (finerThanIndex(field)) return undefined;
  if (field.ignoreAbove !== undefined && (context.overflow?.(field.path) ?? true)) return undefined;
  return field.path;
}

/** The cluster cannot merge keys of indices where some have whole numbers and others fractions. */
function wholeAndFraction({ type, conflict }: Field): boolean {
  if (!conflict || !isNumber(type)) return false;
  return new Set(conflict.map((mapping) => isInteger(MAPPING_TYPES[mapping]?.sql ?? type))).size > 1;
}

const GROUPED = new Set(['boolean', 'number', 'string', 'temporal', 'ip']);

function keySource(expr: Expr, context: DslContext): Dsl | undefined {
  if (expr.kind === 'column') {
    const { field, meta } = expr.column;
    if (meta === '_index') return { field: '_index' };
    if (!field || !GROUPED.has(familyOf(field.type)) || wholeAndFraction(field)) return undefined;
    // Buckets of nanosecond dates are cut to milliseconds.
    if (field.mapping === 'date_nanos') return undefined;
    // Groups of dates are those of the index, which keeps milliseconds (recorded answers dates-093).
    const path = finerThanIndex(field) && field.docValues ? field.path : exactPath(field, context);
    return path === undefined ? undefined : { field: path };
  }
  const script = scriptOf(expr, context);
  return script && { script, value_type: valueType(expr) };
}

/** A scripted value; temporals have no type of their own in buckets, so they are left to the residual. */
function scriptOf(expr: Expr, context: DslContext): Dsl | undefined {
  if (!context.painless || expr.kind === 'literal' || !['number', 'string', 'boolean'].includes(familyOf(expr.type)))
    return undefined;
  const lowered = lowerValue(expr);
  return lowered && { lang: 'painless', source: lowered.source, params: lowered.params };
}

export function valueType(expr: Expr): string {
  if (isString(expr.type)) return 'string';
  if (expr.type === 'boolean') return 'boolean';
  return expr.type === 'double' || expr.type === 'float' ? 'double' : 'long';
}

/** Aggregates of a literal are arithmetic on the number of rows. */
export const ofLiterals = ({ measure }: AggregateFunction): boolean =>
  measure === 'sum' || measure === 'average' || isExtreme(measure);

export const isExtreme = (measure: Measure | undefined): boolean => measure === 'least' || measure === 'greatest';
const counts = ({ measure }: AggregateFunction): boolean => measure === 'count' || measure === 'different';

function metric(call: AggregateCall, context: DslContext): Pick<Metric, 'source' | 'filter' | 'sources'> | undefined {
  let filter: Dsl | undefined;
  if (call.filter) {
    const lowered = lowerPredicate(call.filter, context);
    if (!lowered?.exact) return undefined;
    filter = lowered.query;
  }
  const [arg, ...literals] = call.args;
  if (!arg) return { filter };
  if (call.fn.windowOnly || !call.fn.dsl || literals.some((l) => !call.distinct && l.kind !== 'literal'))
    return undefined;
  if (call.fn.body) return { source: {}, filter };
  if (call.distinct) return distinctMetric(call, filter, context);
  if (arg.kind === 'literal') return ofLiterals(call.fn) && isNumber(arg.type) ? { filter } : undefined;
  const field = arg.kind === 'column' ? arg.column.field : undefined;
  if (call.fn.measure === 'count' && (!field || !countable(field))) return counted(arg, filter, context);
  if (!field) {
    const script = isNumber(arg.type) || counts(call.fn) ? scriptOf(arg, context) : undefined;
    return script && { source: { script }, filter };
  }
  if (call.fn.measure === 'sum' && context.exactSums === false && isInteger(field.type)) return undefined;
  const path = call.fn.measure === 'count' ? field.path : exactPath(field, context);
  if (path === undefined) return undefined;
  // Milliseconds are all that a metric of nanosecond dates gives.
  if (field.mapping === 'date_nanos' && !counts(call.fn)) return undefined;
  // Means of dates over a whole index would need the type's own rounding.
  if (
    familyOf(field.type) === 'temporal' &&
    !(counts(call.fn) || isExtreme(call.fn.measure) || call.fn.measure === 'average')
  )
    return undefined;
  return { source: { field: path }, filter };
}

/** Whether value_count sees what IS NOT NULL sees. */
const countable = (field: Field): boolean =>
  field.docValues && field.nestedPath === undefined && field.type !== 'text' && field.ignoreAbove === undefined;

/** COUNT of what has no doc values: documents where the expression is not null. */
function counted(arg: Expr, filter: Dsl | undefined, context: DslContext): Pick<Metric, 'filter'> | undefined {
  const present = lowerPredicate(
    { kind: 'not', type: 'boolean', arg: { kind: 'isNull', type: 'boolean', arg } },
    context,
  );
  if (!present?.exact) return undefined;
  return { filter: filter ? { bool: { filter: [filter, present.query] } } : present.query };
}

function distinctMetric(
  call: AggregateCall,
  filter: Dsl | undefined,
  context: DslContext,
): Pick<Metric, 'source' | 'filter' | 'sources'> | undefined {
  // The least and the greatest of different values are those of all.
  if (isExtreme(call.fn.measure)) return metric({ ...call, distinct: false }, context);
  if (call.fn.measure !== 'count') return undefined;
  const sources = call.args.map((arg) => keySource(arg, context));
  if (sources.some((s) => !s)) return undefined;
  return { source: sources[0], sources: sources as Dsl[], filter };
}
