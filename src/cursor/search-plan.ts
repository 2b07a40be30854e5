/** Recognises the plans that page by themselves: filters and projections over one search, with nothing that must see all rows. */
import { createHash } from 'node:crypto';
import { columnsOfPhysical, type Physical, type SearchNode } from '../../translators/algebra/index.ts';
import { compileCondition } from '../../translators/execution.ts';
import { stringifyJson } from '../rows/longs.ts';
import type { OutputColumn, Page, Row } from '../rows/page.ts';
import type { Execution } from '../run/context.ts';
import { projecting } from '../run/run.ts';

type Stage = Extract<Physical, { kind: 'where' | 'project' }>;

export interface SearchPlan {
  readonly search: SearchNode;
  /** What is done with the hits, in this order. */
  readonly stages: readonly Stage[];
}

export function searchPlanOf(node: Physical): SearchPlan | undefined {
  // Collapsed hits have no second page in the cluster.
  if (node.kind === 'search') return node.scan.hints?.collapse ? undefined : { search: node, stages: [] };
  if (node.kind !== 'where' && node.kind !== 'project') return undefined;
  const below = searchPlanOf(node.input);
  return below && { search: below.search, stages: [...below.stages, node] };
}

/** Rows, each with the number of the hit that it came from. */
export interface Traced {
  readonly rows: Page;
  readonly hits: readonly number[];
}

export function stagesOf(plan: SearchPlan, execution: Execution): (page: Page) => Traced {
  const steps = plan.stages.map((stage) => {
    if (stage.kind === 'project') {
      const project = projecting(stage, execution);
      return ({ rows, hits }: Traced): Traced => ({ rows: project(rows), hits });
    }
    const test = compileCondition(stage.predicate, columnsOfPhysical(stage.input), execution.session);
    return ({ rows, hits }: Traced): Traced => {
      const kept: Row[] = [];
      const from: number[] = [];
      for (let i = 0; i < rows.length; i++) {
        if (!test(rows[i]!)) continue;
        kept.push(rows[i]!);
        from.push(hits[i]!);
      }
      return { rows: kept, hits: from };
    };
  });
  return (page) => steps.reduce<Traced>((traced, step) => step(traced), { rows: page, hits: page.map((_, i) => i) });
}

/** The same for plans that give the same rows in the same order under the same columns. */
export function fingerprint({ search }: SearchPlan, columns: readonly OutputColumn[]): string {
  const { query, sort, scan } = search;
  const said = stringifyJson([scan.schema.expression, query ?? null, sort ?? null, columns]);
  return createHash('sha256').update(said).digest('base64url').slice(0, 22);
}
