/** Runs a statement twice: as the server does, and with DuckDB doing everything over whole documents. Neither goes through HTTP. */
import { type Cluster, createCluster } from '../../src/cluster/cluster.ts';
import { createMappingCache } from '../../src/cluster/mapping-cache.ts';
import { createPools } from '../../src/cluster/pool.ts';
import { loadConfig } from '../../src/config.ts';
import type { RequestContext } from '../../src/contract/sql-service.ts';
import { createMetrics } from '../../src/metrics.ts';
import { explainPlan } from '../../src/plan/explain.ts';
import { Planner } from '../../src/plan/planner.ts';
import { stringifyJson } from '../../src/rows/longs.ts';
import type { Page, Row } from '../../src/rows/page.ts';
import type { Execution } from '../../src/run/context.ts';
import { HeavyStatements } from '../../src/run/heavy.ts';
import { runResidualQuery } from '../../src/run/residual-node.ts';
import { run } from '../../src/run/run.ts';
import type { Column } from '../../translators/algebra/expr.ts';
import { columnsOfPhysical, type Physical, type SearchNode } from '../../translators/algebra/physical.ts';
import type { LogicalPlan } from '../../translators/algebra/plan.ts';
import type { Schema } from '../../translators/algebra/schema.ts';
import type { Session } from '../../translators/algebra/session.ts';
import type { SqlType, Value } from '../../translators/algebra/types.ts';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import { SqlError } from '../../translators/errors.ts';
import { bind, type Catalog, SchemaNeeded, split } from '../../translators/index.ts';
import { pruneColumns } from '../../translators/rewrite/prune-columns.ts';
import { hasSubqueries } from '../../translators/split/subqueries.ts';
import { parse } from '../../translators/syntax/parser.ts';
import { resolveSubqueries } from '../support/resolve-subqueries.ts';
import { keepEngines, renamed, withOwnNames } from './engines.ts';

export type Outcome = { readonly rows: readonly Row[] } | { readonly error: unknown };

export interface BothPaths {
  /** The server's own way. */
  cluster(sql: string): Promise<Outcome>;
  /** The oracle. */
  duckDb(sql: string): Promise<Outcome>;
  explain(sql: string): Promise<string>;
  /** Every document of an index, as the decoder reads the columns. */
  documents(index: string): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly Row[] }>;
  close(): Promise<void>;
}

const SESSION: Session = { now: '2024-05-17 10:20:30', today: '2024-05-17' };

interface Answer {
  readonly rows: readonly Row[];
  readonly types: readonly SqlType[];
}

/** As an answer's reader takes it: a float has 32 bits, a whole number in a column of doubles is one, and half of a surrogate pair is no text. */
function asWritten(cell: Value, type: SqlType): Value {
  if (typeof cell === 'bigint' && (type === 'double' || type === 'float')) return asWritten(Number(cell), type);
  if (typeof cell === 'number' && type === 'float') return Math.fround(cell);
  return typeof cell === 'string' ? Buffer.from(cell).toString() : cell;
}

const quiet = (): RequestContext => ({
  id: 'fuzz',
  identity: {},
  calls: [],
  signal: new AbortController().signal,
  stage: () => undefined,
  rows: () => undefined,
});

/** `tamper`: makes the cluster path wrong on purpose, to see that this is found. */
export function bothPaths(url: string, tamper?: (body: object | string) => object): BothPaths {
  const config = loadConfig({ LOG_LEVEL: 'silent', OPENSEARCH_URL: url, MAX_RESULT_ROWS: '1000000' });
  const pools = createPools(config);
  const real = createCluster(config, pools, createMetrics());
  const cluster: Cluster = tamper
    ? {
        ...real,
        search: (target, body, context) => real.search(target, tamper(body), context),
        searchPit: (pit, body, context) => real.searchPit(pit, tamper(body), context),
      }
    : real;
  const mappings = createMappingCache(config, cluster);
  const planner = new Planner(config, mappings);
  const heavy = new HeavyStatements(config);
  const schemas = new Map<string, Schema>();
  const engines = keepEngines();
  const cells = new Map<string, readonly Row[]>();
  const execution = (): Execution => ({
    ...{ cluster, config, request: quiet(), session: SESSION, heavy, info: {} },
    openEngine: engines.open,
  });

  const collect = async (pages: AsyncIterable<Page>): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    for await (const page of pages) rows.push(...page);
    return rows;
  };
  const outcome = async (answer: () => Promise<Answer>): Promise<Outcome> => {
    try {
      const { rows, types } = await answer();
      return { rows: rows.map((row) => row.map((cell, i) => asWritten(cell, types[i]!))) };
    } catch (error) {
      return { error };
    }
  };

  async function withSchemas<T>(f: (catalog: Catalog) => T): Promise<T> {
    const catalog: Catalog = {
      schema(expression) {
        const schema = schemas.get(expression);
        if (!schema) throw new SchemaNeeded(expression);
        return schema;
      },
    };
    for (;;) {
      try {
        return f(catalog);
      } catch (error) {
        if (!(error instanceof SchemaNeeded)) throw error;
        const { indices } = await mappings.get(error.expression, quiet());
        const wrapped = Object.fromEntries(
          Object.entries(indices).map(([index, mapping]) => [index, { mappings: mapping }]),
        );
        schemas.set(error.expression, buildSchema(error.expression, wrapped as Parameters<typeof buildSchema>[1]));
      }
    }
  }

  /** The documents of a search do not change, so they are read once. */
  async function documentsOf(node: SearchNode): Promise<readonly Row[]> {
    const key = `${node.scan.schema.expression} ${stringifyJson(node.columns.map((c) => c.field?.path ?? c.meta ?? c.name))}`;
    let rows = cells.get(key);
    if (!rows) {
      rows = await collect(run(node, execution()));
      cells.set(key, rows);
    }
    return rows;
  }

  const pageOf = (rows: readonly Row[]): AsyncIterable<Page> => ({
    async *[Symbol.asyncIterator]() {
      if (rows.length > 0) yield rows as Page;
    },
  });

  async function oracle(plan: LogicalPlan): Promise<AsyncIterable<Page>> {
    const resolved = hasSubqueries(plan) ? await resolveSubqueries(plan, oracle, SESSION) : plan;
    const options = { heapRows: 0, overflow: () => false, scripts: false, residualOnly: true };
    const physical: Physical = split(pruneColumns(resolved), options, SESSION);
    if (physical.kind !== 'residual') return run(physical, execution());
    const inputs = await Promise.all(
      physical.inputs.map(async ({ name, plan: input }) => {
        if (input.kind !== 'search') throw new Error(`the oracle reads documents, not a ${input.kind}`);
        return { name, columns: columnsOfPhysical(input), pages: pageOf(await documentsOf(input)) };
      }),
    );
    return runResidualQuery(renamed(physical.query), inputs, execution());
  }

  const bound = (sql: string): Promise<ReturnType<typeof bind>> =>
    withSchemas((catalog) => bind(parse(sql), { sql, catalog, parameters: [], session: SESSION }));
  const planned = (sql: string, e: Execution): ReturnType<Planner['plan']> =>
    planner.plan({ sql, parameters: [], limit: 'default', scripts: 'all' }, e, (physical) =>
      run(withOwnNames(physical), execution()),
    );

  return {
    cluster: (sql) =>
      outcome(async () => {
        const e = execution();
        const { physical, columns } = await planned(sql, e);
        return { rows: await collect(run(withOwnNames(physical), e)), types: columns.map((item) => item.column.type) };
      }),
    duckDb: (sql) =>
      outcome(async () => {
        const { plan, columns } = await bound(sql);
        return { rows: await collect(await oracle(plan)), types: columns.map((item) => item.column.type) };
      }),
    explain: async (sql) => stringifyJson(explainPlan((await planned(sql, execution())).physical)),
    async documents(index) {
      const { plan } = await bound(`SELECT * FROM ${index}`);
      const physical = split(plan, { heapRows: 0, overflow: () => false, scripts: false }, SESSION);
      return { columns: columnsOfPhysical(physical), rows: await collect(run(physical, execution())) };
    },
    async close() {
      await engines.close();
      await pools.close();
    },
  };
}

export const errorCode = (error: unknown): string =>
  error instanceof SqlError ? (error.code === 'cluster' ? `cluster ${error.type}` : error.code) : String(error);
