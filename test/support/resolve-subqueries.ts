/** A plan with the answers of its subqueries, which the caller runs. */
import { cellsOf } from '../../src/plan/subquery-cells.ts';
import type { Page } from '../../src/rows/page.ts';
import type { LogicalPlan } from '../../translators/algebra/plan.ts';
import type { Session } from '../../translators/algebra/session.ts';
import { type Cells, subqueriesIn, withAnswers } from '../../translators/split/subqueries.ts';

export async function resolveSubqueries(
  plan: LogicalPlan,
  runPlan: (plan: LogicalPlan) => Promise<AsyncIterable<Page>>,
  session: Session,
): Promise<LogicalPlan> {
  const answers: Cells[] = [];
  for (const { mode, plan: inner } of subqueriesIn(plan, session))
    answers.push(await cellsOf(mode, await runPlan(inner)));
  return withAnswers(plan, answers, session);
}
