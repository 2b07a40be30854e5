/** The door for those who run plans: requests to the cluster, closures over rows, text for DuckDB, and how values are read and written. */
export { buildSchema } from './catalog/build-schema.ts';
export { constantOf } from './catalog/constant-field.ts';
export { compileDateFormat, readsIsoText } from './catalog/date-format.ts';
export { describedType } from './catalog/described-type.ts';
export { mergeLevels } from './catalog/merge.ts';
export { nearestName } from './catalog/nearest-name.ts';
export { docValuesFields, docValuesPath, holderOf } from './catalog/source-holds.ts';
export { canonicalIp, ipKey } from './functions/ip.ts';
export { javaDouble } from './functions/java-text.ts';
export { wallClock, zoneOf } from './functions/zoned.ts';
export {
  aggregationBody,
  type BucketLike,
  compositeBody,
  distinctBody,
  globalBody,
  isSingleField,
  type Precision,
  readMetric,
  severalIn,
  singlesAggregations,
  singlesBody,
  termsBody,
} from './lower/dsl/aggregation-body.ts';
export { type Fetch, fetchOf, searchBody } from './lower/dsl/body.ts';
export { type ScanTarget, type SearchParameters, targetOf } from './lower/dsl/target.ts';
export { readCell, writeCell } from './lower/duckdb/cell-text.ts';
export { NO_COLUMN } from './lower/duckdb/index.ts';
export { columnName, quoteName, textLiteral } from './lower/duckdb/print.ts';
export { productRows } from './lower/duckdb/product-rows.ts';
export { type DuckType, duckType, isStructured, parameterType } from './lower/duckdb/types.ts';
export { scalarCheck } from './lower/js/call.ts';
export { elementReader } from './lower/js/element.ts';
export { compileCondition, compileExpr } from './lower/js/index.ts';
export { TOO_LONG } from './lower/painless/helpers.ts';
export { SEVERAL_VALUES } from './lower/painless/writer.ts';
export { dateOf, parseTimestamp, timeOf, timestampFromEpochMillis } from './temporal/temporal-text.ts';
export { zoneNamed } from './temporal/time-zone.ts';
export { decodeError, type EncodedError, encodeError } from './transfer/error-codec.ts';
export type { Graph } from './transfer/graph.ts';
export { decodePlan, decodingPlan, encodePlan, type Schemas } from './transfer/plan-codec.ts';
