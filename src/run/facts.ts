/** Facts about a result that its body has no place for, as headers of the answer. */
import type { ResultInfo } from '../rows/page.ts';

export interface StatedTotal {
  readonly value: number;
  readonly isLowerBound: boolean;
}

/** `total`: the one that the body states, where it states one. */
export function factsOf(info: ResultInfo, total: StatedTotal | undefined): Record<string, string> {
  return {
    ...(info.truncated ? { [TRUNCATED]: 'true' } : {}),
    ...(total?.isLowerBound ? { 'X-SQL-Total-Relation': 'gte' } : {}),
    ...(info.approximations?.length ? { 'X-SQL-Approximate': info.approximations.join('; ') } : {}),
    ...(info.warnings?.length ? { 'X-SQL-Warning': info.warnings.join('; ') } : {}),
  };
}

const TRUNCATED = 'X-SQL-Truncated';

/** Those that may be found out after the first page. Estimates are made where one row is all there is. */
export const pendingFacts = ({ truncated }: ResultInfo, cuttable: boolean): readonly string[] =>
  cuttable && truncated === undefined ? [TRUNCATED] : [];
