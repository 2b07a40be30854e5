/** The requests for groups and metrics, and what their answers say of a metric. */
import type { Dsl } from '../../algebra/dsl.ts';
import type { AggregateCall, Expr } from '../../algebra/expr.ts';
import type { Measure } from '../../algebra/function-facts.ts';
import type { AggregationNode, KeySource, Metric } from '../../algebra/physical.ts';
import { familyOf, isInteger, isNumber, type SqlType, type Value } from '../../algebra/types.ts';
import { isExtreme, ofLiterals, valueType } from './aggregation.ts';

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
