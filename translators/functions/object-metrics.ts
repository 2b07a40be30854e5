/** Aggregates whose answer is one object: statistics, percentiles, bounds, top documents, scripts (spec sql-functions 11.2). */

import { type AggregateFunction, type Figure, lit, num, opt, percent, rest, str } from '../algebra/function.ts';
import type { Value } from '../algebra/types.ts';
import { SqlError } from '../errors.ts';
import { percentileInDuckDb } from './percentile.ts';

type Result = Readonly<Record<string, unknown>>;

/** Numbers of no documents are null, or "NaN" in old versions. */
const figure = (value: unknown): unknown => (value === 'NaN' || value === undefined ? null : value);
const figures = (result: Result): Result =>
  Object.fromEntries(
    Object.entries(result)
      .filter(([name]) => !/_as_string$/.test(name))
      .map(([name, value]) => [name, figure(value)]),
  );

const DEFAULT_PERCENTS = [1, 5, 25, 50, 75, 95, 99];
const percentsOf = (literals: readonly Value[]): readonly number[] =>
  literals.length === 0 ? DEFAULT_PERCENTS : literals.map(Number);
/** `1.0`, as the cluster writes them. */
const percentName = (percent: number): string => (Number.isInteger(percent) ? `${percent}.0` : String(percent));

const clusterOnly = (name: string) => (): never => {
  throw new SqlError('unsupported', `${name}() can only be computed by the cluster, over documents of an index`);
};

/** A JSON text as the cell of a structured column. */
const cell = (json: string): string => `(chr(1) || ${json})`;

const VALUE = 'CAST(a0 AS DOUBLE)';
const BASIC = `'count', count(a0), 'min', min(${VALUE}), 'max', max(${VALUE}), 'avg', avg(a0), 'sum', coalesce(sum(${VALUE}), 0)`;
const bound = (sign: string, population: string): string => `avg(a0) ${sign} 2 * stddev_${population}(a0)`;
const EXTENDED = [
  `'sum_of_squares', coalesce(sum(${VALUE} * ${VALUE}), 0)`,
  "'variance', var_pop(a0), 'variance_population', var_pop(a0), 'variance_sampling', var_samp(a0)",
  "'std_deviation', stddev_pop(a0), 'std_deviation_population', stddev_pop(a0), 'std_deviation_sampling', stddev_samp(a0)",
  `'std_deviation_bounds', json_object('upper', ${bound('+', 'pop')}, 'lower', ${bound('-', 'pop')}, 'upper_population', ${bound('+', 'pop')}, ` +
    `'lower_population', ${bound('-', 'pop')}, 'upper_sampling', ${bound('+', 'samp')}, 'lower_sampling', ${bound('-', 'samp')})`,
].join(', ');

const double = (...path: readonly string[]): Figure => ({ path, type: 'double' });
/** In the order of the older engine's csv. */
const BASIC_FIGURES: readonly Figure[] = [
  { path: ['count'], type: 'long' },
  ...['sum', 'avg', 'min', 'max'].map((name) => double(name)),
];
const POPULATIONS = ['', '_population', '_sampling'];
const EXTENDED_FIGURES: readonly Figure[] = [
  ...BASIC_FIGURES,
  double('sum_of_squares'),
  ...POPULATIONS.map((of) => double(`variance${of}`)),
  ...POPULATIONS.map((of) => double(`std_deviation${of}`)),
  ...POPULATIONS.flatMap((of) => ['upper', 'lower'].map((side) => double('std_deviation_bounds', `${side}${of}`))),
];

const shared = { returns: 'object', allowsDistinct: false, empty: null, named: true } as const;

export const objectMetrics: readonly AggregateFunction[] = [
  {
    name: 'STATS',
    summary: 'count, min, max, avg and sum as one object',
    args: [num],
    ...shared,
    figures: () => BASIC_FIGURES,
    dsl: (field) => ({ stats: { ...field } }),
    read: figures,
    duckdb: cell(`json_object(${BASIC})`),
  },
  {
    name: 'EXTENDED_STATS',
    summary: 'the same with the sum of squares, variances and standard deviations',
    args: [num],
    ...shared,
    figures: () => EXTENDED_FIGURES,
    dsl: (field) => ({ extended_stats: { ...field } }),
    read: figures,
    duckdb: cell(`json_object(${BASIC}, ${EXTENDED})`),
  },
  {
    name: 'PERCENTILES',
    summary:
      'several percentiles as one object (1, 5, 25, 50, 75, 95 and 99 when none is named), estimated by the cluster',
    args: [num, opt(rest(percent))],
    ...shared,
    figures: (literals) => percentsOf(literals).map((percent) => double(percentName(percent))),
    dsl: (field, literals) => ({ percentiles: { ...field, percents: percentsOf(literals) } }),
    read: (result) => {
      const entries = Object.entries(result.values as Result).filter(([name]) => !/_as_string$/.test(name));
      return Object.fromEntries(entries.map(([name, value]) => [name, figure(value)]));
    },
    duckdb: (args) => {
      const percents = args.length > 1 ? args.slice(1) : DEFAULT_PERCENTS.map(String);
      const parts = percents.map((percent, i) => {
        const name =
          args.length > 1 ? `CAST(CAST(a${i + 1} AS DOUBLE) AS VARCHAR)` : `'${percentName(Number(percent))}'`;
        return `${name}, ${percentileInDuckDb('a0', args.length > 1 ? `a${i + 1}` : percent)}`;
      });
      return cell(`json_object(${parts.join(', ')})`);
    },
  },
  {
    name: 'GEO_BOUNDS',
    summary: 'the box around all points, as its top left and bottom right corners',
    args: [{ family: 'geo' }, opt(lit({ family: 'any' }))],
    ...shared,
    dsl: (field, [wrap]) => ({
      geo_bounds: { ...field, ...(wrap === undefined ? {} : { wrap_longitude: String(wrap) !== 'false' }) },
    }),
    read: (result) => result.bounds ?? null,
    duckdb: clusterOnly('GEO_BOUNDS'),
  },
  {
    name: 'TOPHITS',
    aliases: ['TOP_HITS'],
    summary:
      "the first documents of each group: topHits('size'=3, age='desc', 'include'='a,b', 'exclude'='c', 'from'=0)",
    args: [lit(str)],
    ...shared,
    returns: 'nested',
    body: 'documents',
    dsl: (_field, [body]) => ({ top_hits: JSON.parse(String(body)) as Result }),
    read: (result) =>
      (result.hits as { hits: readonly { readonly _source?: Value }[] }).hits.map((hit) => hit._source ?? {}),
    duckdb: clusterOnly('TOPHITS'),
  },
  {
    name: 'SCRIPTED_METRIC',
    summary:
      "a metric in scripts of the cluster: 'map_script'='…' with init_script, combine_script, reduce_script; `@name` is a parameter",
    args: [lit(str)],
    ...shared,
    body: 'scripts',
    dsl: (_field, [body]) => ({ scripted_metric: JSON.parse(String(body)) as Result }),
    read: (result) => result.value ?? null,
    duckdb: clusterOnly('SCRIPTED_METRIC'),
  },
];
