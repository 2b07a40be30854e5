/** Aggregates that DuckDB alone computes: texts and arrays of all values, figures of two columns, percentiles between values. */
import { type AggregateFunction, any, bool, lit, num, opt, type ReturnRule, share, str } from '../algebra/function.ts';
import { familyOf, isInteger, type SqlType, type TypeFamily } from '../algebra/types.ts';
import { SqlError } from '../errors.ts';
import { engineTypeName } from './resolve.ts';

const sameAsArgument: ReturnRule = (args) => args[0] ?? 'undefined';

/** Values with an order, or without a structure; of each the name as a message has it. */
const among =
  (name: string, families: readonly TypeFamily[], returns?: SqlType): ReturnRule =>
  ([type = 'undefined']) => {
    if (families.includes(familyOf(type)) || type === 'undefined') return returns ?? type;
    throw new SqlError('argumentTypes', `${name} cannot take [${engineTypeName(type)}]`);
  };
const ORDERED: readonly TypeFamily[] = ['number', 'string', 'temporal', 'boolean'];
const PLAIN: readonly TypeFamily[] = [...ORDERED, 'ip'];

const base = { allowsDistinct: false, empty: null } as const;

/** Texts of all values, one behind the other. */
const textOfAll = (
  row: Pick<AggregateFunction, 'name' | 'summary' | 'args' | 'separatorWord'>,
  separator: string,
): AggregateFunction => ({
  ...base,
  ...row,
  returns: 'keyword',
  allowsDistinct: true,
  ofTexts: true,
  bounded: true,
  order: 'rows',
  duckdb: (args, [type]) => {
    if (isInteger(type!)) return 'list(a0)';
    return args.length > 1 ? 'string_agg(a0, a1)' : `string_agg(a0, '${separator}')`;
  },
  cell: (sql, [type], args) => {
    if (!isInteger(type!)) return sql;
    return `list_aggregate([CAST(x AS VARCHAR) FOR x IN ${sql}], 'string_agg', ${args[1] ?? `'${separator}'`})`;
  },
});

/** `x` and `y` are the pairs in which neither is NULL. */
const ofPairs = (
  name: string,
  summary: string,
  returns: ReturnRule = 'double',
  empty: 0 | null = null,
): AggregateFunction => ({
  name,
  summary: `${summary}; of the pairs (y, x) without a NULL`,
  args: [num, num],
  returns,
  allowsDistinct: false,
  empty,
  duckdb: `${name.toLowerCase()}(CAST(a0 AS DOUBLE), CAST(a1 AS DOUBLE))`,
});

const extremeBy = (name: string, alias: string, which: string): AggregateFunction => ({
  ...base,
  name,
  aliases: [alias],
  summary: `the first argument where the second is ${which}; rows in which one of them is NULL do not count`,
  args: [any, any],
  returns: sameAsArgument,
  duckdb: `${alias.toLowerCase()}(a0, a1)`,
});

const logical = (name: string, aliases: readonly string[], summary: string): AggregateFunction => ({
  ...base,
  name,
  aliases,
  summary,
  args: [bool],
  returns: 'boolean',
  duckdb: `${name.toLowerCase()}(a0)`,
});

/** A list as cell text: JSON behind a mark, in which whole numbers of 64 bits are told from doubles. */
const listCell = (sql: string, [type]: readonly SqlType[]): string => {
  const item =
    type === 'long' || type === 'unsigned_long' ? `[chr(1) || 'n' || CAST(x AS VARCHAR) FOR x IN ${sql}]` : sql;
  return `chr(1) || CAST(to_json(${item}) AS VARCHAR)`;
};

export const listAggregates: readonly AggregateFunction[] = [
  textOfAll(
    {
      name: 'STRING_AGG',
      summary: 'the values as one text, with a separator between them; `STRING_AGG(x, sep ORDER BY y)`',
      args: [any, lit(str)],
    },
    '',
  ),
  textOfAll(
    {
      name: 'LISTAGG',
      summary: 'the values as one text, with a separator (none); `LISTAGG(x, sep) WITHIN GROUP (ORDER BY y)`',
      args: [any, opt(lit(str))],
    },
    '',
  ),
  textOfAll(
    {
      name: 'GROUP_CONCAT',
      summary: 'the values as one text, with a comma between them; `GROUP_CONCAT(DISTINCT x ORDER BY y SEPARATOR sep)`',
      args: [any, opt(lit(str))],
      separatorWord: true,
    },
    ',',
  ),
  {
    ...base,
    name: 'ARRAY_AGG',
    summary: 'the values as an array, NULL among them; `ARRAY_AGG(x ORDER BY y)`',
    args: [any],
    returns: among('ARRAY_AGG', PLAIN, 'nested'),
    allowsDistinct: true,
    order: 'rows',
    bounded: true,
    duckdb: 'list(a0)',
    cell: listCell,
  },
  extremeBy('MAX_BY', 'ARG_MAX', 'greatest'),
  extremeBy('MIN_BY', 'ARG_MIN', 'least'),
  logical('BOOL_AND', ['EVERY'], 'whether all are true; NULL of none'),
  logical('BOOL_OR', [], 'whether one is true; NULL of none'),
  {
    ...base,
    name: 'COUNT_IF',
    aliases: ['COUNTIF'],
    summary: 'number of rows in which the condition is true',
    args: [bool],
    returns: 'long',
    empty: 0,
    duckdb: 'count_if(a0)',
  },
  {
    ...base,
    name: 'MEDIAN',
    summary: 'the middle value, or the mean of the two in the middle, exact',
    args: [num],
    returns: 'double',
    duckdb: 'quantile_cont(CAST(a0 AS DOUBLE), 0.5)',
  },
  {
    ...base,
    name: 'PERCENTILE_CONT',
    summary:
      '`PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)`: the value at the share p (0 to 1) of x in order, between two values where it lies there',
    args: [num, share],
    returns: 'double',
    order: 'value',
    duckdb: 'quantile_cont(CAST(a0 AS DOUBLE), a1)',
  },
  {
    ...base,
    name: 'PERCENTILE_DISC',
    summary:
      '`PERCENTILE_DISC(p) WITHIN GROUP (ORDER BY x)`: the first value of x in order with a share of p (0 to 1) up to it',
    args: [any, share],
    returns: among('PERCENTILE_DISC', ORDERED),
    order: 'value',
    duckdb: 'quantile_disc(a0, a1)',
  },
  {
    ...base,
    name: 'MODE',
    summary: 'the most frequent value; `MODE() WITHIN GROUP (ORDER BY x)`',
    args: [any],
    returns: sameAsArgument,
    order: 'value',
    duckdb: 'mode(a0)',
  },
  ofPairs('CORR', 'correlation'),
  ofPairs('COVAR_POP', 'population covariance'),
  ofPairs('COVAR_SAMP', 'sample covariance'),
  ofPairs('REGR_SLOPE', 'slope of the line that fits best'),
  ofPairs('REGR_INTERCEPT', 'y of that line at x = 0'),
  ofPairs('REGR_R2', 'share of the variance of y that the line explains'),
  ofPairs('REGR_AVGX', 'mean of x'),
  ofPairs('REGR_AVGY', 'mean of y'),
  ofPairs('REGR_SXX', 'sum of squares of x'),
  ofPairs('REGR_SYY', 'sum of squares of y'),
  ofPairs('REGR_SXY', 'sum of products'),
  ofPairs('REGR_COUNT', 'number of pairs', 'long', 0),
];
