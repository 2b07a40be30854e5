/** Aggregate and window functions (spec sql-functions 7, 8): what the cluster computes by a metric and what DuckDB computes. */

import { type AggregateFunction, any, int, lit, num, opt, percent, type ReturnRule } from '../algebra/function.ts';
import { familyOf, isNumber, type SqlType, type Value } from '../algebra/types.ts';
import { SqlError } from '../errors.ts';
import { percentileInDuckDb } from './percentile.ts';
import { engineTypeName } from './resolve.ts';
import { sharedType } from './types-of-arguments.ts';

type Metric = Readonly<Record<string, unknown>>;
type MetricResult = Readonly<Record<string, unknown>>;

/** Small whole numbers are summed as integers. */
const sumType: ReturnRule = (args) =>
  args[0] === 'byte' || args[0] === 'short' ? 'integer' : (args[0] ?? 'undefined');

const sameAsArgument: ReturnRule = (args) => args[0] ?? 'undefined';

/** Names of types as the plugin writes them in messages. */
const typeName = (type: SqlType): string => (familyOf(type) === 'string' ? 'STRING' : type.toUpperCase());

const refuse = (name: string, expected: string, args: readonly SqlType[]): never => {
  throw new SqlError(
    'argumentTypes',
    `${name} function expected {${expected}}, but got [${args.map(typeName).join(',')}]`,
  );
};

/** The metric named `name` over the field, and its `value`; a metric of no documents has null, or "NaN" in old versions. */
const metric = (name: string): Pick<AggregateFunction, 'dsl' | 'read'> => ({
  dsl: (field) => ({ [name]: { ...field } }),
  read: (result) => figure(result.value),
});

const statistic = (key: string): Pick<AggregateFunction, 'dsl' | 'read'> => ({
  dsl: (field) => ({ extended_stats: { ...field } }),
  read: (result) => figure(result[key]),
});

const figure = (value: unknown): unknown => (value === 'NaN' || value === undefined ? null : value);

const averages: ReturnRule = (args) => {
  const type = args[0] ?? 'undefined';
  if (familyOf(type) === 'temporal') return type;
  if (isNumber(type) || type === 'undefined') return 'double';
  return refuse('avg', '[DOUBLE],[DATE],[TIME],[TIMESTAMP]', args);
};

const ORDERED = new Set(['number', 'string', 'temporal', 'ip', 'boolean', 'null']);
const extreme =
  (name: string): ReturnRule =>
  (args) =>
    ORDERED.has(familyOf(args[0] ?? 'undefined'))
      ? args[0]!
      : refuse(name, '[INTEGER],[LONG],[FLOAT],[DOUBLE],[STRING],[DATE],[TIME],[TIMESTAMP]', args);

/** Estimates by t-digest on the cluster; DuckDB interpolates between the exact neighbours. */
const percentileDsl = (field: Metric, [percent, compression]: readonly Value[]): Metric => ({
  percentiles: {
    ...field,
    percents: [percent],
    keyed: false,
    ...(compression !== undefined && compression !== null && { tdigest: { compression } }),
  },
});
const percentileRead = (result: MetricResult): unknown => {
  const [entry] = result.values as readonly { readonly value: unknown }[];
  return figure(entry?.value);
};

const percentile = (name: string, summary: string): AggregateFunction => ({
  name,
  summary,
  args: [num, percent, opt(lit(num))],
  returns: sameAsArgument,
  measure: 'percentile',
  allowsDistinct: false,
  empty: null,
  dsl: percentileDsl,
  read: percentileRead,
  duckdb: percentileInDuckDb('a0', 'a1'),
});

const deviation = (
  name: string,
  aliases: readonly string[],
  summary: string,
  key: string,
  duckdb: string,
): AggregateFunction => ({
  name,
  aliases,
  summary,
  args: [num],
  returns: 'double',
  allowsDistinct: false,
  empty: null,
  ...statistic(key),
  duckdb,
});

/** Ranking and navigation: only over a window. */
const windowOnly = (
  row: Pick<AggregateFunction, 'name' | 'summary' | 'args' | 'returns' | 'duckdb'>,
): AggregateFunction => ({ ...row, allowsDistinct: false, empty: null, windowOnly: true });

/** Sums of fractions are compensated, as the cluster's are. */
const isFraction = (type: SqlType | undefined): boolean => type === 'float' || type === 'double';

export const COUNT: AggregateFunction = {
  name: 'COUNT',
  summary: 'number of rows, or of values that are not NULL; with DISTINCT of different values',
  args: [{ family: 'any', rest: true }],
  returns: 'long',
  measure: 'count',
  allowsDistinct: true,
  empty: 0,
  ...metric('value_count'),
  duckdb: (args) => `count(${args.length === 0 ? '*' : 'a0'})`,
};

export const RANK = windowOnly({
  name: 'RANK',
  summary: 'rank with gaps; peers share',
  args: [],
  returns: 'integer',
  duckdb: 'rank()',
});

export const aggregates: readonly AggregateFunction[] = [
  COUNT,
  {
    name: 'SUM',
    summary: 'sum; the declared type is the argument’s, the value may need 64 bits',
    args: [num],
    returns: sumType,
    measure: 'sum',
    allowsDistinct: true,
    empty: null,
    ...metric('sum'),
    duckdb: (_args, types) => (isFraction(types[0]) ? 'fsum(a0)' : 'sum(a0)'),
  },
  {
    name: 'AVG',
    summary: 'mean of numbers, or of dates and times',
    args: [any],
    returns: averages,
    measure: 'average',
    allowsDistinct: true,
    empty: null,
    ...metric('avg'),
    duckdb: (_args, types) => (isFraction(types[0]) ? 'favg(a0)' : 'avg(a0)'),
  },
  {
    name: 'MIN',
    summary: 'smallest value',
    args: [any],
    returns: extreme('min'),
    measure: 'least',
    allowsDistinct: true,
    empty: null,
    ...metric('min'),
    duckdb: 'min(a0)',
  },
  {
    name: 'MAX',
    summary: 'largest value',
    args: [any],
    returns: extreme('max'),
    measure: 'greatest',
    allowsDistinct: true,
    empty: null,
    ...metric('max'),
    duckdb: 'max(a0)',
  },
  {
    name: 'ANY_VALUE',
    aliases: ['ARBITRARY'],
    summary: 'some value that is not NULL: here the smallest',
    args: [any],
    returns: extreme('any_value'),
    measure: 'least',
    allowsDistinct: false,
    empty: null,
    ...metric('min'),
    duckdb: 'min(a0)',
  },
  deviation('VAR_POP', ['VARIANCE'], 'population variance', 'variance', 'var_pop(a0)'),
  deviation('VAR_SAMP', [], 'sample variance; NULL for fewer than two values', 'variance_sampling', 'var_samp(a0)'),
  deviation('STDDEV_POP', ['STDDEV', 'STD'], 'population standard deviation', 'std_deviation', 'stddev_pop(a0)'),
  deviation(
    'STDDEV_SAMP',
    [],
    'sample standard deviation; NULL for fewer than two values',
    'std_deviation_sampling',
    'stddev_samp(a0)',
  ),
  percentile('PERCENTILE', 'percentile (0 to 100), estimated by the cluster, exact in memory'),
  percentile('PERCENTILE_APPROX', 'the same as PERCENTILE, with an optional compression'),
  {
    name: 'APPROX_COUNT_DISTINCT',
    summary: 'number of different values, estimated by the cluster; exact in memory',
    args: [any],
    returns: 'long',
    measure: 'different',
    allowsDistinct: false,
    empty: 0,
    ...metric('cardinality'),
    duckdb: 'count(DISTINCT a0)',
  },
  windowOnly({
    name: 'ROW_NUMBER',
    summary: 'number of the row in its partition',
    args: [],
    returns: 'integer',
    duckdb: 'row_number()',
  }),
  RANK,
  windowOnly({
    name: 'DENSE_RANK',
    summary: 'rank without gaps; peers share',
    args: [],
    returns: 'integer',
    duckdb: 'dense_rank()',
  }),
  windowOnly({
    name: 'PERCENT_RANK',
    summary: '(rank - 1) / (rows - 1)',
    args: [],
    returns: 'double',
    duckdb: 'percent_rank()',
  }),
  windowOnly({
    name: 'CUME_DIST',
    summary: 'share of rows up to the last peer',
    args: [],
    returns: 'double',
    duckdb: 'cume_dist()',
  }),
  windowOnly({
    name: 'NTILE',
    summary: 'number of the bucket, of n equal ones',
    args: [lit(int)],
    returns: 'integer',
    duckdb: 'ntile(a0)',
  }),
  windowOnly({
    name: 'LAG',
    summary: 'value n rows before (default 1), or the third argument',
    args: [any, opt(int), opt(any)],
    returns: neighbourType,
    duckdb: (args) => neighbour('lag', args),
  }),
  windowOnly({
    name: 'LEAD',
    summary: 'value n rows behind (default 1), or the third argument',
    args: [any, opt(int), opt(any)],
    returns: neighbourType,
    duckdb: (args) => neighbour('lead', args),
  }),
  windowOnly({
    name: 'FIRST_VALUE',
    summary: 'first value of the frame',
    args: [any],
    returns: sameAsArgument,
    duckdb: 'first_value(a0)',
  }),
  windowOnly({
    name: 'LAST_VALUE',
    summary: 'last value of the frame',
    args: [any],
    returns: sameAsArgument,
    duckdb: 'last_value(a0)',
  }),
];

/** The value in the place of a row that is not there is of the others' type, or both are widened. */
function neighbourType([value, , absent]: readonly SqlType[]): SqlType {
  if (absent === undefined) return value!;
  const type = sharedType([value!, absent]);
  if (type) return type;
  throw new SqlError(
    'argumentTypes',
    `a value of type ${engineTypeName(absent)} cannot stand in the place of one of type ${engineTypeName(value!)}`,
  );
}

function neighbour(name: string, args: readonly string[]): string {
  return `${name}(${args.map((_, i) => `a${i}`).join(', ')})`;
}
