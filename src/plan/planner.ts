/** From a request to a physical plan: fetches the schemas that binding asks for, keeps plans, probes what the plan depends on. */

import { setImmediate } from 'node:timers/promises';
import {
  type Column,
  type Dsl,
  everyNode,
  type Literal,
  type LogicalPlan,
  type Physical,
  type Scan,
} from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import {
  type BoundStatement,
  bind,
  deletePlan,
  isCuttable,
  metadataPlan,
  type OutputItem,
  parse,
  prepare,
  type RowLimits,
  type StatementNode,
  skipsMissing,
  split,
  tableNames,
} from '../../translators/index.ts';
import { identityKey } from '../cluster/credentials.ts';
import type { MappingCache, Reach } from '../cluster/mapping-cache.ts';
import type { Config } from '../config.ts';
import { stringifyJson } from '../rows/longs.ts';
import type { Execution } from '../run/context.ts';
import { HEAP_ROWS } from '../run/top.ts';
import { explainPlan } from './explain.ts';
import { LruCache } from './lru-cache.ts';
import { OverflowProbe } from './overflow.ts';
import { Schemas } from './schemas.ts';
import type { ScriptUse } from './scripts.ts';
import { hasSubqueries, type RunPlan, resolveSubqueries } from './subqueries.ts';
import { unlessMissing } from './suggest-index.ts';
import { warningsOf } from './warnings.ts';
import { watchSession } from './watch-session.ts';

export interface PlannedQuery {
  readonly physical: Physical;
  readonly columns: readonly OutputItem[];
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

interface CachedPlan {
  readonly versions: ReadonlyMap<string, string>;
  readonly reach: Reach;
  readonly bound: BoundStatement;
  readonly logical: LogicalPlan;
  readonly subqueries: boolean;
  readonly cuttable: boolean;
  readonly warnings: readonly string[];
  /** By the use of scripts and the request's filter. */
  readonly physical: Map<string, Physical>;
}

export class Planner {
  private readonly plans: LruCache<CachedPlan>;
  private readonly schemas: Schemas;
  private readonly probe = new OverflowProbe();

  constructor(
    private readonly config: Config,
    mappings: MappingCache,
  ) {
    this.plans = new LruCache(config.planCacheSize);
    this.schemas = new Schemas(mappings);
  }

  async plan(
    request: PlanRequest,
    execution: Execution,
    run: (physical: Physical) => RunPlanResult,
  ): Promise<PlannedQuery> {
    try {
      return await this.planned(request, execution, run);
    } catch (error) {
      // All stages recurse: calls in calls, or a chain of thousands of operators that no bracket nests, end here.
      if (!(error instanceof RangeError && /call stack/i.test(error.message))) throw error;
      throw new SqlError('syntax', 'Expression nesting depth exceeds the maximum allowed');
    }
  }

  private async planned(
    request: PlanRequest,
    execution: Execution,
    run: (physical: Physical) => RunPlanResult,
  ): Promise<PlannedQuery> {
    const limits = this.limits(request.limit);
    const key = keyOf(request, limits, execution.session.zone);
    const planned = async (plan: CachedPlan): Promise<PlannedQuery> => {
      if (plan.warnings.length > 0) execution.info.warnings = [...plan.warnings];
      return {
        physical: await this.physical(plan, request, execution, run),
        columns: plan.bound.columns,
        unlimited: !plan.bound.limited,
        countsHits: !plan.bound.derived,
        cuttable: plan.cuttable,
        momentary: plan.subqueries,
      };
    };
    const cached = await this.cached(key, execution);
    if (cached) return planned(cached);

    const started = performance.now();
    const statement = this.parse(request.sql);
    execution.request.stage('parse', performance.now() - started);
    await breathe(request.sql, execution);
    if (statement.kind === 'show' || statement.kind === 'describe') {
      const { plan, columns } = await this.schemas.within(
        execution,
        (catalog) => metadataPlan(statement, catalog, request.sql),
        {
          sql: request.sql,
        },
      );
      return { physical: plan, columns, unlimited: true, momentary: false };
    }
    if (statement.kind === 'explain') {
      const inner = await this.plan(
        { ...request, sql: blanked(request.sql, statement.statement.at.start) },
        execution,
        run,
      );
      return explained(inner);
    }
    const query = statement;
    if (query.kind === 'delete') return this.deletion(query, request, execution);
    const watched = watchSession(execution.session);
    const versions = new Map<string, string>();
    const reach: Reach = { skipMissing: skipsMissing(query) };
    const bound = await this.schemas.within(
      execution,
      (catalog) =>
        bind(query, {
          sql: request.sql,
          catalog,
          parameters: request.parameters,
          session: watched.session,
          limits: this.config,
        }),
      { sql: request.sql, versions, reach, names: tableNames(query) },
    );
    await breathe(request.sql, execution);
    const planning = performance.now();
    const logical = prepare(bound, limits, watched.session);
    execution.request.stage('plan', performance.now() - planning);
    await breathe(request.sql, execution);
    const plan: CachedPlan = {
      versions,
      reach,
      bound,
      logical,
      subqueries: hasSubqueries(logical),
      cuttable: isCuttable(logical),
      warnings: warningsOf(logical, bound.quoted),
      physical: new Map(),
    };
    // A plan that holds the time of day is for this request only.
    if (!watched.used()) this.plans.set(key, plan);
    return planned(plan);
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

  private async deletion(
    statement: Extract<StatementNode, { kind: 'delete' }>,
    request: PlanRequest,
    execution: Execution,
  ): Promise<PlannedQuery> {
    if (!this.config.sqlDeleteEnabled) {
      throw new SqlError('deleteDisabled', 'DELETE is not enabled on this server; see the setting SQL_DELETE_ENABLED');
    }
    const { sql, parameters, filter, scripts } = request;
    // Values that may hide are taken as hiding: a superset must never be deleted.
    const splitOptions = { heapRows: HEAP_ROWS, filter, scripts: scripts === 'all', overflow: () => true };
    const { plan, columns } = await this.schemas.within(
      execution,
      (catalog) => deletePlan(statement, { sql, catalog, parameters, session: execution.session }, splitOptions),
      { sql },
    );
    return { physical: plan, columns, unlimited: true, momentary: false };
  }

  private parse(sql: string): StatementNode {
    return parse(sql, { maxDepth: this.config.maxExpressionDepth, maxLength: this.config.maxStatementLength });
  }

  private async cached(key: string, execution: Execution): Promise<CachedPlan | undefined> {
    const plan = this.plans.get(key);
    if (!plan) return undefined;
    for (const [expression, version] of plan.versions) {
      // An index that is gone is told with its place, which only planning knows.
      const snapshot = await this.schemas.mapping(expression, execution, plan).catch(unlessMissing);
      if (snapshot?.version !== version) return undefined;
    }
    return plan;
  }

  private async physical(
    plan: CachedPlan,
    request: PlanRequest,
    execution: Execution,
    run: (physical: Physical) => RunPlanResult,
  ): Promise<Physical> {
    const runPlan: RunPlan = async (logical) => {
      const resolved = hasSubqueries(logical) ? await resolveSubqueries(logical, runPlan, execution.session) : logical;
      return run(await this.split(resolved, request, execution, new Map()));
    };
    if (plan.subqueries) {
      const resolved = await resolveSubqueries(plan.logical, runPlan, execution.session);
      return this.split(resolved, request, execution, new Map());
    }
    return this.split(plan.logical, request, execution, plan.physical);
  }

  /** Splits with what is known of hidden values; where the plan depends on them, they are probed first. */
  private async split(
    logical: LogicalPlan,
    request: PlanRequest,
    execution: Execution,
    made: Map<string, Physical>,
  ): Promise<Physical> {
    const { filter, scripts } = request;
    const madeKey = `${scripts} ${filter ? stringifyJson(filter) : ''}`;
    const splitWith = (
      hidden: ReadonlyMap<string, ReadonlySet<string>>,
    ): { physical: Physical; asked: Map<string, Set<string>>; lasting: boolean } => {
      const asked = new Map<string, Set<string>>();
      const watched = watchSession(execution.session);
      const started = performance.now();
      const physical = split(
        logical,
        {
          heapRows: HEAP_ROWS,
          filter,
          scripts: scripts === 'all',
          exactSums: scripts !== 'none',
          overflow: (path, expression) => {
            const paths = asked.get(expression) ?? new Set();
            asked.set(expression, paths.add(path));
            return hidden.get(expression)?.has(path) ?? false;
          },
        },
        watched.session,
      );
      execution.request.stage('plan', performance.now() - started);
      return { physical, asked, lasting: !watched.used() };
    };
    const none = made.get(madeKey);
    const first = none ? undefined : splitWith(new Map());
    const asked = first?.asked ?? this.askedOf.get(none!) ?? new Map<string, Set<string>>();
    const clean = none ?? first!.physical;
    if (first?.lasting) {
      made.set(madeKey, clean);
      this.askedOf.set(clean, asked);
    }
    if (asked.size === 0) return clean;
    const hidden = new Map<string, ReadonlySet<string>>();
    for (const [expression, paths] of asked) {
      const scan = scanOf(logical, expression);
      if (!scan) continue;
      const found = await this.probe.hidden(scan, paths, identityKey(execution.request.identity), execution);
      if (found.size > 0) hidden.set(expression, found);
    }
    return hidden.size === 0 ? clean : splitWith(hidden).physical;
  }

  /** Which paths a plan that assumes no hidden values depends on. */
  private readonly askedOf = new WeakMap<Physical, Map<string, Set<string>>>();
}

/** The statement behind EXPLAIN, where it stands: errors tell the place in the whole text. */
const blanked = (sql: string, start: number): string => sql.slice(0, start).replace(/[^\n]/g, ' ') + sql.slice(start);

/** Statements of more characters let other requests go on between the stages of their planning. */
const LONG_STATEMENT = 4_096;

async function breathe(sql: string, { request: { signal } }: Execution): Promise<void> {
  if (sql.length > LONG_STATEMENT) await setImmediate();
  if (signal.aborted) throw new SqlError('cancelled', 'the query was cancelled');
}

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

type RunPlanResult = ReturnType<RunPlan> extends Promise<infer P> ? P : never;

/** Hints belong to a whole statement, so that any scan of an expression stands for the others. */
function scanOf(plan: LogicalPlan, expression: string): Scan | undefined {
  for (const node of everyNode(plan)) if (node.kind === 'scan' && node.schema.expression === expression) return node;
  return undefined;
}
