/** Grouping and aggregates as aggregations of the cluster, or undefined where it could not give the exact answer. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { AggregateCall, Expr } from '../../algebra/expr.ts';
import type { AggregateFunction } from '../../algebra/function.ts';
import type { Measure } from '../../algebra/function-facts.ts';
import type { AggregationNode, KeySource, Metric } from '../../algebra/physical.ts';
import type { Aggregate, Scan } from '../../algebra/plan.ts';
import type { Field } from '../../algebra/schema.ts';
import {
  familyOf,
  isInteger,
  isNumber,
  isString,
  MAPPING_TYPES,
  type SqlType,
  type Value,
} from '../../algebra/types.ts';
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

function valueType(expr: Expr): string {
  if (isString(expr.type)) return 'string';
  if (expr.type === 'boolean') return 'boolean';
  return expr.type === 'double' || expr.type === 'float' ? 'double' : 'long';
}

/** Aggregates of a literal are arithmetic on the number of rows. */
const ofLiterals = ({ measure }: AggregateFunction): boolean =>
  measure === 'sum' || measure === 'average' || isExtreme(measure);

const isExtreme = (measure: Measure | undefined): boolean => measure === 'least' || measure === 'greatest';
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

/** How the exact value of a metric is asked for when its double would not be. */
export type Precision = 'double' | 'exact';

const PARTS = [
  { name: 'high', shift: 44, mask: undefined },
  { name: 'middle', shift: 22, mask: 0x3fffff },
  { name: 'low', shift: 0, mask: 0x3fffff },
] as const;

/** Sub-aggregations of one metric, by a prefix of their names. */
function metricAggregations(metricNode: Metric, name: string, precision: Precision): Record<string, Dsl> {
  const inner = bare(metricNode, name, precision);
  if (!metricNode.filter) return inner;
  return { [`${name}f`]: { filter: metricNode.filter, ...(Object.keys(inner).length > 0 ? { aggs: inner } : {}) } };
}

function bare({ call, source }: Metric, name: string, precision: Precision): Record<string, Dsl> {
  if (!source || (call.distinct && call.fn.measure === 'count')) return {};
  const type = call.args[0]!.type;
  const extreme = isExtreme(call.fn.measure);
  const whole = type === 'long' || type === 'unsigned_long';
  if (extreme && ((!isNumber(type) && familyOf(type) !== 'temporal') || (whole && precision === 'exact'))) {
    // Ordered by key, the first bucket is exact on every shard, and its key keeps all digits.
    const order = { _key: call.fn.measure === 'least' ? 'asc' : 'desc' };
    // Values of a script would be sorted as text.
    const kind = 'script' in source ? { value_type: valueType(call.args[0]!) } : {};
    return { [name]: { terms: { ...source, ...kind, size: 1, order } } };
  }
  if (call.fn.measure === 'sum') {
    if (!inParts(type, precision)) return { [name]: { stats: source } };
    const parts = PARTS.map((part) => [`${name}${part.name}`, { sum: { script: partScript(source, type, part) } }]);
    return { ...Object.fromEntries(parts), [name]: { value_count: source } };
  }
  const literals = literalsOf(call);
  return { [name]: call.fn.dsl!(source, call.fn.body ? [literalValue(call.args[0]!)] : literals) };
}

/** Sums of fractions are doubles, also beside others that have to be exact. */
const inParts = (type: SqlType, precision: Precision): boolean => precision === 'exact' && isInteger(type);

/** A third of the bits of every value, so that their sum is exact as a double. */
function partScript(source: Dsl, type: SqlType, part: (typeof PARTS)[number]): Dsl {
  const shifted = type === 'unsigned_long' ? 'v >>> params.shift' : 'v >> params.shift';
  const value = part.mask === undefined ? shifted : `(${shifted}) & params.mask`;
  const params = { shift: part.shift, ...(part.mask === undefined ? {} : { mask: part.mask }) };
  if ('script' in source) {
    const script = source.script as { readonly source: string; readonly params: Dsl };
    const piece = `if ($1 == null) { return null; } long v = ((Number) $1).longValue(); return ${value};`;
    return {
      lang: 'painless',
      source: script.source.replace(/return (\w+);$/, piece),
      params: { ...script.params, ...params },
    };
  }
  return {
    lang: 'painless',
    source: `long s = 0; for (def d : doc[params.field]) { long v = ((Number) d).longValue(); s += ${value}; } return s;`,
    params: { field: source.field, ...params },
  };
}

const literalsOf = (call: AggregateCall): readonly Value[] => call.args.slice(1).map(literalValue);
const literalValue = (arg: Expr): Value => (arg.kind === 'literal' ? arg.value : null);

export type BucketLike = Readonly<Record<string, unknown>> & { readonly doc_count: number };

/** What the cluster sent for a metric. `inexact`: ask again with `exact`. */
export function readMetric(
  metricNode: Metric,
  name: string,
  bucket: BucketLike,
  precision: Precision,
): { value: unknown; inexact?: boolean } {
  const { call, filter, source } = metricNode;
  const scope = filter ? (bucket[`${name}f`] as BucketLike) : bucket;
  const arg = call.args[0];
  if (!arg || (call.fn.measure === 'count' && !source)) return { value: scope.doc_count };
  if (arg.kind === 'literal' && ofLiterals(call.fn))
    return { value: ofLiteral(call.fn.measure, arg.value, scope.doc_count) };
  const whole = arg.type === 'long' || arg.type === 'unsigned_long';
  if (call.fn.measure === 'sum' && inParts(arg.type, precision) && source) {
    if ((scope[name] as { value: number }).value === 0) return { value: null };
    const part = (i: 0 | 1 | 2): bigint => BigInt((scope[`${name}${PARTS[i].name}`] as { value: number }).value);
    return { value: part(0) * 2n ** 44n + part(1) * 2n ** 22n + part(2) };
  }
  const result = scope[name] as Readonly<Record<string, unknown>>;
  if (call.fn.measure === 'sum') {
    const { count, min, max, sum } = result as { count: number; min: number; max: number; sum: number };
    if (count === 0) return { value: null };
    const bound = Math.max(Math.abs(min), Math.abs(max)) * count;
    return { value: sum, inexact: isInteger(arg.type) && bound >= Number.MAX_SAFE_INTEGER };
  }
  if (Array.isArray(result.buckets)) {
    const first = result.buckets[0] as { key: unknown; key_as_string?: string } | undefined;
    return { value: first ? first.key : null };
  }
  const value = call.fn.read!(result, literalsOf(call));
  return {
    value,
    inexact:
      whole &&
      typeof value === 'number' &&
      Math.abs(value) >= Number.MAX_SAFE_INTEGER &&
      precision === 'double' &&
      isExtreme(call.fn.measure),
  };
}

function ofLiteral(measure: Measure | undefined, value: Value, rows: number): unknown {
  if (value === null || rows === 0) return null;
  if (measure !== 'sum') return value;
  return typeof value === 'bigint' ? value * BigInt(rows) : (value as number) * rows;
}

/** Aggregations of every metric: the same in each kind of bucket. */
const metricsOf = (node: AggregationNode, precision: Precision): Record<string, Dsl> =>
  Object.assign({}, ...node.metrics.map((m, i) => metricAggregations(m, `m${i}`, precision)));

const nest = (aggs: Record<string, Dsl>): Dsl => (Object.keys(aggs).length > 0 ? { aggs } : {});
const base = (node: AggregationNode): Dsl => ({ size: 0, ...(node.query ? { query: node.query } : {}) });

/** One row over everything. */
export const globalBody = (node: AggregationNode, precision: Precision): Dsl => ({
  ...base(node),
  ...nest(metricsOf(node, precision)),
  track_total_hits: true,
});

/** The first groups of a single field by key, and beside them the group without a value: cheaper than a composite. */
export function termsBody(node: AggregationNode, size: number, precision: Precision): Dsl {
  const [key] = node.keys;
  const metrics = metricsOf(node, precision);
  return {
    ...base(node),
    aggs: {
      groups: { terms: { ...key!.source, size, order: { _key: key!.desc ? 'desc' : 'asc' } }, ...nest(metrics) },
      none: { missing: key!.source, ...nest(metrics) },
    },
    track_total_hits: false,
  };
}

const compositeSource = ({ kind, source, desc }: KeySource, i: number): Dsl => ({
  [`k${i}`]: { [kind ?? 'terms']: { ...source, missing_bucket: true, order: desc ? 'desc' : 'asc' } },
});

/** Of each field: the documents that have it, and how many values these hold together. */
export const singlesAggregations = ({ single }: AggregationNode): Record<string, Dsl> =>
  Object.fromEntries(
    single.map((field, i) => [
      `single${i}`,
      { filter: { exists: { field } }, aggs: { values: { value_count: { field } } } },
    ]),
  );

/** A field of which some document holds several values. */
export function severalIn({ single }: AggregationNode, answer: Readonly<Record<string, unknown>>): string | undefined {
  return single.find((_, i) => {
    const { doc_count, values } = answer[`single${i}`] as { doc_count: number; values: { value: number } };
    return values.value > doc_count;
  });
}

/** Asks for nothing else, before more groups are read than the first answer held. */
export const singlesBody = (node: AggregationNode): Dsl => ({
  ...base(node),
  aggs: singlesAggregations(node),
  track_total_hits: false,
});

/** A page of groups by a composite aggregation: nulls first upwards, last downwards. */
export function compositeBody(node: AggregationNode, size: number, after: Dsl | undefined, precision: Precision): Dsl {
  return {
    ...base(node),
    aggs: {
      groups: {
        composite: {
          size,
          sources: node.keys.map(compositeSource),
          ...(after ? { after } : {}),
        },
        ...nest(metricsOf(node, precision)),
      },
    },
    track_total_hits: false,
  };
}

/** A page of the different values of a COUNT(DISTINCT), within each group. */
export function distinctBody(node: AggregationNode, metricNode: Metric, size: number, after: Dsl | undefined): Dsl {
  const sources = [
    ...node.keys.map(compositeSource),
    ...(metricNode.sources ?? []).map((source, i) => ({ [`d${i}`]: { terms: source } })),
  ];
  const filters = [node.query, metricNode.filter, ...wildcardsPresent(metricNode)].filter((q) => q !== undefined);
  return {
    size: 0,
    ...(filters.length === 0 ? {} : { query: filters.length === 1 ? filters[0] : { bool: { filter: filters } } }),
    aggs: { groups: { composite: { size, sources, ...(after ? { after } : {}) } } },
    track_total_hits: false,
  };
}

/** OpenSearch 3.8 gives the n-grams of a wildcard field as its values where nothing narrows the documents. */
const wildcardsPresent = ({ call }: Metric): readonly Dsl[] =>
  call.args.flatMap((arg) => {
    const field = arg.kind === 'column' ? arg.column.field : undefined;
    return field?.mapping === 'wildcard' ? [{ exists: { field: field.path } }] : [];
  });

export const isSingleField = (node: AggregationNode): boolean =>
  node.keys.length === 1 && 'field' in node.keys[0]!.source && node.keys[0]!.kind === undefined;

/** The first request of a group-by, for explain. */
export function aggregationBody(node: AggregationNode): Dsl {
  if (node.keys.length === 0) return globalBody(node, 'double');
  return isSingleField(node) ? termsBody(node, 1_000, 'double') : compositeBody(node, 1_000, undefined, 'double');
}
