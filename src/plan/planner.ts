/** From a request to a physical plan: fetches the schemas that binding asks for, keeps plans, probes what the plan depends on. */

import type { Column, Dsl, Literal, LogicalPlan, Physical } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { metadataPlan, type OutputItem, type RowLimits } from '../../translators/index.ts';
import { identityKey } from '../cluster/credentials.ts';
import type { MappingCache, Reach } from '../cluster/mapping-cache.ts';
import type { Config } from '../config.ts';
import { stringifyJson } from '../rows/longs.ts';
import type { Page } from '../rows/page.ts';
import type { Execution } from '../run/context.ts';
import { explainPlan } from './explain.ts';
import { LruCache } from './lru-cache.ts';
import { OverflowProbe } from './overflow.ts';
import { Schemas, type Snapshots } from './schemas.ts';
import type { ScriptUse } from './scripts.ts';
import { withServerFacts } from './server-facts.ts';
import type { Asking, HiddenQuestion } from './stage-work.ts';
import { type PlanHandle, type PreparedPlan, type ReadStatement, Stages } from './stages.ts';
import { cellsOf } from './subquery-cells.ts';
import { unlessMissing } from './suggest-index.ts';
import { PlanningThread } from './thread/threads.ts';

export interface PlannedQuery {
  readonly physical: Physical;
  readonly columns: readonly OutputItem[];
  /** What it was made of: the expressions as they are written. */
  readonly logical?: LogicalPlan;
  /** Without a LIMIT of its own: the limit in the plan is the default. */
  readonly unlimited: boolean;
  /** Where it is one search: the hits are the rows that match, which no LIMIT but the statement's own has cut. */
  readonly countsHits?: boolean;
  /** A limit that the statement did not write may cut it. */
  readonly cuttable?: boolean;
  /** Holds what subqueries gave this time: planned again, it may be another. */
  readonly momentary: boolean;
  /** Of EXPLAIN: the plan that is told, and not run. */
  readonly explained?: Physical;
}

interface PlanRequest {
  readonly sql: string;
  readonly parameters: readonly Literal[];
  readonly filter?: Dsl;
  /** Which limit stands where the statement has none: that of rows, that of any answer (for pages), or none (for jobs). */
  readonly limit: RowLimit;
  /** Which scripts the cluster takes. */
  readonly scripts: ScriptUse;
}

export type RowLimit = 'default' | 'paged' | 'none';

/** Runs what a subquery is. */
type RunPlan = (physical: Physical) => AsyncIterable<Page>;

interface CachedPlan {
  readonly snapshots: Snapshots;
  readonly reach: Reach;
  readonly prepared: PreparedPlan;
  /** By the use of scripts and the request's filter. */
  readonly physical: Map<string, Made>;
}

/** A plan that assumes that no values hide, and where it does. */
interface Made {
  readonly physical: Physical;
  readonly questions: readonly HiddenQuestion[];
}

export class Planner {
  private readonly plans: LruCache<CachedPlan>;
  private readonly schemas: Schemas;
  private readonly probe = new OverflowProbe();
  private readonly thread: PlanningThread;
  private readonly stages: Stages;

  constructor(
    private readonly config: Config,
    mappings: MappingCache,
  ) {
    this.plans = new LruCache(config.planCacheSize);
    this.schemas = new Schemas(mappings);
    this.thread = new PlanningThread({ memory: config.maxPlanMemory });
    this.stages = new Stages(
      { maxDepth: config.maxExpressionDepth, maxLength: config.maxStatementLength },
      this.thread,
    );
  }

  async plan(request: PlanRequest, asked: Execution, run: RunPlan): Promise<PlannedQuery> {
    try {
      const execution = await withServerFacts(request.sql, asked);
      return await this.planned(request, execution, run);
    } catch (error) {
      // All stages recurse: calls in calls, or a chain of thousands of operators that no bracket nests, end here.
      if (!(error instanceof RangeError && /call stack/i.test(error.message))) throw error;
      throw new SqlError('syntax', 'Expression nesting depth exceeds the maximum allowed');
    }
  }

  /** Nothing is planned any more. */
  close(): Promise<void> {
    return this.thread.close();
  }

  private async planned(request: PlanRequest, execution: Execution, run: RunPlan): Promise<PlannedQuery> {
    const limits = this.limits(request.limit);
    const key = keyOf(request, limits, execution.session.zone);
    const cached = await this.cached(key, execution);
    if (cached) return this.answered(cached, request, execution, run);

    const { sql } = request;
    const { signal } = execution.request;
    const started = performance.now();
    const statement = await this.stages.read(sql, signal);
    execution.request.stage('parse', performance.now() - started);
    switch (statement.kind) {
      case 'show':
      case 'describe':
        return this.metadata(statement, execution);
      case 'explain':
        return explained(await this.plan({ ...request, sql: blanked(sql, statement.inner) }, execution, run));
      case 'delete':
        return this.deletion(statement, request, execution);
      default: {
        const { plan, lasting } = await this.prepared(statement, request, limits, execution);
        // A plan that holds the time of day is for this request only.
        if (lasting) this.plans.set(key, plan);
        return this.answered(plan, request, execution, run);
      }
    }
  }

  private async answered(
    plan: CachedPlan,
    request: PlanRequest,
    execution: Execution,
    run: RunPlan,
  ): Promise<PlannedQuery> {
    const { columns, limited, derived, cuttable, warnings, subqueries, plan: divisible } = plan.prepared;
    if (warnings.length > 0) execution.info.warnings = [...warnings];
    return {
      physical: await this.physical(plan, request, execution, run),
      columns,
      // Of a long statement it stays with the thread that made it.
      ...(divisible.place === 'here' && { logical: divisible.logical }),
      unlimited: !limited,
      countsHits: !derived,
      cuttable,
      momentary: subqueries,
    };
  }

  private async prepared(
    statement: ReadStatement,
    request: PlanRequest,
    limits: RowLimits,
    execution: Execution,
  ): Promise<{ readonly plan: CachedPlan; readonly lasting: boolean }> {
    const { names, skipMissing } = statement;
    const { signal } = execution.request;
    const reach: Reach = { skipMissing };
    const started = performance.now();
    const prepared = await this.schemas.within(
      execution,
      (catalog) => this.stages.prepare(statement, catalog, this.asking(request, limits, execution), signal),
      { sql: request.sql, reach, names },
    );
    execution.request.stage('plan', performance.now() - started);
    const { snapshots } = prepared.plan;
    return { plan: { snapshots, reach, prepared, physical: new Map() }, lasting: prepared.lasting };
  }

  private asking({ sql, parameters }: PlanRequest, limits: RowLimits, { session }: Execution): Asking {
    const { maxRelations, maxPlanNodes } = this.config;
    return { sql, parameters, session, limits, planLimits: { maxRelations, maxPlanNodes } };
  }

  private async metadata(statement: ReadStatement, execution: Execution): Promise<PlannedQuery> {
    const tree = this.stages.treeOf(statement);
    if (tree.kind !== 'show' && tree.kind !== 'describe') throw new SqlError('internal', `${tree.kind} is no metadata`);
    const { sql } = statement;
    const { plan, columns } = await this.schemas.within(execution, (catalog) => metadataPlan(tree, catalog, sql), {
      sql,
    });
    return { physical: plan, columns, unlimited: true, momentary: false };
  }

  private limits(limit: RowLimit): RowLimits {
    const { maxResultRows, querySizeLimit } = this.config;
    switch (limit) {
      case 'default':
        return { sizeLimit: querySizeLimit, maxRows: maxResultRows };
      case 'paged':
        return { sizeLimit: maxResultRows, maxRows: maxResultRows };
      case 'none':
        return { sizeLimit: Number.POSITIVE_INFINITY, maxRows: Number.POSITIVE_INFINITY };
    }
  }

  private async deletion(statement: ReadStatement, request: PlanRequest, execution: Execution): Promise<PlannedQuery> {
    if (!this.config.sqlDeleteEnabled) {
      throw new SqlError('deleteDisabled', 'DELETE is not enabled on this server; see the setting SQL_DELETE_ENABLED');
    }
    const { sql, filter, scripts } = request;
    const { signal } = execution.request;
    const { plan, columns } = await this.schemas.within(
      execution,
      (catalog) => {
        const asking = this.asking(request, this.limits(request.limit), execution);
        return this.stages.delete(statement, catalog, asking, { filter, scripts }, signal);
      },
      { sql },
    );
    return { physical: plan, columns, unlimited: true, momentary: false };
  }

  private async cached(key: string, execution: Execution): Promise<CachedPlan | undefined> {
    const plan = this.plans.get(key);
    if (!plan) return undefined;
    for (const [expression, { version }] of plan.snapshots) {
      // An index that is gone is told with its place, which only planning knows.
      const snapshot = await this.schemas.mapping(expression, execution, plan).catch(unlessMissing);
      if (snapshot?.version !== version) return undefined;
    }
    return plan;
  }

  private async physical(
    { prepared, physical }: CachedPlan,
    request: PlanRequest,
    execution: Execution,
    run: RunPlan,
  ): Promise<Physical> {
    if (!prepared.subqueries) return this.split(prepared.plan, request, execution, physical);
    const resolved = await this.resolved(prepared.plan, request, execution, run);
    return this.split(resolved, request, execution, new Map());
  }

  /** The plan with what its subqueries answer. */
  private async resolved(
    plan: PlanHandle,
    request: PlanRequest,
    execution: Execution,
    run: RunPlan,
  ): Promise<PlanHandle> {
    const { session } = execution;
    const { signal } = execution.request;
    const answers: Awaited<ReturnType<typeof cellsOf>>[] = [];
    for (const subquery of await this.stages.subqueries(plan, session, signal)) {
      const whole = subquery.subqueries ? await this.resolved(subquery.plan, request, execution, run) : subquery.plan;
      const physical = await this.split(whole, request, execution, new Map());
      answers.push(await cellsOf(subquery.mode, run(physical)));
    }
    return this.stages.withAnswers(plan, answers, session, signal);
  }

  /** Divides with what is known of hidden values; where the plan depends on them, they are probed first. */
  private async split(
    plan: PlanHandle,
    request: PlanRequest,
    execution: Execution,
    kept: Map<string, Made>,
  ): Promise<Physical> {
    const { filter, scripts } = request;
    const divide = async (hidden: ReadonlyMap<string, ReadonlySet<string>>) => {
      const started = performance.now();
      const { session, request: context } = execution;
      const made = await this.stages.divide(plan, { filter, scripts, session, hidden }, context.signal);
      context.stage('plan', performance.now() - started);
      return made;
    };
    const key = `${scripts} ${filter ? stringifyJson(filter) : ''}`;
    let made = kept.get(key);
    if (!made) {
      const first = await divide(new Map());
      if (first.lasting) kept.set(key, first);
      made = first;
    }
    const hidden = new Map<string, ReadonlySet<string>>();
    for (const { scan, paths } of made.questions) {
      const found = await this.probe.hidden(scan, paths, identityKey(execution.request.identity), execution);
      if (found.size > 0) hidden.set(scan.schema.expression, found);
    }
    return hidden.size === 0 ? made.physical : (await divide(hidden)).physical;
  }
}

/** The statement behind EXPLAIN, where it stands: errors tell the place in the whole text. */
const blanked = (sql: string, start: number): string => sql.slice(0, start).replace(/[^\n]/g, ' ') + sql.slice(start);

/** EXPLAIN as a query: one cell with the plan that the explain route would answer. */
function explained({ physical }: PlannedQuery): PlannedQuery {
  const column: Column = { id: -1, name: 'Explain', type: 'keyword' };
  const value = stringifyJson(explainPlan(physical));
  return {
    physical: { kind: 'values', columns: [column], rows: [[{ kind: 'literal', type: 'keyword', value }]] },
    columns: [{ name: column.name, column }],
    unlimited: true,
    momentary: true,
    explained: physical,
  };
}

/** Settings change while the server runs, and a plan holds the limits that stood when it was made. */
function keyOf({ sql, parameters, limit }: PlanRequest, { sizeLimit, maxRows }: RowLimits, zone = 'UTC'): string {
  const values = parameters.length === 0 ? '' : stringifyJson(parameters.map((p) => [p.type, p.value]));
  return `${limit} ${sizeLimit} ${maxRows} ${zone} ${values} ${sql}`;
}
