/** The door of the algebra: what plans and expressions are made of. */
export type { Dsl } from './dsl.ts';
export type { DuckFunction, DuckQuery, DuckTable } from './duck-query.ts';
export type { Call, Cast, Column, Expr, Literal, Written } from './expr.ts';
export type { Figure } from './function.ts';
export {
  type AggregationNode,
  type ApartNode,
  type ApartPart,
  type CountNode,
  columnsOfPhysical,
  type DeleteNode,
  type DescribedTable,
  type LimitNode,
  type MetadataNode,
  type Metric,
  type NamePattern,
  type Physical,
  type SearchNode,
  type Several,
  type TopNode,
  type UnnestNode,
} from './physical.ts';
export type { LogicalPlan, Scan, SortKey } from './plan.ts';
export { everyNode, expressionsOf } from './plan-walk.ts';
export { printExpr } from './print.ts';
export type { Field, Schema } from './schema.ts';
export type { Session } from './session.ts';
export {
  type Interval,
  isInteger,
  isNumber,
  isString,
  isTemporal,
  SQL_TYPES,
  type SqlType,
  type Value,
} from './types.ts';
export { columnsOf, some } from './walk.ts';
export { cellOf, LONG_MAX, LONG_MIN, UNSIGNED_MAX } from './whole-number.ts';
