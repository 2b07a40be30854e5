/** Facts about a result that its body has no place for, as headers of the answer. */
import type { Physical } from '../../translators/algebra/index.ts';
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
    ...(info.approximations?.length ? { [APPROXIMATE]: info.approximations.join('; ') } : {}),
    ...(info.warnings?.length ? { 'X-SQL-Warning': info.warnings.join('; ') } : {}),
  };
}

const TRUNCATED = 'X-SQL-Truncated';
const APPROXIMATE = 'X-SQL-Approximate';

/** Facts of an answer that may be found out after its first page. */
export interface LateFacts {
  /** A limit that the statement did not write may cut it. */
  readonly cuttable: boolean;
  readonly estimates: boolean;
}

export const pendingFacts = ({ truncated }: ResultInfo, { cuttable, estimates }: LateFacts): readonly string[] => [
  ...(cuttable && truncated === undefined ? [TRUNCATED] : []),
  ...(estimates ? [APPROXIMATE] : []),
];

/** Whether a count may be estimated after other rows have gone out: in a later branch of UNION ALL. */
export function estimatesLate(plan: Physical): boolean {
  switch (plan.kind) {
    case 'concat':
      return plan.inputs.some((input, i) => (i > 0 && estimates(input)) || estimatesLate(input));
    case 'project':
    case 'where':
    case 'limit':
      return estimatesLate(plan.input);
    default:
      return false;
  }
}

/** Counts of a single argument, without groups, are all that the cluster has an estimate for. */
function estimates(plan: Physical): boolean {
  if (plan.kind === 'aggregation') {
    return plan.keys.length === 0 && plan.metrics.some(({ sources }) => sources?.length === 1);
  }
  if (plan.kind === 'residual') return plan.inputs.some((input) => estimates(input.plan));
  if (plan.kind === 'concat') return plan.inputs.some(estimates);
  return 'input' in plan && estimates(plan.input);
}
