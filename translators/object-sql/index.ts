/** The door of SQL over objects. */
export { type Fold, foldOf } from './aggregate.ts';
export { type BytesTest, bytesTest } from './cell-bytes.ts';
export { type CheckOptions, checkSelect } from './check.ts';
export { SelectFault } from './errors.ts';
export { type EvaluateOptions, evaluator, predicate, type SelectRow } from './evaluate.ts';
export type { CheckedSelect, FromStep, SelectExpr, SelectOutputItem } from './expr.ts';
export { childrenOf } from './expr-walk.ts';
export { walkSteps } from './from-path.ts';
export { minifyJson, parseJson } from './json.ts';
export { type JsonFilter, jsonFilter } from './json-filter.ts';
export { type LowerFacts, lowerAggregate, lowerCondition } from './lower-duckdb.ts';
export type { SelectSource } from './scope.ts';
export {
  allDefined,
  type SimpleComparison,
  type SimplePredicate,
  type SimpleSubject,
  simplePredicate,
} from './simple-predicate.ts';
export { Timestamp } from './timestamp.ts';
export { FALSE, TRUE, UNKNOWN, UNSURE } from './truth.ts';
export { isObject, jsonText, type SelectValue, textOf } from './value.ts';
