/** Answers requests with a fetch size, cursors and closes: a search pages on the cluster, every other result from a file. */

import { join } from 'node:path';
import type { Physical } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { targetOf } from '../../translators/execution.ts';
import { identityKey } from '../cluster/credentials.ts';
import { isPassing } from '../cluster/overload.ts';
import type { Config } from '../config.ts';
import type { QueryRequest } from '../contract/sql-request.ts';
import type { RequestContext } from '../contract/sql-service.ts';
import type { PlannedQuery } from '../plan/planner.ts';
import type { ScriptUse } from '../plan/scripts.ts';
import { hasTieBreak } from '../read/view.ts';
import type { OutputColumn, Page } from '../rows/page.ts';
import type { Execution } from '../run/context.ts';
import { diskOf } from '../run/statement-disk.ts';
import { storageError } from '../run/storage-error.ts';
import type { CursorContexts } from './contexts.ts';
import { HELD_ROWS, type HeldPages, holdPages } from './held-pages.ts';
import { type Place, SearchPages } from './search-pages.ts';
import { fingerprint, searchPlanOf } from './search-plan.ts';
import { cursorKey } from './secret-key.ts';
import { Spools } from './spool.ts';
import { type Cursor, expired, readCursor, type SearchCursor, type SpoolCursor, writeCursor } from './token.ts';

interface PagedAnswer {
  readonly columns: readonly OutputColumn[];
  /** Of this page only. */
  readonly pages: AsyncIterable<Page>;
  /** Known when the rows are through. */
  cursor(): string | undefined;
  /** Rows of all pages, where they were computed before the first; known with the first rows. */
  total(): number | undefined;
  /** A limit that the statement did not write may cut what is still to be read. */
  readonly cuttable: boolean;
}

/** What the pages of an answer let be known of it. */
interface Found {
  next(cursor: Cursor): void;
  total(rows: number): void;
}

interface PagingDeps {
  readonly config: Config;
  readonly contexts: CursorContexts;
  /** An execution at a moment, and the plan of a statement in it. */
  open(context: RequestContext, at: number, zone?: string): Execution;
  plan(statement: Statement & Scripted, execution: Execution): Promise<PlannedQuery>;
  outputOf(planned: PlannedQuery): readonly OutputColumn[];
  run(physical: Physical, execution: Execution): AsyncIterable<Page>;
}

export type Statement = Pick<QueryRequest, 'query' | 'parameters' | 'filter'> & Partial<Pick<QueryRequest, 'timeZone'>>;

/** A statement, and which scripts its plan may use. */
export interface Scripted {
  readonly scripts: ScriptUse;
}

type SpoolPlace = Pick<SpoolCursor, 'id' | 'offset' | 'left' | 'total' | 'facts' | 'fetchSize'>;

export class Paging {
  private readonly spools: Spools;
  private readonly contexts: CursorContexts;
  private key: Buffer | undefined;

  constructor(private readonly deps: PagingDeps) {
    const { config } = deps;
    this.contexts = deps.contexts;
    this.spools = new Spools({
      folder: join(config.dataDir, 'spool', 'cursors'),
      limit: () => config.spoolLimit,
      keepAlive: () => config.cursorKeepAlive,
    });
  }

  async first(
    request: QueryRequest & Scripted,
    context: RequestContext,
  ): Promise<PagedAnswer & { readonly execution: Execution }> {
    const at = Date.now();
    const execution = this.deps.open(context, at, request.timeZone);
    const planned = await this.deps.plan(request, execution);
    const columns = this.deps.outputOf(planned);
    const answer = this.answer(columns, isCuttable(planned), (found) =>
      this.firstPage(request, planned, columns, execution, at, found),
    );
    return { ...answer, execution };
  }

  async next(text: string, context: RequestContext): Promise<PagedAnswer & { readonly execution: Execution }> {
    const cursor = this.read(text, context);
    const execution =
      cursor.kind === 'search'
        ? this.deps.open(context, cursor.at, cursor.timeZone)
        : this.deps.open(context, Date.now());
    if (cursor.until < Date.now()) {
      await this.release(cursor, execution);
      throw expired();
    }
    const answer =
      cursor.kind === 'search' ? this.nextOfSearch(cursor, execution) : this.nextOfSpool(cursor, execution);
    return { ...(await answer), execution };
  }

  /** As the plugin: also a cursor that was closed before is closed now. */
  async close(text: string, context: RequestContext): Promise<boolean> {
    const cursor = this.read(text, context);
    await this.release(cursor, this.deps.open(context, Date.now()));
    return true;
  }

  private answer(
    columns: readonly OutputColumn[],
    cuttable: boolean,
    pages: (found: Found) => AsyncIterable<Page>,
  ): PagedAnswer {
    let next: Cursor | undefined;
    let total: number | undefined;
    const found: Found = {
      next(cursor) {
        next = cursor;
      },
      total(rows) {
        total = rows;
      },
    };
    return {
      columns,
      cuttable,
      pages: pages(found),
      cursor: () => next && writeCursor(next, this.sealKey()),
      total: () => total,
    };
  }

  private async *firstPage(
    request: QueryRequest & Scripted,
    planned: PlannedQuery,
    columns: readonly OutputColumn[],
    execution: Execution,
    at: number,
    found: Found,
  ): AsyncGenerator<Page> {
    const { fetchSize } = request;
    const plan = planned.momentary ? undefined : searchPlanOf(planned.physical);
    if (!plan || !(await hasTieBreak(execution))) {
      yield* this.spooled(planned.physical, columns, fetchSize, execution, found);
      return;
    }
    const { search } = plan;
    const limit = search.implicit && planned.unlimited ? Number.POSITIVE_INFINITY : search.count;
    const reader = new SearchPages(plan, execution);
    const whole = await reader.whole(limit, fetchSize);
    if (whole) {
      if (whole.length > 0) yield whole;
      return;
    }
    const pit = await this.contexts.open(targetOf(plan.search.scan), execution);
    if (pit === undefined) {
      yield* this.spooled(planned.physical, columns, fetchSize, withoutPits(execution), found);
      return;
    }
    const start: Place = { pit, after: undefined, skip: search.offset, left: limit, rowBytes: 0 };
    const { query, parameters, filter, scripts, timeZone } = request;
    yield* this.searched(
      reader,
      start,
      execution,
      (place) => {
        const { after, left, rowBytes } = place;
        found.next({
          ...this.common(execution, fetchSize),
          kind: 'search',
          sql: query,
          parameters,
          ...(filter ? { filter } : {}),
          at,
          pit: place.pit,
          after: after!,
          ...(Number.isFinite(left) ? { left } : {}),
          plan: fingerprint(plan, columns),
          rowBytes,
          scripts,
          ...(timeZone === undefined ? {} : { timeZone }),
        });
      },
      fetchSize,
    );
  }

  private async nextOfSearch(cursor: SearchCursor, execution: Execution): Promise<PagedAnswer> {
    const {
      sql: query,
      parameters,
      filter,
      pit,
      after,
      left = Number.POSITIVE_INFINITY,
      rowBytes,
      fetchSize,
      scripts,
    } = cursor;
    const planned = await this.deps.plan({ query, parameters, filter, scripts }, execution);
    const columns = this.deps.outputOf(planned);
    const plan = searchPlanOf(planned.physical);
    if (!plan || fingerprint(plan, columns) !== cursor.plan) {
      await this.release(cursor, execution);
      throw expired(
        'The index has changed so that the statement no longer reads as it did on the first page; run it again.',
      );
    }
    const reader = new SearchPages(plan, execution);
    const start: Place = { pit, after, skip: 0, left, rowBytes };
    return this.answer(columns, isCuttable(planned), (found) =>
      this.searched(
        reader,
        start,
        execution,
        (place) =>
          found.next({
            ...cursor,
            ...this.common(execution, fetchSize),
            pit: place.pit,
            after: place.after!,
            ...(Number.isFinite(place.left) ? { left: place.left } : {}),
            rowBytes: place.rowBytes,
          }),
        fetchSize,
      ),
    );
  }

  /** One page in a point in time, which stays open only for a next one. */
  private async *searched(
    reader: SearchPages,
    start: Place,
    execution: Execution,
    next: (place: Place) => void,
    fetchSize: number,
  ): AsyncGenerator<Page> {
    let keep = false;
    try {
      const pages = reader.read(start, fetchSize);
      for (;;) {
        const step = await pages.next();
        if (step.done) {
          keep = step.value !== undefined;
          if (step.value) {
            this.contexts.renewed(start.pit, step.value.pit, this.deps.config.cursorKeepAlive);
            next(step.value);
          }
          return;
        }
        yield step.value;
      }
    } catch (error) {
      // The client still has the cursor of this page and may ask again; of the first page it has none.
      keep = start.after !== undefined && error instanceof SqlError && isPassing(error.status);
      throw error;
    } finally {
      if (!keep) await this.closePit(start.pit, execution);
    }
  }

  private async *spooled(
    physical: Physical,
    columns: readonly OutputColumn[],
    fetchSize: number,
    execution: Execution,
    found: Found,
  ): AsyncGenerator<Page> {
    const held: HeldPages = await holdPages(this.deps.run(physical, execution), Math.min(fetchSize, HELD_ROWS));
    if (held.complete) {
      execution.info.truncated ??= false;
      yield* held.pages;
      return;
    }
    const disk = diskOf(execution.request, execution.config.maxSpoolPerStatement);
    const { id, rows, offset } = await this.spools.write(columns, held.all(), fetchSize, (bytes) => disk.keep(bytes));
    const { truncated = false, approximations, warnings } = execution.info;
    execution.info.truncated = truncated;
    const facts = { truncated, approximations, warnings };
    yield* this.fromSpool({ id, offset, left: rows, total: rows, facts, fetchSize }, execution, found);
  }

  private async nextOfSpool(cursor: SpoolCursor, execution: Execution): Promise<PagedAnswer> {
    // The rows are here: only the cluster can say that whoever has the cursor may still read them.
    await execution.cluster.user(execution.request);
    const file = await this.spools.open(cursor.id);
    if (!file) throw expired();
    const { columns } = file;
    await file.close();
    Object.assign(execution.info, cursor.facts);
    return this.answer(columns, false, (found) => this.fromSpool(cursor, execution, found));
  }

  private async *fromSpool(at: SpoolPlace, execution: Execution, found: Found): AsyncGenerator<Page> {
    const { id, offset, left, total, facts, fetchSize } = at;
    found.total(total);
    const file = await this.spools.open(id);
    if (!file) throw expired();
    let keep = false;
    try {
      const count = Math.min(left, fetchSize);
      yield* file.rows(offset, count);
      keep = left > count;
      if (keep) {
        const next = { id, offset: file.offset, left: left - count, total, facts };
        found.next({ ...this.common(execution, fetchSize), kind: 'spool', ...next });
      }
    } finally {
      await file.close();
      if (!keep) await this.spools.remove(id);
    }
  }

  private async closePit(pit: string, { cluster, request }: Execution): Promise<void> {
    this.contexts.closed(pit);
    await cluster.closePit(pit, request);
  }

  private async release(cursor: Cursor, execution: Execution): Promise<void> {
    if (cursor.kind === 'search') await this.closePit(cursor.pit, execution);
    else await this.spools.remove(cursor.id);
  }

  private read(text: string, context: RequestContext): Cursor {
    return readCursor(text, this.sealKey(), identityKey(context.identity));
  }

  private common({ request }: Execution, fetchSize: number): Pick<Cursor, 'by' | 'until' | 'fetchSize'> {
    return { by: identityKey(request.identity), until: Date.now() + this.deps.config.cursorKeepAlive, fetchSize };
  }

  /** Made when the first cursor is: a server without cursors writes no key. */
  private sealKey(): Buffer {
    try {
      this.key ??= cursorKey(this.deps.config);
    } catch (error) {
      throw storageError(error);
    }
    return this.key;
  }
}

/** Pages of a statement without LIMIT go on to the end. */
const isCuttable = ({ cuttable, unlimited }: PlannedQuery): boolean => cuttable === true && !unlimited;

/** Reads by scroll, which has a limit of its own. */
function withoutPits(execution: Execution): Execution {
  const { cluster } = execution;
  return {
    ...execution,
    cluster: {
      ...cluster,
      capabilities: async (context) => ({ ...(await cluster.capabilities(context)), pointInTime: 'none' }),
    },
  };
}
