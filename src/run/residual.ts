/** Runs what the cluster could not: loads the inputs into a DuckDB of its own, runs one statement, streams the answer's pages. */

import type { Column, DuckQuery } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { productRows } from '../../translators/execution.ts';
import { computeAnswer } from '../engine/duckdb/answer.ts';
import { type Failure, registerFunction } from '../engine/duckdb/callbacks.ts';
import { type Engine, type EngineLimits, openEngine } from '../engine/duckdb/engine.ts';
import { engineError } from '../engine/duckdb/engine-error.ts';
import { loadTable } from '../engine/duckdb/load.ts';
import type { Page } from '../rows/page.ts';

export type ResidualLimits = EngineLimits;

export interface ResidualInput {
  /** Of the `input` leaf. */
  readonly name: string;
  /** Of the pages' rows, in order. */
  readonly columns: readonly Column[];
  readonly pages: AsyncIterable<Page>;
}

interface ResidualRun {
  readonly query: DuckQuery;
  readonly inputs: readonly ResidualInput[];
  readonly signal?: AbortSignal;
  /** Most rows of a join without an equality, where no LIMIT ends it; absent: any. */
  readonly mostProductRows?: number;
  readonly limits: ResidualLimits;
  /** Gives an engine that is closed after the run; a new one by default. */
  readonly open?: (limits: EngineLimits) => Promise<Engine>;
  /** Called when the answer is computed, before its first page. */
  readonly computed?: () => Promise<void>;
}

/** An answer of so few rows is held by itself: its engine need not wait until a client has taken it. */
const HELD_ROWS = 10_000;
/** An interrupt that comes before DuckDB has begun a statement is lost, so it is repeated. */
const INTERRUPT_EVERY_MS = 20;

/** The reason of the signal says whether the client left or the time was over. */
const cancelled = ({ reason }: AbortSignal): SqlError =>
  reason instanceof SqlError ? reason : new SqlError('cancelled', 'the query was cancelled');

export async function* runResidual({
  query,
  inputs,
  signal,
  mostProductRows = Number.POSITIVE_INFINITY,
  limits,
  open = openEngine,
  computed,
}: ResidualRun): AsyncGenerator<Page, void, undefined> {
  const throwIfAborted = (): void => {
    if (signal?.aborted) throw cancelled(signal);
  };
  const unread = new Set(inputs);
  const failure: Failure = {};
  const loaded = new Map<string, number>();
  const held: Page[] = [];
  let engine: Engine | undefined;
  let interrupts: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    engine?.connection.interrupt();
    interrupts ??= setInterval(() => engine?.connection.interrupt(), INTERRUPT_EVERY_MS);
  };
  signal?.addEventListener('abort', interrupt);
  try {
    throwIfAborted();
    engine = await open(limits);
    for (const fn of query.functions) registerFunction(engine, fn, failure);
    for (const table of query.tables) {
      const input = inputs.find((each) => each.name === table.name);
      if (!input) throw new SqlError('internal', `no rows were given for ${table.name}`);
      throwIfAborted();
      unread.delete(input);
      loaded.set(table.name, await loadTable(engine, table, input.columns, input.pages, throwIfAborted));
    }
    refuseProduct(query, loaded, mostProductRows);
    throwIfAborted();
    const { rows, pages } = await computeAnswer(engine, query, throwIfAborted);
    await computed?.();
    if (rows > HELD_ROWS) yield* pages;
    else for await (const page of pages) held.push(page);
  } catch (error) {
    if (signal?.aborted) throw cancelled(signal);
    throw engineError(failure.error ?? error, await engine?.isSpillFull());
  } finally {
    signal?.removeEventListener('abort', interrupt);
    clearInterval(interrupts);
    for (const { pages } of unread) await pages[Symbol.asyncIterator]().return?.();
    await engine?.close();
  }
  yield* held;
}

/** Before any of them is made. */
function refuseProduct(query: DuckQuery, loaded: ReadonlyMap<string, number>, most: number): void {
  const rows = productRows(query.joins, (table) => loaded.get(table) ?? 0);
  if (rows <= most) return;
  throw new SqlError(
    'resourceLimit',
    `a join without an equality would make ${figure(rows)} rows, which is more than ${figure(most)} (MAX_JOIN_ROWS); join by an equality, narrow what is joined, or give it a LIMIT`,
  );
}

const figure = (rows: number): string => rows.toLocaleString('en-US');
