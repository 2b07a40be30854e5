/** Does the work of jobs: runs statements and keeps their rows, exports them, shows them (docs/exports.md). */

import type { SearchNode, SqlType } from '../../../translators/algebra/index.ts';
import { fetchOf, targetOf } from '../../../translators/execution.ts';
import type { Config } from '../../config.ts';
import type { Metrics } from '../../metrics.ts';
import type { ObjectStore } from '../../objects/store.ts';
import { openBulkScan } from '../../read/bulk-scan.ts';
import { countMatches } from '../../read/count.ts';
import { plainView } from '../../read/view.ts';
import type { OutputColumn, Page } from '../../rows/page.ts';
import type { Execution } from '../../run/context.ts';
import { detachedContext } from '../../run/detached-context.ts';
import { run } from '../../run/run.ts';
import { diskOf } from '../../run/statement-disk.ts';
import type { OpenStatement, StatementService } from '../../run/statement-service.ts';
import { labelOf } from '../../write/writer.ts';
import { JobError } from '../domain/job-error.ts';
import type {
  ExportJob,
  JobControl,
  JobRunner,
  KeptRows,
  PreviewCaller,
  QueryJob,
  QueryOutcome,
} from '../domain/model.ts';
import type { ExportRows } from '../export/export-rows.ts';
import { copies } from '../export/hits/hit-format.ts';
import { complete, removeLeftovers, requireFolder, resume, takeBack } from '../export/publish.ts';
import { resultKeeper } from '../results/index.ts';
import { plainScan } from './plain-scan.ts';
import { withRestarts } from './restarts.ts';
import { exportOnce } from './run-export.ts';

interface RunnerDeps {
  readonly config: Config;
  readonly service: StatementService;
  readonly store: ObjectStore;
  readonly metrics: Pick<Metrics, 'rows' | 'stage'>;
}

/** Rows that a preview can show, of a result that is not kept whole (spec dli-jobs 5). */
const PREVIEW_ROWS = 1_000;

/** Long because its steps share the jobs that run, which nothing else may change; each of them is short. */
export function createJobRunner(deps: RunnerDeps): JobRunner {
  const { config, store } = deps;
  const keeper = resultKeeper(config, store);

  /** At the time that the job was submitted, so that each reading sees the same `now()`. */
  function open(
    job: QueryJob,
    caller: PreviewCaller,
    received: (bytes: number) => void = () => undefined,
  ): Promise<OpenStatement> {
    const context = { ...detachedContext(caller.identity, caller.signal, deps.metrics), received, hasOwnQueue: true };
    return deps.service.open({ query: job.statement, parameters: [], filter: undefined }, context, job.submitted);
  }

  async function queryOnce(job: QueryJob, control: JobControl): Promise<QueryOutcome> {
    let scannedBytes = 0;
    const statement = await open(job, control, (bytes) => {
      scannedBytes += bytes;
    });
    const disk = diskOf(statement.execution.request, config.maxSpoolPerStatement);
    const grown = (bytes: number): void => disk.keep(bytes);
    const columns = statement.columns.map((column) => ({
      name: labelOf(column),
      type: column.type,
      ...(column.figures === undefined ? {} : { figures: column.figures }),
    }));
    const scan = config.jobRereadRows === 0 ? undefined : plainScan(statement.physical);
    const total = scan && (await countNow(scan.search, statement.execution));
    if (scan && total !== undefined && total > config.jobRereadRows) {
      const first = run(scan.first(PREVIEW_ROWS), statement.execution);
      const kept = await keeper.write(job.id, first, control.signal, grown);
      control.progress({ rows: total, bytes: scannedBytes, estimatedRows: total });
      const place = { kind: 'cluster', first: kept.place } as const;
      return { columns, rows: total, scannedBytes, place, expires: Date.now() + config.jobResultKeep };
    }
    const pages = counted(statement.pages, (rows) => {
      const estimatedRows = total ?? (statement.info.totalIsLowerBound ? undefined : statement.info.total);
      control.progress({ rows, bytes: scannedBytes, ...(estimatedRows === undefined ? {} : { estimatedRows }) });
    });
    const { place, rows } = await keeper.write(job.id, pages, control.signal, grown);
    return { columns, rows, scannedBytes, place, expires: Date.now() + config.jobResultKeep };
  }

  async function rowsOf(
    { request }: ExportJob,
    source: QueryJob,
    control: JobControl,
    signal: AbortSignal,
  ): Promise<ExportRows> {
    const result = resultOf(source);
    const columns = result.columns.map((column): OutputColumn => ({ ...column, type: column.type as SqlType }));
    const close = async (): Promise<void> => undefined;
    const known = { columns, estimatedRows: result.rows, close };
    if (result.place.kind !== 'cluster') {
      return { ...known, kind: 'pages', lanes: [keeper.read(result.place, signal)] };
    }
    const statement = await open(source, { identity: control.identity, signal });
    requireSameColumns(result, statement);
    const scan = plainScan(statement.physical);
    if (scan === undefined) return { ...known, kind: 'pages', lanes: [statement.pages] };
    const bulk = await openBulkScan(scan.search, statement.execution, {
      mostLanes: config.exportSlices,
      skipsUnwanted: copies(request),
    });
    const { viaFields, viaDocValues } = fetchOf(scan.search);
    return {
      kind: 'answers',
      columns,
      estimatedRows: bulk.total,
      exactRows: bulk.total,
      lanes: bulk.lanes,
      fields: scan.cells.map((cell) => scan.search.columns[cell]!),
      decoding: { tolerance: config.fieldTypeTolerance, viaFields, viaDocValues },
      close: () => bulk.close(),
    };
  }

  return {
    runQuery: (job, control) => withRestarts(() => queryOnce(job, control), control.signal),

    async runExport(job, source, control) {
      const resumed = await resume(store, job, (journal) => control.journal(journal));
      if (resumed !== undefined) return resumed;
      await removeLeftovers(store, job);
      await requireFolder(store, job, control.signal);
      return withRestarts(
        () => exportOnce({ config, store }, job, (signal) => rowsOf(job, source, control, signal), control),
        control.signal,
      );
    },

    async cleanUp(job) {
      const { journal } = job;
      if (journal?.phase === 'published') return complete(store, job, journal.sealed, journal.replaced);
      if (journal?.phase === 'publishing') await takeBack(store, job, journal.sealed, journal.replaced);
      else await removeLeftovers(store, job);
      return undefined;
    },

    async preview(job, rows, caller) {
      const { place } = resultOf(job);
      return firstRows(keeper.read(firstOf(place), caller.signal), rows);
    },

    discard: (job) => keeper.remove(job.id),
  };
}

async function countNow(search: SearchNode, execution: Execution): Promise<number> {
  const view = plainView(targetOf(search.scan), execution);
  return (await countMatches(view, search.query, search.scan.hints?.postFilter)).total;
}

function resultOf(job: QueryJob): QueryOutcome {
  if (job.result === undefined) throw new JobError('resultGone', `The job ${job.id} has no result.`);
  return job.result;
}

const firstOf = (place: QueryOutcome['place']): KeptRows => (place.kind === 'cluster' ? place.first : place);

/** An index whose mapping has changed since would give other columns than the job has. */
function requireSameColumns(result: QueryOutcome, statement: OpenStatement): void {
  const same =
    result.columns.length === statement.columns.length &&
    statement.columns.every((column, i) => {
      const was = result.columns[i]!;
      return labelOf(column) === was.name && column.type === was.type;
    });
  if (!same) {
    throw new JobError('resultGone', 'The mapping of the index has changed since the statement ran; run it again.');
  }
}

async function* counted(pages: AsyncIterable<Page>, count: (rows: number) => void): AsyncGenerator<Page> {
  let rows = 0;
  for await (const page of pages) {
    rows += page.length;
    yield page;
    count(rows);
  }
}

async function firstRows(pages: AsyncIterable<Page>, count: number): Promise<Page> {
  const found: Page = [];
  for await (const page of pages) {
    for (const row of page) if (found.length < count) found.push(row);
    if (found.length >= count) break;
  }
  return found;
}
