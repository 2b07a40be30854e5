/** A statement of the corpus through the whole translator, without any cluster, to the text that the corpus holds. */
import { explainPlan } from '../../../src/plan/explain.ts';
import type { Page } from '../../../src/rows/page.ts';
import type { Physical } from '../../../translators/algebra/physical.ts';
import type { LogicalPlan } from '../../../translators/algebra/plan.ts';
import type { Session } from '../../../translators/algebra/session.ts';
import type { OutputItem } from '../../../translators/bind/context.ts';
import { SqlError } from '../../../translators/errors.ts';
import { bind, metadataPlan, prepare, split } from '../../../translators/index.ts';
import { hasSubqueries } from '../../../translators/split/subqueries.ts';
import { SqlSyntaxError } from '../../../translators/syntax/errors.ts';
import { parse } from '../../../translators/syntax/parser.ts';
import { resolveSubqueries } from '../../support/resolve-subqueries.ts';
import { createCatalog } from './catalog.ts';
import { printPlan, printSchema } from './print-plan.ts';
import type { SpecEntry } from './spec-file.ts';

const SESSION: Session = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
const LIMITS = { sizeLimit: 10_000, maxRows: 10_000_000 };

const catalog = createCatalog();

export async function translate(entry: SpecEntry): Promise<string> {
  try {
    return await translated(entry);
  } catch (error) {
    if (error instanceof SqlError) return `error ${error.type}: ${error.message}`;
    if (error instanceof SqlSyntaxError) return `error syntax: ${error.message}`;
    throw error;
  }
}

async function translated({ sql, hidden, given }: SpecEntry): Promise<string> {
  const statement = parse(sql);
  if (statement.kind === 'show' || statement.kind === 'describe') {
    const { plan, columns } = metadataPlan(statement, catalog, sql);
    return render(columns, [plan]);
  }
  const bound = bind(statement, { sql, catalog, parameters: [], session: SESSION });
  const logical = prepare(bound, LIMITS, SESSION);
  const toPhysical = (plan: LogicalPlan): Physical =>
    split(plan, { heapRows: 10_000, scripts: true, overflow: (path) => hidden.includes(path) }, SESSION);
  // Subqueries run first; the corpus says what they answer.
  const first: Physical[] = [];
  const answers = [...given];
  const resolved = hasSubqueries(logical)
    ? await resolveSubqueries(
        logical,
        async (inner) => {
          first.push(toPhysical(inner));
          return onePage(answers.shift() ?? []);
        },
        SESSION,
      )
    : logical;
  return render(bound.columns, [...first, toPhysical(resolved)]);
}

async function* onePage(rows: readonly (readonly unknown[])[]): AsyncGenerator<Page> {
  if (rows.length > 0) yield rows.map((row) => [...row]) as Page;
}

function render(columns: readonly OutputItem[], plans: readonly Physical[]): string {
  return [printSchema(columns), ...plans.map((plan) => printPlan(explainPlan(plan).root))].join('\n');
}
