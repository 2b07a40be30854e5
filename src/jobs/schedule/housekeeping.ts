/** Removes what is over: results and jobs past their time, and what ended jobs left behind. */
import type { Log } from '../../log.ts';
import type { JobRunner } from '../domain/model.ts';
import { cleaned, discarded, type JobRecord } from '../domain/record.ts';
import type { JobStore } from '../stores/store.ts';
import { cleanUp } from './run-job.ts';

interface HousekeepingDeps {
  readonly store: JobStore;
  readonly runner: JobRunner;
  /** Milliseconds that ended jobs are kept. */
  readonly keep: number;
  readonly log: Log;
}

interface Housekeeping {
  start(): void;
  stop(): void;
  run(): Promise<void>;
  /** Makes room for a job of the project by its oldest ended ones; false where all its jobs are unended. */
  makeRoom(project: string, most: number): Promise<boolean>;
}

const INTERVAL = 60_000;
const BATCH = 500;

export function createHousekeeping({ store, runner, keep, log }: HousekeepingDeps): Housekeeping {
  let timer: NodeJS.Timeout | undefined;
  let going: Promise<void> | undefined;

  /** False while it is still needed, or could not be removed. */
  async function discardRows(record: JobRecord): Promise<boolean> {
    const { job } = record;
    if (job.type !== 'QUERY' || job.result === undefined || record.discarded === true) return true;
    if ((await store.exportsOf(job.id)) > 0) return false;
    await runner.discard(job);
    await store.change(job.id, discarded);
    return true;
  }

  async function removeAll(records: readonly JobRecord[]): Promise<number> {
    const ids: string[] = [];
    for (const record of records) {
      if (record.uncleaned !== true && (await guarded(() => discardRows(record), record))) ids.push(record.job.id);
    }
    await store.remove(ids);
    return ids.length;
  }

  async function guarded(work: () => Promise<boolean>, { job }: JobRecord): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      log.warn('the result of a job could not be removed', { id: job.id, error: String(error) });
      return false;
    }
  }

  async function runOnce(): Promise<void> {
    for (const { job } of await store.due({ kind: 'uncleaned' }, BATCH)) {
      if (job.type === 'EXPORT' && (await cleanUp(job, runner, log))) await store.change(job.id, cleaned);
    }
    for (const record of await store.due({ kind: 'resultExpired', now: Date.now() }, BATCH)) {
      await guarded(() => discardRows(record), record);
    }
    // Those that cannot go yet stay at the front: a full batch of them is looked at once in each interval.
    const removed = await removeAll(await store.due({ kind: 'ended', before: Date.now() - keep }, BATCH));
    if (removed > 0) log.info('jobs removed', { count: removed });
    if (removed === BATCH) await runOnce();
  }

  async function run(): Promise<void> {
    going ??= runOnce().finally(() => {
      going = undefined;
    });
    await going;
  }

  return {
    run,
    start() {
      const begin = (): void => {
        run().catch((error: unknown) => log.warn('jobs could not be tidied', { error: String(error) }));
      };
      timer = setInterval(begin, INTERVAL);
      begin();
    },
    stop: () => clearInterval(timer),
    async makeRoom(project, most) {
      const over = (await store.countOf(project)) - most + 1;
      if (over <= 0) return true;
      const oldest = await store.due({ kind: 'ended', before: Date.now() + 1, project }, Math.min(over, BATCH));
      return (await removeAll(oldest)) >= over;
    },
  };
}
