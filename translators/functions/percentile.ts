/** The percentile of the rows that DuckDB holds, as the cluster has it for values that it keeps one by one. */

/**
 * OpenSearch 3.8 takes, of n values in order, the one at the place `floor(n * percent / 100)`, counted from 0, and the last at the end.
 * Counted from the other end that is DuckDB's discrete quantile of the rest of the share, which is exact for a decimal.
 */
export const percentileInDuckDb = (value: string, percent: string): string =>
  `-quantile_disc(-CAST(${value} AS DOUBLE), CAST((100 - CAST(${percent} AS DECIMAL(15,10))) * 0.01 AS DECIMAL(15,12)))`;
