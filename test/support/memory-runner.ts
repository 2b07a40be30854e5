/** A runner of jobs that does nothing but what a statement's comment tells it: for tests of what stands around runners. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExportJob, JobControl, JobRunner, QueryJob, QueryOutcome } from '../../src/jobs/domain/model.ts';
import { SqlError } from '../../translators/errors.ts';

export interface MemoryRunner extends JobRunner {
  /** Ids, in the order in which work on them began; again for each time. */
  readonly begun: string[];
  readonly cleaned: string[];
  readonly discarded: string[];
  readonly identities: ReadonlyMap<string, JobControl['identity']>;
  /** Lets jobs whose statement says `hold` go on; with a name those of `hold=name`. */
  release(name?: string): void;
  /** Clean-ups fail so many times. */
  failCleanUps: number;
  resultMilliseconds: number;
}

/** Comments: `rows=5`, `hold`, `hold=name` (`exporthold` of its exports), `fail=clusterUnreachable*2` (so many times), `stubborn` (hears no signal), `published` (exports fail after their parts are visible). */
export function memoryRunner(): MemoryRunner {
  const released = new Set<string>();
  const failures = new Map<string, number>();
  const told = (statement: string, word: string): string | undefined =>
    new RegExp(`/\\*[^*]*\\b${word}(?:=(\\S+))?`)
      .exec(statement)
      ?.slice(1)
      .map((found) => found ?? '')[0];

  async function work(job: QueryJob | ExportJob, { signal, progress, identity }: JobControl): Promise<void> {
    runner.begun.push(job.id);
    runner.identities.set(job.id, identity);
    progress({ rows: 1, bytes: 10, estimatedRows: 4 });
    const hold = told(job.statement, job.type === 'EXPORT' ? 'exporthold' : 'hold');
    const heard = told(job.statement, 'stubborn') === undefined;
    while (hold !== undefined && !released.has(hold)) {
      if (heard) signal.throwIfAborted();
      await sleep(5);
    }
    const [code, times = '1'] = told(job.statement, 'fail')?.split('*') ?? [];
    const before = failures.get(job.id) ?? 0;
    if (code !== undefined && before < Number(times)) {
      failures.set(job.id, before + 1);
      throw new SqlError(code as 'clusterUnreachable', `made to fail: ${code}`);
    }
  }

  const rowsOf = ({ statement }: QueryJob): number => Number(told(statement, 'rows') ?? '3');

  const runner = {
    begun: [] as string[],
    cleaned: [] as string[],
    discarded: [] as string[],
    identities: new Map<string, JobControl['identity']>(),
    failCleanUps: 0,
    resultMilliseconds: 3_600_000,
    release: (name = '') => void released.add(name),
    async runQuery(job: QueryJob, control: JobControl): Promise<QueryOutcome> {
      await work(job, control);
      return {
        columns: [
          { name: 'n', type: 'long' },
          { name: 'o', type: 'object' },
        ],
        rows: rowsOf(job),
        scannedBytes: 1_000,
        place: { kind: 'spool', path: job.id },
        expires: Date.now() + runner.resultMilliseconds,
      };
    },
    async runExport(job: ExportJob, source: QueryJob, control: JobControl) {
      const ref = { bucket: job.request.bucket, key: `${job.request.folder}/part`, id: 'u' };
      const rows = rowsOf(source);
      const outcome = { files: [{ key: ref.key, size: 10 * rows, rows }], rows, bytes: 10 * rows };
      if (job.journal?.phase === 'publishing') return outcome;
      const published = told(job.statement, 'published') !== undefined;
      await control.journal(
        published
          ? { phase: 'published', open: [], sealed: [{ ...ref, size: 10 * rows, pieces: [], rows }], replaced: [] }
          : { phase: 'uploading', open: [ref], sealed: [], replaced: [] },
      );
      await work(job, control);
      return outcome;
    },
    async cleanUp(job: ExportJob) {
      if (runner.failCleanUps-- > 0) throw new Error('made to fail');
      runner.cleaned.push(job.id);
      if (job.journal?.phase !== 'published') return undefined;
      const files = job.journal.sealed.map(({ key, size, rows }) => ({ key, size, rows }));
      return { files, rows: files[0]!.rows, bytes: files[0]!.size };
    },
    async preview(job: QueryJob, rows: number) {
      const count = Math.min(rows, rowsOf(job));
      return Array.from({ length: count }, (_, i) => [9_007_199_254_740_993n + BigInt(i), { a: [i] }]);
    },
    async discard(job: QueryJob) {
      runner.discarded.push(job.id);
    },
  };
  return runner;
}
