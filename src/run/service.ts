/** Answers SQL requests: plans, runs, and writes the pages in the format that was asked for. */

import type { Dsl, LogicalPlan, Physical, SearchNode, Session } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { wallClock, zoneOf } from '../../translators/execution.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { MappingCache } from '../cluster/mapping-cache.ts';
import type { Config } from '../config.ts';
import type { CursorRequest, QueryRequest } from '../contract/sql-request.ts';
import type { RequestContext, SqlAnswer, SqlService } from '../contract/sql-service.ts';
import { CursorContexts } from '../cursor/contexts.ts';
import { Paging, type Scripted, type Statement } from '../cursor/paging.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { explainPlan } from '../plan/explain.ts';
import { literalOf } from '../plan/parameters.ts';
import { type PlannedQuery, Planner, type RowLimit } from '../plan/planner.ts';
import { createScripts, type ScriptUse } from '../plan/scripts.ts';
import { encodedSearch } from '../read/encoded-search.ts';
import { rawSearch } from '../read/search.ts';
import type { OutputColumn, Page, ResultInfo } from '../rows/page.ts';
import { createWriter, type Writer } from '../write/index.ts';
import { blamed } from './blame.ts';
import type { Execution } from './context.ts';
import { estimatesLate, factsOf, type LateFacts, pendingFacts, type StatedTotal } from './facts.ts';
import { HeavyStatements } from './heavy.ts';
import { run as runPlan } from './run.ts';
import type { StatementService } from './statement-service.ts';

export interface ServiceDeps {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly mappings: MappingCache;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Ending {
  /** Ends what still plans; nothing is answered after it. */
  end(): Promise<void>;
}

/** Text is handed on in pieces of about this size, so that a short answer is one piece. */
const CHUNK = 65_536;
/** Pages of a result that is read as long as it takes, several of them at a time: enough to be fast, and memory stays flat. */
const PATIENT_PAGE = { rows: 2_000, bytes: 1_048_576 } as const;

/** Long because its methods share what the service was opened with; each of them is short. */
export function createSqlService(deps: ServiceDeps): SqlService & StatementService & Ending {
  const { config, cluster, mappings, metrics } = deps;
  const patient: Config = {
    ...config,
    pageRows: Math.min(config.pageRows, PATIENT_PAGE.rows),
    maxPageBytes: Math.min(config.maxPageBytes, PATIENT_PAGE.bytes),
  };
  const planner = new Planner(config, mappings);
  const scripts = createScripts();
  const heavy = new HeavyStatements(config);
  metrics.gauge('heavy_queries_running', () => heavy.running);
  metrics.gauge('heavy_queries_waiting', () => heavy.waiting);
  const origins = new WeakMap<Physical, LogicalPlan>();
  const contexts = new CursorContexts();
  metrics.gauge('cursor_contexts', () => contexts.held);
  const paging = new Paging({
    config,
    contexts,
    open,
    plan: (statement, execution) => plan(statement, execution, 'paged'),
    outputOf,
    run,
  });

  function open(request: RequestContext, at = Date.now(), zone?: string): Execution {
    return { cluster, config, request, session: sessionAt(at, zone, config.maxFoldedText), heavy, info: {} };
  }

  async function plan(
    request: Statement & Scripted,
    execution: Execution,
    limit: RowLimit = 'default',
  ): Promise<PlannedQuery> {
    const parameters = request.parameters.map((p) => literalOf(p, execution.session));
    const planned = await planner.plan(
      { sql: request.query, parameters, filter: request.filter as Dsl | undefined, limit, scripts: request.scripts },
      execution,
      (physical) => run(physical, { ...execution, info: {} }),
    );
    if (planned.logical) origins.set(planned.physical, planned.logical);
    return planned;
  }

  /** Rows of a plan; an error that DuckDB or a script brings up is told with its place. */
  async function* run(physical: Physical, execution: Execution): AsyncGenerator<Page> {
    try {
      yield* runPlan(physical, execution);
    } catch (error) {
      throw located(error, physical);
    }
  }

  function located(error: unknown, physical: Physical): unknown {
    const logical = origins.get(physical);
    return logical ? blamed(error, logical) : error;
  }

  /** Of a page of a search, total and size are its rows, as with the plugin; of a result that was computed whole, total is that of all rows. */
  async function page(request: CursorRequest | (QueryRequest & Scripted), context: RequestContext): Promise<SqlAnswer> {
    const { columns, pages, cursor, execution, total, cuttable } =
      request.kind === 'cursor' ? await paging.next(request.cursor, context) : await paging.first(request, context);
    const writer = createWriter('jdbc', { columns, pretty: request.pretty });
    const rows = written(pages, writer, execution);
    return answer(writer, rows, { ...request, format: 'jdbc' }, execution, {
      countsHits: false,
      cuttable,
      estimates: false,
      total,
      cursor,
    });
  }

  async function whole(query: QueryRequest & Scripted, context: RequestContext): Promise<SqlAnswer> {
    const execution = open(context, undefined, query.timeZone);
    const planned = await plan(query, execution);
    const { physical } = planned;
    const output = outputOf(planned);
    const search = plainSearch(physical);
    if (query.format === 'json' && search) {
      const text = await rawSearch(search, execution);
      if (text !== undefined) return rawAnswer(text, execution.info);
    }
    const writer = createWriter(query.format, { columns: output, pretty: query.pretty, sanitize: query.sanitize });
    const { countsHits = false, cuttable = false } = planned;
    const encoded = writer.rowText && writer.encoded ? encodedSearch(physical, writer.rowText, execution) : undefined;
    const rows = encoded
      ? mapped(encoded, ({ text, rows: count }) => ({ text: writer.encoded!(text, count), rows: count }))
      : written(run(physical, execution), writer, execution);
    const answering = answer(writer, rows, query, execution, {
      countsHits: countsHits && search !== undefined,
      cuttable,
      estimates: estimatesLate(physical),
    });
    return answering.catch((error: unknown) => {
      throw located(error, physical);
    });
  }

  /** Pages that somebody reads later: a script that is refused before the first of them is done without. */
  async function* retried(
    physical: Physical,
    planWith: (use: ScriptUse) => Promise<PlannedQuery>,
    used: ScriptUse,
    execution: Execution,
  ): AsyncGenerator<Page> {
    for (let [plan, use] = [physical, used]; ; ) {
      let begun = false;
      try {
        for await (const page of run(plan, execution)) {
          begun = true;
          yield page;
        }
        return;
      } catch (error) {
        const next = begun ? undefined : scripts.after(error, use);
        if (next === undefined) throw error;
        use = next;
        plan = (await planWith(next)).physical;
      }
    }
  }

  return {
    async query(request, context) {
      if (!config.sqlEnabled) throw sqlDisabled();
      if (request.kind === 'cursor') return page(request, context);
      // An answer begins with its first page, so that a refused script shows before anything is sent.
      return scripts.within((use) => {
        const query = { ...request, scripts: use };
        return request.fetchSize > 0 && request.format === 'jdbc' ? page(query, context) : whole(query, context);
      });
    },

    async explain(request, context) {
      if (!config.sqlEnabled) throw sqlDisabled();
      if (request.kind === 'cursor') throw new SqlError('illegalArgument', 'Invalid request. Cannot explain cursor');
      const statement = { ...request, scripts: scripts.use() };
      const execution = open(context, undefined, request.timeZone);
      const { physical, explained } = await plan(statement, execution, request.fetchSize > 0 ? 'paged' : 'default');
      return explainPlan(explained ?? physical);
    },

    close: (cursor, context) => paging.close(cursor, context),

    end: () => planner.close(),

    async open(statement, context, at) {
      if (!config.sqlEnabled) throw sqlDisabled();
      const execution = open(context, at, statement.timeZone);
      const planWith = (use: ScriptUse) => plan({ ...statement, scripts: use }, execution, 'none');
      let used = scripts.use();
      const planned = await scripts.within((use) => {
        used = use;
        return planWith(use);
      });
      const { physical } = planned;
      const pages = retried(physical, planWith, used, { ...execution, config: patient });
      return { physical, columns: outputOf(planned), info: execution.info, pages, execution };
    },
  };
}

const sqlDisabled = (): SqlError =>
  new SqlError('sqlDisabled', 'Either plugins.sql.enabled or rest.action.multi.allow_explicit_index setting is false');

const outputOf = ({ columns }: PlannedQuery): readonly OutputColumn[] =>
  columns.map(({ name, alias, column, figures }) => ({
    name,
    alias,
    type: column.type,
    ...(figures === undefined ? {} : { figures }),
  }));

/** Rows in the writer's format. */
interface Rows {
  readonly text: string | Buffer;
  readonly rows: number;
}

function written(pages: AsyncIterable<Page>, writer: Writer, { request }: Execution): AsyncIterable<Rows> {
  return mapped(pages, (page) => {
    const before = performance.now();
    const text = writer.page(page);
    request.stage('format', performance.now() - before);
    return { text, rows: page.length };
  });
}

/** Closing it closes what it reads. */
function mapped<A, B>(items: AsyncIterable<A>, f: (item: A) => B): AsyncIterable<B> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.asyncIterator]();
      return {
        async next() {
          const { value, done } = await iterator.next();
          return done ? { done: true, value: undefined } : { done: false, value: f(value) };
        },
        async return() {
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** What is to be said of a result besides its rows. */
interface Result extends LateFacts {
  /** `info` holds the hits of the search that it is. */
  readonly countsHits: boolean;
  /** Rows of all pages, where they were computed before the first. */
  readonly total?: () => number | undefined;
  readonly cursor?: () => string | undefined;
}

/** The first page is read before the answer begins, so that what fails at once is an error with its status. */
async function answer(
  writer: Writer,
  pages: AsyncIterable<Rows>,
  request: Pick<QueryRequest, 'format' | 'acceptsCsv'>,
  execution: Execution,
  { countsHits, total: whole, cursor, ...late }: Result,
): Promise<SqlAnswer> {
  const { info, config, request: context } = execution;
  const started = performance.now();
  const iterator = pages[Symbol.asyncIterator]();
  // Also when nobody ever reads the body: what the pages hold open on the cluster is given back.
  context.signal.addEventListener('abort', () => void iterator.return?.().catch(() => undefined), { once: true });
  const first = await iterator.next();
  /** Of so many rows. */
  const stated = (count: number): StatedTotal => {
    const matching = countsHits && config.total === 'matching' ? info.total : undefined;
    if (matching !== undefined && matching >= count)
      return { value: matching, isLowerBound: info.totalIsLowerBound === true };
    return { value: whole?.() ?? count, isLowerBound: false };
  };
  let count = 0;
  async function* body(): AsyncGenerator<string | Buffer> {
    try {
      let text = writer.header();
      let next = first;
      while (!next.done) {
        const { text: page, rows } = next.value;
        count += rows;
        if (typeof page === 'string') text += page;
        else if (page.length < CHUNK) text += page.toString('utf8');
        else {
          if (text !== '') yield text;
          text = '';
          yield page;
        }
        if (text.length >= CHUNK) {
          yield text;
          text = '';
        }
        next = await iterator.next();
      }
      const { value: total, isLowerBound } = stated(count);
      const took = Math.round(performance.now() - started);
      text += writer.end({ total, totalIsLowerBound: isLowerBound, took, cursor: cursor?.() });
      context.rows(request.format, count);
      yield text;
    } finally {
      await iterator.return?.();
    }
  }
  return {
    contentType: request.format === 'csv' && request.acceptsCsv ? 'text/csv; charset=UTF-8' : writer.contentType,
    headers: {},
    body: body(),
    facts: () => factsOf(info, writer.statesTotal ? stated(count) : undefined),
    pending: () => pendingFacts(info, late),
  };
}

function rawAnswer(text: Buffer, info: ResultInfo): SqlAnswer {
  return {
    contentType: 'application/json; charset=UTF-8',
    headers: factsOf(info, undefined),
    body: (async function* () {
      yield text;
    })(),
  };
}

/** The one search behind a statement that is nothing else. */
function plainSearch(node: Physical): SearchNode | undefined {
  if (node.kind === 'project') return plainSearch(node.input);
  return node.kind === 'search' ? node : undefined;
}

export function sessionAt(milliseconds: number, zone?: string, maxText?: number): Session {
  const text = new Date(milliseconds).toISOString();
  const utc = `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  if (zone === undefined) return { now: utc, today: utc.slice(0, 10), maxText };
  const now = wallClock(utc, zoneOf(zone)) ?? utc;
  return { now, today: now.slice(0, 10), zone, utc, maxText };
}
