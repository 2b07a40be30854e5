/** Claims waiting jobs as their queues have room, keeps the leases of those that run, and stops those that are to be stopped. */
import { fairOrder } from '../domain/fairness.ts';
import type { Job, JobProgress } from '../domain/model.ts';
import { claim, isEnded, keepWaiting, renew } from '../domain/record.ts';
import type { Waiting } from '../stores/store.ts';
import { type Run, type RunDeps, runClaimed, Stop } from './run-job.ts';

interface SchedulerDeps extends RunDeps {
  /** How many jobs of a queue run here at a time. */
  readonly queues: ReadonlyMap<string, number>;
  readonly lease: number;
  readonly poll: number;
}

interface Scheduler {
  start(): void;
  /** Work has come: do not wait for the next look. */
  wake(): void;
  /** Stops the job if it runs here. */
  cancel(id: string): void;
  /** Newer than what is stored; undefined where the job does not run here. */
  progressOf(id: string): JobProgress | undefined;
  /** Resolves when the job runs here no more; undefined where it does not. */
  ended(id: string): Promise<void> | undefined;
  /** Running jobs are put back; waits for them so long. */
  stop(grace: number): Promise<void>;
}

interface Running extends Run {
  readonly done: Promise<void>;
  renewedUntil: number;
}

/** Often enough that others see where a job is, seldom enough to cost nothing. */
const LONGEST_HEARTBEAT = 3_000;

/** Long because its steps share the timers and the jobs that run, which nothing else may change; each of them is short. */
export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { store, server, queues, lease, poll, log, identities } = deps;
  const running = new Map<string, Running>();
  const begun = new Map<string, number>();
  let turns = 0;
  let stopping = false;
  let looking: Promise<void> | undefined;
  let again = false;
  let timers: NodeJS.Timeout[] = [];
  let failing = false;

  const until = (): number => Date.now() + lease;

  // A queue that is configured no more still empties.
  const places = (queue: string): number => queues.get(queue) ?? 1;

  function begin(job: Job, record: Parameters<typeof runClaimed>[0]): void {
    const run: Run = { job, attempt: job.attempts, controller: new AbortController(), progress: job.progress };
    const done = runClaimed(record, run, deps)
      .catch((error: unknown) => {
        // The lease ends, and some server begins it again.
        log.error('a job could not be ended', {
          id: job.id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      })
      .finally(() => {
        running.delete(job.id);
        wake();
      });
    running.set(job.id, Object.assign(run, { done, renewedUntil: until() }));
    turns++;
    for (const key of [shareKey(job.queue, job.project), shareKey(job.queue, job.project, job.owner)]) {
      begun.delete(key);
      begun.set(key, turns);
      if (begun.size > MOST_REMEMBERED) begun.delete(begun.keys().next().value!);
    }
  }

  const runningOf = (queue: string, project?: string, owner?: string): number =>
    [...running.values()].filter(
      ({ job }) =>
        job.queue === queue &&
        (project === undefined || job.project === project) &&
        (owner === undefined || job.owner === owner),
    ).length;

  async function tryClaim(id: string): Promise<boolean> {
    if (stopping || running.has(id)) return false;
    const record = await store.change(id, claim(server, Date.now(), until()));
    if (record === undefined) return false;
    begin(record.job, record);
    return true;
  }

  async function fill(): Promise<void> {
    const hasPlace = ({ queue }: Waiting): boolean => runningOf(queue) < places(queue);
    for (let claimed = true; claimed && !stopping; ) {
      claimed = false;
      const waiting = await store.waiting(server, Date.now());
      const order = (): readonly Waiting[] =>
        fairOrder(waiting.filter(hasPlace), {
          running: runningOf,
          lastBegun: (queue, project, owner) => begun.get(shareKey(queue, project, owner)) ?? 0,
        });
      const tried = new Set<string>();
      for (let next = order()[0]; next !== undefined && !stopping; next = order().find(({ id }) => !tried.has(id))) {
        tried.add(next.id);
        claimed = (await tryClaim(next.id)) || claimed;
      }
    }
  }

  async function look(): Promise<void> {
    await store.releaseDead();
    if (running.size > 0) {
      for (const id of await store.cancelRequests(server)) stopRun(id, 'cancel');
    }
    for (const id of await store.abandoned(Date.now())) await tryClaim(id);
    await fill();
  }

  function wake(): void {
    if (stopping) return;
    if (looking !== undefined) {
      again = true;
      return;
    }
    looking = look()
      .then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          // Said once, not with every look while the store is away.
          if (!failing) log.error('the store of jobs does not answer', { error: String(error) });
          failing = true;
        },
      )
      .finally(() => {
        looking = undefined;
        if (again) {
          again = false;
          wake();
        }
      });
  }

  function stopRun(id: string, why: Stop['why']): void {
    const run = running.get(id);
    if (run !== undefined && !run.controller.signal.aborted) run.controller.abort(new Stop(why));
  }

  async function beat(run: Running): Promise<void> {
    try {
      const next = until();
      if ((await store.change(run.job.id, renew(server, run.attempt, next, run.progress))) !== undefined) {
        run.renewedUntil = next;
      } else if (running.has(run.job.id)) {
        const record = await store.get(run.job.id);
        if (record !== undefined && !isEnded(record)) stopRun(run.job.id, 'lost');
      }
    } catch {
      // Another server may have begun it by now: two must not work on one job.
      if (Date.now() > run.renewedUntil) stopRun(run.job.id, 'lost');
    }
  }

  async function beatAll(): Promise<void> {
    const waiting = identities.kept().filter((id) => !running.has(id));
    await Promise.all([...[...running.values()].map(beat), ...waiting.map(keepForUs)]);
  }

  /** Of a waiting job whose credentials are in this server's memory. */
  async function keepForUs(id: string): Promise<void> {
    try {
      if ((await store.change(id, keepWaiting(server, until()))) !== undefined) return;
      const record = await store.get(id);
      // Cancelled while it waited, or taken over; else it has just been claimed here.
      if (record === undefined || isEnded(record) || record.lease?.server !== server) identities.forget(id);
    } catch {
      // The next beat tries again.
    }
  }

  return {
    start() {
      const every = (milliseconds: number, work: () => void): NodeJS.Timeout => setInterval(work, milliseconds);
      timers = [every(poll, wake), every(Math.min(LONGEST_HEARTBEAT, lease / 3), () => void beatAll())];
      wake();
    },
    wake,
    cancel: (id) => stopRun(id, 'cancel'),
    progressOf: (id) => running.get(id)?.progress,
    ended: (id) => running.get(id)?.done,
    async stop(grace) {
      stopping = true;
      const [looks, beats] = timers;
      clearInterval(looks);
      const runsEnd = async (): Promise<void> => {
        await looking;
        for (const id of running.keys()) stopRun(id, 'shutdown');
        await Promise.all([...running.values()].map((run) => run.done));
      };
      let patience: NodeJS.Timeout | undefined;
      await Promise.race([
        runsEnd(),
        new Promise((resolve) => {
          patience = setTimeout(resolve, grace);
        }),
      ]);
      clearTimeout(patience);
      clearInterval(beats);
    },
  };
}

/** Shares whose last turn is remembered. */
const MOST_REMEMBERED = 10_000;

const shareKey = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join('\n');
